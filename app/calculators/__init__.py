"""The core: from a claim and a rate table to an amount with its reasons. Standard library alone: no web, database, clock or float."""
