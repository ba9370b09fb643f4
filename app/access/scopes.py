"""Who may do what: the scopes, and the person on whose behalf a request is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What a key or a token may be used for; the values are those of the wire."""

    CALCULATE = "calculate"
    TABLES_READ = "tables:read"
    TABLES_WRITE = "tables:write"
    TABLES_APPROVE = "tables:approve"
    AUDIT_READ = "audit:read"
    KEYS_ADMIN = "keys:admin"


TITLES: Final[dict[Scope, str]] = {
    Scope.CALCULATE: "计算补贴",
    Scope.TABLES_READ: "读取标准表与指标",
    Scope.TABLES_WRITE: "起草标准表的变更",
    Scope.TABLES_APPROVE: "批准并公布标准表的变更",
    Scope.AUDIT_READ: "读取审计日志",
    Scope.KEYS_ADMIN: "管理密钥",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and what this request may do.

    ``name`` is the person: a key's owner or a token's subject. Four eyes compare persons, not keys.
    """

    name: str
    scopes: frozenset[Scope]
    key_id: str | None = None

    def may(self, needed: Scope, *others: Scope) -> bool:
        """Whether this person may do what needs a scope; any of several will do."""
        return needed in self.scopes or not self.scopes.isdisjoint(others)


OPEN_ON_LOOPBACK: Final = frozenset({Scope.CALCULATE, Scope.TABLES_READ})
"""What needs no credential on the machine itself, where the deployment says so."""

ANONYMOUS: Final = Actor("anonymous", OPEN_ON_LOOPBACK)

OPERATOR_PREFIX: Final = "operator:"
"""Names of operators on the machine begin with this; no key's owner and no token's subject may."""


class Reason(StrEnum):
    """Why nobody, or not enough, was recognised. It goes into the audit log, and to the caller only in part."""

    NO_CREDENTIAL = "NO_CREDENTIAL"
    MALFORMED = "MALFORMED"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    WRONG_SECRET = "WRONG_SECRET"  # noqa: S105  not a secret: the name of a reason
    REVOKED = "REVOKED"
    REPLACED = "REPLACED"
    EXPIRED = "EXPIRED"
    INVALID_TOKEN = "INVALID_TOKEN"  # noqa: S105  the same
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105  the same
    TOKEN_NOT_YET_VALID = "TOKEN_NOT_YET_VALID"  # noqa: S105  the same
    WRONG_AUDIENCE = "WRONG_AUDIENCE"
    WRONG_ISSUER = "WRONG_ISSUER"
    WRONG_SIGNATURE = "WRONG_SIGNATURE"
    UNKNOWN_TOKEN_KEY = "UNKNOWN_TOKEN_KEY"  # noqa: S105  the same
    TOKENS_NOT_ACCEPTED = "TOKENS_NOT_ACCEPTED"
    MISSING_SCOPE = "MISSING_SCOPE"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A credential that was refused: why, and what may be said of it (a key's id, the beginning of an issuer, or ``-``)."""

    reason: Reason
    object: str = "-"


Said = tuple[str, str]
"""The same in Chinese and in English."""

_SAID: Final[dict[Reason, Said]] = {
    Reason.EXPIRED: ("凭证已过期", "The credential has expired"),
    Reason.TOKEN_EXPIRED: ("凭证已过期", "The credential has expired"),
    Reason.REVOKED: ("密钥已吊销", "The key was revoked"),
    Reason.REPLACED: ("密钥已轮换，旧密文已失效", "The key has a new secret, the grace period of this one is over"),
    Reason.TOKENS_NOT_ACCEPTED: ("本服务未配置令牌，只接受密钥", "No tokens are configured here, only keys are accepted"),
}


def said_of(refusal: Refusal) -> Said:
    """What the caller is told; more than "not valid" only where the secret was right."""
    return _SAID.get(refusal.reason, ("凭证无效", "The credential is not valid"))


def lacking(needed: Scope) -> Said:
    """What is told to whoever is known but may not do this."""
    return f"需要权限 {needed.value}（{TITLES[needed]}）", f"The scope {needed.value} is needed"
