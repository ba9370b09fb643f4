"""What a place of a request is called: every list is counted, every field has its title, and a problem names the first."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import httpx
import pytest

from app.calculators.claims import model as facts
from app.claim_input.field_names import ENTRIES, place_of
from tests.bureau import Bureau
from tests.contract.requests import AWARD, INSURANCE, LOAN, at, insurance
from tests.contract.requests import loan as loan_claim
from tests.spec.claims import item
from tests.spec.small_tables import award

ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("pointer", "zh", "en"),
    [
        ("/contracts/0/repayments/1/on", "第1份合同的第2笔还本的还本日", "contract 1, repayment 2, on"),
        ("/contracts/2/interest_paid/0/until", "第3份合同的第1张利息凭证的计息止日", "contract 3, interest voucher 1, until"),
        ("/contracts/0/rate/steps/1/annual_rate", "第1份合同的合同利率的第2段利率的年利率", "contract 1, rate, rate step 2, annual rate"),
        ("/applicant/uscc", "项目单位的统一社会信用代码", "applicant, uscc"),
        (
            "/applicant/granted/0/keys/unit_id",
            "项目单位的第1笔已获支持的所占限额的键的unit_id",
            "applicant, earlier grant 1, keys, unit id",
        ),
        ("/items/4/measures/first", "第5个事项的事实 first", "item 5, first"),
        ("/cases/1/contracts/0/drawdowns/0/amount", "第2个案例的第1份合同的第1笔放款的放款金额", "case 2, contract 1, drawdown 1, amount"),
        ("/policies", "保单", "policies"),
        ("/contracts/0/0", "第1份合同的0", "contract 1, 0"),
        ("/query/version", "查询参数 version", "query parameter version"),
    ],
)
def test_each_place_has_a_name(pointer: str, zh: str, en: str) -> None:
    assert place_of(pointer) == (zh, en)


@pytest.mark.parametrize("name", ["¹", "①", "１", "٣"])
def test_a_sign_that_is_nearly_a_number_is_no_place_in_a_list(client: httpx.Client, name: str) -> None:
    """Such a name was taken for an index, and the answer was 500."""
    assert place_of(f"/cases/0/{name}") is not None
    sent = {
        "rate_table": "bj-gjj-2023-1-1",
        "application_date": "2023-04-10",
        "cases": [{"item_id": "A", name: []}, {"item_id": "B", "items": [{name: 1}]}],
    }
    answer = client.post(f"{AWARD}/batch", json=sent)
    assert answer.status_code == 200
    assert [one["problem"]["status"] for one in answer.json()["cases"]] == [422, 422]


def test_no_place_is_no_name() -> None:
    assert (place_of(""), place_of("/content/terms/lines/0")) == (None, None)


def test_the_entries_of_each_list_of_the_model_are_counted() -> None:
    lists = {
        field.metadata.get("alias", field.name)
        for kind in vars(facts).values()
        if is_dataclass(kind)
        for field in fields(kind)
        for hint in (get_type_hints(kind)[field.name],)
        if "tuple" in str(hint) and "title" in field.metadata and get_args(hint)
    }
    assert lists - ENTRIES.keys() == set()


def test_an_error_names_its_place_and_the_problem_the_first(client: httpx.Client) -> None:
    body = at(at(loan_claim(), "/contracts/0/drawdowns/0/amount", "5"), "/contracts/0/signed_on", "x")
    for headers, places in (
        ({}, {"第1份合同的第1笔放款的放款金额", "第1份合同的签订日"}),
        (ENGLISH, {"contract 1, drawdown 1, amount", "contract 1, signed on"}),
    ):
        problem = client.post(LOAN, json=body, headers=headers).json()
        assert {one["place"] for one in problem["errors"]} == places
        first = problem["errors"][0]
        assert problem["detail"].startswith(first["place"])
        assert first["detail"] in problem["detail"]


def test_a_measure_is_called_by_its_title() -> None:
    needs = "needs: {grade: {of: ITEM, type: CODE, title: 成熟度等级, values: {L3: 三级}}}"
    (error,) = Bureau(award(more=needs), "AWARD").post({"items": [item("1.00", measures={"grade": "X"})]}).json()["errors"]
    assert error["place"] == "第1个事项的成熟度等级"


def test_cases_are_counted(client: httpx.Client) -> None:
    body = insurance()
    wrong = at(body, "/policies/0/premium", "5")["policies"]
    cases = [{"item_id": "a"}, {"item_id": "b", "policies": wrong}]
    problem = client.post(INSURANCE + "/batch", json=body | {"cases": cases}).json()["cases"][1]["problem"]
    assert problem["errors"][0]["place"] == "第2个案例的第1份保单的保费"
    assert problem["detail"].startswith("第2个案例的第1份保单的保费：")
