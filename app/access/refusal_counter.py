"""Refused sign-ins, counted in memory until somebody writes them into the audit log.

Whoever floods the service with wrong credentials must not flood the log: each pair of object and reason is
handed out at once the first time, then at most once a minute with its count; beyond a thousand pairs only
the reasons are counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlmodel import Session

from app.access.scopes import Reason, Refusal
from app.tables.storage import audit_log as audit

CAPACITY: Final = 1_000
AGAIN_AFTER_SECONDS: Final = 60.0
OTHERS: Final = "-"
NOBODY: Final = "-"
"""The actor of a refused sign-in: nobody was recognised."""


class Refused(NamedTuple):
    """How often one object was refused for one reason."""

    object: str
    reason: Reason
    times: int


class Refusals:
    """The recorder. Not safe for threads: noted and drained where requests are answered."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._counts: dict[tuple[str, Reason], int] = {}
        self._handed_out: dict[tuple[str, Reason], float] = {}

    def note(self, refusal: Refusal) -> None:
        """Count one refusal. ``refusal`` holds no credential."""
        pair = (refusal.object, refusal.reason)
        if pair not in self._counts and len(self._counts) >= self.capacity:
            pair = (OTHERS, refusal.reason)
        self._counts[pair] = self._counts.get(pair, 0) + 1

    def drain(self, now: float) -> list[Refused]:
        """Hand out what is due at ``now`` (seconds of a clock that only goes forward), and forget it."""
        due: list[Refused] = []
        for (name, reason), count in list(self._counts.items()):
            last = self._handed_out.get((name, reason))
            if last is not None and now - last < AGAIN_AFTER_SECONDS:
                continue
            if count:
                due.append(Refused(name, reason, count))
                self._counts[name, reason] = 0
                self._handed_out[name, reason] = now
            else:  # a minute without another one: make room
                del self._counts[name, reason]
                del self._handed_out[name, reason]
        return due


def write(session: Session, refused: Iterable[Refused]) -> None:
    """Write refusals into the audit log."""
    for one in refused:
        audit.append(session, NOBODY, "sign-in.refused", one.object, {"reason": one.reason.value, "times": one.times})
