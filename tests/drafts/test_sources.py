"""From what a draft begins: nothing, a file of published tables, a copy; and what cannot be begun from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import PUBLISHED
from tests.drafts.conftest import Office

TABLE = "bj-gjj-2025-1-11"
BATCH_FILE = (PUBLISHED / "bj-gjj-2025-1.yaml").read_text(encoding="utf-8")
RATES_FILE = (PUBLISHED / "reference_rates.yaml").read_text(encoding="utf-8")


def content(office: Office, body: dict[str, Any]) -> dict[str, Any]:
    """What stands in a draft that was begun with the body."""
    draft, _ = office.begin("li", body)
    return dict(office.call("wang", "GET", draft).json()["content"])


def told(office: Office, body: dict[str, Any]) -> list[tuple[str, str]]:
    """Pointer and message of what a draft cannot begin from."""
    response = office.call("li", "POST", "/v1/drafts", body)
    assert response.status_code == 422, response.text
    return [(one["pointer"], one["detail"]) for one in response.json()["errors"]]


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("RATE_TABLE", "bj-gjj-2025-1-99", {"batch", "version"}),
        ("BATCH", "bj-gjj-2027-1", {"fund", "batch", "document", "authority", "directions"}),
        ("REFERENCE_RATE", "LPR_1Y LPR_5Y", {"series"}),
        ("WITHDRAWAL", TABLE, {"rate_table", "version", "reason"}),
        ("END_OF_VALIDITY", TABLE, {"rate_table", "version", "reason", "last_day"}),
    ],
)
def test_from_nothing_there_are_the_words_without_their_values(office: Office, kind: str, target: str, words: set[str]) -> None:
    """The check then names each value that is missing."""
    assert set(content(office, {"kind": kind, "target": target})) == words
    draft, etag = office.begin("li", {"kind": kind, "target": target})
    assert office.step("li", draft, etag, "check").json()["code"] == "DRAFT_FAULTY"


def test_a_table_is_taken_out_of_the_file_of_its_batch(office: Office) -> None:
    """Without the number and the instants that publication gives."""
    made = content(office, {"kind": "RATE_TABLE", "target": TABLE, "file": BATCH_FILE})
    assert made["batch"] == "bj-gjj-2025-1"
    assert made["direction"]["no"] == "11"
    assert {"terms", "effective"} <= set(made["version"])
    assert not {"version", "published_at", "supersedes"} & set(made["version"])


def test_series_are_taken_with_their_rows(office: Office) -> None:
    made = content(office, {"kind": "REFERENCE_RATE", "target": "LPR_1Y LPR_5Y", "file": RATES_FILE})
    assert [one["series"] for one in made["series"]] == ["LPR_1Y", "LPR_5Y"]
    assert all(one["rows"] and one["holds_until"] and "versions" not in one for one in made["series"])


def test_a_series_without_versions_and_an_event_are_taken_as_they_stand(office: Office) -> None:
    """The check says what is wrong with them."""
    assert content(office, {"kind": "REFERENCE_RATE", "target": "LPR_1Y", "file": "series: [{series: LPR_1Y}, x]"}) == {
        "series": [{"series": "LPR_1Y"}, "x"]
    }
    said = {"rate_table": TABLE, "version": "1", "reason": "r"}
    text = f"{{rate_table: {TABLE}, version: 1, reason: r}}"
    assert content(office, {"kind": "WITHDRAWAL", "target": TABLE, "file": text}) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "RATE_TABLE", "target": "bj-gjj-2025-1-99", "file": BATCH_FILE}, ("/file", "文件中没有标准表 bj-gjj-2025-1-99")),
        ({"kind": "BATCH", "target": "bj-gjj-2027-1", "file": RATES_FILE}, ("/file", "文件中没有 directions")),
        ({"kind": "RATE_TABLE", "target": TABLE, "copy_of": {"rate_table": TABLE, "version": 9}}, ("/copy_of", f"没有 {TABLE} 的版本 9")),
        ({"kind": "BATCH", "target": "bj-gjj-2027-1", "copy_of": {"batch": "bj-gjj-1999-1"}}, ("/copy_of", "没有批次 bj-gjj-1999-1")),
    ],
    ids=["a table that is not in the file", "no batch", "a version that is not there", "a batch that is not there"],
)
def test_what_is_not_there_cannot_be_begun_from(office: Office, body: dict[str, Any], said: tuple[str, str]) -> None:
    assert told(office, body) == [said]


def test_a_file_that_is_no_yaml_is_told_so(office: Office) -> None:
    ((pointer, _),) = told(office, {"kind": "BATCH", "target": "bj-gjj-2027-1", "file": "a: [1"})
    assert pointer == "/file"


def faults(office: Office, kind: str, target: str, content: dict[str, Any]) -> list[tuple[str, str]]:
    """What the check finds in a draft with this content."""
    draft, etag = office.begin("li", {"kind": kind, "target": target, "content": content})
    response = office.step("li", draft, etag, "check")
    assert response.json()["code"] == "DRAFT_FAULTY", response.text
    return [(one["pointer"], one["detail"]) for one in response.json()["errors"]]


def test_a_later_notice_of_a_batch_leaves_its_tables_its_fund_and_its_year(office: Office) -> None:
    copied = content(office, {"kind": "BATCH", "target": "bj-gjj-2025-1", "file": BATCH_FILE})
    assert faults(office, "BATCH", "bj-gjj-2025-1", copied) == [("/content", "与现有内容相同")]  # a whole file that says what is there
    copied["directions"][10]["version"]["terms"]["caps"][1]["limit"] = "2000万"
    said = faults(office, "BATCH", "bj-gjj-2025-1", copied)
    assert said == [("/content/directions/10", "bj-gjj-2025-1-11 已有标准；另以 RATE_TABLE 草案变更")]
    del copied["directions"]
    other = {**copied, "batch": {**copied["batch"], "year": "2024"}}
    assert ("/content/batch", "批次的基金与年度不可变更：bj-gjj 2025") in faults(office, "BATCH", "bj-gjj-2025-1", other)
    assert faults(office, "BATCH", "bj-gjj-2025-1", {**copied, "batch": "x"})


@pytest.mark.parametrize("series", [{}, {"rows": [], "add": []}], ids=["neither", "both"])
def test_a_series_is_given_whole_or_added_to(office: Office, series: dict[str, Any]) -> None:
    said = faults(office, "REFERENCE_RATE", "LPR_1Y", {"series": [{"series": "LPR_1Y", "holds_until": "2026-10-20", **series}]})
    assert ("/content/series/0", "须有 rows（全部）或 add（新增），二者取一") in said


@pytest.mark.parametrize("series", [[], "x"])
def test_there_is_at_least_one_series(office: Office, series: Any) -> None:
    assert faults(office, "REFERENCE_RATE", "LPR_1Y", {"series": series}) == [("/content/series", "至少一个系列")]


def test_the_series_of_a_draft_are_those_that_it_was_begun_for(office: Office) -> None:
    row = {"on": "2026-09-21", "value": "3.00%", "confidence": "read"}
    of = {"series": [{"series": "LPR_1Y", "holds_until": "2026-10-20", "add": [row]}]}
    assert ("/content/series", "应为 LPR_5Y") in faults(office, "REFERENCE_RATE", "LPR_5Y", of)


def test_a_copy_under_a_new_id_asks_for_what_the_new_direction_is(office: Office) -> None:
    """Its number and schemes are not those of the table that was copied."""
    made = content(office, {"kind": "RATE_TABLE", "target": "bj-gjj-2025-1-99", "copy_of": {"rate_table": TABLE}})
    assert (made["batch"], made["direction"]["no"], made["direction"]["schemes"]) == ("bj-gjj-2025-1", None, [])


def test_a_correction_by_file_keeps_what_it_corrects(office: Office) -> None:
    """The file of a batch with a further version of a table that is there: `supersedes` and `reason` go with it; so does a slip."""
    text = BATCH_FILE.replace("单个企业补贴金额不超过1000万元", "单个企业补贴金额不超过2000万元").replace("limit: 1000万", "limit: 2000万")
    start = text.index("rate_table: bj-gjj-2025-1-11")
    number = text.index("      - version: '1'", start)
    assert text.count("limit: 2000万") == 1
    typed = text[:number] + text[number:].replace("      - version: '1'", "      - version: '2'\n        supersedes: '1'\n        reason: 上限误录", 1)
    body = {"kind": "RATE_TABLE", "target": "bj-gjj-2025-1-11", "file": typed}
    assert content(office, body)["version"]["reason"] == "上限误录"
    draft, _ = office.begin("li", body)
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert (report["publishable"], report["consequences"][0]) == (True, "版本 1 由本版本取代"), report
    slip = {**body, "file": typed.replace("reason: 上限误录", "raeson: 上限误录")}
    draft, _ = office.begin("li", slip)
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert [one["place"] for one in report["faults"]] == ["/version/raeson"]


def test_a_series_of_numbers_by_file(office: Office) -> None:
    text = """\
series:
  - series: EUR_CNY
    title: 欧元对人民币汇率中间价（示例）
    source: 示例单位
    authority: official
    values_are: NUMBER
    versions:
      - version: '1'
        published_at: '2026-11-16T00:00:00+08:00'
        holds_until: '2026-12-21'
        rows: [{on: '2026-11-16', value: '8.1234', confidence: read}]
"""
    draft, _ = office.begin("li", {"kind": "REFERENCE_RATE", "target": "EUR_CNY", "file": text})
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert (report["publishable"], "EUR_CNY 2026-11-16 公布 8.1234" in report["consequences"]) == (True, True), report
    draft, _ = office.begin("li", {"kind": "REFERENCE_RATE", "target": "EUR_CNY", "file": text.replace("authority", "autority")})
    report = office.call("wang", "GET", f"{draft}/report").json()
    assert "/series/0/autority" in [one["place"] for one in report["faults"]]
