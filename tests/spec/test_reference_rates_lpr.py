"""The published LPR: every row, its first and last day, how long the last holds, and rows that were not read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.claims import Body, answer, post
from tests.spec.small_tables import segments

# Days of publication: the 20th of each month, or the working day that followed; from August 2019 to August 2026.
LATER = {
    "2019-10": 21, "2020-06": 22, "2020-09": 21, "2020-12": 21, "2021-03": 22, "2021-06": 21, "2021-09": 22, "2021-11": 22,
    "2022-02": 21, "2022-03": 21, "2022-08": 22, "2022-11": 21, "2023-05": 22, "2023-08": 21, "2024-01": 22, "2024-04": 22,
    "2024-07": 22, "2024-10": 21, "2025-04": 21, "2025-07": 21, "2025-09": 22, "2025-12": 22, "2026-02": 24, "2026-06": 22,
}  # fmt: skip
MONTHS = [f"{year}-{month:02}" for year in range(2019, 2027) for month in range(1, 13)]
DAYS = [f"{month}-{LATER.get(month, 20)}" for month in MONTHS if "2019-08" <= month <= "2026-08"]

# Days on which the value changed; all other publications repeated it.
CHANGES = {
    "LPR_1Y": {
        "2019-08-20": "0.0425", "2019-09-20": "0.042", "2019-11-20": "0.0415", "2020-02-20": "0.0405", "2020-04-20": "0.0385",
        "2021-12-20": "0.038", "2022-01-20": "0.037", "2022-08-22": "0.0365", "2023-06-20": "0.0355", "2023-08-21": "0.0345",
        "2024-07-22": "0.0335", "2024-10-21": "0.031", "2025-05-20": "0.03",
    },
    "LPR_5Y": {
        "2019-08-20": "0.0485", "2019-11-20": "0.048", "2020-02-20": "0.0475", "2020-04-20": "0.0465", "2022-01-20": "0.046",
        "2022-05-20": "0.0445", "2022-08-22": "0.043", "2023-06-20": "0.042", "2024-02-20": "0.0395", "2024-07-22": "0.0385",
        "2024-10-21": "0.036", "2025-05-20": "0.035",
    },
}  # fmt: skip
IMPLIED = {"2026-05-20", "2026-07-20", "2026-08-20"}  # inferred from reports that the rate was unchanged
NAMES = {"LPR_1Y": "一年期贷款市场报价利率", "LPR_5Y": "五年期以上贷款市场报价利率"}


def shown(client: httpx.Client, series: str, on: str | None = None) -> httpx.Response:
    """The series as the service shows it, perhaps with the value of a day."""
    return client.get(f"/v1/reference-rates/{series}", params={"on": on} if on else {})


@pytest.mark.parametrize("series", ["LPR_1Y", "LPR_5Y"])
def test_every_published_row(client: httpx.Client, series: str) -> None:
    """85 publications of the 全国银行间同业拆借中心, each with its value and how it is known."""
    expected, value = [], ""
    for day in DAYS:
        value = CHANGES[series].get(day, value)
        expected.append({"on": day, "value": value, "confidence": "implied" if day in IMPLIED else "read"})
    assert len(expected) == 85
    assert shown(client, series).json()["rows"] == expected


@pytest.mark.parametrize("series", ["LPR_1Y", "LPR_5Y"])
def test_where_the_series_comes_from(client: httpx.Client, series: str) -> None:
    """What a reader needs to check it: name, source, first and last publication, how long the last value holds."""
    found = shown(client, series).json()
    assert (found["title"], found["source"], found["authority"]) == (NAMES[series], "全国银行间同业拆借中心", "repost")
    assert (found["first_on"], found["last_on"], found["holds_until"]) == ("2019-08-20", "2026-08-20", "2026-09-21")


@pytest.mark.parametrize(
    ("on", "of", "one_year", "five_years", "working"),
    [
        ("2019-08-20", "2019-08-20", "0.0425", "0.0485", "the first publication"),
        ("2019-09-19", "2019-08-20", "0.0425", "0.0485", "the day before the second"),
        ("2019-09-20", "2019-09-20", "0.042", "0.0485", "the second: one year lower, five years the same"),
        ("2024-10-20", "2024-09-20", "0.0335", "0.0385", "a Sunday: published on the 21st"),
        ("2024-10-21", "2024-10-21", "0.031", "0.036", "the day of publication has the new value"),
        ("2026-02-23", "2026-01-20", "0.03", "0.035", "holidays: published on the 24th"),
        ("2026-02-24", "2026-02-24", "0.03", "0.035", "the day of publication"),
        ("2026-08-20", "2026-08-20", "0.03", "0.035", "the last publication"),
        ("2026-09-20", "2026-08-20", "0.03", "0.035", "the last day on which it holds"),
    ],
)
def test_the_value_of_a_day(client: httpx.Client, on: str, of: str, one_year: str, five_years: str, working: str) -> None:
    """D14: the last one published on or before it."""
    for series, value in (("LPR_1Y", one_year), ("LPR_5Y", five_years)):
        found = shown(client, series, on).json()["value"]
        assert (found["on"], found["value"]) == (of, value), working


@pytest.mark.parametrize("series", ["LPR_1Y", "LPR_5Y"])
@pytest.mark.parametrize("on", ["2019-08-19", "2026-09-21", "2030-01-01"])
def test_a_day_without_a_value_is_an_error(client: httpx.Client, series: str, on: str) -> None:
    """D18: neither the first value before its day nor the last for ever; the error says what there is."""
    response = shown(client, series, on)
    assert (response.status_code, response.json()["code"]) == (422, "REFERENCE_RATE_NOT_COVERED")
    assert all(day in response.json()["detail"] for day in ("2019-08-20", "2026-08-20", "2026-09-21"))


def equipment(drawn_on: str, reset_on: str, series: str = "LPR_1Y") -> Body:
    """An equipment loan of 12,000,000 yuan that is reset once; its rate decides, for it is below 2.5%."""
    rate: dict[str, Any] = {"kind": "FLOATING", "series": series, "spread": "-0.0150", "reset": "LISTED", "reset_dates": [reset_on]}
    one = loan(
        loan_type="EQUIPMENT",
        signed_on="2024-12-31",
        drawn=[(drawn_on, "12000000.00")],
        matures_on="2027-12-31",
        rate=rate,
        measures={"equipment_renewal": True},
    )
    return {"rate_table": "bj-equip-2024-0-1", "application_date": "2027-01-15", "contracts": [one]}


@pytest.mark.parametrize(("series", "before", "after"), [("LPR_1Y", "0.016", "0.015"), ("LPR_5Y", "0.021", "0.02")])
def test_a_loan_reads_the_published_value(client: httpx.Client, series: str, before: str, after: str) -> None:
    """贷款实际利率低于2.5%的按实际利率贴息: drawn 2025-05-19 at 3.10% (3.60%) − 1.50%, reset a day later at 3.00% (3.50%) − 1.50%."""
    found = answer(client, "LOAN_INTEREST", equipment("2025-05-19", "2025-05-20", series))
    assert segments(found, "from", "subsidised_rate") == [("2025-05-19", before), ("2025-05-20", after)]
    assert [one["series"] for one in found["provenance"]["reference_rates"]] == [series]


@pytest.mark.parametrize(
    ("reset_on", "implied"),
    [
        ("2026-05-19", []),
        ("2026-05-20", ["2026-05-20"]),
        ("2026-06-21", ["2026-05-20"]),
        ("2026-06-22", []),
        ("2026-07-19", []),
        ("2026-07-20", ["2026-07-20"]),
        ("2026-08-19", ["2026-07-20"]),
        ("2026-08-20", ["2026-08-20"]),
        ("2026-09-20", ["2026-08-20"]),
    ],
)
def test_a_row_that_was_not_read_gives_a_warning(client: httpx.Client, reset_on: str, implied: list[str]) -> None:
    """D18: implied, for the report said only that nothing changed. Only the rows that were used are named."""
    found = answer(client, "LOAN_INTEREST", equipment("2025-05-20", reset_on))
    told = [one["message"] for one in found["warnings"] if one["code"] == "REFERENCE_RATE_CONFIDENCE"]
    assert len(told) == len(implied)
    assert all(f"LPR_1Y {day}" in text and "由上下文推知" in text for day, text in zip(implied, told, strict=True))


@pytest.mark.parametrize(
    ("drawn_on", "reset_on", "status"),
    [("2025-05-20", "2026-09-20", 200), ("2025-05-20", "2026-09-21", 422), ("2025-05-20", "2027-06-01", 200)],
    ids=["the last day that is covered", "the first that is not", "after the two years: nothing depends on it"],
)
def test_a_loan_that_needs_an_uncovered_day_is_not_calculated(client: httpx.Client, drawn_on: str, reset_on: str, status: int) -> None:
    """D18: an error that names the last publication, and only where the rate decides an amount."""
    response = post(client, "LOAN_INTEREST", equipment(drawn_on, reset_on))
    assert response.status_code == status, response.text
    if status == 422:
        assert response.json()["code"] == "REFERENCE_RATE_NOT_COVERED"
        assert "2026-08-20" in response.json()["detail"]
