"""Settings from the environment (``SUBSIDY_…``), read once and frozen."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.access.allowed_hosts import listed
from app.access.oidc_tokens import fault_of_source
from app.limits import ANSWER_SECONDS, BODY_SECONDS, CHANGE_SECONDS, HEAD_SECONDS
from app.tables.storage.lock_wait import LOCK_SECONDS

_PREFIX: Final = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]{1,64}){1,8}")
_OWN: Final = frozenset({"v1", "docs", "health", "metrics", "openapi.json"})


def default_database() -> str:
    """The one database of whoever names none, whatever folder a command is called in: a checkout's own, else the account's."""
    above = Path(__file__).resolve().parents[1]
    if (above / "pyproject.toml").is_file():
        return f"sqlite:///{above}/var/subsidy.db"
    data = os.environ.get("XDG_DATA_HOME", "")
    folder = Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share"
    return f"sqlite:///{folder}/subsidy/subsidy.db"


class Settings(BaseSettings):
    """What a deployment can set; every value has a default that works offline on loopback."""

    model_config = SettingsConfigDict(env_prefix="SUBSIDY_", frozen=True)

    database_url: str = Field(default_factory=default_database)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    max_body_bytes: int = Field(default=20_000_000, ge=1_000, le=200_000_000)
    head_seconds: float = Field(default=HEAD_SECONDS, ge=0.05, le=3600)
    body_seconds: float = Field(default=BODY_SECONDS, ge=0.05, le=3600)
    change_seconds: float = Field(default=CHANGE_SECONDS, ge=0.1, le=3600)
    answer_seconds: float = Field(default=ANSWER_SECONDS, ge=0.1, le=3600)
    lock_seconds: float = Field(default=LOCK_SECONDS, ge=0.1, le=3600)
    authentication: Literal["loopback", "required"] = "loopback"
    allowed_hosts: str | None = None
    root_path: str | None = None
    oidc_issuer: str | None = Field(default=None, min_length=1)
    oidc_audience: str | None = Field(default=None, min_length=1)
    oidc_jwks: str | None = Field(default=None, min_length=1)
    oidc_scope_claim: str | None = Field(default=None, min_length=1)
    backup_key_file: Path | None = None
    oidc_skew_seconds: int = Field(default=60, ge=0, le=300)

    @field_validator("allowed_hosts")
    @classmethod
    def _are_names(cls, text: str | None) -> str | None:
        """Names without ports, separated by commas."""
        listed(text or "")
        return text

    @field_validator("root_path")
    @classmethod
    def _is_a_prefix(cls, text: str | None) -> str | None:
        """``/a/b``, and none that begins as an address of the service does: what stands before and behind it must be clear."""
        if text is not None and (not _PREFIX.fullmatch(text) or text.split("/")[1] in _OWN):
            raise ValueError(
                "SUBSIDY_ROOT_PATH 应为 /subsidy 的样子：以斜杠开头，末尾不带斜杠，首段不是 v1、docs、health、metrics、openapi.json"
                " / SUBSIDY_ROOT_PATH should look like /subsidy: a slash before each part, none at the end,"
                " and the first part none of v1, docs, health, metrics, openapi.json"
            )
        return text

    @model_validator(mode="after")
    def _tokens_are_checked_in_full(self) -> Self:
        """A token without a known issuer or audience could be meant for somebody else."""
        given = {self.oidc_issuer is None, self.oidc_audience is None, self.oidc_jwks is None}
        if len(given) > 1:
            raise ValueError(
                "SUBSIDY_OIDC_ISSUER、_AUDIENCE、_JWKS 须同时给出 / SUBSIDY_OIDC_ISSUER, _AUDIENCE and _JWKS are given together"
            )
        fault = None if self.oidc_jwks is None else fault_of_source(self.oidc_jwks)
        if fault is not None:
            raise ValueError(f"SUBSIDY_OIDC_JWKS {fault}")
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
