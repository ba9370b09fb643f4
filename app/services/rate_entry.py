"""A month of reference rates, as HTTP and the command take it: decimal fractions or numbers in, a checked draft out.

Inside, a draft says what a file says: percentages, or numbers where the series has numbers (D101), rows to be added. What
is refused about it is told in the words and at the places of the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from sqlmodel import Session

from app.calculators.quantities.money import decimal_text
from app.calculators.terms.model import TermsFault
from app.claim_input.claim_schemas import REFERENCE_NUMBER_PATTERN, REFERENCE_RATE_PATTERN
from app.claim_input.field_formats import CODES, described
from app.errors import FieldError, ProblemError, invalid
from app.services.draft_models import MonthRequest
from app.tables.drafts import workflow as drafts
from app.tables.files.reference_series import CONFIRMATION, ValuesAre, stored_values_are

_ROW: Final = re.compile(r"/series/([0-9]+)(?:/add(?:/0(?:/(on|value))?)?)?")
_FIELD: Final = "confirmed: true"


def enter(session: Session, actor: str, asked: MonthRequest) -> drafts.State:
    """Begin and check the draft of a month. Errors: ProblemError 422 with pointers into the request."""
    kinds = {name: stored_values_are(session, name) for name in asked.values}
    misread = [error for name, value in asked.values.items() for error in _misread(name, value, kinds[name])]
    if misread:
        raise invalid(misread)
    values = {name: value if kinds[name] == "NUMBER" else percentage(value) for name, value in asked.values.items()}
    try:
        return drafts.enter_month(session, actor, asked.on, values, asked.holds_until, confirmed=asked.confirmed)
    except drafts.Refused as refused:
        names = sorted(values)
        errors = dict.fromkeys(_told(fault, names) for fault in refused.faults)  # of one day, once, however many series
        raise ProblemError("DRAFT_FAULTY", errors=errors) from None


def _misread(name: str, value: str, kind: ValuesAre | None) -> Iterator[FieldError]:
    """A value that is not written as those of its series are."""
    pattern = REFERENCE_NUMBER_PATTERN if kind == "NUMBER" else REFERENCE_RATE_PATTERN
    if kind is not None and not re.fullmatch(pattern, value):
        zh, en = described(pattern, value)
        yield FieldError(f"/values/{name}", CODES[pattern], zh, en)


def percentage(value: str) -> str:
    """A decimal fraction as a file writes it.

    >>> percentage("0.0345"), percentage("0.03"), percentage("-0.00125")
    ('3.45%', '3.00%', '-0.125%')
    """
    text = decimal_text(Fraction(value) * 100)
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}%"


def _told(fault: TermsFault, names: list[str]) -> FieldError:
    return FieldError(
        _pointer(fault.place, names),
        "DRAFT_FAULT",
        fault.message.replace(CONFIRMATION, _FIELD),
        fault.en.replace(CONFIRMATION, _FIELD),
    )


def _pointer(place: str, names: list[str]) -> str:
    if place.endswith("/holds_until"):
        return "/holds_until"
    match = _ROW.match(place)
    if match is None:
        return ""
    return "/on" if match[2] == "on" else f"/values/{names[int(match[1])]}"
