"""The database: rows, connection, audit log, migrations. What was written is never changed."""
