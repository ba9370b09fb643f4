"""Backups in the hands of somebody who knows how they are made: opened, altered, and closed again with a new digest."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def forged(path: Path, alter: Callable[[dict[str, list[Row]]], None]) -> str:
    """Alter the rows of a backup, make the file's digest anew, and answer it; a signature stays what it was."""
    first, *between, last = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    rows: dict[str, list[Row]] = {}
    for line in between:
        content = json.loads(line)
        rows.setdefault(content["table"], []).append(content["row"])
    alter(rows)
    lines = [first, *(_line({"table": table, "row": row}) for table, found in rows.items() for row in found)]
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    end = _line({**json.loads(last), "rows": len(lines) - 1, "sha256": digest})
    path.write_bytes(gzip.compress(b"".join(lines) + end))
    return f"sha256:{digest}"


def resealed(row: Row, old: str, new: str) -> None:
    """Alter a content and make the row's own digest anew."""
    assert old in row["content"]
    row["content"] = row["content"].replace(old, new)
    row["digest"] = "sha256:" + hashlib.sha256(row["content"].encode()).hexdigest()


def rechained(entries: list[Row]) -> None:
    """Make the whole chain of the audit log anew."""
    previous = ""
    for entry in entries:
        entry["previous"] = previous
        at = entry["at"] if "." in entry["at"] else entry["at"].replace("+", ".000000+")
        said = {key: entry[key] for key in ("id", "actor", "action", "object", "detail", "previous")} | {"at": at}
        previous = "sha256:" + hashlib.sha256(_line(said)[:-1]).hexdigest()
        entry["hash"] = previous


def _line(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
