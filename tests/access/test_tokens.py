"""Bearer tokens: each algorithm, each claim, and the attacks that token checks are known for."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from sqlmodel import Session, select

from app.access import oidc_tokens as tokens
from app.access.scopes import Actor, Reason, Refusal, Scope
from app.tables.storage.database import engine_of
from app.tables.storage.models import Audit
from tests.access.conftest import Service, bearer, issued, started
from tests.access.provider import AUDIENCE, ISSUER, PRIVATE, SET, Later, claims, found, part, pem, run, token


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


WRONG: list[tuple[dict[str, Any], Reason]] = [
    ({"iss": "https://evil.example"}, Reason.WRONG_ISSUER),
    ({"iss": ISSUER + "/"}, Reason.WRONG_ISSUER),
    ({"aud": "another"}, Reason.WRONG_AUDIENCE),
    ({"aud": ["another", "third"]}, Reason.WRONG_AUDIENCE),
    ({"exp": Later(-61)}, Reason.TOKEN_EXPIRED),
    ({"nbf": Later(600)}, Reason.TOKEN_NOT_YET_VALID),
    ({"iat": Later(600)}, Reason.TOKEN_NOT_YET_VALID),
    *(
        (changes, Reason.INVALID_TOKEN)
        for changes in (
            {"iss": None},
            {"aud": None},
            {"exp": None},
            {"exp": "soon"},
            {"exp": "9999999999"},
            {"exp": 9999999999.5},
            {"exp": 1e400},
            {"exp": tokens.LATEST + 1},
            {"exp": 2**70},
            {"exp": [9999999999]},
            {"nbf": "1"},
            {"nbf": 1.5},
            {"nbf": -1},
            {"iat": True},
            {"iat": 1.0},
            {"iat": -1},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"sub": "li na"},
            {"sub": "li\nna"},
            {"sub": "x" * 121},
            {"sub": "operator:root"},
            {"sub": "Operator:root"},
            {"sub": "ｏperator\u200b:root"},
            {"scope": 7},
            {"scope": {"calculate": True}},
        )
    ),
]


@pytest.mark.parametrize(("changes", "reason"), WRONG, ids=str)
def test_a_claim_that_is_wrong(changes: dict[str, Any], reason: Reason) -> None:
    """The log tells what is wrong by a code, and no more than the beginning of the issuer; a time is a bounded whole number."""
    refusal = run(found(token(**changes)))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason
    assert refusal.object == (changes.get("iss", ISSUER) or "-")


def test_the_last_time_that_is_one() -> None:
    assert isinstance(run(found(token(exp=tokens.LATEST, nbf=0, iat=0))), Actor)


@pytest.mark.parametrize(("changes", "good"), [({"exp": Later(-30)}, True), ({"nbf": Later(30), "iat": Later(30)}, True), ({"exp": Later(-90)}, False)])
def test_clocks_may_differ_by_the_skew(changes: dict[str, Any], good: bool) -> None:
    """Sixty seconds by default."""
    assert isinstance(run(found(token(**changes))), Actor) is good
    assert isinstance(run(found(token(exp=Later(-30)), skew_seconds=0)), Refusal)


def test_an_audience_among_several() -> None:
    assert isinstance(run(found(token(aud=["portal", AUDIENCE]))), Actor)


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


OTHER_CODES = {
    Reason.UNKNOWN_TOKEN_KEY: {"unknown kid", "kid as a path", "no kid"},
    Reason.WRONG_SIGNATURE: {
        "a key of its own",
        "no signature",
        "signature of another, RS256",
        "signature of another, ES256",
        "signature of another, EdDSA",
        "changed claims",
    },
}


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_an_attack_is_refused(attack: str) -> None:
    reason = next((code for code, attacks in OTHER_CODES.items() if attack in attacks), Reason.INVALID_TOKEN)
    assert run(found(ATTACKS[attack]())) == Refusal(reason, ISSUER)


def test_zero_is_no_ecdsa_signature() -> None:
    """r = s = 0 was once taken for a signature of everything."""
    assert run(found(token("ES256").rsplit(".", 1)[0] + "." + part(bytes(64)))) == Refusal(Reason.WRONG_SIGNATURE, ISSUER)


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
def test_what_is_no_token_is_refused_and_nothing_of_it_is_shown(shown: str) -> None:
    refusal = run(found(shown))
    assert isinstance(refusal, Refusal)
    assert refusal.object == "-"


def test_an_oversized_token_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwt, "get_unverified_header", lambda _: pytest.fail("it was looked at"))
    assert run(found(token(padding="x" * tokens.MAX_TOKEN_LENGTH))) == Refusal(Reason.INVALID_TOKEN)


def test_an_issuer_is_shown_shortened_and_harmless() -> None:
    refusal = run(found(token(iss="https://evil.example/<script>\n" + "x" * 100)))
    assert refusal.object == ("https://evil.example/?script??" + "x" * 100)[:60]


def test_a_token_over_http(own_database: str, tmp_path: Path) -> None:
    """The same rules as for keys: the scope needed, refused also on loopback where it is wrong, the person is the subject."""
    (tmp_path / "keys.json").write_text(json.dumps(SET))
    rules = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(tmp_path / "keys.json")}
    with started(own_database, **rules) as service:
        for caller in (service.here, service.elsewhere):
            assert caller.get("/v1/funds", headers=bearer(token())).status_code == 200
            assert caller.get("/v1/keys", headers=bearer(token())).status_code == 403
            assert caller.get("/v1/funds", headers=bearer(ATTACKS["alg none"]())).status_code == 401
            assert caller.get("/v1/funds").status_code == 401  # callers are known by tokens: nobody is trusted for being here
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
        key = issued(own_database, "tables:read").secret
        await_known(service, key)


def await_known(service: Service, key: str) -> None:
    """A key that was made a moment ago is known within a second or two."""
    while service.here.get("/v1/funds", headers=bearer(key)).status_code != 200:
        time.sleep(0.05)


def test_expired_wrong_audience_and_unknown_are_told_apart_in_the_log(own_database: str, tmp_path: Path) -> None:
    """By their codes; the caller is only told that a token has expired, for whoever shows that one had a right one."""
    (tmp_path / "keys.json").write_text(json.dumps(SET))
    rules = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(tmp_path / "keys.json")}
    shown = {
        "TOKEN_EXPIRED": (token(exp=Later(-90)), "The credential has expired"),
        "WRONG_AUDIENCE": (token(aud="another"), "The credential is not valid"),
        "UNKNOWN_TOKEN_KEY": (token(header={"kid": "nobody"}), "The credential is not valid"),
    }
    with started(own_database, **rules) as service:
        for credential, told in shown.values():
            answer = service.here.get("/v1/funds", headers=bearer(credential) | {"Accept-Language": "en"})
            assert (answer.status_code, answer.json()["detail"]) == (401, told)
    engine = engine_of(own_database)
    with Session(engine) as session:
        logged = [json.loads(one.detail)["reason"] for one in session.exec(select(Audit)).all() if one.action == "sign-in.refused"]
    engine.dispose()
    assert sorted(logged) == sorted(shown)


def test_without_a_provider_nothing_is_imported_for_tokens() -> None:
    code = "import sys, app.main; app.main.create_app(); print(sorted({'jwt', 'cryptography'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
