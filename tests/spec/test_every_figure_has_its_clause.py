"""No figure stands alone: each rate, amount, band, cap, requirement, window and term has the words it comes from beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.tables.files.yaml_reader import read
from app.tables.loading.loader import read_files
from tests.bureau import PUBLISHED, batch_file

FIGURES = {"rate", "amount", "bands", "limit", "that", "first_day", "last_day", "months", "categories"}
RULES = {"single_direction", "higher_of", "offset"}  # not figures, but words that decide


def without_clause(part: Any, place: str, default: str = "") -> Iterator[str]:
    """The places of figures that have no clause; bands have that of their line, and all that of the whole terms if there is one."""
    if isinstance(part, list):
        for no, one in enumerate(part):
            yield from without_clause(one, f"{place}/{no}", default)
    elif isinstance(part, dict):
        rule = place.rsplit("/", 1)[-1] in RULES
        clause = part.get("clause") or default
        if (FIGURES & part.keys() or rule) and not clause.strip():
            yield place
        for key, one in part.items():
            if key != "bands":
                yield from without_clause(one, f"{place}/{key}", clause if "lines" in part else default)


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({"lines": [{"id": "ALL", "rate": "1%", "clause": "c"}]}, []),
        ({"lines": [{"id": "ALL", "rate": "1%"}]}, ["/lines/0"]),
        ({"clause": "c", "lines": [{"id": "ALL", "rate": "1%"}]}, []),
        ({"lines": [{"id": "ALL", "amount": "1万", "clause": " "}]}, ["/lines/0"]),
        ({"lines": [{"id": "ALL", "bands": {"pay": [{"amount": "1"}]}, "clause": "c"}]}, []),
        ({"lines": [{"id": "ALL", "bands": {"pay": [{"amount": "1"}]}}]}, ["/lines/0"]),
        ({"lines": [{"rate": "1%", "clause": "c", "require": [{"that": "vat > 0", "code": "X"}]}]}, ["/lines/0/require/0"]),
        ({"require": [{"that": "vat > 0", "code": "X", "clause": None}]}, ["/require/0"]),
        ({"caps": [{"limit": "1万", "clause": "c"}, {"limit": "2万"}]}, ["/caps/1"]),
        ({"windows": {"event": {"first_day": "2025-01-01", "last_day": "unknown"}}}, ["/windows/event"]),
        ({"term": {"months": "12", "from": "SIGNED_ON"}}, ["/term"]),
        ({"admit": {"categories": "unknown"}}, ["/admit"]),
        ({"stacking": {"single_direction": {"exempt": "x"}, "higher_of": {"clause": "c"}}}, ["/stacking/single_direction"]),
        ({"stacking": {"offset": {"less": "vat"}}}, ["/stacking/offset"]),
    ],
)
def test_a_figure_without_clause_is_found(terms: dict[str, Any], found: list[str]) -> None:
    """The search itself: each kind of figure, with and without."""
    assert list(without_clause(terms, "")) == found


def test_every_table_quotes_the_words_of_each_figure(client: httpx.Client) -> None:
    """As the service shows its tables."""
    loaded = [one["id"] for one in client.get("/v1/rate-tables").json()["rate_tables"] if one["loaded"]]
    assert len(loaded) >= 24
    missing = []
    for table_id in loaded:
        terms = client.get(f"/v1/rate-tables/{table_id}").json()["terms"]
        assert terms["lines"]
        missing += without_clause(terms, table_id)
    assert missing == []


def test_every_rule_of_a_fund_quotes_its_words() -> None:
    """Guides and measures, as they were typed in."""
    overlays = [one for fund in read(PUBLISHED / "funds.yaml")["funds"] for one in fund.get("overlays", [])]
    assert (len(overlays), len({one["id"] for one in overlays})) == (19, 10)
    assert [place for one in overlays for place in without_clause(one["terms"], one["id"])] == []


def test_what_is_left_open_quotes_its_words_too(client: httpx.Client) -> None:
    """``not_decided``: a message, and the words that leave it open."""
    seen = 0
    for one in client.get("/v1/rate-tables").json()["rate_tables"]:
        if one["loaded"]:
            terms = client.get(f"/v1/rate-tables/{one['id']}").json()["terms"]
            for entry in terms.get("not_decided", []):
                seen += 1
                assert entry["message"].strip(), one["id"]
                assert (entry.get("clause") or terms.get("clause") or "").strip(), one["id"]
    assert seen


# --- a figure without words is refused when it is typed in ---------------------------------------------

C = ", clause: c"  # a row of the table below is complete with it, and refused without
LOAN, ITEM, PROJECT = "facts: CONTRACTS", "facts: ITEMS", "facts: PROJECTS"
POINTS = f"{{id: ALL, base: balance, rate: 1%{C}}}"
AWARD = f"{{id: ALL, base: base_amount, rate: 1%{C}}}"
SHARE = f"{{id: ALL, base: admitted, rate: 1%{C}}}"
TYPED = [
    # the facts, the figure whose words are missing, and its place
    (LOAN, f"lines: [{{id: ALL, base: balance, rate: 1%{C}}}]", "lines/0"),
    (LOAN, f"lines: [{{id: ALL, base: balance, rate: unknown{C}}}]", "lines/0"),
    (ITEM, f"lines: [{{id: ALL, amount: 1万{C}}}]", "lines/0"),
    (ITEM, f"lines: [{{id: ALL, bands: {{of: events, pay: [{{amount: 1}}]}}{C}}}]", "lines/0"),
    (LOAN, f"lines: [{POINTS}]\nwindows: {{interest: {{first_day: 2025-01-01, last_day: 2025-12-31{C}}}}}", "windows/interest"),
    (LOAN, f"lines: [{POINTS}]\nwindows: {{interest: {{first_day: 2025-01-01, last_day: unknown{C}}}}}", "windows/interest"),
    (LOAN, f"lines: [{POINTS}]\nwindows: {{interest: {{first_day: unknown{C}}}}}", "windows/interest"),
    (LOAN, f"lines: [{POINTS}]\nterm: {{months: 12, from: FIRST_DRAWDOWN{C}}}", "term"),
    (LOAN, f"lines: [{POINTS}]\nterm: [{{end: YEAR_END, from: FIRST_DRAWDOWN{C}}}]", "term/0"),
    (LOAN, f"lines: [{POINTS}]\ncaps: [{{limit: 1万{C}}}]", "caps/0"),
    (LOAN, f"lines: [{POINTS}]\ncaps: [{{limit: unknown{C}}}]", "caps/0"),
    (LOAN, f"lines: [{POINTS}]\ncaps: [{{bounds: BALANCE, limit: 1亿{C}}}]", "caps/0"),
    (LOAN, f"lines: [{POINTS}]\nrequire: [{{that: interest > 0, code: C{C}}}]", "require/0"),
    (ITEM, f"lines: [{{clause: c, id: ALL, amount: 1, require: [{{that: vat > 0, code: C{C}}}]}}]", "lines/0/require/0"),
    (PROJECT, f"lines: [{SHARE}]\nadmit: {{vat: EXCLUDED{C}}}", "admit"),
    (ITEM, f"lines: [{AWARD}]\nstacking: {{single_direction: {{exempt: registered_in_beijing{C}}}}}", "stacking/single_direction"),
    (ITEM, f"lines: [{AWARD}]\nstacking: {{offset: {{less: vat{C}}}}}", "stacking/offset"),
]


def refused(folder: Path, terms: str) -> list[tuple[str, str]]:
    """Place and message of each fault of a table that has no words but those that stand in these terms."""
    method = {LOAN: "LOAN_INTEREST", ITEM: "AWARD", PROJECT: "GRANT"}[terms.split("\n", 1)[0]]
    text = batch_file(terms, method).replace("          clause: c\n", "", 1)
    (folder / "batch.yaml").write_text(text, encoding="utf-8")
    return [(fault.place.split("/terms/", 1)[-1], fault.message) for fault in read_files([folder]).faults]


@pytest.mark.parametrize(("facts", "words", "place"), TYPED, ids=[words.rsplit("\n", 1)[-1] for _, words, _ in TYPED])
def test_a_figure_that_is_typed_in_without_its_words_is_refused(tmp_path: Path, facts: str, words: str, place: str) -> None:
    whole = f"{facts}\nwording: EXACT\n{words}"
    assert refused(tmp_path, whole) == []
    before, _, after = whole.rpartition(C)
    assert refused(tmp_path, before + after) == [(place, "缺少条款原文 clause")]
    assert refused(tmp_path, f"{before}, clause: ' '{after}") == [(f"{place}/clause", "此处应为条款原文")]
    assert refused(tmp_path, f"{before}{after}\nclause: 全表通用的条款") == []
