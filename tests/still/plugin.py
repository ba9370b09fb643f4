"""A plugin of pytest that keeps each request which a test sends over HTTP, with its answer: ``STILL_PAIRS=folder pytest -p tests.still.plugin``.

What is new in every run (ids, instants of today, addresses) is masked by its form.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.still.recording import KEPT_HEADERS, Answer, Request, packed

_TODAY = "|".join((datetime.now(UTC) + timedelta(days=by)).strftime("%Y-%m-%d") for by in (-1, 0, 1))
_MASKS = (
    (re.compile(r"\b(?:[0-9a-f]{16}|[0-9a-f]{32})\b"), "id"),
    (re.compile(rf"(?:{_TODAY})T[0-9:.]+(?:Z|[+-]\d\d:\d\d)"), "today"),
    (re.compile(r"127\.0\.0\.1:\d+"), "here"),
    (re.compile(r"Bearer [^\s\"]+"), "Bearer secret"),
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
PUBLISHING = ("tests/access/", "tests/commands/", "tests/drafts/", "tests/storage/")
"""Tests that publish: the digest of what was published today follows the clock."""


def masked(text: str, test: str) -> str:
    """A text without what is new in every run."""
    for form, name in _MASKS:
        text = form.sub(name, text)
    return _DIGEST.sub("digest", text) if test.startswith(PUBLISHING) else text


def pytest_configure(config: Any) -> None:
    """Keep what any client of httpx sends; each process of pytest has a file of its own."""
    folder = os.environ.get("STILL_PAIRS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = Path(folder) / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.jsonl"
    path.unlink(missing_ok=True)
    send = httpx.Client.send

    def kept(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        response = send(client, request, **options)
        if not options.get("stream"):
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(_pair(request, response), ensure_ascii=False) + "\n")
        return response

    httpx.Client.send = kept  # type: ignore[method-assign]


def _pair(request: httpx.Request, response: httpx.Response) -> list[Any]:
    url = urlsplit(str(request.url))
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rsplit(" ", 1)[0]
    headers = {
        name: masked(request.headers[name], test)
        for name in ("accept-language", "authorization", "content-type")
        if name in request.headers
    }
    try:
        body = request.content
    except httpx.RequestNotRead:
        body = b"(streamed)"
    return [
        {
            "source": test,
            "method": request.method,
            "target": masked(url.path + (f"?{url.query}" if url.query else ""), test),
            "headers": headers,
            "body": masked(packed(body), test) if body else None,
        },
        {
            "status": response.status_code,
            "headers": {name: masked(response.headers[name], test) for name in KEPT_HEADERS if name in response.headers},
            "body": masked(packed(response.content), test),
        },
    ]


def joined(folder: Path) -> Iterator[tuple[Request, Answer]]:
    """All pairs that the processes of one run of the tests have kept."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            for line in file:
                request, answer = json.loads(line)
                yield Request(**request), Answer(**answer)
