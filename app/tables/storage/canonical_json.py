"""Canonical JSON (RFC 8785 for texts, which is all that table content holds) and its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(content: Any) -> str:
    """Keys sorted, no spaces, UTF-8: equal content gives equal text."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """``sha256:`` and the hexadecimal digest of a text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
