"""An identity provider for the tests: its keys, its tokens, right and wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from app.access.oidc_tokens import TokenRules, Tokens
from app.access.scopes import Actor, Reason, Refusal

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


UNKNOWN = Refusal(Reason.UNKNOWN_TOKEN_KEY, ISSUER)


def run(coroutine: Any) -> Any:
    """Run to the end."""
    return asyncio.run(coroutine)


def pem() -> bytes:
    """The provider's public RSA key, which everybody has."""
    made: bytes = PRIVATE["RS256"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made
