"""Under which names the service answers: a page of another site whose name was bound to this machine gets nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from app.main import create_app
from app.settings import Settings
from tests.access.conftest import Service, bearer, issued, started
from tests.conftest import served

LOOPBACK = ["localhost", "LOCALHOST", "localhost.", "localhost:8000", "127.0.0.1", "127.0.0.1:8000", "127.9.9.9", "[::1]", "[::1]:8000"]
OTHERS = ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.nip.io", "192.0.2.7", "[2001:db8::1]", "0.0.0.0", "a b", ""]


@pytest.fixture
def service(own_database: str) -> Iterator[Service]:
    with started(own_database) as running:
        yield running


@pytest.mark.parametrize("host", LOOPBACK)
def test_a_loopback_name_is_answered_and_trusted(service: Service, host: str) -> None:
    assert service.here.get("/v1/funds", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", OTHERS)
def test_another_name_is_refused_before_anything_else(service: Service, own_database: str, host: str) -> None:
    """Also the documentation, and also with a right key: what a browser was led to is not the service."""
    key = bearer(issued(own_database, "tables:read").secret)
    for path, headers in (("/v1/funds", {}), ("/v1/funds", key), ("/docs", {}), ("/nowhere", {})):
        answer = service.here.get(path, headers=headers | {"Host": host, "Accept-Language": "en"})
        assert (answer.status_code, answer.json()["code"]) == (421, "HOST_NOT_ALLOWED")
        assert "SUBSIDY_ALLOWED_HOSTS" in answer.json()["detail"]
        assert host == "" or host not in answer.text
    assert service.here.get("/health/live", headers={"Host": host}).status_code == 200


def test_a_name_that_is_allowed_is_answered_but_not_trusted(own_database: str) -> None:
    """Whoever asks under it comes through a gateway, and may be anywhere."""
    key = bearer(issued(own_database, "tables:read").secret)
    with started(own_database, allowed_hosts="Subsidy.example.cn, 192.0.2.7") as service:
        for host in ("subsidy.example.cn", "SUBSIDY.example.cn:443", "192.0.2.7"):
            refused = service.here.get("/v1/funds", headers={"Host": host, "Accept-Language": "en"})
            assert refused.status_code == 401
            assert refused.json()["detail"].startswith("The request is not addressed to localhost or a loopback address (Host), so it is not")
            assert service.here.get("/v1/funds", headers=key | {"Host": host}).status_code == 200
        assert service.here.get("/v1/funds", headers={"Host": "evil.example"}).status_code == 421
        assert service.here.get("/v1/funds").status_code == 200


def test_where_every_call_needs_a_credential_any_name_is_answered_unless_some_are_listed(own_database: str) -> None:
    """A page of another site has no credential to show; the list then only says what the gateway passes on."""
    key = bearer(issued(own_database, "tables:read").secret)
    with started(own_database, authentication="required") as service:
        assert service.here.get("/v1/funds", headers=key | {"Host": "anything.example"}).status_code == 200
        assert service.here.get("/v1/funds", headers={"Host": "anything.example"}).status_code == 401
    with started(own_database, authentication="required", allowed_hosts="subsidy.example.cn") as service:
        assert service.here.get("/v1/funds", headers=key | {"Host": "anything.example"}).status_code == 421
        assert service.here.get("/v1/funds", headers=key | {"Host": "subsidy.example.cn"}).status_code == 200


@pytest.mark.parametrize("text", ["a b", "http://a", "a:80", "*", "a/b"])
def test_what_cannot_be_a_name_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match="is no name or address"):
        Settings(allowed_hosts=text)


@pytest.mark.parametrize("hosts", [b"", b"Host: localhost\r\nHost: evil.example\r\n", b"Host: evil.example\r\nHost: localhost\r\n"])
def test_none_and_two_hosts_are_refused(own_database: str, hosts: bytes) -> None:
    """A gateway may have looked at the other one."""
    with served(create_app(Settings(database_url=own_database))) as address:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            connection.sendall(b"GET /v1/funds HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"rate_table" not in answer


def test_a_default_proxy_sends_neither_header_nor_name(own_database: str, tmp_path: Path) -> None:
    """What nginx passes on by default looks like a caller on the machine: such a deployment sets ``required``."""
    default_nginx = {"Host": "127.0.0.1:8000", "Connection": "close"}
    with started(own_database) as service:
        assert service.here.get("/v1/funds", headers=default_nginx).status_code == 200
    with started(own_database, authentication="required") as service:
        assert service.here.get("/v1/funds", headers=default_nginx).status_code == 401
