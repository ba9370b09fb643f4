"""A recording: requests with their answers, one JSON object a line, compressed; its first line says what the service needs."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

KEPT_HEADERS = ("allow", "cache-control", "content-language", "content-type", "etag", "location", "retry-after", "vary", "www-authenticate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it is sent; ``{secret:li}`` in a header stands for the secret of li's key, ``{etag}`` for the ETag answered last."""

    source: str
    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None  # base64 where it is no UTF-8, with the mark of ``packed``


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, the headers that matter, and the body."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the service is started with: table files beside the published ones, and the scopes of each person's key."""

    files: dict[str, str]
    keys: dict[str, list[str]]


def packed(raw: bytes) -> str:
    """Bytes as a text of JSON."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "\ufdd0" + base64.b64encode(raw).decode("ascii")


def unpacked(text: str) -> bytes:
    """The bytes that were packed."""
    return base64.b64decode(text[1:]) if text.startswith("\ufdd0") else text.encode("utf-8")


def write(path: Path, needs: Needs, pairs: Iterable[tuple[Request, Answer]]) -> int:
    """Write a recording. Returns the number of its pairs."""
    count = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as file:
        file.write(json.dumps(asdict(needs), ensure_ascii=False) + "\n")
        for request, answer in pairs:
            file.write(json.dumps([asdict(request), asdict(answer)], ensure_ascii=False) + "\n")
            count += 1
    return count


def read(path: Path) -> tuple[Needs, Iterator[tuple[Request, Answer]]]:
    """The needs of a recording, and its pairs one after the other."""
    lines = _lines(path)
    return Needs(**next(lines)), ((Request(**request), Answer(**answer)) for request, answer in lines)


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
