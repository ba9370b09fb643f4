"""One calculation, from the bytes of a request to its answer: the road that every endpoint takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

import msgspec
from pydantic import ValidationError

from app import limits
from app.calculators import assessment
from app.calculators.bilingual import Phrase
from app.calculators.claims import model as facts
from app.calculators.claims.errors import FactsError, Fault, NotComputable
from app.calculators.results import model as results
from app.calculators.terms.code_lists import METHODS, SUPPORT_METHODS
from app.calculators.terms.model import RateTable, ReferenceSeries
from app.calculators.workload.estimate import Cost, cost_of
from app.claim_input import claim_schemas as claims
from app.claim_input import json_reader as json_bodies
from app.claim_input import normal_form
from app.claim_input import validation_errors as refusals
from app.errors import MAX_ERRORS, FieldError, Language, ProblemError, invalid
from app.services import calculation_identity as identity
from app.services import work_budget as budget
from app.services.summary import Detail, summary_of
from app.services.table_choice import chosen_table
from app.tables.catalogue.snapshot import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the four calculations."""

    method: str
    reader: claims.ClaimReader
    title: str

    @property
    def path(self) -> str:
        """The part of the address that names it."""
        return self.reader.path


LOAN = Kind(method="LOAN_INTEREST", reader=claims.LOAN, title="贷款贴息")
INSURANCE = Kind(method="INSURANCE", reader=claims.INSURANCE, title="保险补贴")
AWARD = Kind(method="AWARD", reader=claims.AWARD, title="奖励")
GRANT = Kind(method="GRANT", reader=claims.GRANT, title="补助")
KINDS = (LOAN, INSURANCE, AWARD, GRANT)


def kind_of(table: RateTable) -> Kind:
    """The calculation that a table's support method takes."""
    method = SUPPORT_METHODS[table.method].calculated_as
    return next(kind for kind in KINDS if kind.method == method)


def _of_another(table: RateTable) -> Phrase:
    """Which endpoint calculates under a table."""
    right, method = f"/v1/{kind_of(table).path}/calculate", METHODS[table.method]
    return Phrase(
        f"此标准表的支持方式是{method.zh}（{table.method}），请用 {right}",
        f"this table's support method is {table.method}, {method.en}; use {right}",
    )


def _chosen(claim: facts.Claim, kind: Kind, catalogue: Catalogue, instant: datetime) -> RateTable:
    """The version of a table that a claim names. A table of another endpoint is told its own, whatever else is wrong."""
    versions = catalogue.tables.get(claim.rate_table)
    if versions and kind_of(versions[-1].table) is not kind:
        right = _of_another(versions[-1].table)
        raise invalid([FieldError("/rate_table", "WRONG_METHOD", right.zh, right.en)])
    return chosen_table(catalogue, claim, instant)


def read_claim(body: bytes, kind: Kind) -> facts.Claim:
    """Return the claim in a body that is known to be JSON without equal keys."""
    reader = kind.reader
    try:
        claim = reader.read(body)
    except ValidationError as failure:
        raise refusals.problem_of(failure, body, reader.lists) from None
    if claim.version is not None and claim.as_of is not None:
        raise invalid(
            [
                FieldError(
                    "/as_of",
                    "VERSION_WITH_AS_OF",
                    "version 与 as_of 只能给出一个",
                    "Give either version or as_of, not both",
                )
            ]
        )
    if len(reader.lists) > 1 and (claim.items is None) == (claim.projects is None):
        raise invalid([refusals.wrong_list("", reader.lists)])
    return claim


def known_instant(claim: facts.Claim, latest: datetime) -> datetime:
    """Return the instant whose knowledge is used: the earlier one when day and instant are given.

    Never one later than ``latest``: something may still be published until then, but never again up to ``latest``, so
    that an answer pinned to it stays the same (D65).
    """
    instants = [latest]
    if claim.known_at is not None:
        instants.append(claim.known_at)
    if claim.known_on is not None:
        instants.append(datetime.combine(claim.known_on, time.max, identity.CHINA))
    return min(instants)


@dataclass(slots=True, kw_only=True)
class Asked:
    """A calculation of which everything is known but its answer: the claim, the table, and what it will cost."""

    claim: facts.Claim
    kind: Kind
    table: RateTable
    series: Mapping[str, ReferenceSeries]
    known_at: str
    cost: Cost

    @property
    def is_light(self) -> bool:
        """Whether other requests can wait for it."""
        return self.cost.work <= limits.LIGHT_WORK

    def answer(self, language: Language) -> results.Result:
        """Return the answer; raise ``ProblemError`` for what cannot be answered."""
        ordered, places = normal_form.in_order(self.claim)
        try:
            result = assessment.assess(
                ordered,
                self.table,
                self.series,
                endpoint_method=self.kind.method,
                language=language,
                known_at=self.known_at,
                calculation_id="",
            )
        except FactsError as error:
            raise _invalid(error.faults, places) from None
        except NotComputable as error:
            raise _not_computable(error, places) from None
        assert result.provenance is not None
        result.calculation_id = identity.calculation_id(ordered, self.table, result.provenance, self.known_at)
        if places:
            for warning in result.warnings:
                warning.pointer = identity.original_pointer(warning.pointer, places)
                warning.other_pointer = identity.original_pointer(warning.other_pointer, places)
        return result

    def encoded(self, language: Language, detail: Detail) -> bytes:
        """Return the answer as it is sent; raise ``ProblemError`` for what cannot be answered."""
        result = self.answer(language)
        return msgspec.json.encode(result if detail == "FULL" else summary_of(result))


def asked_of(claim: facts.Claim, kind: Kind, catalogue: Catalogue, detail: Detail, where: str) -> Asked:
    """Choose the table of a claim and count what it will cost; raise ``ProblemError`` where that is too much.

    ``where`` is the pointer to ``detail``.
    """
    instant = known_instant(claim, catalogue.latest_known_at)
    table = _chosen(claim, kind, catalogue, instant)
    # The version is chosen; with it and known_at alone the same answer must come again, so nothing
    # later may look at the day that only served to choose it.
    if claim.as_of is not None:
        claim = replace(claim, as_of=None)
    return asked_under(claim, kind, table, catalogue.series(instant), identity.instant_text(instant), detail, where)


def asked_under(
    claim: facts.Claim,
    kind: Kind,
    table: RateTable,
    series: Mapping[str, ReferenceSeries],
    known_at: str,
    detail: Detail,
    where: str | None,
) -> Asked:
    """Count what a claim will cost under one table; raise ``ProblemError`` where that is too much."""
    cost = cost_of(claim, table, series)
    budget.check(cost, detail, where)
    return Asked(claim=claim, kind=kind, table=table, series=series, known_at=known_at, cost=cost)


def answer_under(
    claim: facts.Claim,
    kind: Kind,
    table: RateTable,
    series: Mapping[str, ReferenceSeries],
    known_at: str,
    language: Language,
) -> results.Result:
    """Return the answer to a claim under one table; raise ``ProblemError`` for what cannot be answered or is too much."""
    return asked_under(claim, kind, table, series, known_at, "FULL", None).answer(language)


def _invalid(faults: Sequence[Fault], places: normal_form.Places) -> ProblemError:
    errors = [
        FieldError(pointer=identity.original_pointer(one.pointer, places) or "", code=one.code, zh=one.zh, en=one.en, title=one.title)
        for one in faults[:MAX_ERRORS]
    ]
    return invalid(errors, len(faults), {one.code for one in faults})


def _not_computable(error: NotComputable, places: normal_form.Places) -> ProblemError:
    pointer = identity.original_pointer(error.pointer, places) or ""
    errors = (FieldError(pointer, error.code, error.zh, error.en),)
    # 422 also for STANDARD_NOT_LOADED: the table is there, the line that the facts choose is not (D37).
    return ProblemError(error.code, error.zh, error.en, errors=errors, status=422)


def asked_in(body: bytes, kind: Kind, catalogue: Catalogue, detail: Detail) -> Asked:
    """Read what a request's body asks for."""
    json_bodies.check_json(body)
    return asked_of(read_claim(body, kind), kind, catalogue, detail, "/query/detail")
