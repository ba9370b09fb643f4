"""A month of reference rates over HTTP: decimal fractions, and refusals in the words of the request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.drafts.conftest import Office

ADDRESS = "/v1/reference-rates"


def month(**changes: Any) -> dict[str, Any]:
    """September's rates; the last published ones are 3.00% and 3.50%, of 2026-08-20."""
    values = {"LPR_1Y": "0.0300", "LPR_5Y": "0.0350"}
    return {"on": "2026-09-21", "values": values, "holds_until": "2026-10-20"} | changes


@pytest.mark.parametrize(
    ("sent", "stored"), [("0.0300", "3.00%"), ("0.03", "3.00%"), ("0.0325", "3.25%"), ("0.02875", "2.875%"), ("0.03000001", "3.000001%")]
)
def test_a_rate_is_a_decimal_fraction(office: Office, sent: str, stored: str) -> None:
    """Its draft says what a table file says; what is published is read again as it was sent."""
    response = office.call("li", "POST", ADDRESS, month(values={"LPR_1Y": sent}))
    assert response.status_code == 201, response.text
    assert response.json()["content"]["series"][0]["add"][0]["value"] == stored
    draft, etag = response.headers["location"], response.headers["etag"]
    for step in ("approve", "publish"):
        etag = office.step("wang", draft, etag, step).headers["etag"]
    address = f"{ADDRESS}/LPR_1Y?on=2026-09-21"
    office.wait_until(lambda: office.client.get(address).status_code == 200)
    value = office.client.get(address).json()["value"]
    assert (value["on"], value["value"]) == ("2026-09-21", sent.rstrip("0"))


@pytest.mark.parametrize("typed", ["3.00", "3", "3.00%", "0,03", "3e-2", "0.030000001", " 0.03", "+0.03", ".03", "０.０３"])
def test_a_percentage_is_told_what_would_be_right(office: Office, typed: str) -> None:
    response = office.call("li", "POST", ADDRESS, month(values={"LPR_1Y": typed}))
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/values/LPR_1Y", "INVALID_RATE")
    assert "3.00% 写作 0.0300" in error["detail"]
    english = office.call("li", "POST", ADDRESS, month(values={"LPR_1Y": typed}), **{"Accept-Language": "en"}).json()
    assert "3.00% is 0.0300" in english["errors"][0]["detail"]


def test_a_number_is_no_rate(office: Office) -> None:
    response = office.call("li", "POST", ADDRESS, month(values={"LPR_1Y": 0.03}))
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/values/LPR_1Y", "INVALID_TYPE")]


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.mark.parametrize(
    ("changes", "pointers", "said"),
    [
        ({"on": "2026-08-20", "holds_until": "2026-09-21"}, ["/on"], "2026-08-20 has a value already"),
        ({"on": "2026-08-19"}, ["/on"], "Earlier than the last publication, 2026-08-20"),
        ({"on": TOMORROW, "holds_until": "2100-01-01"}, ["/on"], "has not come yet"),
        ({"values": {"LPR_1Y": "0.0250"}}, ["/values/LPR_1Y"], "Far from the last value, 3.00%; where it is right, say confirmed: true"),
        ({"values": {"LPR_1Y": "0.03", "LPR_5Y": "0.0400"}}, ["/values/LPR_5Y"], "Far from the last value, 3.50%"),
        ({"values": {"LPR_3Y": "0.03"}}, ["/values/LPR_3Y"], "The series is not published yet"),
        ({"holds_until": "2026-09-21"}, ["/holds_until"], ""),
    ],
)
def test_what_is_refused_points_into_the_request(office: Office, changes: dict[str, Any], pointers: list[str], said: str) -> None:
    response = office.call("li", "POST", ADDRESS, month(**changes), **{"Accept-Language": "en"})
    assert (response.status_code, response.json()["code"]) == (422, "DRAFT_FAULTY")
    assert [one["pointer"] for one in response.json()["errors"]] == pointers
    assert all(said in one["detail"] for one in response.json()["errors"])


def test_a_confirmation_is_the_boolean_true(office: Office) -> None:
    far = month(values={"LPR_1Y": "0.0250"})
    refused = office.call("li", "POST", ADDRESS, far).json()["errors"][0]["detail"]
    assert refused == "与上一公布值 3.00% 相差过大；确认无误请写 confirmed: true"
    assert office.call("li", "POST", ADDRESS, far | {"confirmed": "true"}).json()["errors"][0]["pointer"] == "/confirmed"
    assert office.call("li", "POST", ADDRESS, far | {"confirmed": True}).status_code == 201
