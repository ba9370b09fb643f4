"""What a calculation is: its facts in normal form, and the digest that names it (D65, D88).

Two requests that differ in the order of a list, in zeros at the end of a rate, in a default written out, in ``request_no``
or in the applicant's name are one calculation; so are a request and the same one sent again with the ``version`` and
``known_at`` of its answer. No clock is read.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from operator import attrgetter
from typing import Final

import msgspec

from app.calculators.claims import model as facts
from app.calculators.results import model as results
from app.calculators.terms import model as terms
from app.claim_input.normal_form import Places, with_defaults, with_measures_by_value

CHINA: Final = timezone(timedelta(hours=8))
_ENCODER: Final = msgspec.json.Encoder(order="sorted")

_FIELDS: Final = tuple(field.name for field in fields(facts.Claim))
_VALUES: Final = attrgetter(*_FIELDS)

def instant_text(instant: datetime) -> str:
    """Return an instant as it is written in answers: RFC 3339 with the offset of China.

    >>> instant_text(datetime(2025, 1, 19, 16, tzinfo=UTC))
    '2025-01-20T00:00:00+08:00'
    """
    return instant.astimezone(CHINA).isoformat()


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
        original += f"/{order[int(part)] if order is not None and part.isascii() and part.isdecimal() else part}"
    return original


def calculation_id(
    claim: facts.Claim, table: terms.RateTable, provenance: results.Provenance, known_at: str
) -> str:
    """Return ``sha256:`` and the digest of everything that decided the answer but the language.

    ``claim`` is in normal form. Defaults are part of it because a claim holds them; the version is
    resolved, and what only served to choose it is left out.
    """
    resolved = dict(zip(_FIELDS, _VALUES(with_defaults(with_measures_by_value(claim, table))), strict=True))
    only = len(table.terms.applicants) == 1  # then the kind says what the table says anyway
    if claim.applicant.name is not None or (only and claim.applicant.kind is not None):
        resolved["applicant"] = replace(resolved["applicant"], name=None, kind=None if only else claim.applicant.kind)
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
