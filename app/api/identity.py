"""What a calculation is: its facts in canonical order, and the digest that names it (D65).

Two requests that differ in the order of contracts, in a default written out or in ``request_no`` are
one calculation; so are a request and the same one sent again with the ``version`` and ``known_at`` of
its answer. No clock is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from operator import attrgetter
from typing import Any, Final

import msgspec

from app.calculators import facts, results, terms

CHINA: Final = timezone(timedelta(hours=8))
_ENCODER: Final = msgspec.json.Encoder(order="sorted")

_SORTED: Final[tuple[tuple[str, Callable[[Any], str]], ...]] = (
    ("contracts", attrgetter("contract_no")),
    ("policies", attrgetter("policy_no")),
    ("items", attrgetter("item_id")),
    ("projects", attrgetter("project_id")),
)


def instant_text(instant: datetime) -> str:
    """Return an instant as it is written in answers: RFC 3339 with the offset of China.

    >>> instant_text(datetime(2025, 1, 19, 16, tzinfo=UTC))
    '2025-01-20T00:00:00+08:00'
    """
    return instant.astimezone(CHINA).isoformat()


def in_order(claim: facts.Claim) -> tuple[facts.Claim, dict[str, list[int]]]:
    """Return the claim with its facts sorted by id, and where each of them stood in the request.

    The second value is empty when nothing moved, which is usual.
    """
    changes: dict[str, Any] = {}
    places: dict[str, list[int]] = {}
    for name, identity in _SORTED:
        rows: Sequence[Any] | None = getattr(claim, name)
        if rows is None or len(rows) == 1:
            continue
        order = sorted(range(len(rows)), key=lambda place: identity(rows[place]))
        if order != list(range(len(rows))):
            changes[name] = tuple(rows[place] for place in order)
            places[name] = order
    return (replace(claim, **changes), places) if changes else (claim, places)


def original_pointer(pointer: str | None, places: dict[str, list[int]]) -> str | None:
    """Return a pointer into the sorted claim as a pointer into the request.

    >>> original_pointer("/items/0/cost", {"items": [4, 2]})
    '/items/4/cost'
    """
    if not pointer or not places:
        return pointer
    _, name, *rest = pointer.split("/")
    if name not in places or not rest or not rest[0].isdigit():
        return pointer
    return "/".join(["", name, str(places[name][int(rest[0])]), *rest[1:]])


def calculation_id(
    claim: facts.Claim, table: terms.RateTable, provenance: results.Provenance, known_at: str
) -> str:
    """Return ``sha256:`` and the digest of everything that decided the answer but the language.

    ``claim`` is in canonical order. Defaults are part of it because a claim holds them; the version is
    resolved, and what only served to choose it is left out.
    """
    resolved = replace(
        claim,
        version=table.version,
        as_of=None,
        known_on=None,
        known_at=None,
        request_no=None,
        application_at=claim.application_at and claim.application_at.astimezone(UTC),
    )
    used = provenance.rate_table.overlays
    digest = sha256(_ENCODER.encode(resolved))
    digest.update(
        _ENCODER.encode(
            {
                "known_at": known_at,
                "rate_table": table.digest,
                "overlays": [overlay.digest for overlay in table.overlays if overlay.id in used],
                "reference_rates": [rate.digest for rate in provenance.reference_rates],
                "engine": provenance.engine.version,
            }
        )
    )
    return "sha256:" + digest.hexdigest()
