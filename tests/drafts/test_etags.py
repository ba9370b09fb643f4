"""A table's ETag is its digest, a batch's too; both change with everything that is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session

from app.api.drafts.examples import BEGIN
from app.tables.loading.loader import load
from app.tables.storage.database import engine_of
from tests.contract.requests import INSURANCE, insurance
from tests.drafts.conftest import Office
from tests.storage.notices import overlay

TABLE = "bj-gjj-2025-1-11"
ADDRESS = f"/v1/rate-tables/{TABLE}"
END = {"rate_table": TABLE, "version": "1", "last_day": "2026-12-31", "reason": "办法到期"}
WITHDRAWN = {"rate_table": TABLE, "version": "1", "reason": "依据的通知已废止"}


def test_the_etag_of_a_table_is_the_digest_that_answers_name(office: Office) -> None:
    answer = office.client.post(INSURANCE, json=insurance()).json()
    digest = answer["provenance"]["rate_table"]["digest"]
    for address in (ADDRESS, f"{ADDRESS}?as_of=2025-03-10", f"{ADDRESS}/versions/1"):
        response = office.client.get(address)
        assert (response.json()["digest"], response.headers["etag"]) == (digest, f'"{digest}"')


def test_every_published_table_and_batch_has_its_digest_as_etag(office: Office) -> None:
    tables = [f"/v1/rate-tables/{one['id']}" for one in office.client.get("/v1/rate-tables").json()["rate_tables"] if one["loaded"]]
    batches = [f"/v1/batches/{one['id']}" for one in office.client.get("/v1/batches").json()["batches"]]
    tags = set()
    for address in (*tables, *batches):
        response = office.client.get(address, headers={"Accept-Encoding": "identity"})
        assert response.headers["etag"] == f'"{response.json()["digest"]}"', address
        tags.add(response.headers["etag"])
    assert len(tags) == len(tables) + len(batches)


@pytest.mark.parametrize(
    "body",
    [
        BEGIN["content"]["value"],
        {"kind": "END_OF_VALIDITY", "target": TABLE, "content": END},
        {"kind": "WITHDRAWAL", "target": TABLE, "content": WITHDRAWN},
    ],
    ids=["followed", "ended", "withdrawn"],
)
def test_a_version_that_stands_otherwise_is_not_304(office: Office, body: dict[str, object]) -> None:
    """Whoever kept the version as it stood is told how it stands now; its digest stays, for what it says is the same."""
    before = office.client.get(f"{ADDRESS}/versions/1")
    office.publish(body)
    after = office.client.get(f"{ADDRESS}/versions/1", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["digest"] == before.json()["digest"]
    again = office.client.get(f"{ADDRESS}/versions/1", headers={"If-None-Match": after.headers["etag"]})
    assert again.status_code == 304


def test_the_new_version_has_its_own_digest_as_etag(office: Office) -> None:
    office.publish(BEGIN["content"]["value"])
    response = office.client.get(f"{ADDRESS}/versions/2")
    assert response.headers["etag"] == f'"{response.json()["digest"]}"'


def test_rules_of_the_fund_that_came_later_are_not_304(office: Office, tmp_path: Path) -> None:
    """A release brings new management measures, dated like any others: the table is shown with them."""
    before = office.client.get(ADDRESS)
    fund = next(one for one in office.client.get("/v1/funds").json()["funds"] if one["id"] == "bj-gjj")
    text = f"funds:\n  - id: bj-gjj\n    title: {fund['title']}\n    overlays:\n" + overlay("bj-gjj-new", "2026-10-01", "open", "{}")
    (tmp_path / "funds.yaml").write_text(text, encoding="utf-8")
    engine = engine_of(office.service.url)
    with Session(engine) as session:
        load(session, [tmp_path])
    engine.dispose()
    office.wait_until(lambda: len(office.client.get(ADDRESS).json()["overlays"]) > len(before.json()["overlays"]))
    after = office.client.get(ADDRESS, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["digest"]) == (200, before.json()["digest"])


def test_a_batch_with_one_more_direction_is_not_304(office: Office) -> None:
    """Standards of a direction that had none are published: the notice of the batch is the same, what is shown is not."""
    address = "/v1/batches/bj-gjj-2025-1"
    before = office.client.get(address)
    empty = next(one for one in before.json()["directions"] if not one["loaded"])
    version = BEGIN["content"]["value"]["content"]["version"]
    content = {"batch": "bj-gjj-2025-1", "direction": {"method": "INSURANCE"}, "version": version}
    office.publish({"kind": "RATE_TABLE", "target": empty["rate_table"], "content": content})
    after = office.client.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert next(one for one in after.json()["directions"] if one["rate_table"] == empty["rate_table"])["loaded"]
    assert after.headers["etag"] == f'"{after.json()["digest"]}"' != before.headers["etag"]


def test_a_step_is_taken_upon_either_form(office: Office) -> None:
    """Of a draft whose answer was compressed, and of one whose answer was not."""
    large = {"kind": "BATCH", "target": "bj-gjj-2027-1", "content": {"authority": "long " * 5_000}}
    for accepted, suffix in (("gzip", "-gzip"), ("identity", "")):
        for sent in ("-gzip", ""):
            begun = office.call("li", "POST", "/v1/drafts", large, **{"Accept-Encoding": accepted})
            tag = begun.headers["etag"].strip('"')
            assert tag.endswith("-gzip") == bool(suffix)
            given = f'"{tag.removesuffix("-gzip")}{sent}"'
            other = given.replace("1-draft", "2-draft")
            assert office.call("li", "DELETE", begun.headers["location"], **{"If-Match": other}).status_code == 412
            gone = office.call("li", "DELETE", begun.headers["location"], **{"If-Match": given})
            assert gone.status_code == 200, gone.text


@pytest.mark.parametrize(
    "body",
    [
        BEGIN["content"]["value"],
        {"kind": "END_OF_VALIDITY", "target": TABLE, "content": END},
        {"kind": "WITHDRAWAL", "target": TABLE, "content": WITHDRAWN},
    ],
    ids=["followed", "ended", "withdrawn"],
)
def test_lists_are_others_after_a_publication(office: Office, body: dict[str, object]) -> None:
    addresses = "/v1/rate-tables", f"{ADDRESS}/versions", "/v1/batches", "/v1/funds", "/v1/reference-rates"
    whole = {"Accept-Encoding": "identity"}
    before = {office.client.get(address, headers=whole).headers["etag"] for address in addresses}
    office.publish(body)
    seen = whole | {"If-None-Match": ", ".join(before)}
    after = {office.client.get(address, headers=seen).headers["etag"] for address in addresses}
    assert len(before) == len(after) == 1
    assert not before & after
    assert office.client.get(f"{ADDRESS}/versions", headers=seen).status_code == 200
