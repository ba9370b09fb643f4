"""Use cases, shared by HTTP and the command line: calculating, trying a draft, measuring what a change does to money.

They raise errors of ``app.errors``; who calls them turns these into what he answers with.
"""
