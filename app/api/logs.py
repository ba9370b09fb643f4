"""Structured logs: one JSON object a line on standard output."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import structlog


def _bytes(event: Any, **_: Any) -> bytes:
    return msgspec.json.encode(event)


structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(serializer=_bytes),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=structlog.BytesLoggerFactory(),
    cache_logger_on_first_use=True,
)

log: structlog.types.FilteringBoundLogger = structlog.get_logger()
