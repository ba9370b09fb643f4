"""Bearer tokens of an identity provider (OAuth 2.0, OpenID Connect), checked here by its published keys.

Only signatures by a private key count: RS256, ES256, EdDSA. A token chooses neither its algorithm nor where
its key comes from: each key of the provider's set is bound to one algorithm, and headers that point to other
keys are not read. PyJWT and cryptography are imported only where tokens are configured.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlsplit

from app.access.scopes import OPERATOR_PREFIX, Actor, Reason, Refusal, Scope
from app.tables.storage.persons import person_of

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")
MAX_TOKEN_LENGTH: Final = 8_192
MAX_SET_BYTES: Final = 1_000_000
MIN_RSA_BITS: Final = 2_048
FETCH_TIMEOUT_SECONDS: Final = 5.0
REFRESH_SECONDS: Final = 600.0
REFETCH_SECONDS: Final = 30.0  # for an unknown key id, and after a fetch that failed
MAX_AGE_SECONDS: Final = 86_400.0  # a set that could not be read again for a day is no longer trusted
LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})

# A subject is a person's name in the audit log: no blank, no control character, not an operator's.
_SUBJECT: Final = re.compile(r"[^\x00-\x20\x7f-\xa0\u2028\u2029\u3000]{1,120}")
_NOT_OF_AN_ISSUER: Final = re.compile(r"[^A-Za-z0-9:/._-]")


_TIMES: Final = ("exp", "nbf", "iat")
LATEST: Final = 253_402_300_799  # the end of the year 9999, in seconds: what is later is no time
# What PyJWT raises, by name, for it is imported only where tokens are configured. The signature is checked before the claims.
_REASONS: Final[Mapping[str, Reason]] = {
    "ExpiredSignatureError": Reason.TOKEN_EXPIRED,
    "ImmatureSignatureError": Reason.TOKEN_NOT_YET_VALID,
    "InvalidAudienceError": Reason.WRONG_AUDIENCE,
    "InvalidIssuerError": Reason.WRONG_ISSUER,
    "InvalidSignatureError": Reason.WRONG_SIGNATURE,
}


class KeysUnavailableError(Exception):
    """The provider's keys were never read, or not for too long: no token can be checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """What a deployment says about its provider. ``jwks`` is a file or an address, ``scope_claim`` a claim's name."""

    issuer: str
    audience: str
    jwks: str
    scope_claim: str | None = None
    skew_seconds: int = 60


def fault_of_source(source: str) -> str | None:
    """What is wrong with a place to read keys from; None where nothing is.

    >>> fault_of_source("https://id.example/keys"), fault_of_source("/etc/keys.json"), fault_of_source("http://127.0.0.1:9/keys")
    (None, None, None)
    """
    parts = urlsplit(source)
    if "://" not in source or (parts.scheme == "https" and parts.hostname):
        return None
    if parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS:
        return None
    return "应为文件路径或 https 地址，http 只限本机 / should be a file's path or an https address; http to loopback only"


def fetch(source: str) -> bytes:
    """Read a key set from a file or an address. Errors: OSError, ValueError. Blocks: for a thread."""
    if "://" not in source:
        with Path(source).open("rb") as file:
            return _bounded(file.read(MAX_SET_BYTES + 1))
    assert fault_of_source(source) is None
    direct = [request.ProxyHandler({})] if urlsplit(source).hostname in LOOPBACK_HOSTS else []
    opener = request.build_opener(_NoRedirect, *direct)
    with opener.open(source, timeout=FETCH_TIMEOUT_SECONDS) as answer:
        return _bounded(answer.read(MAX_SET_BYTES + 1))


class _NoRedirect(request.HTTPRedirectHandler):
    """A redirect could lead from https to http, or to an address inside the network."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        """Refuse."""
        raise HTTPError(req.full_url, code, "redirects are not followed", headers, fp)


def _bounded(content: bytes) -> bytes:
    if len(content) > MAX_SET_BYTES:
        raise ValueError(f"the key set is larger than {MAX_SET_BYTES} bytes")
    return content


def read_set(content: bytes) -> dict[str | None, Any]:
    """The usable keys of a set by their id. Errors: ValueError where it is no key set.

    Left out: symmetric and private keys, keys for encryption, short RSA keys, other algorithms.
    """
    from jwt import PyJWK, PyJWTError

    found: dict[str | None, Any] = {}
    raw = json.loads(content)
    listed = raw.get("keys") if isinstance(raw, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a key set: it has no list of keys")
    for one in listed:
        if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC", "OKP") or "d" in one or one.get("use", "sig") != "sig":
            continue
        try:
            key = PyJWK(one)
        except (PyJWTError, ValueError, TypeError):
            continue
        short = one["kty"] == "RSA" and key.key.key_size < MIN_RSA_BITS
        if key.algorithm_name in ALGORITHMS and not short and isinstance(key.key_id, str | None):
            found[key.key_id] = key
    return found


def _is_time(value: object) -> bool:
    """Whether a claim is a whole number of seconds that can be a time; a text, a fraction or ``true`` is none."""
    return type(value) is int and 0 <= value <= LATEST


class Tokens:
    """Checks tokens by a provider's keys, which are read when first needed and again now and then."""

    def __init__(
        self, rules: TokenRules, read: Callable[[str], bytes] = fetch, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rules = rules
        self._read = read
        self._clock = clock
        self._keys: dict[str | None, Any] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, token: str) -> Actor | Refusal:
        """Who shows this token, or that it is refused. Errors: KeysUnavailableError."""
        import jwt

        if len(token) > MAX_TOKEN_LENGTH:
            return Refusal(Reason.INVALID_TOKEN)
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS or "crit" in header or "b64" in header:
                return self._refused(token)
            key = await self._key(header.get("kid"))
            if key is None:
                return self._refused(token, Reason.UNKNOWN_TOKEN_KEY)
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self.rules.audience,
                issuer=self.rules.issuer,
                leeway=self.rules.skew_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
            return self._refused(token, _REASONS.get(type(error).__name__, Reason.INVALID_TOKEN))
        if not all(_is_time(claims[name]) for name in _TIMES if name in claims):
            return self._refused(token)
        return self._actor(claims) or self._refused(token)

    def _actor(self, claims: Mapping[str, Any]) -> Actor | None:
        subject = claims["sub"]
        if not _SUBJECT.fullmatch(subject) or person_of(subject).startswith(OPERATOR_PREFIX):
            return None
        name = self.rules.scope_claim or ("scope" if "scope" in claims else "scp")
        said = claims.get(name, [])
        words = said.split() if isinstance(said, str) else said
        if not isinstance(words, list):
            return None
        return Actor(subject, frozenset(scope for scope in Scope if scope.value in words))

    def _refused(self, token: str, reason: Reason = Reason.INVALID_TOKEN) -> Refusal:
        """Say no more than the beginning of the issuer that the token names."""
        try:
            middle = token.split(".")[1]
            issuer = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))["iss"]
            shown = _NOT_OF_AN_ISSUER.sub("?", issuer[:60])
        except (ValueError, TypeError, LookupError, RecursionError):
            shown = ""
        return Refusal(reason, shown or "-")

    async def _key(self, key_id: str | None) -> Any:
        """The key of an id; a set with one key needs no id. Read again, but seldom, for an id that is new."""
        now = self._clock()
        if self._read_at is None or now - self._read_at > MAX_AGE_SECONDS:
            await self._refresh()
            if self._read_at is None or now - self._read_at > MAX_AGE_SECONDS:
                raise KeysUnavailableError
        elif now - self._read_at > REFRESH_SECONDS and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh())
        if key_id is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        if key_id not in self._keys:
            await self._refresh()
        return self._keys.get(key_id)

    async def _refresh(self) -> None:
        """Read the set again, unless that was tried a moment ago; one that cannot be read leaves the old one."""
        async with self._lock:
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < REFETCH_SECONDS:
                return
            self._tried_at = now
            try:
                self._keys = read_set(await asyncio.to_thread(self._read, self.rules.jwks))
                self._read_at = now
            except (OSError, ValueError):  # said by whoever asks for a key that is not there
                return
