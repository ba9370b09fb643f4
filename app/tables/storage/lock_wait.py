"""How long a database is waited for; apart from what speaks to it, so that settings are read without that."""

from typing import Final

LOCK_SECONDS: Final = 5  # for a connection or a lock, twice that for a statement; then the caller is told, not left waiting
