"""What the document shows of officers' operations is what they answer."""

from __future__ import annotations

from typing import Any

import pytest

from app.api.drafts.examples import BEGIN
from app.api.openapi.operation_examples import EXAMPLES, Example
from tests.access.conftest import issued
from tests.drafts.conftest import Office


def shown(response: Any, example: Example) -> None:
    """The answer is of the example's status and has its members; a problem says the same, a draft stands in the same state."""
    assert response.status_code == example.status, response.text
    answer: dict[str, Any] = response.json()
    assert answer.keys() == example.answer.keys()
    same = ("code", "title", "detail", "type") if example.status >= 400 else ("kind", "target", "state", "revision", "authors", "note", "content")
    for name in same:
        if name in answer:
            assert answer[name] == example.answer[name], name
    assert [(one["kind"], one["actor"]) for one in answer.get("steps", ())] == [
        (one["kind"], one["actor"]) for one in example.answer.get("steps", ())
    ]


def test_a_draft_from_step_to_step(office: Office) -> None:
    draft, etag = office.begin("li", BEGIN["content"]["value"])
    shown(office.call("li", "GET", draft), EXAMPLES["get_draft"]["ordinary"])
    shown(office.call("li", "GET", "/v1/drafts/0000000000000000"), EXAMPLES["get_draft"]["unknown"])
    shown(office.call("li", "GET", f"{draft}/report"), EXAMPLES["report_draft"]["ordinary"])
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        shown(office.call(who, "POST", f"{draft}/{name}"), EXAMPLES[f"{name}_draft"]["unseen"])
        response = office.step(who, draft, etag, name)
        shown(response, EXAMPLES[f"{name}_draft"]["ordinary"])
        etag = response.headers["etag"]


def test_a_draft_that_is_given_up(office: Office) -> None:
    draft, etag = office.begin("li", BEGIN["content"]["value"])
    shown(office.call("li", "DELETE", draft), EXAMPLES["discard_draft"]["unseen"])
    shown(office.call("li", "DELETE", draft, **{"If-Match": etag}), EXAMPLES["discard_draft"]["ordinary"])


def test_the_report_of_a_draft_with_a_fault(office: Office) -> None:
    said = BEGIN["content"]["value"]
    version = said["content"]["version"] | {"effective": {"first_day": None, "last_day": "open"}}
    draft, _ = office.begin("li", said | {"content": said["content"] | {"version": version}})
    report = office.call("li", "GET", f"{draft}/report").json()
    example = EXAMPLES["report_draft"]["faulty"].answer
    assert report.keys() == example.keys()
    assert (report["publishable"], example["faults"][0] in report["faults"]) == (False, True)


@pytest.mark.parametrize("name", EXAMPLES["list_drafts"])
def test_drafts_are_listed(office: Office, name: str) -> None:
    draft, etag = office.begin("li", BEGIN["content"]["value"])
    office.step("li", draft, etag, "check")
    listed = office.client.get("/v1/drafts", params=EXAMPLES["list_drafts"][name].given, headers={"Authorization": f"Bearer {office.secrets['li']}"})
    assert [one["target"] for one in listed.json()["drafts"]] == ["bj-gjj-2025-1-11"]


def test_keys_and_the_log(office: Office) -> None:
    admin = issued(office.service.url, "keys:admin", "audit:read", owner="root")
    spare = issued(office.service.url, "calculate", owner="zhang.wei@example.cn")
    office.secrets["root"] = admin.secret
    office.wait_until(lambda: office.call("root", "GET", "/v1/keys").status_code == 200)
    [example] = EXAMPLES["list_keys"]["ordinary"].answer["keys"]
    listed = office.call("root", "GET", "/v1/keys").json()["keys"]
    assert all(one.keys() == example.keys() and one["secrets"][0].keys() == example["secrets"][0].keys() for one in listed)
    assert office.call("root", "DELETE", f"/v1/keys/{spare.key_id}").status_code == EXAMPLES["revoke_key"]["ordinary"].status
    shown(office.call("root", "DELETE", "/v1/keys/0000000000000000"), EXAMPLES["revoke_key"]["unknown"])
    revoked = next(one for one in office.call("root", "GET", "/v1/keys").json()["keys"] if one["id"] == spare.key_id)
    [example] = EXAMPLES["list_keys"]["revoked"].answer["keys"]
    assert (revoked["status"], revoked["revoked_at"] is None) == (example["status"], False)
    for one in EXAMPLES["read_audit"].values():
        page = office.client.get("/v1/audit", params=one.given, headers={"Authorization": f"Bearer {admin.secret}"})
        assert page.status_code == one.status
