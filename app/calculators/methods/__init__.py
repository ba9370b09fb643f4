"""One module for each kind of facts: what contracts, policies, items and projects earn.

What they share with each other comes from ``loans`` and ``stages``.
"""
