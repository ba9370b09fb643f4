"""Every row in one file, sealed, and the way back into an empty database."""
