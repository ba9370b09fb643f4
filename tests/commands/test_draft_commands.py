"""The whole life of a change on the command line; two pairs of eyes hold there as they do over HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from app.access import keys
from app.api.draft_examples import BEGIN
from app.commands.drafts import Kind, StateName, draft
from app.commands.tables import tables
from app.main import create_app
from app.settings import Settings
from app.tables import audit, models
from app.tables.database import engine_of, writing
from app.tables.proposals import KINDS
from tests.access.conftest import HERE, issued
from tests.commands.conftest import Desk, edited
from tests.contract.requests import INSURANCE
from tests.drafts.test_life import TABLE, four_rockets
from tests.readme.test_terms_page import batch_file

NOBODYS = "0123456789abcdef"
FROM_MARCH = ("  effective:\n    first_day: '2025-01-20'", "  effective:\n    first_day: '2025-03-01'")
RAISED = ("limit: 1000万", "limit: 2000万")


@pytest.fixture
def raising(desk: Desk, tmp_path: Path) -> str:
    """A draft by li that raises the enterprise's cap from 1000万 to 2000万 from 1 March 2025 on."""
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    desk.done("li", "tables", "draft", "revise", made, "--content", edited(desk, made, tmp_path / "d.yaml", RAISED, FROM_MARCH), "--note", "上限提高")
    return made


def step(desk: Desk, who: str, name: str, made: str, *more: str) -> str:
    """Take a step that is allowed."""
    return desk.done(who, "tables", "draft", name, made, *more)


def answer(url: str, day: str) -> tuple[str, int]:
    """Amount and version for four rockets on a day, from a service that starts on the database."""
    with TestClient(create_app(Settings(database_url=url)), client=HERE) as client:
        body = client.post(INSURANCE, json=four_rockets(day)).json()
    return body["amount"], body["provenance"]["rate_table"]["version"]


# --- the whole life -----------------------------------------------------------------------------------


def test_from_a_copy_to_an_amount_by_two_keys(desk: Desk, raising: str) -> None:
    """Four rockets at 5,000,000 each: 10,000,000 under the old cap, 20,000,000 under the new one, from its first day on."""
    assert answer(desk.url, "2025-03-10") == ("10000000.00", 1)
    step(desk, "li", "check", raising)
    step(desk, "wang", "approve", raising)
    said = step(desk, "wang", "publish", raising)
    assert said.splitlines()[0] == f"草案 {raising} 第 2 版（li）已公布 / draft {raising}, revision 2 by li: published"
    assert answer(desk.url, "2025-03-10") == ("20000000.00", 2)
    assert answer(desk.url, "2025-02-28") == ("10000000.00", 1)
    assert [(one.actor, one.action) for one in desk.log() if one.object == raising] == [
        ("li", "draft.begin"),
        ("li", "draft.revise"),
        ("li", "draft.checked"),
        ("wang", "draft.approved"),
        ("wang", "draft.published"),
    ]
    engine = engine_of(desk.url)
    with Session(engine) as session:
        assert audit.verify(session) == []
    engine.dispose()


def test_the_report_says_each_difference_in_both_languages(desk: Desk, raising: str) -> None:
    said = desk.done("wang", "tables", "draft", "report", raising).splitlines()
    assert said[0].endswith("revision 2 by li: can be published")
    assert "• 版本 1 至 2025-02-28 止 / version 1 ends on 2025-02-28" in said
    place = said.index(f"• {TABLE}  单个企业本批次上限 由 1000万元 调整为 2000万元，自 2025-03-01 起")
    assert said[place + 1] == "  Cap per enterprise and batch: changed from 10,000,000.00 yuan to 20,000,000.00 yuan, from 2025-03-01"


def test_faults_are_listed_with_their_places(desk: Desk, tmp_path: Path) -> None:
    """A clause is missing, and a rate is none; the report tells the same as the check."""
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    lost = ("    - clause: 单发（颗）产品补贴金额不超过500万元\n      limit", "    - limit")
    desk.done("li", "tables", "draft", "revise", made, "--content", edited(desk, made, tmp_path / "d.yaml", lost, ("rate: 50%", "rate: half")))
    told = desk.refused("li", "tables", "draft", "check", made)
    assert "✗ /version/terms/caps/0: 缺少条款原文 clause" in told
    assert any(line.startswith("✗ /version/terms/lines/0") for line in told), told
    assert desk.refused("wang", "tables", "draft", "report", made) == told
    assert desk.done("li", "tables", "draft", "list").split()[1] == "DRAFT"


# --- what it does to money -----------------------------------------------------------------------------


def one_rocket() -> dict[str, Any]:
    """One rocket with a premium of 8,000,000: half of it, 4,000,000, is under every cap."""
    claim = four_rockets()
    return claim | {"policies": [claim["policies"][0] | {"premium": "8000000.00", "premium_paid": "8000000.00"}]}


def test_the_effect_on_money(desk: Desk, raising: str, tmp_path: Path) -> None:
    """Four rockets rise from 10,000,000 to 20,000,000; one alone stays at 4,000,000; a claim without policies has no answer."""
    path = tmp_path / "cases.json"
    claims = {"four": four_rockets(), "one": one_rocket(), "none": one_rocket() | {"policies": []}}
    path.write_text(json.dumps({"cases": [{"item_id": name, "request": claim} for name, claim in claims.items()]}), encoding="utf-8")
    said = desk.done("wang", "tables", "draft", "effect", raising, "--cases", str(path)).splitlines()
    assert said[0].endswith("revision 2 by li: a trial, nothing may be decided on it")
    assert said[2:] == [
        f"{TABLE}  与版本 1 相比 / beside version 1",
        "  现行 / now: 14000000.00 元  3 例，2 例可得，0 例不符合，1 例不能计算 / 3 cases: 2 earn, 0 not eligible, 1 failed",
        "  草案 / draft: 24000000.00 元  3 例，2 例可得，0 例不符合，1 例不能计算 / 3 cases: 2 earn, 0 not eligible, 1 failed",
        "  增减 / difference: 10000000.00 元",
        "  其中两边都能计算的 / of those calculated under both: 10000000.00 元",
        "  升 1，降 0，不变 1，资格改变 0 / 1 rise, 0 fall, 1 stay, 0 change status",
        "  • four: 10000000.00 → 20000000.00 (10000000.00)",
        "  ✗ none: 现行 / now: INVALID_FACTS /policies 至少 1 项; 草案 / draft: INVALID_FACTS /policies 至少 1 项",
    ]


def test_the_effect_of_a_first_version_has_nothing_beside_it(desk: Desk, tmp_path: Path) -> None:
    """10% of 1,000.00 is 100.00; the example stands in the table file itself."""
    claim = {"rate_table": "x", "application_date": "2027-03-01", "applicant": {"uscc": "91350100M000100Y43", "registered_in_beijing": True}}
    claim |= {"items": [{"item_id": "A", "base_amount": "1000.00"}]}
    claim["applicant"] |= {"dishonesty_records": [], "declaration_accepted": True}
    example = f"        examples:\n          - {{name: 千元, request: '{json.dumps(claim)}'}}\n        terms:"
    path = tmp_path / "notice.yaml"
    path.write_text(BEGIN["file"]["value"]["file"].replace("        terms:", example), encoding="utf-8")
    made = desk.begin("li", "batch", "bj-gjj-2027-1", "--file", str(path))
    said = desk.done("li", "tables", "draft", "effect", made).splitlines()
    assert said[2:5] == [
        "bj-gjj-2027-1-1  没有现行版本 / no version in force",
        "  草案 / draft: 100.00 元  1 例，1 例可得，0 例不符合，0 例不能计算 / 1 cases: 1 earn, 0 not eligible, 0 failed",
        "  增减 / difference: 100.00 元",
    ]
    assert "  • 草案 千元: — → 100.00 (100.00)" in said


def test_the_file_of_the_page_is_a_draft_whose_example_is_calculated(desk: Desk, tmp_path: Path) -> None:
    """8,000,000 × min(1.5%, 50% × 2.4%) for one year = 96,000.00; raised to 60%, which is 1.44%, it would be 115,200.00."""
    path = tmp_path / "notice.yaml"
    path.write_text(batch_file(), encoding="utf-8")
    made = desk.begin("li", "batch", "bj-sme-2027-1", "--file", str(path))
    case = "一笔八百万元的设备贷款"
    assert f"  • 草案 {case}: — → 96000.00 (96000.00)" in desk.done("li", "tables", "draft", "effect", made).splitlines()
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        step(desk, who, name, made)
    made = desk.begin("li", "rate_table", "bj-sme-2027-1-1", "--copy-of", "bj-sme-2027-1-1")
    later = ("    first_day: '2027-02-01'", "    first_day: '2027-03-01'")
    desk.done("li", "tables", "draft", "revise", made, "--content", edited(desk, made, tmp_path / "d.yaml", ("50% * contract", "60% * contract"), later))
    said = desk.done("li", "tables", "draft", "effect", made).splitlines()
    for whose in ("草案", "现行"):
        assert f"  • {whose} {case}: 96000.00 → 115200.00 (19200.00)" in said


def test_without_cases_is_said_where_they_come_from(desk: Desk, raising: str) -> None:
    said = desk.done("li", "tables", "draft", "effect", raising).splitlines()
    assert said[-1] == "没有案例：以 --cases 给出，或在标准表中附 examples / no case: give --cases, or store examples with the table"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_trial_is_marked_as_one(desk: Desk, raising: str, tmp_path: Path, language: str) -> None:
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(four_rockets()), encoding="utf-8")
    shown = json.loads(desk.done("wang", "tables", "draft", "calculate", raising, str(path), "--language", language))
    assert (shown["draft"]["id"], shown["draft"]["revision"], shown["draft"]["state"]) == (raising, 2, "DRAFT")
    assert shown["draft"]["notice"].isascii() is (language == "en")
    assert shown["trial"]["amount"] == "20000000.00"
    assert shown["trial"]["calculation_id"].startswith("draft:")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("effect", "{", "✗ "),
        ("effect", '{"cases": [{"item_id": "a"}]}', "✗ /cases/0/request: 缺少必填字段 / This field is required"),
        ("calculate", "{}", "✗ /rate_table: 缺少必填字段 / This field is required"),
        ("calculate", None, "✗ {path} 不能读写：No such file or directory / "),
    ],
)
def test_a_file_that_is_no_request_is_refused(desk: Desk, raising: str, tmp_path: Path, name: str, text: str | None, told: str) -> None:
    path = tmp_path / "request.json"
    if text is not None:
        path.write_text(text)
    words = ("--cases", str(path)) if name == "effect" else (str(path),)
    assert desk.refused("li", "tables", "draft", name, raising, *words)[0].startswith(told.format(path=path))


def test_what_cannot_be_published_or_calculated_with_has_no_effect(desk: Desk) -> None:
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    (line,) = desk.refused("li", "tables", "draft", "effect", made)
    assert "版本 1 与 2 的施行期重叠" in line
    month = entered(desk.done("li", *MONTH))
    (line,) = desk.refused("li", "tables", "draft", "effect", month)
    assert line.endswith(" / a draft of this kind has no table to calculate with")


# --- who may do what ----------------------------------------------------------------------------------

WRITE, APPROVE = "tables:write", "tables:approve"
COMMANDS = {
    "begin": (("begin", "batch", "bj-gjj-2027-1"), WRITE, "wang"),
    "list": (("list",), WRITE, "portal"),
    "show": (("show", NOBODYS), WRITE, "portal"),
    "revise": (("revise", NOBODYS), WRITE, "wang"),
    "discard": (("discard", NOBODYS), WRITE, "wang"),
    "check": (("check", NOBODYS), WRITE, "wang"),
    "report": (("report", NOBODYS), WRITE, "portal"),
    "effect": (("effect", NOBODYS), WRITE, "portal"),
    "calculate": (("calculate", NOBODYS, "claim.json"), WRITE, "portal"),
    "approve": (("approve", NOBODYS), APPROVE, "li"),
    "publish": (("publish", NOBODYS), APPROVE, "li"),
    "withdraw": (("withdraw", TABLE, "1", "--reason", "r"), WRITE, "wang"),
    "end": (("end", TABLE, "1", "--last-day", "2026-01-01", "--reason", "r"), WRITE, "wang"),
}
MONTH = ("tables", "lpr", "2026-09-21", "LPR_1Y=3.00%", "--holds-until", "2026-10-20")
ASKING = {name: (("tables", "draft", *words), scope, who) for name, (words, scope, who) in COMMANDS.items()} | {"lpr": (MONTH, WRITE, "wang")}


def test_every_command_that_needs_a_key_is_in_the_table() -> None:
    assert {command.name for command in draft.registered_commands} == set(COMMANDS)
    assert {command.name for command in tables.registered_commands} == {"load", "check", "lpr"}


@pytest.mark.parametrize("name", ASKING)
def test_without_a_key_is_said_how_to_get_one(desk: Desk, name: str) -> None:
    words, scope, _ = ASKING[name]
    before = len(desk.log())
    (line,) = desk.refused(None, *words)
    chinese, english = line.split(" / ")
    for said in (chinese, english):
        assert "SUBSIDY_KEY" in said
        assert f"--scope {scope} --owner" in said
    assert not chinese.isascii()
    assert english.isascii()
    assert (len(desk.log()), desk.rows(models.Draft)) == (before, [])


@pytest.mark.parametrize("name", ASKING)
def test_a_key_without_the_scope_is_refused_and_that_is_written_down(desk: Desk, name: str) -> None:
    words, scope, who = ASKING[name]
    (line,) = desk.refused(who, *words)
    assert line.endswith(f" / The scope {scope} is needed")
    last = desk.log()[-1]
    assert (last.actor, last.action, last.object) == ("-", "sign-in.refused", desk.secrets[who].split("_")[1])
    assert json.loads(last.detail) == {"reason": "MISSING_SCOPE", "times": 1}
    assert desk.rows(models.Draft) == []


@pytest.mark.parametrize(
    ("wrong", "said", "reason"),
    [
        ("expired", "The credential has expired", "EXPIRED"),
        ("revoked", "The key was revoked", "REVOKED"),
        ("unknown", "The credential is not valid", "UNKNOWN_KEY"),
        ("other", "The credential is not valid", "WRONG_SECRET"),
        ("no key", "The credential is not valid", "MALFORMED"),
    ],
)
def test_a_wrong_key_is_refused_as_over_http(desk: Desk, wrong: str, said: str, reason: str) -> None:
    made = issued(desk.url, WRITE, days=30, age_days=30 if wrong == "expired" else 0)
    shown = made.secret
    if wrong == "revoked":
        engine = engine_of(desk.url)
        with writing(engine) as session:
            keys.revoke(session, "operator:test", made.key_id, now=made.expires_at.replace(year=2000))
        engine.dispose()
    shown = {"unknown": shown.replace(made.key_id, NOBODYS), "other": shown[:-43] + desk.secrets["li"][-43:], "no key": "a.b.c"}.get(wrong, shown)
    (line,) = desk.refused(None, "tables", "draft", "list", key=shown)
    assert line.endswith(f" / {said}")
    last = desk.log()[-1]
    assert (last.action, json.loads(last.detail)["reason"]) == ("sign-in.refused", reason)
    assert shown[-43:] not in line + last.detail + last.object


def test_who_wrote_any_revision_cannot_approve(desk: Desk, raising: str, tmp_path: Path) -> None:
    """zhao may approve, but not what he corrected, even where his was not the last word."""
    path = edited(desk, raising, tmp_path / "d.yaml", ("last_day: open", "last_day: '2027-12-31'"))
    desk.done("zhao", "tables", "draft", "revise", raising, "--content", path)
    desk.done("li", "tables", "draft", "revise", raising, "--content", path, "--note", "再改")
    step(desk, "li", "check", raising)
    (line,) = desk.refused("zhao", "tables", "draft", "approve", raising)
    assert line == "✗ 草案须由编写者以外的人批准 / a draft is approved by somebody who did not write it"
    step(desk, "wang", "approve", raising)


@pytest.mark.parametrize(
    "words",
    [
        ("tables", "draft", "begin", "rate_table", TABLE, "--copy-of", TABLE),
        MONTH,
        ("tables", "draft", "withdraw", TABLE, "1", "--reason", "r"),
        ("tables", "draft", "end", TABLE, "1", "--last-day", "2026-01-01", "--reason", "r"),
    ],
)
def test_for_scripts_the_id_alone_is_printed(desk: Desk, words: tuple[str, ...]) -> None:
    printed = desk.done("li", *words, "--quiet")
    assert printed == desk.done("li", "tables", "draft", "list").split()[0] + "\n"


def test_the_use_of_a_key_is_noted(desk: Desk) -> None:
    assert desk.rows(models.ApiKeyUse) == []
    desk.done("wang", "tables", "draft", "list")
    assert [one.key_id for one in desk.rows(models.ApiKeyUse)] == [desk.secrets["wang"].split("_")[1]]


def test_steps_out_of_order_are_refused(desk: Desk, raising: str) -> None:
    (line,) = desk.refused("wang", "tables", "draft", "publish", raising)
    assert line.endswith("only a draft that is APPROVED can be published; it is DRAFT")
    (line,) = desk.refused("wang", "tables", "draft", "approve", raising)
    assert line.endswith("only a draft that is CHECKED can be approved; it is DRAFT")
    for name in ("show", "report", "effect"):
        assert desk.refused("li", "tables", "draft", name, NOBODYS) == ["✗ 没有这个草案 / there is no such draft"]


# --- what is acted upon -------------------------------------------------------------------------------


def test_with_if_match_only_what_was_seen_is_acted_upon(desk: Desk, raising: str) -> None:
    """The ETag is printed by each command, and taken with or without its quotation marks."""
    shown = desk.done("li", "tables", "draft", "show", raising)
    etag = re.search(r"ETag (2-draft-[0-9a-f]{16})$", shown, re.MULTILINE)
    assert etag is not None
    said = step(desk, "li", "check", raising, "--if-match", etag[1])
    (line,) = desk.refused("wang", "tables", "draft", "approve", raising, "--if-match", etag[1])
    assert line.endswith("the draft is now revision 2 (CHECKED) by li, which is not what the given ETag names; fetch it again")
    checked = said.split("ETag ")[1].strip()
    step(desk, "wang", "approve", raising, "--if-match", f'"{checked}"')


@pytest.mark.parametrize("name", ["check", "discard", "revise"])
def test_a_stale_etag_stops_every_step(desk: Desk, raising: str, tmp_path: Path, name: str) -> None:
    more = ("--content", edited(desk, raising, tmp_path / "d.yaml")) if name == "revise" else ()
    (line,) = desk.refused("li", "tables", "draft", name, raising, *more, "--if-match", "1-draft-0123456789abcdef")
    assert line.endswith("the draft is now revision 2 (DRAFT) by li, which is not what the given ETag names; fetch it again")


def test_without_if_match_the_latest_is_taken_and_named(desk: Desk, raising: str) -> None:
    first, second = step(desk, "li", "check", raising).splitlines()
    assert first == f"草案 {raising} 第 2 版（li）已检查 / draft {raising}, revision 2 by li: checked"
    assert second.startswith(f"RATE_TABLE  {TABLE}  CHECKED  ETag 2-checked-")


def test_a_discarded_draft_stays_readable_and_goes_no_further(desk: Desk, raising: str) -> None:
    step(desk, "li", "discard", raising)
    for name in ("report", "effect"):
        assert desk.refused("li", "tables", "draft", name, raising) == ["✗ 草案已是 DISCARDED / the draft is DISCARDED already"]
    assert desk.done("wang", "tables", "draft", "list", "--state", "discarded").startswith(f"{raising}  DISCARDED  RATE_TABLE  {TABLE}  r2 li  上限提高")
    assert "DISCARDED  li  " in desk.done("wang", "tables", "draft", "show", raising)
    (line,) = desk.refused("li", "tables", "draft", "check", raising)
    assert line.endswith("the draft is DISCARDED already")


def test_a_list_is_narrowed_by_state_and_target(desk: Desk, raising: str) -> None:
    other = desk.begin("zhao", "batch", "bj-gjj-2027-1", "--copy-of", "bj-gjj-2025-1")
    listed = desk.done("wang", "tables", "draft", "list")
    assert [line.split()[0] for line in listed.splitlines()] == [other, raising]
    assert desk.done("wang", "tables", "draft", "list", "--target", TABLE).split()[0] == raising
    assert desk.done("wang", "tables", "draft", "list", "--state", "CHECKED") == ""


# --- what a draft is begun with -----------------------------------------------------------------------


def test_the_kinds_and_states_of_the_command_are_those_of_drafts() -> None:
    assert [kind.value for kind in Kind] == list(KINDS)
    assert {state.value for state in StateName} == {"DRAFT", "CHECKED", "APPROVED", "PUBLISHED", "DISCARDED"}


def test_a_draft_from_a_file_is_published(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "notice.yaml"
    path.write_text(BEGIN["file"]["value"]["file"], encoding="utf-8")
    made = desk.begin("li", "batch", "bj-gjj-2027-1", "--file", str(path))
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        step(desk, who, name, made)
    assert [row.version for row in desk.rows(models.RateTableVersion) if row.rate_table == "bj-gjj-2027-1-1"] == [1]


def test_a_content_is_written_and_read_back_unchanged(desk: Desk, tmp_path: Path) -> None:
    """Texts that look like a date, a number, a truth or nothing stay texts; what is nothing stays nothing."""
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    strange = {"a": ["1", "true", "null", "", "2026-01-01", "17:30", "a: b", "行\n行", "50%"], "b": None, "c": {}, "d": []}
    path = tmp_path / "d.yaml"
    path.write_text(json.dumps(strange, ensure_ascii=False), encoding="utf-8")
    desk.done("li", "tables", "draft", "revise", made, "--content", str(path))
    desk.done("li", "tables", "draft", "revise", made, "--content", edited(desk, made, path))
    contents = [json.loads(one.content) for one in sorted(desk.rows(models.DraftRevision), key=lambda one: one.revision)]
    assert contents[1:] == [strange, strange]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rate_table", TABLE, "--copy-of", "xx-none-2025-1-1"), "✗ /copy_of: 没有 xx-none-2025-1-1 的版本"),
        (("rate_table", TABLE, "--copy-of", TABLE, "--copy-version", "9"), f"✗ /copy_of: 没有 {TABLE} 的版本 9"),
        (("batch", "bj-gjj-2027-1", "--copy-of", "xx-none-2025-1"), "✗ /copy_of: 没有批次 xx-none-2025-1"),
        (("reference_rate", "LPR_1Y", "--copy-of", TABLE), "✗ /copy_of: 标准表从标准表复制，批次从批次复制 / a rate table"),
        (("batch", "bj gjj*"), "✗ /target: 格式应为"),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/none"), "✗ {folder}/none 不能读写：No such file or directory / "),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/list"), "✗ /file: 应为一组 键: 值"),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/latin"), "✗ {folder}/latin 不是 UTF-8 的文本 / {folder}/latin is not a text in UTF-8"),
        (("batch", "bj-gjj-2027-1", "--content", "{folder}/list"), "✗ 应为一组 键: 值"),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/map", "--content", "{folder}/map"), "✗ /file: content、file、copy_of 只能给出一个 / Give only"),
        (("batch", "bj-gjj-2027-1", "--note", "n" * 501), "✗ /note: 至多 500 个字符 / At most 500 characters"),
    ],
)
def test_what_cannot_be_begun_is_refused(desk: Desk, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "list").write_text("- a\n")
    (tmp_path / "map").write_text("a: b\n")
    (tmp_path / "latin").write_bytes(b"a: \xe9\n")
    (line,) = desk.refused("li", "tables", "draft", "begin", *(word.format(folder=tmp_path) for word in words))
    assert line.startswith(said.format(folder=tmp_path))
    assert desk.rows(models.Draft) == []


def test_a_revision_says_something(desk: Desk, raising: str) -> None:
    (line,) = desk.refused("li", "tables", "draft", "revise", raising)
    assert line == "✗ /content: content 与 file 须给出一个 / Give one of content and file"


# --- what is entered in one call ----------------------------------------------------------------------


def entered(said: str) -> str:
    """The id of a draft that was begun and checked in one call, from what the command prints."""
    lines = said.splitlines()
    found = re.match(r"草案 ([0-9a-f]{16}) 第 1 版（li）已起草并检查 / draft \1, revision 1 by li: begun and checked", lines[0])
    assert found is not None, said
    assert lines[2:] == [
        "待 li 以外的人批准并公布 / to be approved and published by somebody other than li:",
        *(f"  subsidy tables draft {step} {found[1]}" for step in ("report", "approve", "publish")),
    ]
    return found[1]


def published(desk: Desk, said: str) -> TestClient:
    """Let wang approve and publish what li entered; a service that starts then."""
    made = entered(said)
    for name in ("approve", "publish"):
        step(desk, "wang", name, made)
    return TestClient(create_app(Settings(database_url=desk.url)), client=HERE)


def test_a_withdrawal(desk: Desk) -> None:
    said = desk.done("li", "tables", "draft", "withdraw", "bj-gjj-2025-3-1", "1", "--reason", "依据的通知已废止")
    with published(desk, said) as client:
        assert client.get("/v1/rate-tables/bj-gjj-2025-3-1?as_of=2026-01-01").json()["code"] == "NO_VERSION_IN_FORCE"


def test_an_end_of_validity(desk: Desk) -> None:
    said = desk.done("li", "tables", "draft", "end", TABLE, "1", "--last-day", "2025-12-31", "--reason", "办法到期")
    with published(desk, said) as client:
        assert client.get(f"/v1/rate-tables/{TABLE}?as_of=2025-12-31").status_code == 200
        assert client.get(f"/v1/rate-tables/{TABLE}?as_of=2026-01-01").json()["code"] == "NO_VERSION_IN_FORCE"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("withdraw", TABLE, "7", "--reason", "r"), ["✗ /version: bj-gjj-2025-1-11 没有版本 7"]),
        (("withdraw", TABLE, "1", "--reason", " "), ["✗ /reason: 应写明理由"]),
        (("end", TABLE, "1", "--last-day", "2024-01-01", "--reason", "r"), ["✗ /last_day: 不在版本 1 的施行期内"]),
        (("end", TABLE, "1", "--last-day", "2025-02-30", "--reason", "r"), None),
    ],
)
def test_an_event_that_cannot_be_leaves_no_draft(desk: Desk, words: tuple[str, ...], told: list[str] | None) -> None:
    said = desk.refused("li", "tables", "draft", *words)
    assert said == told if told else said[0].startswith("✗ /last_day: ")
    assert desk.rows(models.Draft) == []


def test_a_month_of_rates_is_one_command(desk: Desk) -> None:
    said = desk.done("li", *MONTH, "LPR_5Y=3.50%")
    assert desk.done("wang", "tables", "draft", "report", entered(said)).splitlines()[2:] == [
        "• LPR_1Y 2026-09-21 公布 3.00%（此前 2026-08-20 为 3.00%） / LPR_1Y: 3.00% published on 2026-09-21 (3.00% on 2026-08-20 before it)",
        "• LPR_1Y 有效至 2026-10-20（不含） / LPR_1Y is valid until 2026-10-20, exclusive",
        "• LPR_5Y 2026-09-21 公布 3.50%（此前 2026-08-20 为 3.50%） / LPR_5Y: 3.50% published on 2026-09-21 (3.50% on 2026-08-20 before it)",
        "• LPR_5Y 有效至 2026-10-20（不含） / LPR_5Y is valid until 2026-10-20, exclusive",
    ]
    with published(desk, said) as client:
        for series, value in (("LPR_1Y", "0.03"), ("LPR_5Y", "0.035")):
            shown = client.get(f"/v1/reference-rates/{series}?on=2026-10-19").json()
            assert (shown["value"]["on"], shown["value"]["value"], shown["holds_until"]) == ("2026-09-21", value, "2026-10-20")
    assert all(line.startswith("✗ /on: 2026-09-21 已有公布值；更正请以 rows 给出全部 / 2026-09-21 has a value already") for line in desk.refused("li", *MONTH, "LPR_5Y=3.50%"))


def test_a_rate_far_from_the_last_is_confirmed(desk: Desk) -> None:
    far = ("tables", "lpr", "2026-09-21", "LPR_1Y=2.50%", "--holds-until", "2026-10-20")
    hint, fault = desk.refused("li", *far)
    assert hint.endswith("where it is far from the last value, and right, add --confirm")
    assert fault.startswith("✗ /values/LPR_1Y: 与上一公布值 3.00% 相差过大")
    entered(desk.done("li", *far, "--confirm"))


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        (("2026-09-21", "LPR_1Y"), "/values/LPR_1Y"),
        (("2026-09-21", "LPR_1Y=3.00%", "LPR_1Y=3.10%"), "/values/LPR_1Y"),
        (("2026-09-21", "LPR_1Y=3.00"), "/values/LPR_1Y: 利率应为小数形式的字符串，如 3.00% 写作 0.0300"),
        (("2026-09-21", "LPR_1Y=3"), "/values/LPR_1Y: 利率应为小数形式的字符串，如 3.00% 写作 0.0300"),
        (("2026-09-21", "LPR_1Y=0%"), "/values/LPR_1Y: 与上一公布值 3.00% 相差过大"),
        (("21.9.2026", "LPR_1Y=3.00%"), "/on"),
        (("2026-08-20", "LPR_1Y=3.00%"), "/on: 2026-08-20 已有公布值"),
        (("2026-08-19", "LPR_1Y=3.00%"), "/on: 早于最后公布日 2026-08-20"),
        (("2099-09-21", "LPR_1Y=3.00%"), "/on: 2099-09-21 尚未到来"),
        (("2026-09-21", "NO_SUCH=3.00%"), "/values/NO_SUCH"),
    ],
)
def test_a_month_that_cannot_be_is_refused(desk: Desk, words: tuple[str, ...], pointer: str) -> None:
    told = desk.refused("li", "tables", "lpr", *words, "--holds-until", "2026-10-20")
    assert any(line.startswith(f"✗ {pointer}") for line in told), told
    assert desk.rows(models.Draft) == []


SERIES = "series: [{series: XX_RATE, title: t, source: s, authority: official, holds_until: '2026-12-01', rows: [%s]}]"


def test_a_series_that_is_new_and_one_that_is_corrected_are_told(desk: Desk, tmp_path: Path) -> None:
    """Two values at first; then the second is another, the first is gone and a third has come."""
    path = tmp_path / "series.yaml"
    rows = [[("2026-01-02", "3%"), ("2026-02-02", "4%")], [("2026-02-02", "4.5%"), ("2026-03-02", "5%")]]
    told = []
    for some in rows:
        path.write_text(SERIES % ", ".join(f"{{on: '{on}', value: {value}, confidence: read}}" for on, value in some), encoding="utf-8")
        made = desk.begin("li", "reference_rate", "XX_RATE", "--content", str(path))
        told.append([line.split(" / ")[1] for line in desk.done("li", "tables", "draft", "report", made).splitlines()[2:]])
        for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
            step(desk, who, name, made)
    valid = "XX_RATE is valid until 2026-12-01, exclusive"
    assert told == [
        ["XX_RATE is new: 2 values from 2026-01-02 to 2026-02-02", valid],
        [
            "XX_RATE of 2026-02-02: corrected from 4% to 4.5%",
            "XX_RATE: 5% published on 2026-03-02 (4.5% on 2026-02-02 before it)",
            "XX_RATE of 2026-01-02: 3% is taken away",
            valid,
        ],
    ]
