"""Keys and the audit log over HTTP."""
