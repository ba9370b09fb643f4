"""What a calculation is: its facts in canonical order, and the digest that names it (D65).

Two requests that differ in the order of contracts, in a default written out or in ``request_no`` are
one calculation; so are a request and the same one sent again with the ``version`` and ``known_at`` of
its answer. No clock is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from operator import attrgetter
from typing import Any, Final

import msgspec

from app.calculators import facts, results, terms

CHINA: Final = timezone(timedelta(hours=8))
_ENCODER: Final = msgspec.json.Encoder(order="sorted")

_FIELDS: Final = tuple(field.name for field in fields(facts.Claim))
_VALUES: Final = attrgetter(*_FIELDS)

_SORTED: Final[tuple[tuple[str, Callable[[Any], Any]], ...]] = (
    ("contracts", attrgetter("contract_no", "lender")),
    ("policies", attrgetter("policy_no")),
    ("items", attrgetter("item_id")),
    ("projects", attrgetter("project_id")),
)
_DRAWDOWN_NO: Final = attrgetter("drawdown_no")

Places = dict[str, list[int]]
"""Where the entries of a list (by its pointer in the sorted claim) stood in the request."""


def instant_text(instant: datetime) -> str:
    """Return an instant as it is written in answers: RFC 3339 with the offset of China.

    >>> instant_text(datetime(2025, 1, 19, 16, tzinfo=UTC))
    '2025-01-20T00:00:00+08:00'
    """
    return instant.astimezone(CHINA).isoformat()


def in_order(claim: facts.Claim) -> tuple[facts.Claim, Places]:
    """Return the claim with its facts sorted by id, and where those that moved stood in the request."""
    changes: dict[str, Any] = {}
    places: Places = {}
    for name, identity in _SORTED:
        rows: Sequence[Any] | None = getattr(claim, name)
        if rows is None or (len(rows) == 1 and (name != "contracts" or len(rows[0].drawdowns) == 1)):
            continue
        ordered = _sorted(rows, identity, f"/{name}", places)
        if name == "contracts":
            ordered = _with_drawdowns_in_order(ordered, places)
        if ordered is not rows:
            changes[name] = ordered
    return (replace(claim, **changes), places) if changes else (claim, places)


def _sorted(rows: Sequence[Any], identity: Callable[[Any], Any], pointer: str, places: Places) -> Sequence[Any]:
    if len(rows) == 1:
        return rows
    keys = [identity(row) for row in rows]
    order = sorted(range(len(rows)), key=keys.__getitem__)
    if order == list(range(len(rows))):
        return rows
    places[pointer] = order
    return tuple(rows[place] for place in order)


def _with_drawdowns_in_order(contracts: Sequence[facts.Contract], places: Places) -> Sequence[facts.Contract]:
    made: list[facts.Contract] = []
    for index, contract in enumerate(contracts):
        drawdowns = _sorted(contract.drawdowns, _DRAWDOWN_NO, f"/contracts/{index}/drawdowns", places)
        moved = drawdowns is not contract.drawdowns
        made.append(replace(contract, drawdowns=tuple(drawdowns)) if moved else contract)
    return contracts if all(one is other for one, other in zip(made, contracts, strict=True)) else tuple(made)


def original_pointer(pointer: str | None, places: Places) -> str | None:
    """Return a pointer into the sorted claim as a pointer into the request.

    >>> original_pointer("/contracts/0/drawdowns/1", {"/contracts": [4, 2], "/contracts/0/drawdowns": [1, 0]})
    '/contracts/4/drawdowns/0'
    """
    if not pointer or not places:
        return pointer
    walked, original = "", ""
    for part in pointer.split("/")[1:]:
        order = places.get(walked)
        walked += f"/{part}"
        original += f"/{order[int(part)] if order is not None and part.isdigit() else part}"
    return original


def calculation_id(
    claim: facts.Claim, table: terms.RateTable, provenance: results.Provenance, known_at: str
) -> str:
    """Return ``sha256:`` and the digest of everything that decided the answer but the language.

    ``claim`` is in canonical order. Defaults are part of it because a claim holds them; the version is
    resolved, and what only served to choose it is left out.
    """
    resolved = dict(zip(_FIELDS, _VALUES(claim), strict=True))
    resolved |= {"version": table.version, "as_of": None, "known_on": None, "known_at": None, "request_no": None}
    if claim.application_at is not None:
        resolved["application_at"] = claim.application_at.astimezone(UTC)
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
