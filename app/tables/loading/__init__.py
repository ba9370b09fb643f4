"""Table files into the database: proved first, then added; what is published is never changed."""
