"""Does a test notice when a line of the core is wrong: small changes to its syntax, each tried against the tests."""
