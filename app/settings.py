"""Settings from the environment (``SUBSIDY_…``), read once and frozen."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a deployment can set; every value has a default that works offline on loopback."""

    model_config = SettingsConfigDict(env_prefix="SUBSIDY_", frozen=True)

    database_url: str = "sqlite:///var/subsidy.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    max_body_bytes: int = Field(default=20_000_000, ge=1_000, le=200_000_000)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
