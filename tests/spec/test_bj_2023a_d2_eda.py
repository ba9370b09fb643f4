"""EDA software, 2023 first batch, direction 2 (bj-gjj-2023-1-2): the text breaks off before the share, so nothing is calculated."""

from __future__ import annotations

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, applicant, item, post

TABLE = "bj-gjj-2023-1-2"


def claim(*items: Body, on: str = "2023-04-10") -> Body:
    """A claim for these purchases."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(), "items": list(items)}


@pytest.mark.parametrize("bought", ["0.00", "0.01", "1000000.00"])
def test_the_share_was_not_seen(client: httpx.Client, bought: str) -> None:
    """按照实…: an amount is never guessed (D37), whatever was bought."""
    assert refused(client, "AWARD", claim(item(bought))) == [("/items/0", "STANDARD_NOT_LOADED")]


def test_what_is_known_is_shown(client: httpx.Client) -> None:
    """The words that were read, and what they leave open."""
    found = client.get(f"/v1/rate-tables/{TABLE}").json()
    (line,) = found["terms"]["lines"]
    assert (line["base"], line["rate"]) == ("base_amount", "unknown")
    assert line["clause"].endswith("按照实…")
    assert [one["clause"] for one in found["terms"]["not_decided"]] == ["按照实…", "购买符合条件的eda设计工具软件（含软件升级费用）"]


@pytest.mark.parametrize(("on", "code"), [("2023-02-23", "NO_VERSION_IN_FORCE"), ("2023-02-24", "STANDARD_NOT_LOADED")])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, code: str) -> None:
    """The guide is dated 2023-02-24."""
    assert post(client, "AWARD", claim(item("100.00"), on=on)).json()["code"] == code
