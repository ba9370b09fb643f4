"""Tables that ask for what nobody can have, or pay what no clause gives: refused, with the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.calculators.verification import contradictions
from tests.spec.test_terms_refused import said

AWARD = "facts: ITEMS\nwording: EXACT\n"
LOAN = "facts: CONTRACTS\nwording: EXACT\n"
PROJECT = "facts: PROJECTS\nwording: EXACT\n"
POLICY = "facts: POLICIES\nwording: EXACT\n"
RATED = "{id: ALL, base: base_amount, rate: 30%}"


def requiring(*conditions: str, lines: str = RATED, facts: str = AWARD) -> str:
    """Terms that require all of these."""
    rows = ", ".join(f"{{that: '{one}', code: C{no}}}" for no, one in enumerate(conditions))
    return f"{facts}require: [{rows}]\nlines: [{lines}]"


IMPOSSIBLE = "各条件互相矛盾，没有任何情形能同时满足"
REQUIREMENTS = [
    (requiring("base_amount >= 500万", "base_amount < 300万"), "require", IMPOSSIBLE),
    (requiring("base_amount > 500万", "not base_amount > 500万"), "require", IMPOSSIBLE),
    (requiring("occurred_on >= 2025-01-01", "occurred_on < 2025-01-01"), "require", IMPOSSIBLE),
    (requiring("category in [A]", "category in [B]"), "require", IMPOSSIBLE),
    (requiring("related_party", "not related_party"), "require", IMPOSSIBLE),
    (requiring("base_amount - cost >= 10", "base_amount <= 5"), "require", IMPOSSIBLE),
    (requiring("base_amount >= 300万", "base_amount < 500万"), None, ""),
    (requiring("related_party or base_amount >= 5", "not related_party"), None, ""),
    (requiring("total(base_amount) >= 1000", "base_amount < 10"), None, ""),
    (
        requiring("base_amount >= 500万", lines="{id: A, when: base_amount < 300万, amount: 1}, {id: B, when: base_amount >= 300万, amount: 2}"),
        "lines/0",
        "行 A 与全表的条件互相矛盾，没有任何情形能同时满足",
    ),
    (
        requiring(lines="{id: A, when: 'category in [X]', amount: 1, require: [{that: 'category in [Y]', code: C}]}, {id: B, when: 'category in [Y]', amount: 2}"),
        "lines/0/require",
        "行 A 的条件与其适用情形互相矛盾，没有任何情形能同时满足",
    ),
    (
        requiring(lines="{id: A, amount: 1, require: [{that: cost > 5, code: C}, {that: cost < 5, code: D}]}"),
        "lines/0/require",
        "行 A 的条件与其适用情形互相矛盾，没有任何情形能同时满足",
    ),
    (requiring("cost > 1", lines="{id: A, when: cost > 5 and cost < 5, amount: 1}, {id: B, when: cost >= 0, amount: 2}"), "lines/0/when", "行 A 永远不会适用：条件自相矛盾"),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "place", "message"), REQUIREMENTS)
def test_requirements_that_nobody_can_meet(tmp_path: Path, terms: str, place: str | None, message: str) -> None:
    assert said(tmp_path, terms, "AWARD") == ([] if place is None else [(place, message)])


def test_a_search_that_would_take_too_long_finds_nothing_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = requiring("base_amount >= 500万", "base_amount < 300万")
    monkeypatch.setattr(contradictions, "STEPS", 1)
    assert said(tmp_path, terms, "AWARD") == []


CAPPED = "lines: [{id: A, when: 'category in [A]', amount: 100万}, {id: B, when: 'category in [B]', amount: 20万}]\ncaps: [%s]"
BELOW = "限额 {} 元低于其所限各行的定额（最低 {} 元），没有一行能足额给付"
CAPS = [
    ("{limit: 10万}", [("caps/0/limit", BELOW.format(100000, 200000))]),
    ("{lines: [A], limit: 99万}", [("caps/0/limit", BELOW.format(990000, 1000000))]),
    ("{lines: [B], limit: 20万}, {limit: 19万}", [("caps/1/limit", BELOW.format(190000, 200000))]),
    ("{limit: 50万}", []),  # the rung of 100万 is cut, that of 20万 is not
    ("{lines: [A], limit: 100万}", []),
    ("{lines: [A], limit: 50万, when: related_party}", []),
    ("{lines: [A], limit: 10% * base_amount}", []),
    ("{lines: [A], limit: unknown}", []),
]


@pytest.mark.parametrize(("caps", "wanted"), CAPS)
def test_a_cap_below_every_amount_that_it_bounds(tmp_path: Path, caps: str, wanted: list[tuple[str, str]]) -> None:
    assert said(tmp_path, AWARD + CAPPED % caps, "AWARD") == wanted


def test_a_cap_may_lie_below_what_facts_decide(tmp_path: Path) -> None:
    for line in ("{id: A, amount: 100万 * events}", "{id: A, base: base_amount, rate: 50%}"):
        assert said(tmp_path, f"{AWARD}lines: [{line}]\ncaps: [{{limit: 1}}]", "AWARD") == []


def share(rate: str, clause: str = "c") -> str:
    """One line that pays this share."""
    return f"lines: [{{id: ALL, base: base_amount, rate: {rate}, clause: {clause}}}]"


SHARES: list[tuple[str, str, str | None]] = [
    (AWARD + share("500%", "按50%予以奖励"), "AWARD", "lines/0/rate"),
    (AWARD + share("101%"), "GRANT", "lines/0/rate"),
    (AWARD + share("150%", "按150%予以奖励"), "AWARD", None),
    (AWARD + share("150%", "按百分之一百五十予以奖励"), "AWARD", None),
    (AWARD + share("200%", "按2倍予以奖励"), "AWARD", None),
    (AWARD + share("100%"), "AWARD", None),
    (AWARD + share("unknown"), "AWARD", None),
    (AWARD + "lines: [{id: ALL, bands: {of: base_amount, pay: [{up_to: 100万, rate: 10%}, {rate: 200%}]}}]", "AWARD", "lines/0/bands/pay/1/rate"),
    (POLICY + "lines: [{id: ALL, base: premium_paid, rate: 500%}]", "INSURANCE", "lines/0/rate"),
    (AWARD + "needs: {share: {of: ITEM, type: RATE}}\nlines: [{id: ALL, base: base_amount, rate: 200% * share}]", "AWARD", None),
]


@pytest.mark.parametrize(("terms", "method", "place"), SHARES)
def test_a_share_of_more_than_the_whole(tmp_path: Path, terms: str, method: str, place: str | None) -> None:
    found = said(tmp_path, terms, method)
    assert [one[0] for one in found] == ([] if place is None else [place])
    assert all("超过 100%，条款中没有这个数字" in message for _, message in found)


POINTS = "lines: [{id: ALL, when: %s, base: balance, rate: 1%%}]"
INSURED = "lines: [{id: ALL, when: %s, base: premium_paid, rate: 1%%}]"
ADMIT = "admit: {categories: %s}\nlines: [{id: ALL, base: admitted, rate: 1%%}]"
CODES: list[tuple[str, str, list[tuple[str, str]]]] = [
    (LOAN + POINTS % "'loan_type in [FIXED_ASSETS]'", "LOAN_INTEREST", [("lines/0/when", "loan_type 没有代码 FIXED_ASSETS，应为 FIXED_ASSET")]),
    (LOAN + POINTS % "loan_type == WORKING_CAPTIAL", "LOAN_INTEREST", [("lines/0/when", "loan_type 没有代码 WORKING_CAPTIAL，应为 WORKING_CAPITAL")]),
    (LOAN + POINTS % "'loan_type in [FIXED_ASSET, GUARANTEED]'", "LOAN_INTEREST", []),
    (POLICY + INSURED % "'insurance_type in [ORBIT]'", "INSURANCE", []),
    (POLICY + INSURED % "'insurance_type in [THIRD_PARTY]'", "INSURANCE", []),
    (POLICY + INSURED % "'insurance_type in [LANCH]'", "INSURANCE", [("lines/0/when", "insurance_type 没有代码 LANCH，应为 LAUNCH")]),
    (POLICY + INSURED % "'unit_kind in [SATELITE]'", "INSURANCE", [("lines/0/when", "unit_kind 没有代码 SATELITE，应为 SATELLITE")]),
    (PROJECT + ADMIT % "[EQUIPMNT]", "GRANT", [("admit/categories", "categories 没有代码 EQUIPMNT，应为 EQUIPMENT")]),
    (PROJECT + ADMIT % "[EQUIPMENT, ROBOT]", "GRANT", []),
    (PROJECT + "lines: [{id: ALL, amount: 1% * admitted(SOFTWARES)}]", "GRANT", [("admit/categories", "categories 没有代码 SOFTWARES，应为 SOFTWARE")]),
]


@pytest.mark.parametrize(("terms", "method", "wanted"), CODES)
def test_a_code_that_is_nearly_one_that_everybody_understands(tmp_path: Path, terms: str, method: str, wanted: list[Any]) -> None:
    """A table may have codes of its own; one letter more or less is no such code."""
    found = [(place, message.partition("；")[0]) for place, message in said(tmp_path, terms, method)]
    assert found == wanted
