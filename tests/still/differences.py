"""Where two answers to one request differ, by kind: status, header, place in the body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.still.recording import Answer

MASKED_FIELDS = frozenset(
    {"at", "changed_at", "created_at", "ends_at", "expires_at", "last_used_at", "revoked_at", "since", "hash", "previous"}
)
"""Fields of drafts, keys and the audit log that follow the clock; ``hash`` and ``previous`` chain the audit log over them."""
MASKED_TRIAL_FIELDS = frozenset({"calculation_id", "digest", "known_at"})
"""Fields of a trial under a draft that follow the clock: the draft's version counts as published when the trial is made."""
CLOCKED = re.compile(r"/v1/(?:drafts|keys|audit)|/health|/v1/reference-rates$")
_INDEX = re.compile(r"/[0-9]+(?=/|$)")


def differences(target: str, before: Answer, after: Answer) -> Iterator[tuple[str, str, str]]:
    """Kind, former and present value of each difference."""
    if before.status != after.status:
        yield f"status {before.status} -> {after.status}", str(before.status), f"{after.status} {after.body[:300]}"
        return
    for name in sorted(before.headers.keys() | after.headers.keys()):
        if before.headers.get(name) != after.headers.get(name):
            yield f"header {name}", str(before.headers.get(name)), str(after.headers.get(name))
    if before.body == after.body:
        return
    clocked = CLOCKED.match(target) is not None
    try:
        was, now = json.loads(before.body), json.loads(after.body)
    except ValueError:
        yield "body, no JSON", _near(before.body, after.body), _near(after.body, before.body)
        return
    found = list(_between(was, now, "", clocked))
    yield from ((f"body {_INDEX.sub('/*', place)}", _short(one), _short(other)) for place, one, other in found)
    if not found and not clocked:
        yield "body, order or spelling of JSON", _near(before.body, after.body), _near(after.body, before.body)


def _between(was: Any, now: Any, place: str, clocked: bool) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted(was.keys() | now.keys()):
            if clocked and (name in MASKED_FIELDS or (place.startswith("/trial") and name in MASKED_TRIAL_FIELDS)):
                continue
            here = f"{place}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in was or name not in now:
                yield here, was.get(name, "absent"), now.get(name, "absent")
            else:
                yield from _between(was[name], now[name], here, clocked)
    elif isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            yield f"{place} (length)", len(was), len(now)
        for index, (one, other) in enumerate(zip(was, now, strict=False)):
            yield from _between(one, other, f"{place}/{index}", clocked)
    elif type(was) is not type(now) or was != now:
        yield place, was, now


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:400]


def _near(text: str, other: str) -> str:
    """The neighbourhood of the first character in which a text differs from another."""
    at = next((index for index, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), min(len(text), len(other)))
    return text[max(0, at - 60) : at + 120]
