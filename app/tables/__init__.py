"""The versioned rate tables: from the files of notices and from drafts into the database, and from there into memory."""
