"""The provider's public keys: which are used, when they are read, and from where."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from pydantic import ValidationError

from app.access import oidc_tokens as tokens
from app.access.oidc_tokens import KeysUnavailableError, fault_of_source, fetch, read_set
from app.access.scopes import Actor
from app.settings import Settings
from tests.access.provider import AUDIENCE, ISSUER, PRIVATE, SET, UNKNOWN, Clock, Provider, checker, found, part, pem, public, run, token


def test_keys_that_are_not_to_be_used() -> None:
    """Symmetric, private, for encryption, short, another curve, another algorithm: left out; the others stay."""
    short = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key(), as_dict=True) | {"kid": "short"}
    curve = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True) | {"kid": "curve"}
    private = RSAAlgorithm.to_jwk(PRIVATE["RS256"], as_dict=True) | {"kid": "private"}
    listed = [
        {"kty": "oct", "k": part(pem()), "kid": "oct", "alg": "HS256"},
        private,
        public("RS256", "enc", use="enc"),
        public("RS256", "other", alg="RS512"),
        public("RS256", "list") | {"kid": ["list"]},
        short,
        curve,
        {"kty": "RSA", "kid": "broken"},
        "nonsense",
        public("EdDSA", "good", use="sig"),
    ]
    assert list(read_set(json.dumps({"keys": listed}).encode())) == ["good"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": {}}', b"\xff", b"<html>"])
def test_what_is_no_key_set(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a key set|Expecting value|decode"):
        read_set(content)


def test_a_set_of_one_key_needs_no_id() -> None:
    one = Provider({"keys": [public("EdDSA", "")]})
    assert isinstance(run(found(token("EdDSA", header={}), provider=one)), Actor)


class TestReading:
    """When keys are read."""

    def test_once_for_many_tokens_and_in_a_thread(self) -> None:
        provider = Provider()
        check = checker(provider)

        async def many() -> None:
            answers = await asyncio.gather(*(check.find(token()) for _ in range(20)))
            assert all(isinstance(one, Actor) for one in answers)

        run(many())
        assert provider.reads == 1
        assert threading.get_ident() not in provider.threads

    def test_again_for_an_unknown_id_but_seldom(self) -> None:
        """A provider that changes its keys is followed at once; invented ids do not make it busy."""
        provider, clock = Provider({"keys": [public("RS256")]}), Clock()
        check = checker(provider, clock)

        async def story() -> None:
            assert isinstance(await check.find(token()), Actor)
            provider.published = SET
            assert await check.find(token("ES256")) == UNKNOWN  # read a moment ago
            clock.now += tokens.REFETCH_SECONDS
            assert isinstance(await check.find(token("ES256")), Actor)
            assert provider.reads == 2
            for number in range(50):
                assert await check.find(token(header={"kid": f"invented {number}"})) == UNKNOWN
            assert provider.reads == 2

        run(story())

    def test_again_after_a_while_without_making_anybody_wait(self) -> None:
        """A key that the provider took back is refused after the next reading."""
        provider, clock = Provider(), Clock()
        check = checker(provider, clock)

        async def story() -> None:
            assert isinstance(await check.find(token()), Actor)
            provider.published = {"keys": [public("ES256")]}
            clock.now += tokens.REFRESH_SECONDS + 1
            assert isinstance(await check.find(token()), Actor)
            while provider.reads < 2 or "RS256" in check._keys:
                await asyncio.sleep(0.01)
            assert await check.find(token()) == UNKNOWN

        run(story())

    def test_a_provider_that_is_away(self) -> None:
        """What was read holds for a day; with nothing read no token is right or wrong."""
        provider, clock = Provider(OSError()), Clock()
        check = checker(provider, clock)

        async def story() -> None:
            for _ in range(3):
                with pytest.raises(KeysUnavailableError):
                    await check.find(token())
            assert provider.reads == 1  # asked seldom, too
            provider.published = SET
            clock.now += tokens.REFETCH_SECONDS
            assert isinstance(await check.find(token()), Actor)
            provider.published = OSError()
            clock.now += tokens.MAX_AGE_SECONDS
            assert isinstance(await check.find(token()), Actor)
            clock.now += tokens.REFETCH_SECONDS + 1
            with pytest.raises(KeysUnavailableError):
                await check.find(token())

        run(story())

    @pytest.mark.parametrize("published", [[], {"keys": 1}])
    def test_an_answer_that_is_no_set_is_none(self, published: Any) -> None:
        with pytest.raises(KeysUnavailableError):
            run(checker(Provider(published)).find(token()))


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("https://id.example/keys", True),
        ("/etc/subsidy/keys.json", True),
        ("keys.json", True),
        ("http://127.0.0.1:8080/keys", True),
        ("http://localhost/keys", True),
        ("http://[::1]/keys", True),
        ("http://id.example/keys", False),
        ("http://127.0.0.1.evil.example/keys", False),
        ("http://127.0.0.1@evil.example/keys", False),
        ("https:///keys", False),
        ("ftp://id.example/keys", False),
        ("file:///etc/passwd", False),
    ],
)
def test_where_keys_may_be_read(source: str, good: bool) -> None:
    assert (fault_of_source(source) is None) is good
    given = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": source}
    if good:
        assert Settings(**given).oidc_jwks == source
    else:
        with pytest.raises(ValidationError, match="https"):
            Settings(**given)


@pytest.mark.parametrize("left_out", ["oidc_issuer", "oidc_audience", "oidc_jwks"])
def test_issuer_audience_and_keys_are_given_together(left_out: str) -> None:
    """A token without its issuer or audience checked could be meant for another service."""
    given = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": "keys.json"}
    del given[left_out]
    with pytest.raises(ValidationError, match="given together"):
        Settings(**given)


@pytest.fixture
def address() -> Iterator[str]:
    """A provider on loopback: ``/keys`` answers, ``/moved`` leads elsewhere, ``/large`` does not end."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/keys")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(SET).encode() if self.path == "/keys" else b" " * (tokens.MAX_SET_BYTES + 1))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_keys_are_read_over_http(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # loopback needs none
    assert set(read_set(fetch(f"{address}/keys"))) == set(PRIVATE)
    with pytest.raises(OSError, match="redirects are not followed"):
        fetch(f"{address}/moved")
    with pytest.raises(ValueError, match="larger"):
        fetch(f"{address}/large")


def test_keys_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    with pytest.raises(OSError, match=r"keys\.json"):
        fetch(str(file))
    file.write_text(json.dumps(SET))
    assert set(read_set(fetch(str(file)))) == set(PRIVATE)
    file.write_text(" " * (tokens.MAX_SET_BYTES + 1))
    with pytest.raises(ValueError, match="larger"):
        fetch(str(file))
