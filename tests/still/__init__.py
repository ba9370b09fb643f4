"""Holding still: the answers of the service, recorded before a change of the code and compared after it.

A recording holds its requests, the table files that they need, and the answers, so that a comparison makes no request anew and
imports nothing of the service but its two entry points.
"""
