"""A notice arrives on Friday evening; on Monday portals calculate with it. The whole life of a change, over HTTP."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app import limits
from app.api.drafts.examples import BEGIN, MONTH
from app.services import work_budget as budget
from tests.contract.requests import INSURANCE, insurance
from tests.drafts.conftest import Office

TABLE = "bj-gjj-2025-1-11"


def four_rockets(day: str = "2025-03-10", **more: Any) -> dict[str, Any]:
    """Four rockets, each at the cap of 5,000,000: together 20,000,000 before the enterprise's cap."""
    claim = insurance(application_date=day, **more)
    one = claim["policies"][0] | {"premium": "12000000.00", "premium_paid": "12000000.00"}
    claim["policies"] = [one | {"policy_no": f"P-{no}", "unit_id": f"ROCKET-{no}"} for no in range(1, 5)]
    return claim


def raised(**version: Any) -> dict[str, Any]:
    """The table's present terms with the enterprise's cap raised from 1000万 to 2000万, from 1 March 2025 on."""
    return {"kind": "RATE_TABLE", "target": TABLE, "copy_of": {"rate_table": TABLE}, "note": "上限提高"}


@pytest.fixture
def raising(office: Office) -> tuple[str, str]:
    """A draft that raises the cap: its address and ETag."""
    draft, etag = office.begin("li", raised())
    content = office.call("li", "GET", draft).json()["content"]
    content["version"]["effective"] = {"first_day": "2025-03-01", "last_day": "open"}
    for cap in content["version"]["terms"]["caps"]:
        if cap["limit"] == "1000万":
            cap["limit"] = "2000万"
    response = office.call("li", "PUT", draft, {"content": content}, **{"If-Match": etag})
    assert response.status_code == 200, response.text
    return draft, response.headers["etag"]


def test_from_friday_to_monday(office: Office, raising: tuple[str, str]) -> None:
    """Copied, changed, checked, looked at, approved by somebody else, published; the amount follows, the past does not."""
    draft, etag = raising
    before = office.client.post(INSURANCE, json=four_rockets()).json()
    assert before["amount"] == "10000000.00"
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        response = office.step(who, draft, etag, name)
        assert response.status_code == 200, response.text
        etag = response.headers["etag"]
    report = office.call("wang", "GET", f"{draft}/report")
    assert (report.status_code, report.json()["code"]) == (409, "CONFLICT")  # nothing is to be published any more
    assert [(one["kind"], one["actor"]) for one in response.json()["steps"]] == [
        ("CHECKED", "li"),
        ("APPROVED", "wang"),
        ("PUBLISHED", "wang"),
    ]
    office.wait_until(lambda: office.known_at() != before["known_at"])
    after = office.client.post(INSURANCE, json=four_rockets()).json()
    assert (after["amount"], after["provenance"]["rate_table"]["version"]) == ("20000000.00", 2)
    the_day_before = office.client.post(INSURANCE, json=four_rockets("2025-02-28")).json()
    assert (the_day_before["amount"], the_day_before["provenance"]["rate_table"]["version"]) == ("10000000.00", 1)
    again = office.client.post(INSURANCE, json=four_rockets(known_at=before["known_at"])).content
    assert json.loads(again) == before
    pinned = office.client.post(INSURANCE, json=four_rockets(known_at=before["known_at"], version=1)).json()
    assert pinned == before


def test_the_report_says_in_words_what_changes(office: Office, raising: tuple[str, str]) -> None:
    draft, _ = raising
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert report["publishable"] is True
    assert report["consequences"] == ["版本 1 至 2025-02-28 止"]
    assert "单个企业本批次上限 由 1000万元 调整为 2000万元，自 2025-03-01 起" in [one["sentence"] for one in report["differences"]]
    english = office.call("wang", "GET", f"{draft}/report", **{"Accept-Language": "en"}).json()
    sentences = [one["sentence"] for one in english["differences"]]
    assert "Cap per enterprise and batch: changed from 10,000,000.00 yuan to 20,000,000.00 yuan, from 2025-03-01" in sentences


def test_a_figure_that_its_clause_does_not_have_is_a_warning_wherever_the_draft_is_judged(office: Office, raising: tuple[str, str]) -> None:
    """The cap was raised, and the clause beside it still says 1000万元: told in the report, by the check and by the approval."""
    draft, etag = raising
    place = "/version/terms/caps/1/limit"
    chinese = "条款中没有 2000万（条款中的数字：1000万）：“单个企业补贴金额不超过1000万元。”"
    english = "2000万 is not in the clause (figures there: 1000万): “单个企业补贴金额不超过1000万元。”"
    told = [{"place": place, "message": chinese, "note": None}]
    assert office.call("wang", "GET", f"{draft}/report").json()["warnings"] == told
    in_english = office.call("wang", "GET", f"{draft}/report", **{"Accept-Language": "en"}).json()["warnings"]
    assert in_english == [{"place": place, "message": english, "note": None}]
    for who, name in (("li", "check"), ("wang", "approve")):
        response = office.step(who, draft, etag, name)
        assert (response.status_code, response.json()["warnings"]) == (200, told)
        etag = response.headers["etag"]
    assert office.step("wang", draft, etag, "publish").status_code == 200  # a warning refuses nothing


def test_the_reason_for_a_figure_is_shown_beside_the_warning(office: Office, raising: tuple[str, str]) -> None:
    draft, etag = raising
    content = office.call("li", "GET", draft).json()["content"]
    content["version"]["terms"]["caps"][1]["clause_note"] = "补充通知改为2000万元"
    response = office.call("li", "PUT", draft, {"content": content}, **{"If-Match": etag})
    assert response.status_code == 200
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert [one["note"] for one in report["warnings"]] == ["补充通知改为2000万元"]
    assert "单个企业本批次上限 与条款文字不同的理由：“补充通知改为2000万元”" in "".join(one["sentence"] for one in report["differences"])


def test_the_effect_on_money(office: Office, raising: tuple[str, str]) -> None:
    """Four rockets rise by 10,000,000; one alone stays at 4,000,000; a claim without policies cannot be answered at all."""
    draft, _ = raising
    small = insurance(application_date="2025-03-10")
    small["policies"][0] |= {"premium": "8000000.00", "premium_paid": "8000000.00"}
    cases = [
        {"item_id": "four", "request": four_rockets()},
        {"item_id": "one", "request": small},
        {"item_id": "none", "request": {**small, "policies": []}},
    ]
    response = office.call("wang", "POST", f"{draft}/effect", {"cases": cases})
    assert response.status_code == 200, response.text
    [table] = response.json()["tables"]
    effect = table["effect"]
    assert (table["rate_table"], table["against_version"]) == (TABLE, 1)
    assert (effect["compared"], effect["rise"], effect["fall"], effect["stay"], effect["change_status"]) == (2, 1, 0, 1, 0)
    assert (effect["before"]["amount"], effect["after"]["amount"]) == ("14000000.00", "24000000.00")
    assert (effect["difference"], effect["compared_difference"]) == ("10000000.00", "10000000.00")
    assert [(one["id"], one["amount_before"], one["amount_after"], one["difference"]) for one in effect["movers"]] == [
        ("four", "10000000.00", "20000000.00", "10000000.00")
    ]
    assert [(one["id"], one["before"]["pointer"], one["after"]["pointer"]) for one in effect["failures"]] == [
        ("none", "/policies", "/policies")
    ]


def test_a_trial_is_never_mistaken_for_a_real_answer(office: Office, raising: tuple[str, str]) -> None:
    draft, _ = raising
    response = office.call("li", "POST", f"{draft}/calculate", four_rockets())
    assert response.status_code == 200, response.text
    answer = response.json()
    assert set(answer) == {"draft", "trial"}
    assert (answer["draft"]["state"], answer["draft"]["notice"]) == ("DRAFT", "草案试算：标准表尚未公布，结果不得作为任何决定的依据")
    trial = answer["trial"]
    assert trial["amount"] == "20000000.00"
    assert trial["calculation_id"].startswith("draft:sha256:")
    assert trial["amount_in_words"].startswith("（草案试算）")
    assert trial["provenance"]["rate_table"]["authority"] == "DRAFT"
    real = office.client.post(INSURANCE, json=four_rockets()).json()
    assert real["amount"] == "10000000.00"


def test_a_trial_is_bounded_as_a_calculation_is(office: Office, raising: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be a long answer is too much here: trials have no summary."""
    draft, _ = raising
    for name in ("MOST_WORK", "MOST_LINES"):
        with monkeypatch.context() as patched:
            patched.setattr(budget, name, 10)
            response = office.call("li", "POST", f"{draft}/calculate", four_rockets())
        assert (response.status_code, response.json()["code"]) == (422, "TOO_MUCH_WORK")
        assert response.json()["errors"][0]["pointer"] == "/policies"


def test_an_effect_is_bounded_as_a_list_is(office: Office, raising: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases beyond are failures, not silence; one that is too much alone is one, too."""
    draft, _ = raising
    cases = {"cases": [{"item_id": str(no), "request": four_rockets()} for no in range(6)]}
    with monkeypatch.context() as patched:
        patched.setattr(limits, "MAX_LIST_WORK", 500)
        [table] = office.call("wang", "POST", f"{draft}/effect", cases).json()["tables"]
    beyond = [one["id"] for one in table["effect"]["failures"] if one["after"]["code"] == "TOO_MUCH_WORK"]
    assert 0 < len(beyond) < 6
    assert beyond == [str(no) for no in range(6 - len(beyond), 6)]
    monkeypatch.setattr(budget, "MOST_WORK", 10)
    [table] = office.call("wang", "POST", f"{draft}/effect", cases).json()["tables"]
    assert {(one["before"]["code"], one["after"]["code"]) for one in table["effect"]["failures"]} == {("TOO_MUCH_WORK", "TOO_MUCH_WORK")}


def test_nobody_else_sees_a_draft_or_calculates_with_it(office: Office, raising: tuple[str, str]) -> None:
    draft, _ = raising
    for who, status in ((None, 401), ("auditor", 403)):
        assert office.call(who, "GET", draft).status_code == status
        assert office.call(who, "POST", f"{draft}/calculate", four_rockets()).status_code == status


def test_two_pairs_of_eyes(office: Office, raising: tuple[str, str]) -> None:
    """zhao may approve, but not what he corrected; li has no right to at all."""
    draft, etag = raising
    content = office.call("zhao", "GET", draft).json()["content"]
    etag = office.call("zhao", "PUT", draft, {"content": content, "note": "改一个字"}, **{"If-Match": etag}).headers["etag"]
    etag = office.step("zhao", draft, etag, "check").headers["etag"]
    refused = office.step("zhao", draft, etag, "approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "OWN_DRAFT")
    assert office.step("li", draft, etag, "approve").json()["code"] == "FORBIDDEN"
    assert office.step("wang", draft, etag, "approve").status_code == 200


def test_the_later_of_two_writers_is_told_and_loses_nothing(office: Office, raising: tuple[str, str]) -> None:
    draft, etag = raising
    content = office.call("li", "GET", draft).json()["content"]
    first = office.call("zhao", "PUT", draft, {"content": content, "note": "zhao"}, **{"If-Match": etag})
    late = office.call("li", "PUT", draft, {"content": content, "note": "li"}, **{"If-Match": etag})
    assert (first.status_code, late.status_code, late.json()["code"]) == (200, 412, "PRECONDITION_FAILED")
    assert "zhao" in late.json()["detail"]
    missing = office.call("li", "PUT", draft, {"content": content})
    assert (missing.status_code, missing.json()["code"]) == (428, "PRECONDITION_REQUIRED")
    assert office.call("li", "GET", draft).json()["note"] == "zhao"


@pytest.mark.parametrize("given", ["*", "W/{etag}", '{etag}, "x"', "{bare}", "", '"a" "b"', '"'])
def test_an_if_match_that_names_no_revision_is_428_and_changes_nothing(office: Office, raising: tuple[str, str], given: str) -> None:
    """RFC 9110 lets ``*`` stand for whatever is there; here it would write over what somebody else wrote meanwhile."""
    draft, etag = raising
    sent = {"If-Match": given.format(etag=etag, bare=etag.strip('"'))}
    content = office.call("li", "GET", draft).json()["content"]
    tried = [
        office.call("li", "PUT", draft, {"content": content, "note": "over"}, **sent),
        office.call("li", "DELETE", draft, **sent),
        *(office.call(who, "POST", f"{draft}/{step}", **sent) for who, step in (("li", "check"), ("wang", "approve"), ("wang", "publish"))),
    ]
    assert [(one.status_code, one.json()["code"]) for one in tried] == [(428, "PRECONDITION_REQUIRED")] * 5
    assert all("ETag" in one.json()["detail"] for one in tried)
    assert office.call("li", "GET", draft).headers["etag"] == etag


def test_another_etag_is_412_and_says_what_is_there(office: Office, raising: tuple[str, str]) -> None:
    draft, _ = raising
    response = office.step("li", draft, '"1-draft-0123456789abcdef"', "check")
    assert (response.status_code, response.json()["code"]) == (412, "PRECONDITION_FAILED")
    assert response.json()["detail"] == "草案现为第 2 版（DRAFT），由 li 编写，与所给的 ETag 不符；请取回后再改"


def test_a_draft_with_faults_lists_each_with_its_place(office: Office) -> None:
    content = copy.deepcopy(BEGIN["content"]["value"])
    del content["content"]["version"]["terms"]["caps"][0]["clause"]
    content["content"]["version"]["terms"]["lines"][0]["rate"] = "half"
    draft, etag = office.begin("li", content)
    refused = office.step("li", draft, etag, "check")
    assert (refused.status_code, refused.json()["code"]) == (422, "DRAFT_FAULTY")
    pointers = [one["pointer"] for one in refused.json()["errors"]]
    assert any(pointer.startswith("/content/version/terms/lines/0") for pointer in pointers)
    report = office.call("li", "GET", f"{draft}/report").json()
    assert report["publishable"] is False
    assert len(report["faults"]) == len(pointers)
    assert office.call("li", "POST", f"{draft}/calculate", four_rockets()).json()["code"] == "DRAFT_FAULTY"


def test_a_trial_names_a_table_of_the_draft(office: Office, raising: tuple[str, str]) -> None:
    """Any other id is not found, also one that no table can have, as for the service's own tables; what is no text is a fault."""
    draft, _ = raising
    for named, status in (("bj-gjj-2025-3-1", 404), ("Mä1", 404), ("bj", 404), (["bj-gjj-2025-1-11"], 422)):
        response = office.call("li", "POST", f"{draft}/calculate", four_rockets() | {"rate_table": named})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (status, "/rate_table"), named


def test_faults_are_told_in_the_language_that_was_asked_for(office: Office) -> None:
    """A day that is none, a clause that is missing, an expression that is none; in the check, the report and a trial."""
    content = copy.deepcopy(BEGIN["content"]["value"])
    version = content["content"]["version"]
    version["effective"]["first_day"] = "2026-13-01"
    del version["terms"]["caps"][0]["clause"]
    version["terms"]["lines"][0]["rate"] = "half"
    draft, etag = office.begin("li", content)
    english = {"Accept-Language": "en"}
    check = office.call("li", "POST", f"{draft}/check", **{"If-Match": etag}, **english).json()
    trial = office.call("li", "POST", f"{draft}/calculate", four_rockets(), **english).json()
    report = office.call("li", "GET", f"{draft}/report", **english).json()
    told = [one["detail"] for one in check["errors"]]
    assert "Should be a date, YYYY-MM-DD, not '2026-13-01'" in told
    assert "The clause is missing: the words of the notice" in told
    assert all(one.isascii() for one in told)
    assert told == [one["detail"] for one in trial["errors"]] == [one["message"] for one in report["faults"]]
    chinese = office.call("li", "POST", f"{draft}/check", **{"If-Match": etag}).json()
    assert [one["pointer"] for one in chinese["errors"]] == [one["pointer"] for one in check["errors"]]
    assert not any(one["detail"].isascii() for one in chinese["errors"])


def test_what_was_typed_is_repeated_but_not_at_any_length(office: Office) -> None:
    """An officer sees his slip at once (docs/security.md says why); a whole file is not sent back in each message."""
    content = copy.deepcopy(BEGIN["content"]["value"])
    content["content"]["version"]["effective"]["first_day"] = "9" * 100_000
    draft, etag = office.begin("li", content)
    [detail] = [one["detail"] for one in office.step("li", draft, etag, "check").json()["errors"] if one["pointer"].endswith("first_day")]
    assert detail.startswith("应为日期 YYYY-MM-DD，而不是 '999")
    assert len(detail) < 100


@pytest.mark.parametrize("name", BEGIN)
def test_each_example_of_the_document_begins_a_draft(office: Office, name: str) -> None:
    body = BEGIN[name]["value"]
    draft, _ = office.begin("li", body)
    shown = office.call("li", "GET", draft).json()
    assert (shown["kind"], shown["target"], shown["state"]) == (body["kind"], body["target"], "DRAFT")


def test_a_batch_copied_from_an_earlier_one_is_published_whole(office: Office) -> None:
    """Ids follow the new batch; directions without standards stay without."""
    body = copy.deepcopy(BEGIN["copy_of_a_batch"]["value"])
    draft, etag = office.begin("li", body)
    content = office.call("li", "GET", draft).json()["content"]
    assert content["batch"]["id"] == "bj-gjj-2027-1"
    assert all(one["rate_table"].startswith("bj-gjj-2027-1-") for one in content["directions"])
    content["batch"] |= {"year": "2027", "title": "2027年第一批"}
    etag = office.call("li", "PUT", draft, {"content": content}, **{"If-Match": etag}).headers["etag"]
    report = office.call("li", "GET", f"{draft}/report").json()
    assert report["faults"] == []
    assert report["differences"] == []
    for who, step in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        response = office.step(who, draft, etag, step)
        assert response.status_code == 200, response.text
        etag = response.headers["etag"]
    office.wait_until(lambda: office.client.get("/v1/batches/bj-gjj-2027-1").status_code == 200)
    claim = insurance(rate_table="bj-gjj-2027-1-11", application_date="2025-02-10")
    assert office.client.post(INSURANCE, json=claim).json()["amount"] != "0.00"


@pytest.mark.parametrize("name", MONTH)
def test_a_month_of_rates_is_one_call_and_one_approval(office: Office, name: str) -> None:
    body = MONTH[name]["value"]
    entered = office.call("li", "POST", "/v1/reference-rates", body)
    assert (entered.status_code, entered.json()["state"]) == (201, "CHECKED")
    draft, etag = entered.headers["location"], entered.headers["etag"]
    etag = office.step("wang", draft, etag, "approve").headers["etag"]
    assert office.step("wang", draft, etag, "publish").status_code == 200
    address = "/v1/reference-rates/LPR_1Y?on=2026-10-19"
    office.wait_until(lambda: office.client.get(address).status_code == 200)
    assert office.client.get(address).json()["value"]["on"] == "2026-09-21"
    twice = office.call("li", "POST", "/v1/reference-rates", body)
    assert (twice.status_code, twice.json()["code"]) == (422, "DRAFT_FAULTY")
    assert "已有公布值" in twice.json()["errors"][0]["detail"]


def test_a_withdrawn_version_is_in_force_no_more(office: Office) -> None:
    office.publish(BEGIN["withdrawal"]["value"])
    table = "bj-gjj-2025-3-1"
    assert office.client.get(f"/v1/rate-tables/{table}?as_of=2026-01-01").json()["code"] == "NO_VERSION_IN_FORCE"
    first, second = office.client.get(f"/v1/rate-tables/{table}/versions").json()["versions"]
    assert (first["superseded_by"], first["withdrawn_at"]) == (2, None)
    assert second["withdrawn_at"] is not None


def test_a_discarded_draft_stays_readable_and_goes_no_further(office: Office, raising: tuple[str, str]) -> None:
    draft, etag = raising
    response = office.call("li", "DELETE", draft, **{"If-Match": etag})
    assert response.json()["state"] == "DISCARDED"
    assert office.step("li", draft, response.headers["etag"], "check").json()["code"] == "CONFLICT"
    listed = office.call("wang", "GET", "/v1/drafts?state=DISCARDED").json()["drafts"]
    assert [one["target"] for one in listed] == [TABLE]


def test_every_change_is_in_the_audit_log(office: Office, raising: tuple[str, str]) -> None:
    draft, etag = raising
    office.step("li", draft, etag, "check")
    entries = office.call("auditor", "GET", "/v1/audit?limit=1000").json()["entries"]
    mine = [(one["actor"], one["action"]) for one in entries if one["object"] == draft.rpartition("/")[2]]
    assert mine == [("li", "draft.begin"), ("li", "draft.revise"), ("li", "draft.checked")]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "RATE_TABLE", "target": TABLE, "content": {}, "file": "a: b"}, "/file"),
        ({"kind": "RATE_TABLE", "target": TABLE, "copy_of": {"batch": "bj-gjj-2025-1"}}, "/copy_of"),
        ({"kind": "RATE_TABLE", "target": TABLE, "copy_of": {"rate_table": "xx-none-2025-1-1"}}, "/copy_of"),
        ({"kind": "RATE_TABLE", "target": TABLE, "copy_of": {"rate_table": TABLE, "version": 9}}, "/copy_of"),
        ({"kind": "BATCH", "target": "bj-gjj-2027-1", "copy_of": {"batch": "xx-none-2025-1"}}, "/copy_of"),
        ({"kind": "BATCH", "target": "bj-gjj-2027-1", "file": "- a"}, "/file"),
        ({"kind": "RATE_TABLE", "target": TABLE, "file": "directions: []"}, "/file"),
        ({"kind": "SOMETHING", "target": TABLE}, "/kind"),
        ({"kind": "BATCH"}, "/target"),
    ],
)
def test_what_cannot_be_begun_is_refused(office: Office, body: dict[str, Any], pointer: str) -> None:
    response = office.call("li", "POST", "/v1/drafts", body)
    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
