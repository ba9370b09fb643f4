"""What runs beside requests: reading the catalogue anew, writing the audit log, changing the database, queueing calculations."""
