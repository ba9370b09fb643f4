"""Open source platforms, 2024 third batch, direction 2 (bj-gjj-2024-3-2): at most 2,000,000 for a platform."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, applicant, binding, grant, item, post, reasons, warnings
from tests.spec.small_tables import amounts

TABLE = "bj-gjj-2024-3-2"


def platform(no: str = "A-1", name: str = "P-1", **more: Any) -> Body:
    """A platform that the applicant set up in Beijing."""
    return item(no=no, measures={"platform_id": name, "set_up_in_beijing": True} | more)


def claim(*items: Body, on: str = "2024-06-03", **who: Any) -> Body:
    """A claim for these platforms."""
    return {"rate_table": TABLE, "application_date": on, "applicant": applicant(**who), "items": list(items)}


def test_a_platform_earns_at_most_2_million(client: httpx.Client) -> None:
    """给予不超过200万元的分档奖励: the tiers of annex 2 were not seen, so the most is answered, and said to be open."""
    found = answer(client, "AWARD", claim(platform()))
    assert (found["amount"], found["amount_kind"], binding(found)) == ("2000000.00", "MAXIMUM", [])
    assert "给予不超过200万元的分档奖励" in {one["clause"] for one in found["not_decided_here"]}
    assert "TABLE_AUTHORITY" not in warnings(found)


def test_one_platform_named_twice_earns_once(client: httpx.Client) -> None:
    """不超过200万元: two items of one platform, 4,000,000 -> 2,000,000, spread evenly; another spelling is the same platform."""
    found = answer(client, "AWARD", claim(platform(), platform("A-2", "p-1")))
    assert amounts(found) == {"A-1": "1000000.00", "A-2": "1000000.00"}
    assert binding(found) == ["PLATFORM_ID"]


def test_each_platform_has_its_own_limit(client: httpx.Client) -> None:
    """None for the enterprise was seen: 2,000,000 + 2,000,000."""
    assert answer(client, "AWARD", claim(platform(), platform("A-2", "P-2")))["amount"] == "4000000.00"


@pytest.mark.parametrize(
    ("name", "granted", "expected", "working"),
    [
        ("P-1", "0.01", "1999999.99", "2,000,000 − 0.01"),
        ("P-1", "1999999.99", "0.01", "2,000,000 − 1,999,999.99"),
        ("P-1", "2000000.00", "0.00", "nothing is left"),
        ("P-2", "2000000.00", "2000000.00", "another platform"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, name: str, granted: str, expected: str, working: str) -> None:
    """What the platform was granted in this batch takes room."""
    found = answer(client, "AWARD", claim(platform(), granted=[grant(TABLE, "2024-05-20", granted, platform_id=name)]))
    assert found["amount"] == expected, working
    assert ("CAP_USED" in reasons(found)) == (expected == "0.00")


def test_a_platform_elsewhere_earns_nothing(client: httpx.Client) -> None:
    """在京设立: the other one keeps its 2,000,000."""
    found = answer(client, "AWARD", claim(platform(set_up_in_beijing=False), platform("A-2", "P-2")))
    assert amounts(found) == {"A-1": "0.00", "A-2": "2000000.00"}
    assert reasons(found) == {"NOT_SET_UP_IN_BEIJING"}


def test_what_a_platform_must_say(client: httpx.Client) -> None:
    """Where it was set up; which it is, where there are several."""
    assert refused(client, "AWARD", claim(item(measures={"platform_id": "P-1"}))) == [
        ("/items/0/measures/set_up_in_beijing", "FACT_REQUIRED")
    ]
    nameless = item(no="A-2", measures={"set_up_in_beijing": True})
    assert refused(client, "AWARD", claim(platform(), nameless)) == [("/items/1/measures/platform_id", "FACT_REQUIRED")]


@pytest.mark.parametrize(("on", "status"), [("2024-04-29", 404), ("2024-04-30", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2024-04-30."""
    response = post(client, "AWARD", claim(platform(), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        assert response.json()["amount"] == "2000000.00"
