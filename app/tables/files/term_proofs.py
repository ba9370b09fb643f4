"""Terms are proved apart from the database: what they say depends on nothing that is stored, and a proof takes long.

A step of a draft first asks, at one moment of the database, which terms there are to prove (``Wanted``); proves them while
nothing is locked (``proved``); and is then taken in a short transaction, which checks all that does depend on what is
stored and looks the proofs up. In one go, for files and commands, ``prove_terms`` proves as it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.calculators.expressions import nodes as ex
from app.calculators.faults.telling import tell
from app.calculators.quantities.money import percent_text
from app.calculators.terms.field_reader import no_facts
from app.calculators.terms.model import Terms, TermsError, TermsFault
from app.calculators.terms.parser import parse_terms
from app.calculators.verification.coverage import prove
from app.calculators.verification.regions import TooComplex, never
from app.tables.files.clause_figures import read_clause
from app.tables.storage.canonical_json import canonical

Key = tuple[str | None, str]
_PLACE = "terms"
_SHARED = ("AWARD", "GRANT", "INSURANCE")


@dataclass(frozen=True, slots=True)
class Proven:
    """What is wrong with terms, and which series they name; places begin with ``terms``.

    Of terms that are ``too_complex`` nothing else is known, and that is the one fault.
    """

    faults: tuple[TermsFault, ...] = ()
    series: Mapping[str, str] = field(default_factory=dict)
    rates: Mapping[str, str] = field(default_factory=dict)
    too_complex: bool = False


Prove = Callable[[Any, str | None], Proven]
"""Terms as they are written, with the method of their table; of an overlay, which belongs to no one method, None."""


class Unproved(LookupError):
    """The terms are not those that were proved: they were changed meanwhile."""


class TooMuchWork(ValueError):
    """The conditions of some terms have more cases than a proof may look at; ``fault`` says how many."""

    def __init__(self, fault: TermsFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def prove_terms(raw: Any, method: str | None, given_up: Callable[[], bool] = never) -> Proven:
    """Read terms and prove them. Errors: GivenUp as soon as nobody waits any more."""
    try:
        terms = parse_terms(raw or {}, _PLACE, overlay=method is None)
    except TermsError as refused:
        return Proven(tuple(refused.faults))
    try:
        faults = prove(terms, method or "AWARD", given_up)
    except TooComplex as beyond:
        return Proven((TermsFault(f"{_PLACE}/lines", beyond.told),), terms.series, terms.rates, too_complex=True)
    faults += _more_than_the_whole(terms, method)
    return Proven(tuple(TermsFault(f"{_PLACE}/{one.place}", one.told) for one in faults), terms.series, terms.rates)


def _more_than_the_whole(terms: Terms, method: str | None) -> Iterator[TermsFault]:
    """An award or grant of more than what it is a share of, which no clause says: 500% for 50%."""
    for no, line in enumerate(terms.lines if method in _SHARED else ()):
        bands = line.bands.pay if line.bands is not None else ()
        for key, rate in (("rate", line.rate), *((f"bands/pay/{at}/rate", band.rate) for at, band in enumerate(bands))):
            if not isinstance(rate, ex.Node) or ex.facts_in(rate):
                continue
            share = ex.evaluate(rate, no_facts)
            if share > 1 and share not in {one.value for one in read_clause(line.clause).figures}:
                yield TermsFault(f"lines/{no}/{key}", tell("SHARE_ABOVE_WHOLE", share=percent_text(share)))


@dataclass(slots=True)
class Wanted:
    """Notes which terms there are to prove, and finds nothing wrong with them."""

    terms: dict[Key, Any] = field(default_factory=dict)

    def __call__(self, raw: Any, method: str | None) -> Proven:
        """Note terms."""
        self.terms[_key(raw, method)] = raw
        return Proven()


def proved(wanted: Wanted, given_up: Callable[[], bool] = never) -> Prove:
    """Prove all terms that were noted. Errors: TooMuchWork, GivenUp."""
    found = {key: prove_terms(raw, key[0], given_up) for key, raw in wanted.terms.items()}
    for proof in found.values():
        if proof.too_complex:
            raise TooMuchWork(proof.faults[0])

    def look_up(raw: Any, method: str | None) -> Proven:
        try:
            return found[_key(raw, method)]
        except KeyError:
            raise Unproved from None

    return look_up


def _key(raw: Any, method: str | None) -> Key:
    return method, canonical(raw)
