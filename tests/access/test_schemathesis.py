"""schemathesis with a key that may do everything, on the operations that nobody may do without one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import httpx
from sqlmodel import Session

from app.access.actors import Scope
from app.main import create_app
from app.settings import Settings
from app.tables import audit
from app.tables.database import engine_of
from tests.access.conftest import bearer, issued
from tests.conftest import served
from tests.contract.test_schemathesis import schemathesis


def test_keys_and_the_log_keep_their_document(own_database: str, tmp_path: Path) -> None:
    """All checks, among them that requests without the key are refused; afterwards the audit log still holds."""
    key = issued(own_database, *Scope)
    words = ("--header", f"Authorization: Bearer {key.secret}", "--include-path-regex", "^/v1/(keys|audit)", "--max-examples", "15")
    with served(create_app(Settings(database_url=own_database, authentication="required"))) as live_url:
        run = schemathesis(live_url, tmp_path, *words, SUBSIDY_OWN_KEY=key.key_id)
        assert httpx.get(f"{live_url}/v1/keys", headers=bearer(key.secret), trust_env=False).status_code == 200
    assert run.returncode == 0, run.stdout[-20_000:]
    answers = Counter(tuple(json.loads(line)) for line in (tmp_path / "counts").read_text().splitlines())
    good = {(path, method) for path, method, _, status in answers if status < 300}
    assert good >= {("/v1/keys", "POST"), ("/v1/keys", "GET"), ("/v1/audit", "GET"), ("/v1/keys/{key_id}/rotate", "POST")}
    engine = engine_of(own_database)
    with Session(engine) as session:
        assert audit.verify(session) == []
    engine.dispose()
