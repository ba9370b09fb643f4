"""Real databases, migrations, the loader and the catalogue."""
