"""What becomes known later about a batch is added, by draft and by file; as known before, everything is as before."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.drafts.chip_fund import (
    AWARDS,
    BATCH,
    DIRECTIONS,
    FUND,
    HEADER,
    MEASURES,
    TABLE,
    UNSEEN,
    Json,
    award,
    batch,
    fund,
    measures,
    new_version,
    version,
    withdrawal,
)
from tests.drafts.conftest import Office
from tests.drafts.test_loading import fresh_settings, load, printed  # noqa: F401 - the first is a fixture

SEEN = {"no": "2", "title": "首台套奖励", "method": "AWARD", "area": "UPGRADING", "schemes": []}
CHANGED_OTHERWISE = f"{TABLE} has its standards already; it is changed with RATE_TABLE drafts"
NOT_LOADED = ("STANDARD_NOT_LOADED", "标准表编号：该方向的标准未载入：附件未见")
LATER = {"title": "2026年申报指南（修订）", "issuer": "某区科委", "number": "区科发〔2026〕9号", "date": "2026-03-01"}


@pytest.fixture
def chips(office: Office) -> Office:
    """An office in which the fund and its first batch are published; direction 2 has no standards."""
    office.publish(fund(measures()))
    office.publish(batch(*DIRECTIONS))
    return office


def published(office: Office, body: Json) -> list[str]:
    """Let li write, wang read the report, approve and publish; answer what the report says."""
    draft, etag = office.begin("li", body)
    said: list[str] = office.call("wang", "GET", f"{draft}/report").json()["consequences"]
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        response = office.step(who, draft, etag, name)
        assert response.status_code == 200, response.text
        etag = response.headers["etag"]
    return said


def faults(office: Office, body: Json) -> list[tuple[str, str]]:
    """Place and English of each fault that a check finds."""
    draft, etag = office.begin("li", body)
    refused = office.call("li", "POST", f"{draft}/check", **{"If-Match": etag, "Accept-Language": "en"})
    assert refused.status_code == 422, refused.text
    return [(one["pointer"], one["detail"]) for one in refused.json()["errors"]]


def shown(office: Office) -> dict[str, Any]:
    """The batch as everybody sees it; its directions by their tables."""
    found: dict[str, Any] = office.client.get(f"/v1/batches/{BATCH}").json()
    return found | {"directions": {one["rate_table"]: one for one in found["directions"]}}


def answer(office: Office, table: str, **more: Any) -> Any:
    """A claim's amount, or the code of its refusal and what it says."""
    found = office.client.post(AWARDS, json=award("1000000.00", table, **more)).json()
    return found["amount"] if "amount" in found else (found["code"], found["detail"])


def gets_its_standards(office: Office, body: Json) -> None:
    """Direction 2 had none; from the publication on it pays, under its own title; as known before, it still has none."""
    before = office.known_at()
    assert answer(office, UNSEEN) == NOT_LOADED
    said = published(office, body)
    assert f"方向 {UNSEEN} 名称 由 “（标题未见）” 调整为 “首台套奖励”" in said
    assert f"方向 {UNSEEN} 标准未载入的原因 由 “附件未见” 调整为 无" in said
    office.wait_until(lambda: answer(office, UNSEEN) == "200000.00")
    direction = shown(office)["directions"][UNSEEN]
    assert (direction["title"], direction["area"], direction["method"], direction["loaded"]) == ("首台套奖励", "UPGRADING", "AWARD", True)
    assert office.client.get(f"/v1/rate-tables/{UNSEEN}").json()["title"] == "首台套奖励"
    assert answer(office, UNSEEN, known_at=before) == NOT_LOADED
    assert answer(office, UNSEEN, known_at=before, version=1) == NOT_LOADED
    assert answer(office, UNSEEN, known_at=office.known_at()) == "200000.00"


def test_a_direction_gets_its_standards_by_a_draft_of_its_table(chips: Office) -> None:
    gets_its_standards(chips, new_version("20%", UNSEEN, SEEN))
    later = new_version("25%", UNSEEN, effective={"first_day": "2026-06-01", "last_day": "open"})  # its direction is known now
    published(chips, later)
    chips.wait_until(lambda: answer(chips, UNSEEN) == "250000.00")
    assert shown(chips)["directions"][UNSEEN]["title"] == "首台套奖励"


def test_a_direction_gets_its_standards_by_a_draft_of_its_batch(chips: Office) -> None:
    gets_its_standards(chips, batch(SEEN | {"rate_table": UNSEEN, "version": version("20%")}))


def test_a_direction_gets_its_standards_by_file(chips: Office, tmp_path: Path) -> None:
    """Nothing that is in force changes: nobody is asked to confirm."""
    before = chips.known_at()
    path = as_file(tmp_path, HEADER, [SEEN | {"rate_table": UNSEEN, "version": version("20%")}])
    kept = f"· 库中另有，保留：支持方向 {TABLE} / also stored, and kept: direction {TABLE}"
    done = load(chips, path)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    assert printed(done) == ["1 张标准表无误，新增 2 行 / 1 rate tables proved, 2 rows added", kept]
    chips.wait_until(lambda: answer(chips, UNSEEN) == "200000.00")
    assert shown(chips)["directions"][UNSEEN]["title"] == "首台套奖励"
    assert answer(chips, UNSEEN, known_at=before)[0] == "STANDARD_NOT_LOADED"
    assert printed(load(chips, path)) == ["1 张标准表无误，新增 0 行 / 1 rate tables proved, 0 rows added", kept]
    old = as_file(tmp_path, HEADER, DIRECTIONS[1:])  # of a release before: what it did not know yet stays
    assert any(line.endswith("also stored, and kept: hd-chip-2026-1-2 version 1, in force from 2026-01-20") for line in printed(load(chips, old)))
    assert answer(chips, UNSEEN) == "200000.00"


def as_file(folder: Path, header: Json, directions: list[Json]) -> Path:
    """A batch file that says what drafts said, with the instants and numbers that a file gives itself."""
    made = []
    for one in deepcopy(directions):
        said = one.pop("version", None)
        if said is not None:
            stored = {"version": "1", "published_at": "2026-01-20T00:00:00+08:00", **said}
            one["versions"] = [stored]
        made.append({"method": None, "area": None, **one})
    path = folder / f"{BATCH}.yaml"
    path.write_text(yaml.safe_dump({**header, "directions": made}, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


# --- titles, windows, documents -----------------------------------------------------------------------


def test_a_batch_gets_a_better_title_window_and_document_by_draft(chips: Office) -> None:
    """The report says each; answers of before come again byte for byte, those of now know nothing of it."""
    claim = award("1000000.00")
    before = chips.client.post(AWARDS, json=claim).content
    window = {"first_day": "2026-02-01", "last_day": "2026-04-30"}
    header = {**HEADER["batch"], "title": "2026年第一批（延期）", "application_window": window}
    said = published(chips, batch(batch=header, document=LATER, authority="official"))
    assert said == [
        f"批次 {BATCH} 名称 由 “2026年第一批” 调整为 “2026年第一批（延期）”",
        f"批次 {BATCH} 申报末日 由 2026-03-31 调整为 2026-04-30",
        f"批次 {BATCH} 依据文件标题 由 “2026年申报指南” 调整为 “2026年申报指南（修订）”",
        f"批次 {BATCH} 文号 由 无 调整为 区科发〔2026〕9号",
        f"批次 {BATCH} 文件日期 由 2026-01-20 调整为 2026-03-01",
        f"批次 {BATCH} 来源 由 转载 调整为 正式公布",
    ]
    chips.wait_until(lambda: shown(chips)["title"] == "2026年第一批（延期）")
    found = shown(chips)
    assert (found["application_window"]["last_day"], found["document"]["number"], found["authority"]) == ("2026-04-30", "区科发〔2026〕9号", "official")
    known = json.loads(before)["known_at"]
    assert chips.client.post(AWARDS, json=claim | {"known_at": known, "version": 1}).content == before
    again, _ = chips.begin("li", {"kind": "BATCH", "target": BATCH, "copy_of": {"batch": BATCH}})
    assert chips.call("li", "GET", again).json()["content"]["document"] == LATER
    assert faults(chips, batch(batch=header, document=LATER, authority="official")) == [("/content", "The same as what is there already")]
    assert len(published(chips, batch())) == 6  # back to what was said first


def test_a_new_version_carries_the_document_of_the_last_notice(chips: Office) -> None:
    published(chips, batch(document=LATER))
    published(chips, new_version("40%", supersedes="1"))
    chips.wait_until(lambda: answer(chips, TABLE) == "400000.00")
    assert chips.client.get(f"/v1/rate-tables/{TABLE}").json()["document"]["number"] == "区科发〔2026〕9号"


def test_a_notice_that_comes_after_the_check_is_looked_at_before_publication(chips: Office) -> None:
    """A version carries the document of its batch: what was reported is no more what would be published."""
    draft, etag = chips.begin("li", new_version("40%", supersedes="1"))
    etag = chips.step("li", draft, etag, "check").headers["etag"]
    published(chips, batch(document=LATER))
    refused = chips.step("wang", draft, etag, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")


def test_a_batch_gets_a_better_title_by_file(chips: Office, tmp_path: Path) -> None:
    """What a file said before it says no more: an old file adds nothing, and what it lacks is listed."""
    header = HEADER | {"batch": {**HEADER["batch"], "title": "2026年第一批（更正）"}, "document": LATER}
    better = [DIRECTIONS[0], DIRECTIONS[1] | {"title": "首台套奖励"}]
    done = load(chips, as_file(tmp_path, header, better))
    assert done.exit_code == 1  # version 1 as the file has it was published at another instant
    assert f"{TABLE} 1: 库中的这一版本于 " in done.stderr
    done = load(chips, as_file(tmp_path, header, better[1:]))
    assert (done.exit_code, printed(done)[0]) == (0, "0 张标准表无误，新增 2 行 / 0 rate tables proved, 2 rows added"), done.output
    chips.wait_until(lambda: shown(chips)["title"] == "2026年第一批（更正）")
    assert shown(chips)["directions"][UNSEEN]["title"] == "首台套奖励"
    assert answer(chips, UNSEEN) == NOT_LOADED
    old = printed(load(chips, as_file(tmp_path, HEADER, DIRECTIONS[1:])))
    assert {one.partition(" / also stored, and kept: ")[2] for one in old[1:]} == {
        f"a later notice of batch {BATCH} (version 2)",
        f"a later word about direction {UNSEEN} (version 2)",
        f"direction {TABLE}",
    }
    assert shown(chips)["title"] == "2026年第一批（更正）"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (batch(DIRECTIONS[0]), [("/content", "The same as what is there already")]),
        (batch(DIRECTIONS[0] | {"version": version("31%")}), [("/content/directions/0", CHANGED_OTHERWISE)]),
        (batch(DIRECTIONS[0] | {"version": version(reason="x")}), [("/content/directions/0", CHANGED_OTHERWISE)]),
        (batch(DIRECTIONS[0] | {"version": version(authority="news")}), [("/content/directions/0", CHANGED_OTHERWISE)]),
        (batch(DIRECTIONS[0] | {"title": "别的名称"}), [("/content/directions/0", CHANGED_OTHERWISE)]),
        (batch(fund="bj-gjj"), [("/content/batch", f"The fund and the year of a batch cannot change: {FUND} 2026")]),
        (
            batch(batch={**HEADER["batch"], "year": "2025"}),
            [
                ("/content/batch/year", f"The year in the id of the batch, {BATCH}, is 2026, not '2025'"),
                ("/content/batch", f"The fund and the year of a batch cannot change: {FUND} 2026"),
            ],
        ),
        (batch(DIRECTIONS[1]), [("/content", "The same as what is there already")]),
        (new_version("40%", direction=SEEN), [("/content/direction", "The table has its direction already; it is not written again")]),
        (fund(), [("/content", "The same as what is there already")]),
        (fund(measures()), [("/content/overlays/0", "The same as what is there already")]),
        (fund(measures(), title="别的名称"), [("/content/title", "The title of a fund cannot change: 集成电路专项资金")]),
        (fund(measures(id="bj-gjj-guide-2024")), [("/content/overlays/0/id", "The rules bj-gjj-guide-2024 belong to fund bj-gjj")]),
        (fund(measures(version="2")), [("/content/overlays/0/version", "Unknown word; there are: id title methods facts applies_by effective document authority terms")]),
        (fund(measures(terms={"caps": [{"per": [], "limit": "1万"}]})), [("/content/overlays/0/terms/caps/0", "The clause is missing: the words of the notice")]),
    ],
)
def test_what_cannot_be_added_is_refused_at_its_place(chips: Office, body: Json, found: list[tuple[str, str]]) -> None:
    assert faults(chips, body) == found


def test_a_whole_batch_with_an_addition_leaves_what_is_there(chips: Office) -> None:
    """As it is made from the batch's file: the header and direction 1 are unchanged, direction 2 gets its title, direction 3 is new."""
    third = {"rate_table": f"{BATCH}-3", "no": "3", "title": "补充方向", "method": "AWARD", "area": None, "version": version("10%")}
    said = published(chips, batch(DIRECTIONS[0], DIRECTIONS[1] | {"title": "首台套奖励"}, third))
    assert [one for one in said if TABLE in one] == [f"{TABLE} 与已公布的版本 1 相同，不变"]
    assert f"方向 {UNSEEN} 名称 由 “（标题未见）” 调整为 “首台套奖励”" in said
    chips.wait_until(lambda: list(shown(chips)["directions"]) == [TABLE, UNSEEN, f"{BATCH}-3"])
    assert (answer(chips, TABLE), answer(chips, f"{BATCH}-3")) == ("300000.00", "100000.00")
    versions = chips.client.get(f"/v1/rate-tables/{TABLE}/versions").json()["versions"]
    assert [(one["version"], one["state"]) for one in versions] == [(1, "PUBLISHED")]
    chips.publish(new_version("40%", supersedes="1"))
    fourth = third | {"rate_table": f"{BATCH}-4", "no": "4"}
    assert f"{TABLE} 与已公布的版本 1（已被取代或撤回）相同，不变" in published(chips, batch(DIRECTIONS[0], fourth))
    chips.wait_until(lambda: answer(chips, f"{BATCH}-4") == "100000.00")
    assert answer(chips, TABLE) == "400000.00"


def test_a_new_direction_comes_after_those_that_are_there(chips: Office) -> None:
    said = published(chips, batch({"rate_table": f"{BATCH}-0", "no": "0", "title": "补充方向", "not_loaded": "附件未见"}))
    assert f"新方向 {BATCH}-0 名称：“补充方向”" in said
    chips.wait_until(lambda: list(shown(chips)["directions"]) == [TABLE, UNSEEN, f"{BATCH}-0"])


# --- rules of a fund ----------------------------------------------------------------------------------


def test_corrected_rules_take_the_place_of_those_before(chips: Office) -> None:
    """One cap, not two; the effect is shown by cases of each table of the fund; as known before, the old cap holds."""
    before = chips.known_at()
    draft, etag = chips.begin("li", fund(measures("200万")))
    report = chips.call("wang", "GET", f"{draft}/report").json()
    assert f"基金 {FUND} 的规则 {MEASURES} 由版本 2 整体取代此前版本" in report["consequences"]
    assert "单个企业年度上限 由 300万元 调整为 200万元，自 2026-01-01 起" in [one["sentence"] for one in report["differences"]]
    cases = {"cases": [{"item_id": "large", "request": award("20000000.00")}]}
    [table] = chips.call("wang", "POST", f"{draft}/effect", cases).json()["tables"]
    assert (table["rate_table"], table["effect"]["difference"]) == (TABLE, "-1000000.00")
    assert [(one["id"], one["amount_before"], one["amount_after"]) for one in table["effect"]["movers"]] == [("large", "3000000.00", "2000000.00")]
    trial = chips.call("wang", "POST", f"{draft}/calculate", award("20000000.00")).json()
    assert (trial["trial"]["amount"], len(trial["trial"]["caps"])) == ("2000000.00", 1)
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        etag = chips.step(who, draft, etag, name).headers["etag"]
    chips.wait_until(lambda: chips.known_at() != before)
    now = chips.client.post(AWARDS, json=award("20000000.00")).json()
    assert (now["amount"], [one["limit"] for one in now["caps"]]) == ("2000000.00", ["2000000.00"])
    assert now["provenance"]["rate_table"]["overlays"] == [MEASURES]
    then = chips.client.post(AWARDS, json=award("20000000.00", known_at=before)).json()
    assert (then["amount"], [one["limit"] for one in then["caps"]]) == ("3000000.00", ["3000000.00"])
    [shown_fund] = [one for one in chips.client.get("/v1/funds").json()["funds"] if one["id"] == FUND]
    assert [one["id"] for one in shown_fund["overlays"]] == [MEASURES]


def test_a_case_of_a_table_that_is_not_touched_is_no_effect_of_nothing(chips: Office) -> None:
    draft, _ = chips.begin("li", fund(measures("200万")))
    claims = [award("1.00"), award("1.00", "bj-gjj-2023-1-1")]
    chips.publish(batch({"rate_table": f"{BATCH}-3", "no": "3", "title": "另一奖励", "method": "AWARD", "area": None, "version": version()}))
    cases = {"cases": [{"item_id": str(no), "request": one} for no, one in enumerate(claims)]}
    refused = chips.call("wang", "POST", f"{draft}/effect", cases)
    assert (refused.status_code, [one["pointer"] for one in refused.json()["errors"]]) == (422, ["/cases/1/request/rate_table"])


def test_a_trial_under_a_withdrawal_says_that_nothing_would_be_in_force(chips: Office) -> None:
    """A table that the draft does not touch is none of its; one of which no version would be left is a conflict, not a lost draft."""
    draft, _ = chips.begin("li", withdrawal("1"))
    refused = chips.call("wang", "POST", f"{draft}/calculate", award("1.00"), **{"Accept-Language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert "under this draft: No version is in force on 2026-06-30" in refused.json()["detail"]
    other = chips.call("wang", "POST", f"{draft}/calculate", award("1.00", "bj-gjj-2023-1-1"))
    assert [(one["pointer"], one["code"]) for one in other.json()["errors"]] == [("/rate_table", "RATE_TABLE_NOT_FOUND")]


def test_words_about_a_batch_change_no_amount(chips: Office) -> None:
    draft, _ = chips.begin("li", batch(document=LATER))
    refused = chips.call("wang", "POST", f"{draft}/effect", {"cases": []})
    assert (refused.status_code, refused.json()["detail"]) == (409, "此草案不影响任何标准表的金额")
