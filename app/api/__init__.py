"""The web shell: requests in, answers out. One package for each feature; what is common to all is in ``http`` and ``runtime``."""
