"""The figures that a clause names, as a person reads them: each row is a clause, and what stands in it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from app.tables.files.clause_figures import MAX_CLAUSE, read_clause

WAN, YI = 10**4, 10**8
NUMBERS = [
    ("最高不超过500万元", [500 * WAN]),
    ("最高不超过500 元", [500]),
    ("最高不超过5,000,000元", [5_000_000]),
    ("最高不超过５００万元", [500 * WAN]),
    ("1.5亿元", [Fraction("1.5") * YI]),
    ("五百万元", [500 * WAN]),
    ("1千万元", [1_000 * WAN]),
    ("一千万元", [1_000 * WAN]),
    ("3千元", [3_000]),
    ("二十五家", [25]),
    ("一百零五项", [105]),
    ("十次", [10]),
    ("两台", [2]),
    ("2亿元（含）-10亿元", [2 * YI, 10 * YI]),
    ("2-10亿元", [2, 10 * YI]),  # no grammar of ranges
    ("千分之一的企业", []),
    ("每千克", []),
    ("附件", []),
]
SHARES = [
    ("费用的50%", ["1/2"]),
    ("费用的50％", ["1/2"]),
    ("2.5个百分点", ["1/40"]),
    ("百分之五", ["1/20"]),
    ("百分之二十", ["1/5"]),
    ("百分之2.5", ["1/40"]),
    ("三分之一", ["1/3"]),
    ("万分之三", ["3/10000"]),
    ("10%-20%", ["1/10", "1/5"]),
]
MONTHS = [
    ("期限2年", [24]),
    ("三年", [36]),
    ("近3年", [36]),
    ("自首笔放款起一年内", [12]),
    ("24个月", [24]),
    ("六个月", [6]),
    ("半年", [6]),
    ("两周年", [24]),
    ("2023年", []),
    ("2023年12月31日", []),
]
DAYS = [
    # a clause, a day that bounds what it says, one that does not
    ("2023年4月1日至2023年10月31日", "2023-10-31", "2023-10-30"),
    ("2025年1月20日至3月31日", "2025-03-31", "2026-03-31"),
    ("8月31日止", "2026-08-31", "2026-08-30"),
    ("止于2024-09-30", "2024-09-30", "2024-10-01"),
    ("2023年以来", "2023-01-01", "2023-01-02"),
    ("2023年年底前", "2023-12-31", "2022-12-31"),
    ("2024年2月", "2024-02-29", "2024-02-28"),
    ("2024年2月", "2024-02-01", "2024-03-01"),
]
BOUNDS = [
    ("500万元（含）以上", ">="),
    ("500万元(含)以上", ">="),
    ("500万元（含本数）以上", ">="),
    ("500万元以上（含）", ">="),
    ("500万元及以上", ">="),
    ("不低于500万元", ">="),
    ("不少于人民币500万元", ">="),
    ("500万元（含）以下", "<="),
    ("500万元以内", "<="),
    ("不超过500万元", "<="),
    ("500万元（不含）以上", ">"),
    ("大于500万元", ">"),
    ("超过500万元", ">"),
    ("低于500万元", "<"),
    ("不足500万元", "<"),
    ("500万元以上", "> >="),
    ("500万元以下", "< <="),
    ("500万元（含）", "<= >="),
    ("500万元（不含税）", "< <= > >="),
    ("500万元", "< <= > >="),
    ("不足500万元（含）", "< <= > >="),  # a contradiction allows everything
]


@pytest.mark.parametrize(("text", "wanted"), NUMBERS)
def test_numbers(text: str, wanted: list[Fraction]) -> None:
    assert [one.value for one in read_clause(text).figures if one.kind == "NUMBER"] == wanted


@pytest.mark.parametrize(("text", "wanted"), SHARES)
def test_shares(text: str, wanted: list[str]) -> None:
    assert [(one.kind, one.value) for one in read_clause(text).figures] == [("SHARE", Fraction(one)) for one in wanted]


@pytest.mark.parametrize(("text", "wanted"), MONTHS)
def test_lengths_of_time(text: str, wanted: list[int]) -> None:
    assert [one.value for one in read_clause(text).figures if one.kind == "MONTHS"] == wanted


@pytest.mark.parametrize(("text", "bounds", "beside"), DAYS)
def test_days(text: str, bounds: str, beside: str) -> None:
    days = read_clause(text).days
    assert any(one.bounds(date.fromisoformat(bounds)) for one in days)
    assert not any(one.bounds(date.fromisoformat(beside)) for one in days)


def test_a_clock_time_is_no_number() -> None:
    assert [(one.kind, one.value) for one in read_clause("8月31日17:30止").figures] == [("CLOCK", 17 * 60 + 30)]


@pytest.mark.parametrize(("text", "wanted"), BOUNDS)
def test_the_comparisons_that_the_words_around_a_figure_allow(text: str, wanted: str) -> None:
    [figure] = read_clause(text).figures
    assert " ".join(sorted(figure.allowed)) == wanted


def test_only_the_beginning_of_a_very_long_clause_is_read() -> None:
    assert [one.value for one in read_clause("9" * 100_000).figures] == [Fraction("9" * 15)] * (MAX_CLAUSE // 15) + [Fraction("9" * (MAX_CLAUSE % 15))]
