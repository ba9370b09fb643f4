"""What a draft names must be there, and its examples must compute: as for files, in its report, its check and its publication."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.drafts.chip_fund import AWARDS, BATCH, DIRECTIONS, TABLE, Json, award, batch, fund, measures, new_version, terms, version
from tests.drafts.conftest import Office
from tests.drafts.test_additions import chips  # noqa: F401 - a fixture

THIRD = f"{BATCH}-3"


def pooled(*pool: str) -> Json:
    """Terms with a cap that shares its room with other tables."""
    cap = {"per": [], "period": "PROGRAM_YEAR", "limit": "50万", "clause": "单个企业年度最高50万元"}
    return terms() | {"caps": [cap | {"pool": list(pool)}]}


def direction(said: Json) -> Json:
    """Another direction of the batch."""
    return {"rate_table": THIRD, "no": "3", "title": "补充方向", "method": "AWARD", "area": None, "version": said}


def example(claim: Json) -> Json:
    """An example of a version."""
    return {"name": "一例", "request": json.dumps(claim, ensure_ascii=False)}


def told(office: Office, body: Json) -> list[tuple[str, str]]:
    """What is wrong with a draft, as its report says; its check refuses the same."""
    draft, etag = office.begin("li", body)
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert report["publishable"] is False
    said = [(f"/content{one['place']}", one["message"]) for one in report["faults"]]
    refused = office.step("li", draft, etag, "check")
    assert refused.status_code == 422
    assert [(one["pointer"], one["detail"]) for one in refused.json()["errors"]] == said
    return said


@pytest.mark.parametrize("name", ["bj-gjj-2025-1-99", "hd-chip-2026-1-l"])
def test_a_pool_of_a_table_that_is_nowhere(chips: Office, name: str) -> None:  # noqa: F811 - the fixture
    fault = f"没有标准表 {name}"
    said = new_version("30%", effective={"first_day": "2027-01-01", "last_day": "open"}, terms=pooled("bj-gjj-2025-1-11", name))
    assert told(chips, said) == [("/content/version/terms/caps/0/pool/1", fault)]
    said = batch(direction(version(terms=pooled(TABLE, THIRD, name))))
    assert told(chips, said) == [("/content/directions/0/version/terms/caps/0/pool/2", fault)]
    stacking = {"single_direction": {"clause": "只能申报一个方向", "exempt_tables": [name]}}
    said = fund(measures(id="hd-chip-guide-2026", terms={"stacking": stacking}))
    assert told(chips, said) == [("/content/overlays/0/terms/stacking/single_direction/exempt_tables/0", fault)]


def test_a_pool_of_tables_that_are_there_or_come_with_the_draft(chips: Office) -> None:  # noqa: F811 - the fixture
    chips.publish(batch(direction(version(terms=pooled(TABLE, THIRD)))))


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (award("1000000"), "/items/0/base_amount 金额应为字符串，两位小数，如 \"1234567.80\""),
        ({"items": []}, "/application_date 缺少必填字段"),
        (award("1.00", applicant={"uscc": "91350100M000100Y44"}), "/applicant/uscc"),
    ],
    ids=["money", "nothing", "code"],
)
def test_an_example_that_does_not_compute(chips: Office, claim: Json, why: str) -> None:  # noqa: F811 - the fixture
    later = {"first_day": "2027-01-01", "last_day": "open"}
    [(place, message)] = told(chips, new_version("30%", effective=later, examples=[example(award("1.00")), example(claim) | {"name": "另一例"}]))
    assert (place, message.startswith(f"例子不能计算：{why}")) == ("/content/version/examples/1/request", True), message
    [(place, message)] = told(chips, batch(direction(version(examples=[example(claim)]))))
    assert (place, message.startswith(f"例子不能计算：{why}")) == ("/content/directions/0/version/examples/0/request", True), message


def test_an_example_that_no_longer_computes_when_it_is_published(office: Office) -> None:
    """Measures that ask for a fact come between approval and publication: the approved example is no claim any more."""
    office.publish(fund(measures()))
    office.publish(batch(*DIRECTIONS))
    draft, etag = office.begin("li", batch(direction(version())))
    for who, name in (("li", "check"), ("wang", "approve")):
        etag = office.step(who, draft, etag, name).headers["etag"]
    asked: dict[str, Any] = {"needs": {"staff": {"of": "APPLICANT", "type": "COUNT", "title": "职工人数", "clause": "职工人数"}}}
    asked["require"] = [{"that": "staff >= 10", "code": "STAFF", "message": "职工不少于10人", "clause": "职工不少于10人"}]
    office.publish(fund(measures(id="hd-chip-guide-2026", terms=asked)))
    refused = office.step("wang", draft, etag, "publish")
    assert (refused.status_code, [one["pointer"] for one in refused.json()["errors"]]) == (422, ["/content/directions/0/version/examples/0/request"])
    english = office.call("wang", "POST", f"{draft}/publish", **{"If-Match": etag, "Accept-Language": "en"})
    assert english.json()["errors"][0]["detail"].startswith("The example does not compute: ")


def test_what_returns_after_a_withdrawal_is_not_judged_by_its_examples(office: Office) -> None:
    office.publish(fund(measures()))
    office.publish(batch(*DIRECTIONS))
    claim = award("5000000.00", applicant={"uscc": "91350100M000100Y43", "measures": {"staff": 12}})
    office.publish(new_version("40%", supersedes="1", reason="误录", examples=[example(award("6000000.00"))]))
    asked: dict[str, Any] = {"needs": {"staff": {"of": "APPLICANT", "type": "COUNT", "title": "职工人数", "clause": "职工人数"}}}
    asked["require"] = [{"that": "staff >= 10", "code": "STAFF", "message": "职工不少于10人", "clause": "职工不少于10人"}]
    office.publish(fund(measures(id="hd-chip-guide-2026", terms=asked)))
    content = {"rate_table": TABLE, "version": "2", "reason": "更正有误", "returns": "1"}
    office.publish({"kind": "WITHDRAWAL", "target": TABLE, "content": content})
    office.wait_until(lambda: office.client.post(AWARDS, json=claim).json().get("amount") == "1500000.00")
