"""All that decides who a caller is, in one place: keys, tokens, and what needs no credential on loopback."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.access.allowed_hosts import is_loopback
from app.access.key_cache import Keyring, Uses
from app.access.keys import PREFIX
from app.access.oidc_tokens import TokenRules, Tokens
from app.access.refusal_counter import Refusals
from app.access.scopes import Actor, Reason, Refusal

Mode = Literal["loopback", "required"]


class KeyringUnavailableError(Exception):
    """The keys were never read: the database has been away since the start."""


class Guard:
    """``keyring`` is replaced whole by whoever refreshes; nothing here asks the database."""

    def __init__(self, mode: Mode = "loopback", rules: TokenRules | None = None, hosts: frozenset[str] = frozenset()) -> None:
        self.mode = mode
        self.hosts = hosts
        self.keyring: Keyring | None = None
        self.tokens = None if rules is None else Tokens(rules)
        self.uses = Uses()
        self.refusals = Refusals()

    @property
    def trusts_loopback(self) -> bool:
        """Whether anybody on the machine calculates and reads without a credential: not where callers are known by tokens."""
        return self.mode == "loopback" and self.tokens is None

    def answers_to(self, host: str) -> bool:
        """Whether a request may be addressed to this name. Where every call needs a credential, any may that is not excluded."""
        if not self.hosts and self.mode == "required":
            return True
        return host in self.hosts or is_loopback(host)

    async def find(self, credential: str, now: datetime) -> Actor | Refusal:
        """Who shows a credential. Errors: KeyringUnavailableError, KeysUnavailableError."""
        if not credential.startswith(PREFIX):
            return Refusal(Reason.TOKENS_NOT_ACCEPTED) if self.tokens is None else await self.tokens.find(credential)
        if self.keyring is None:
            raise KeyringUnavailableError
        found = self.keyring.find(credential, now)
        if isinstance(found, Actor) and found.key_id is not None:
            self.uses.note(found.key_id, now)
        return found
