"""Behind a gateway that publishes the service under a prefix, which it takes away or leaves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx
import pytest
from pydantic import ValidationError

from app.api.drafts.examples import BEGIN
from app.settings import Settings
from tests.access.conftest import Service, bearer, issued, started
from tests.contract.requests import INSURANCE, insurance

ROOT = "/gov/subsidy"


@pytest.fixture(scope="module")
def own(database: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """A database, and the header of an officer."""
    path = tmp_path_factory.mktemp("behind") / "own.db"
    shutil.copyfile(database.removeprefix("sqlite:///"), path)
    url = f"sqlite:///{path}"
    return url, bearer(issued(url, "tables:write").secret)


@pytest.fixture(scope="module")
def behind(own: tuple[str, dict[str, str]]) -> Iterator[Service]:
    """A service that knows its prefix."""
    with started(own[0], root_path=ROOT) as service:
        yield service


@pytest.mark.parametrize("sent", ["", ROOT])
def test_everything_is_answered_whether_the_prefix_is_taken_away_or_left(behind: Service, sent: str) -> None:
    for path in ("/health/live", "/health/ready", "/v1/funds", "/docs", "/docs/swagger", "/openapi.json", "/metrics"):
        assert behind.here.get(sent + path).status_code == 200
        assert behind.here.head(sent + path).status_code == 200
    assert behind.here.post(sent + INSURANCE, json=insurance()).json()["amount"] == "3000000.00"
    assert behind.here.post(f"{sent}{INSURANCE}/batch", json={**insurance(), "cases": [{"item_id": "A"}]}).json()["totals"]["ok"] == 1
    assert behind.here.get(sent + "/docs").headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")


@pytest.mark.parametrize("path", [ROOT, ROOT + "/", ROOT + "v1/funds", ROOT + ROOT + "/v1/funds", "/gov/v1/funds", "/subsidy/v1/funds"])
def test_what_only_looks_like_the_prefix_is_none(behind: Service, path: str) -> None:
    assert behind.here.get(path).status_code == 404


@pytest.mark.parametrize("sent", ["", ROOT])
def test_every_address_in_an_answer_holds_the_prefix(behind: Service, own: tuple[str, dict[str, str]], sent: str) -> None:
    """A caller can follow it as it stands."""
    english = {"Accept-Language": "en"}
    for path in ("/v1/keys", "/nowhere", "/v1/batches/nope"):
        assert behind.here.get(sent + path).json()["instance"] == ROOT + path
    assert behind.here.post(sent + INSURANCE, json={}).json()["instance"] == ROOT + INSURANCE
    cases = behind.here.post(f"{sent}{INSURANCE}/batch", json={"cases": [{"item_id": "A"}]}).json()["cases"]
    assert cases[0]["problem"]["instance"] == f"{ROOT}{INSURANCE}/batch"
    assert behind.here.get(sent + "/v1/funds/", headers=english).json()["detail"].endswith(f"there is {ROOT}/v1/funds")
    assert behind.here.get(sent + "/v1/fonds", headers=english).json()["detail"].endswith(f"listed in {ROOT}/docs and {ROOT}/openapi.json")
    begun = behind.here.post(sent + "/v1/drafts", json=BEGIN["content"]["value"], headers=own[1])
    assert begun.status_code == 201, begun.text
    assert begun.headers["location"] == f"{ROOT}/v1/drafts/{begun.json()['id']}"
    assert behind.here.get(begun.headers["location"], headers=own[1]).status_code == 200


def test_the_document_says_where_its_addresses_begin(behind: Service, client: httpx.Client) -> None:
    """Nothing else of it differs."""
    document = behind.here.get("/openapi.json").json()
    assert document.pop("servers") == [{"url": ROOT}]
    unprefixed = client.get("/openapi.json").json()
    assert unprefixed.pop("servers") == [{"url": "/"}]
    assert document == unprefixed


class Links(HTMLParser):
    """The addresses in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [str(value) for name, value in attrs if name in ("src", "href") and not str(value).startswith("data:")]


@pytest.mark.parametrize("page", ["/docs", "/docs/swagger"])
@pytest.mark.parametrize("prefix", ["", "/subsidy", "/a/b/c"])
def test_the_documentation_works_under_any_prefix_without_a_setting(client: httpx.Client, page: str, prefix: str) -> None:
    """The gateway takes it away, and the browser puts it before everything that the page asks for."""
    links = Links(client.get(page).text).found
    scripts = [link for link in links if link.endswith(".js")]
    assert len(scripts) == 2
    for link in links:
        asked = urljoin(f"https://gateway.example{prefix}{page}", link)
        assert asked.startswith(f"https://gateway.example{prefix}/docs/static/")
        assert client.get(asked.removeprefix(f"https://gateway.example{prefix}")).status_code == 200
    start = client.get(urljoin(page, scripts[-1])).text
    (document,) = re.findall(r'new URL\("([^"]+)", document\.baseURI\)', start)
    assert urljoin(f"https://gateway.example{prefix}{page}", document) == f"https://gateway.example{prefix}/openapi.json"


@pytest.mark.parametrize("text", ["", "/", "subsidy", "/subsidy/", "//a", "/a//b", "/a/../b", "/.", "/a b", "/a?b", "https://a/b", "/v1", "/docs/a", "/health", "/金"])
def test_what_can_be_no_prefix_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match="SUBSIDY_ROOT_PATH should look like /subsidy"):
        Settings(root_path=text)
