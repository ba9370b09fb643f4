"""Bearer tokens: each algorithm, each claim, and the attacks that token checks are known for."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from pydantic import ValidationError

from app.access import tokens
from app.access.actors import Actor, Reason, Refusal, Scope
from app.access.tokens import KeysUnavailableError, TokenRules, Tokens, fault_of_source, fetch, read_set
from app.settings import Settings
from tests.access.conftest import bearer, started

ISSUER, AUDIENCE = "https://id.example.cn/realms/finance", "subsidy"
PRIVATE: dict[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
MAKERS: dict[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


def public(algorithm: str, kid: str | None = None, **more: Any) -> dict[str, Any]:
    """The public key of an algorithm as the provider publishes it."""
    made: dict[str, Any] = MAKERS[algorithm].to_jwk(PRIVATE[algorithm].public_key(), as_dict=True)
    made.pop("key_ops", None)
    return made | ({"kid": kid or algorithm} if kid != "" else {}) | more


SET = {"keys": [public(algorithm) for algorithm in PRIVATE]}


class Later(int):
    """So many seconds from the moment at which a token is made."""


def claims(**changes: Any) -> dict[str, Any]:
    """Right claims, changed; ``None`` takes one away."""
    now = int(time.time())
    changes = {name: now + value if isinstance(value, Later) else value for name, value in changes.items()}
    right = {"iss": ISSUER, "aud": AUDIENCE, "sub": "li.na", "iat": now, "nbf": now, "exp": now + 300, "scope": "openid calculate tables:read"}
    return {name: value for name, value in (right | changes).items() if value is not None}


def token(algorithm: str = "RS256", header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token that is signed with the provider's key."""
    given = {"kid": algorithm} if header is None else header
    return jwt.encode(claims(**changes), PRIVATE[algorithm], algorithm, headers=given)


def part(value: Any) -> str:
    """A part of a token, made by hand."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Provider:
    """Publishes a set of keys, or fails to."""

    def __init__(self, published: Any = SET) -> None:
        self.published = published
        self.reads = 0
        self.threads: set[int] = set()

    def __call__(self, source: str) -> bytes:
        self.reads += 1
        self.threads.add(threading.get_ident())
        if isinstance(self.published, Exception):
            raise self.published
        return json.dumps(self.published).encode()


def checker(provider: Provider | None = None, clock: Clock | None = None, **rules: Any) -> Tokens:
    """Checks tokens as a deployment would that has this provider."""
    given = {"issuer": ISSUER, "audience": AUDIENCE, "jwks": "/keys.json"} | rules
    return Tokens(TokenRules(**given), provider or Provider(), clock or Clock())


async def found(shown: str, **rules: Any) -> Actor | Refusal:
    """Who shows a token."""
    return await checker(**rules).find(shown)


REFUSED = Refusal(Reason.INVALID_TOKEN, ISSUER)


def run(coroutine: Any) -> Any:
    """Run to the end."""
    return asyncio.run(coroutine)


@pytest.mark.parametrize("algorithm", list(PRIVATE))
def test_a_token_of_each_algorithm(algorithm: str) -> None:
    """The subject is the person; scopes that mean nothing here are left out."""
    assert run(found(token(algorithm))) == Actor("li.na", frozenset({Scope.CALCULATE, Scope.TABLES_READ}))


@pytest.mark.parametrize(
    ("changes", "rules", "scopes"),
    [
        ({"scope": "calculate"}, {}, {"calculate"}),
        ({"scope": "  calculate   audit:read "}, {}, {"calculate", "audit:read"}),
        ({"scope": "calculate:all calculateX CALCULATE"}, {}, set()),
        ({"scope": None, "scp": "calculate keys:admin"}, {}, {"calculate", "keys:admin"}),
        ({"scope": None, "scp": ["calculate", "keys:admin"]}, {}, {"calculate", "keys:admin"}),
        ({"scope": "", "scp": ["keys:admin"]}, {}, set()),
        ({"scope": None}, {}, set()),
        ({"roles": ["tables:write"]}, {"scope_claim": "roles"}, {"tables:write"}),
        ({"roles": "tables:write tables:read"}, {"scope_claim": "roles"}, {"tables:write", "tables:read"}),
        ({"scope": "keys:admin"}, {"scope_claim": "roles"}, set()),
    ],
)
def test_where_scopes_come_from(changes: dict[str, Any], rules: dict[str, Any], scopes: set[str]) -> None:
    """``scope``, else ``scp``, unless a claim is configured: then that alone."""
    actor = run(found(token(**changes), **rules))
    assert isinstance(actor, Actor)
    assert actor.scopes == scopes


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": ISSUER + "/"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": Later(-61)},
        {"exp": 1e400},
        {"nbf": Later(600)},
        {"iat": Later(600)},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "li na"},
        {"sub": "li\nna"},
        {"sub": "x" * 121},
        {"sub": "operator:root"},
        {"scope": 7},
        {"scope": {"calculate": True}},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong(changes: dict[str, Any]) -> None:
    """All are one refusal; it tells no more than the beginning of the issuer."""
    refusal = run(found(token(**changes)))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.INVALID_TOKEN
    assert refusal.object == (changes.get("iss", ISSUER) or "-")


@pytest.mark.parametrize(("changes", "good"), [({"exp": Later(-30)}, True), ({"nbf": Later(30), "iat": Later(30)}, True), ({"exp": Later(-90)}, False)])
def test_clocks_may_differ_by_the_skew(changes: dict[str, Any], good: bool) -> None:
    """Sixty seconds by default."""
    assert isinstance(run(found(token(**changes))), Actor) is good
    assert isinstance(run(found(token(exp=Later(-30)), skew_seconds=0)), Refusal)


def test_an_audience_among_several() -> None:
    assert isinstance(run(found(token(aud=["portal", AUDIENCE]))), Actor)


def pem() -> bytes:
    """The provider's public RSA key, which everybody has."""
    made: bytes = PRIVATE["RS256"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made


def signed_with_the_public_key() -> str:
    """HS256, where the secret is the public key: whoever checks by the token's own algorithm takes it."""
    head = part({"alg": "HS256", "typ": "JWT", "kid": "RS256"}) + "." + part(claims())
    return head + "." + part(hmac.new(pem(), head.encode(), hashlib.sha256).digest())


def other_signature(algorithm: str) -> str:
    """A token whose signature is that of another one."""
    return token(algorithm).rsplit(".", 1)[0] + "." + token(algorithm, sub="wang").rsplit(".", 1)[1]


def with_own_key() -> str:
    """A token that brings its key along."""
    own = rsa.generate_private_key(65537, 2048)
    brought = RSAAlgorithm.to_jwk(own.public_key(), as_dict=True)
    return jwt.encode(claims(), own, "RS256", headers={"kid": "RS256", "jwk": brought, "jku": "https://evil.example/keys", "x5u": "https://evil.example"})


ATTACKS: dict[str, Callable[[], str]] = {
    "alg none": lambda: part({"alg": "none", "kid": "RS256"}) + "." + part(claims()) + ".",
    "alg NoNe": lambda: part({"alg": "NoNe", "kid": "RS256"}) + "." + part(claims()) + ".",
    "no alg": lambda: part({"kid": "RS256"}) + "." + part(claims()) + "." + part(b"x"),
    "HS256 with the public key": signed_with_the_public_key,
    "HS256 with nothing": lambda: jwt.encode(claims(), "x" * 32, "HS256", headers={"kid": "RS256"}),
    "RS512": lambda: jwt.encode(claims(), PRIVATE["RS256"], "RS512", headers={"kid": "RS256"}),
    "PS256": lambda: jwt.encode(claims(), PRIVATE["RS256"], "PS256", headers={"kid": "RS256"}),
    "another key's id": lambda: token("ES256", header={"kid": "RS256"}),
    "a key of its own": with_own_key,
    "unknown kid": lambda: token(header={"kid": "nobody"}),
    "kid as a path": lambda: token(header={"kid": "../../../../dev/null"}),
    "no kid": lambda: token(header={}),
    "critical extension": lambda: jwt.encode(claims(), PRIVATE["RS256"], "RS256", headers={"kid": "RS256", "crit": ["exp"]}),
    "no signature": lambda: token().rsplit(".", 1)[0] + ".",
    "signature of another, RS256": lambda: other_signature("RS256"),
    "signature of another, ES256": lambda: other_signature("ES256"),
    "signature of another, EdDSA": lambda: other_signature("EdDSA"),
    "changed claims": lambda: token().split(".")[0] + "." + part(claims(sub="wang")) + "." + token().split(".")[2],
}


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_an_attack_is_refused(attack: str) -> None:
    assert run(found(ATTACKS[attack]())) == REFUSED


def test_zero_is_no_ecdsa_signature() -> None:
    """r = s = 0 was once taken for a signature of everything."""
    assert run(found(token("ES256").rsplit(".", 1)[0] + "." + part(bytes(64)))) == REFUSED


@pytest.mark.parametrize(
    "shown",
    [
        "x",
        "..",
        "a.b.c",
        part({"alg": "RS256"}),
        part({"alg": "RS256"}) + "." + part([]) + ".",
        part([]) + "." + part({}) + ".",
        part({"alg": ["RS256"]}) + "." + part({}) + ".",
        part({"alg": "RS256", "kid": {"a": 1}}) + "." + part({}) + "." + part(b"x"),
        part({"alg": "RS256", "kid": "RS256"}) + "." + part(b"[" * 5000) + ".",
        part(b"{" * 3000) + "." + part({}) + ".",
        part({"alg": "RS256", "kid": "RS256"}) + "." + part({"iss": 5}) + "." + part(b"x"),
    ],
)
def test_what_is_no_token_is_the_same_refusal(shown: str) -> None:
    assert run(found(shown)) == Refusal(Reason.INVALID_TOKEN)


def test_an_oversized_token_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwt, "get_unverified_header", lambda _: pytest.fail("it was looked at"))
    assert run(found(token(padding="x" * tokens.MAX_TOKEN_LENGTH))) == Refusal(Reason.INVALID_TOKEN)


def test_an_issuer_is_shown_shortened_and_harmless() -> None:
    refusal = run(found(token(iss="https://evil.example/<script>\n" + "x" * 100)))
    assert refusal.object == ("https://evil.example/?script??" + "x" * 100)[:60]


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
            assert await check.find(token("ES256")) == REFUSED  # read a moment ago
            clock.now += tokens.REFETCH_SECONDS
            assert isinstance(await check.find(token("ES256")), Actor)
            assert provider.reads == 2
            for number in range(50):
                assert await check.find(token(header={"kid": f"invented {number}"})) == REFUSED
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
            assert await check.find(token()) == REFUSED

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


def test_a_token_over_http(own_database: str, tmp_path: Path) -> None:
    """The same rules as for keys: the scope needed, refused also on loopback where it is wrong, the person is the subject."""
    (tmp_path / "keys.json").write_text(json.dumps(SET))
    rules = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(tmp_path / "keys.json")}
    with started(own_database, **rules) as service:
        for caller in (service.here, service.elsewhere):
            assert caller.get("/v1/funds", headers=bearer(token())).status_code == 200
            assert caller.get("/v1/keys", headers=bearer(token())).status_code == 403
            assert caller.get("/v1/funds", headers=bearer(ATTACKS["alg none"]())).status_code == 401
        admin = bearer(token("EdDSA", scope="keys:admin audit:read"))
        body = {"name": "x", "owner": "wang", "scopes": ["calculate"]}
        assert service.elsewhere.post("/v1/keys", json=body, headers=admin).status_code == 201
        (entry,) = (one for one in service.here.get("/v1/audit", headers=admin).json()["entries"] if one["action"] == "key.create")
        assert entry["actor"] == "li.na"


def test_a_provider_that_is_away_is_503_for_tokens_alone(own_database: str, tmp_path: Path) -> None:
    rules = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(tmp_path / "nowhere.json")}
    with started(own_database, **rules) as service:
        response = service.here.get("/v1/funds", headers=bearer(token()))
        assert (response.status_code, response.json()["code"]) == (503, "SIGN_IN_UNAVAILABLE")
        assert int(response.headers["retry-after"]) > 0
        assert service.here.get("/v1/funds").status_code == 200


def test_without_a_provider_nothing_is_imported_for_tokens() -> None:
    code = "import sys, app.main; app.main.create_app(); print(sorted({'jwt', 'cryptography'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
