"""Schemes that the service has never seen, each a data file, loaded and calculated with no change of code.

A file holds the notice as it is typed in (and, where it needs them, funds or reference rates), then a
last document: ``shows``, the shapes that it is here for, and ``cases``, claims with the amount and the sum
that gives it. The notices are invented, after the shapes of local ones. ``refused/`` holds tables that must
not load, each with the place and a part of the reason.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.tables.catalogue.repository import read_catalogue
from app.tables.loading.loader import LoadError, load
from app.tables.storage.database import engine_of
from tests.bureau import PATHS, PUBLISHED, USCC, migrated
from tests.shapes import sums
from tests.shapes.files import FILES, REFUSED, parts, write

Json = dict[str, Any]

# What a rate table must be able to say, alone and together (base, rate, tiers, caps, term, stacking, payout, rounding).
SAYABLE = {
    "base": (
        "balance interest_paid interest_accrued premium_paid premium_to_a_rate fee contract_amount investment sales "
        "fixed per_event per_unit without_vat_hardware_related excess per_category"
    ),
    "rate": "exact ceiling points share_of_reference excess_over_reference contract_less_floor min_max by_measure unknown",
    "tier": (
        "category status grade ladder two_dimensions events bands status_in_time size year_of_loan length_of_loan "
        "highest_of_lines status_on_a_date"
    ),
    "cap": (
        "base unit product loan share_of_principal share_of_interest project category_batch enterprise_batch "
        "enterprise_year accrual_year lender lifetime principal_daily principal_cumulative drawdown conditional "
        "unknown pooled_over_fund cost declared_code overlay"
    ),
    "term": "loan enterprise year_end item policy",
    "day_count": "MONTHS_12 ACT_365 ACT_360 D30_360",
    "window": "interest paid_on event application investment contract completion",
    "threshold": "strict inclusive either interest sum",
    "exclude": "loan_kind purpose period related_party category",
    "currency": "converted",
    "stacking": "single_direction exempt higher_of offset other_fiscal",
    "payout": "instalments acceptance sources",
    "matching": "national",
    "rounding": "unit_down total_half_up",
    "applicant": "PERSON HOUSEHOLD",
    "method": "LEASE_INTEREST",
}
SHAPES = {f"{kind}:{one}" for kind, text in SAYABLE.items() for one in text.split()}


CASES = [pytest.param(path, no, id=f"{path.stem}-{no}") for path in FILES for no, _ in enumerate(parts(path)[1]["cases"])]


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str], dict[str, list[str]]]]:
    """One service with every scheme: its client, the method of each table, and why a file did not load."""
    folder = tmp_path_factory.mktemp("shapes")
    shutil.copyfile(migrated(), folder / "shapes.db")
    engine = engine_of(f"sqlite:///{folder}/shapes.db")
    wrong: dict[str, list[str]] = {}
    with Session(engine) as session:
        load(session, [PUBLISHED / "reference_rates.yaml"])
        for path in FILES:
            try:
                load(session, write(folder, path))
            except LoadError as refused:
                wrong[path.stem] = [f"{fault.place}: {fault.message}" for fault in refused.faults]
        app = create_app(Settings())
        app.state.catalogue = read_catalogue(session)
    engine.dispose()
    methods = {}
    for path in FILES:
        text = "\n".join(parts(path)[0])
        methods |= dict(re.findall(r"rate_table: (\S+).*?method: ([A-Z_]+)", text, re.DOTALL))
    yield TestClient(app, client=("127.0.0.1", 50000), base_url="http://localhost"), methods, wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scheme_that_nobody_has_seen_loads(path: Path, bureau: tuple[TestClient, Json, Json]) -> None:
    assert bureau[2].get(path.stem, []) == []
    for table in re.findall(r"rate_table: (\S+)", "\n".join(parts(path)[0])):
        assert bureau[0].get(f"/v1/rate-tables/{table}").status_code == 200


def claim(told: Json, case: Json) -> Json:
    """A case's request; ``usual`` holds what all requests of the file share, the enterprise has a code."""
    request: Json = {**told.get("usual", {}), **case["request"]}
    applicant = request.get("applicant", {})
    if told.get("applicants", "ENTERPRISE") == "ENTERPRISE":
        applicant = {"uscc": USCC, **applicant}
    return {**request, "applicant": applicant}


@pytest.mark.parametrize(("path", "no"), CASES)
def test_a_claim_earns_what_the_sum_says(path: Path, no: int, bureau: tuple[TestClient, Json, Json]) -> None:
    client, methods, _ = bureau
    told = parts(path)[1]
    case = told["cases"][no]
    request = claim(told, case)
    response = client.post(PATHS[methods[request["rate_table"]]], json=request)
    answer = response.json()
    if "refused" in case:
        assert response.status_code == 422, response.text
        told_back = [f"{one['pointer']} {one['code']}" for one in answer.get("errors", [])] or [answer["type"].rsplit("/", 1)[-1]]
        assert told_back == case["refused"]
        return
    assert response.status_code == 200, response.text
    assert sums.amount(case["working"]) == Fraction(case["amount"]), "the amount is not what the working comes to"
    shown = "\n".join(f"{step['label']}: {step['substituted']} = {step['value']}" for step in answer["steps"])
    reasons = [one["code"] for one in answer["reasons"]]
    assert answer["amount"] == case["amount"], f"{shown}\n{answer['reasons']}"
    assert answer["status"] == case.get("status", "ELIGIBLE"), reasons
    if "items" in case:
        assert {one["id"]: one["amount"] for one in answer["items"]} == case["items"], shown
    assert set(case.get("reasons", [])) <= set(reasons)
    assert set(case.get("warnings", [])) <= {one["code"] for one in answer["warnings"]}
    if "kind" in case:
        assert answer["amount_kind"] == case["kind"]
    if "payout" in case:
        assert [one["amount"] for one in answer["payout"]] == case["payout"]
    if "binding" in case:
        assert [one["scope"] for one in answer["caps"] if one["binding"]] == case["binding"], answer["caps"]
    if "recovery" in case:
        assert [one["recovery"] for one in answer["items"]] == case["recovery"]
    if "open" in case:
        assert [one["clause"] for one in answer["not_decided_here"]] == case["open"]
    english = client.post(PATHS[methods[request["rate_table"]]], json=request, headers={"Accept-Language": "en"}).json()
    assert [step["value"] for step in english["steps"]] == [step["value"] for step in answer["steps"]]
    for step in answer["steps"]:
        assert step["value"] in shown_again(step), f"{step['label']}: {step['substituted']} = {step['value']}"


def shown_again(step: Json) -> list[str]:
    """What a step's formula with the numbers put in comes to, rounded as the step says."""
    exact = sums.amount(step["substituted"])
    if step["rounding"] is not None:
        mode, unit = step["rounding"].split(" ")
        exact = {"DOWN": sums.down, "HALF_UP": sums.half_up}[mode](exact, Fraction(unit))
    fen = exact * 100
    whole = [f"{fen.numerator // 100}.{fen.numerator % 100:02d}"] if fen.denominator == 1 else []
    return [*whole, f"{exact.numerator}/{exact.denominator}", decimal(exact)]


def decimal(exact: Fraction) -> str:
    """The exact decimal text, where there is one."""
    places = next((n for n in range(40) if (exact * 10**n).denominator == 1), None)
    if places is None:
        return ""
    digits = f"{int(exact * 10**places):0{places + 1}d}"
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def test_every_shape_is_shown_by_a_scheme() -> None:
    assert len(FILES) >= 30
    shown = [shape for path in FILES for shape in parts(path)[1]["shows"]]
    assert SHAPES - set(shown) == set()
    assert set(shown) - SHAPES == set()


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_an_unsound_table_is_refused_where_it_is_wrong(path: Path, tmp_path: Path) -> None:
    """Each fault that the file expects is told, with its place and what would be right; and no other."""
    shutil.copyfile(migrated(), tmp_path / "refused.db")
    engine = engine_of(f"sqlite:///{tmp_path}/refused.db")
    with Session(engine) as session:
        load(session, [PUBLISHED / "reference_rates.yaml"])
        with pytest.raises(LoadError) as refused:
            load(session, write(tmp_path, path))
    engine.dispose()
    expected = parts(path)[1]["refused"]
    found = [(fault.place.split("/terms/", 1)[-1].removeprefix(f"{path.stem}-0.yaml/"), fault.message) for fault in refused.value.faults]
    assert [place for place, _ in found] == [one["place"] for one in expected], found
    for (_, message), one in zip(found, expected, strict=True):
        assert one["says"] in message, found


def test_there_are_enough_unsound_tables() -> None:
    assert len(REFUSED) >= 25
