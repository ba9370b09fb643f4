"""Metrics for Prometheus; the labels of a request are looked up once, because that is most of the cost."""

from __future__ import annotations

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Histogram, generate_latest

__all__ = ["CONTENT_TYPE_LATEST", "exposition", "observe"]

_DURATION: Final = Histogram(
    "subsidy_request_seconds",
    "Time to answer a request",
    ["method", "path", "status"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
)
_children: Final[dict[tuple[str, str, int], Histogram]] = {}


def observe(method: str, path: str, status: int, seconds: float) -> None:
    """Count one request. ``path`` is the template of the route, never the address that was asked for."""
    key = (method, path, status)
    child = _children.get(key)
    if child is None:
        child = _children[key] = _DURATION.labels(method, path, str(status))
    child.observe(seconds)


def exposition() -> bytes:
    """Return all metrics in Prometheus's text format."""
    return generate_latest(REGISTRY)
