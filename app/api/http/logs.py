"""Structured logs: one JSON object a line on standard output. Which output is asked each time,
so that it may be redirected."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog


class _Output:
    """Writes lines to what standard output is at that moment."""

    def msg(self, line: bytes) -> None:
        """Write one line; where nobody takes it (a closed pipe, a full disk), the answer goes out all the same."""
        with suppress(OSError, ValueError):
            output = sys.stdout.buffer
            output.write(line + b"\n")
            output.flush()

    info = warning = error = msg


def _bytes(event: Any, **_: Any) -> bytes:
    return msgspec.json.encode(event)


structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(serializer=_bytes),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=lambda *_: _Output(),
    cache_logger_on_first_use=True,
)

log: structlog.types.FilteringBoundLogger = structlog.get_logger()
_OUTPUT = _Output()


def log_request(about: dict[str, Any]) -> None:
    """Write the line of one request as ``log.info`` would: every request writes it, and the processors cost more than the line."""
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    _OUTPUT.msg(msgspec.json.encode({**about, "event": "request", "level": "info", "timestamp": now}))
