"""A month of reference rates over HTTP: decimal fractions, and refusals in the words of the request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.services.rate_entry import percentage
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


# --- D101: a series of numbers --------------------------------------------------------------------------


def dollar(**changes: Any) -> dict[str, Any]:
    """The draft of a new series: the yuan's rate against the dollar."""
    rows = [{"on": "2026-11-02", "value": "7.0871", "confidence": "read"}]
    whole = {"title": "美元兑人民币中间价", "source": "中国外汇交易中心", "authority": "official", "values_are": "NUMBER"}
    series = whole | {"series": "USD_CNY", "holds_until": "2026-12-01", "rows": rows} | changes
    return {"kind": "REFERENCE_RATE", "target": "USD_CNY", "content": {"series": [series]}}


def rate_of(office: Office, on: str) -> dict[str, Any]:
    """What is published of the series on a day."""
    address = f"{ADDRESS}/USD_CNY?on={on}"
    office.wait_until(lambda: office.client.get(address).status_code == 200 and office.client.get(address).json()["value"] is not None)
    found: dict[str, Any] = office.client.get(address).json()
    return found


def later(value: str, **changes: Any) -> dict[str, Any]:
    """The next publication of the number."""
    return {"on": "2026-11-30", "values": {"USD_CNY": value}, "holds_until": "2027-01-04"} | changes


def test_D101_a_number_is_entered_as_a_number(office: Office) -> None:
    """Begun as a draft, added to by a month beside a percentage; read again as it was sent."""
    office.publish(dollar())
    shown = rate_of(office, "2026-11-02")
    assert (shown["values_are"], shown["value"]["value"]) == ("NUMBER", "7.0871")
    response = office.call("li", "POST", ADDRESS, later("7.1879"))
    assert response.status_code == 201, response.text
    assert response.json()["content"]["series"][0]["add"][0]["value"] == "7.1879"
    draft, etag = response.headers["location"], response.headers["etag"]
    for step in ("approve", "publish"):
        etag = office.step("wang", draft, etag, step).headers["etag"]
    shown = rate_of(office, "2026-11-30")
    assert (shown["values_are"], shown["value"]["value"], shown["version"]) == ("NUMBER", "7.1879", 2)


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"values": {"USD_CNY": "-0.5"}}, ("/values/USD_CNY", "INVALID_NUMBER")),
        ({"values": {"LPR_1Y": "3.00"}}, ("/values/LPR_1Y", "INVALID_RATE")),
        ({"values": {"USD_CNY": "7.44145501"}}, ("/values/USD_CNY", "DRAFT_FAULT")),  # 5% of 7.0871 above it and a little more
        ({"values": {"USD_CNY": "6.73274499"}}, ("/values/USD_CNY", "DRAFT_FAULT")),
        ({"values": {"USD_CNY": "0.0"}, "confirmed": True}, ("/values/USD_CNY", "DRAFT_FAULT")),
        ({"values": {"USD_CNY": "7.441455"}}, None),
        ({"values": {"USD_CNY": "6.732745"}}, None),
        ({"values": {"USD_CNY": "8"}, "confirmed": True}, None),
    ],
)
def test_D101_a_month_takes_each_value_as_its_series_has_it(office: Office, sent: dict[str, Any], refused: tuple[str, str] | None) -> None:
    office.publish(dollar())
    rate_of(office, "2026-11-02")
    response = office.call("li", "POST", ADDRESS, later("7") | sent)
    assert response.status_code == (201 if refused is None else 422), response.text
    if refused is not None:
        assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [refused]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("NUMBER", []),
        (None, []),
        ("PERCENT", ["/content/series/0/values_are"]),
    ],
)
def test_D101_what_the_values_of_a_series_are_never_changes(office: Office, said: str | None, faults: list[str]) -> None:
    office.publish(dollar())
    more = {"series": "USD_CNY", "holds_until": "2027-01-04", "add": [{"on": "2026-11-30", "value": "7.1"}]}
    again = {"kind": "REFERENCE_RATE", "target": "USD_CNY", "content": {"series": [more | ({} if said is None else {"values_are": said})]}}
    draft, etag = office.begin("li", again)
    response = office.step("li", draft, etag, "check")
    assert (response.status_code, [one["pointer"] for one in response.json().get("errors", [])]) == (422 if faults else 200, faults)


def reported(office: Office, body: dict[str, Any], language: str) -> list[str]:
    """What the report on a draft says in a language."""
    draft, _ = office.begin("li", body)
    found: list[str] = office.call("wang", "GET", f"{draft}/report", **{"Accept-Language": language}).json()["consequences"]
    return found


def test_a_new_series_is_reported_value_by_value_with_its_distance_from_the_last(office: Office) -> None:
    rows = [("2026-11-02", "7.0871"), ("2026-11-16", "7.1"), ("2026-11-30", "7.1")]
    body = dollar(rows=[{"on": on, "value": value, "confidence": "read"} for on, value in rows])
    assert reported(office, body, "zh") == [
        "USD_CNY 首次公布，2026-11-02 至 2026-11-30 共 3 个值；“美元兑人民币中间价”，正式公布",
        "USD_CNY 2026-11-02 公布 7.0871",
        "USD_CNY 2026-11-16 公布 7.1（此前 2026-11-02 为 7.0871，+0.0129）",
        "USD_CNY 2026-11-30 公布 7.1（此前 2026-11-16 为 7.1，不变）",
        "USD_CNY 有效至 2026-12-01（不含）",
    ]
    assert reported(office, body, "en")[2] == "USD_CNY: 7.1 published on 2026-11-16 (7.0871 on 2026-11-02 before it, +0.0129)"


def test_a_value_of_a_new_series_is_not_published_before_its_day(office: Office) -> None:
    row = {"on": TOMORROW, "value": "7.1", "confidence": "read"}
    draft, etag = office.begin("li", dollar(rows=[row], holds_until="2100-01-01"))
    refused = office.step("li", draft, etag, "check").json()["errors"]
    assert [(one["pointer"], one["detail"]) for one in refused] == [("/content/series/0/rows/0/on", f"{TOMORROW} 尚未到来")]


def test_a_correction_is_reported_with_how_far_it_moves(office: Office) -> None:
    rows = office.client.get(f"{ADDRESS}/LPR_5Y?limit=200").json()["rows"]
    said = [{"on": one["on"], "value": percentage(one["value"]), "confidence": one["confidence"]} for one in rows]
    assert said[-1]["value"] == "3.50%"
    said[-1]["value"] = "3.45%"
    body = {"kind": "REFERENCE_RATE", "target": "LPR_5Y", "content": {"series": [{"series": "LPR_5Y", "holds_until": "2026-09-21", "rows": said}]}}
    assert reported(office, body, "zh")[0] == "LPR_5Y 2026-08-20 由 3.50% 更正为 3.45%，-0.05 个百分点"
