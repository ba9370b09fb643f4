"""The published tables in memory, as an immutable snapshot: calculations ask it and never the database."""
