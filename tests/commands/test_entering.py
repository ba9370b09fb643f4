"""What is entered in one call: a withdrawal, an end of validity, a month of reference rates."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.tables.storage import models
from tests.access.conftest import HERE
from tests.commands.conftest import MONTH, TABLE, Desk, entered, step


def published(desk: Desk, said: str) -> TestClient:
    """Let wang approve and publish what li entered; a service that starts then."""
    made = entered(said)
    for name in ("approve", "publish"):
        step(desk, "wang", name, made)
    return TestClient(create_app(Settings(database_url=desk.url)), client=HERE, base_url="http://localhost")


def test_a_withdrawal(desk: Desk) -> None:
    said = desk.done("li", "tables", "draft", "withdraw", "bj-gjj-2025-3-1", "2", "--reason", "依据的通知已废止")
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


WITH_EXAMPLES = ["bj-equip-2024-0-1", "bj-sme-2025-0-1", "cn-consumer-2025-0-1", "cn-consumer-2026-0-1", "cn-service-2025-0-1"]
"""The published tables of loans that carry examples: a series may change what any loan comes to."""


def test_a_month_of_rates_is_one_command(desk: Desk) -> None:
    said = desk.done("li", *MONTH, "LPR_5Y=3.50%")
    report = desk.done("wang", "tables", "draft", "report", entered(said)).splitlines()[2:]
    effects = [line for line in report if " 所附 " in line]
    assert [line.split()[1] for line in effects] == WITH_EXAMPLES
    assert all("增减 0.00 元" in line for line in effects)  # none of these loans reads a day after August
    assert report[: len(report) - len(effects)] == [
        "• LPR_1Y 2026-09-21 公布 3.00%（此前 2026-08-20 为 3.00%，不变） / LPR_1Y: 3.00% published on 2026-09-21 (3.00% on 2026-08-20 before it, the same)",
        "• LPR_1Y 有效至 2026-10-20（不含） / LPR_1Y is valid until 2026-10-20, exclusive",
        "• LPR_5Y 2026-09-21 公布 3.50%（此前 2026-08-20 为 3.50%，不变） / LPR_5Y: 3.50% published on 2026-09-21 (3.50% on 2026-08-20 before it, the same)",
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
    """Two values at first, far apart and confirmed; then the second is another, the first is gone and a third has come."""
    path = tmp_path / "series.yaml"
    rows = [[("2026-01-02", "3%"), ("2026-02-02", "4%")], [("2026-02-02", "4.5%"), ("2026-03-02", "5%")]]
    told = []
    for some in rows:
        path.write_text(SERIES % ", ".join(f"{{on: '{on}', value: {value}, confidence: read, confirmed: 'true'}}" for on, value in some), encoding="utf-8")
        made = desk.begin("li", "reference_rate", "XX_RATE", "--content", str(path))
        report = [line.split(" / ")[1] for line in desk.done("li", "tables", "draft", "report", made).splitlines()[2:]]
        told.append([line for line in report if " examples: from " not in line])
        for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
            step(desk, who, name, made)
    valid = "XX_RATE is valid until 2026-12-01, exclusive"
    assert told == [
        [
            "XX_RATE is new: 2 values from 2026-01-02 to 2026-02-02; “t”, officially published",
            "XX_RATE: 3% published on 2026-01-02",
            "XX_RATE: 4% published on 2026-02-02 (3% on 2026-01-02 before it, +1 percentage points)",
            valid,
        ],
        [
            "XX_RATE of 2026-02-02: corrected from 4% to 4.5%, +0.5 percentage points",
            "XX_RATE: 5% published on 2026-03-02 (4.5% on 2026-02-02 before it, +0.5 percentage points)",
            "XX_RATE of 2026-01-02: 3% is taken away",
            valid,
        ],
    ]
