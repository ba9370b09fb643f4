"""schemathesis with the keys of two officers who may do everything, on the operations that nobody may do without one."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.access.scopes import Scope
from app.main import create_app
from app.settings import Settings
from app.tables.storage import audit_log as audit
from app.tables.storage.database import engine_of
from tests.access.conftest import issued
from tests.conftest import served
from tests.contract.test_schemathesis import schemathesis
from tests.drafts.test_stateful import WALK

NEEDED = {Scope.TABLES_WRITE, Scope.TABLES_APPROVE, Scope.AUDIT_READ, Scope.KEYS_ADMIN}
"""The scopes that nobody has without a credential."""


def needing(document: dict[str, Any]) -> set[tuple[str, str]]:
    """The operations of a document that need one of these scopes."""
    return {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and NEEDED & {scope for one in operation.get("security", ()) for named in one.values() for scope in named}
    }


def test_every_operation_that_needs_a_credential_keeps_its_document(
    own_database: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """All checks, among them that requests without a key are refused; each operation succeeds; afterwards the audit log still holds.

    From step to step walks ``tests/drafts/test_stateful.py``. ``use_after_free`` takes DELETE for the end of a resource; a draft that is given up stays readable, and the hooks of
    ``tests.drafts`` have a check of their own for that.
    """
    app = create_app(Settings(database_url=own_database, authentication="required"))
    asked = needing(app.openapi())
    assert len(asked) >= 17
    li, wang = (issued(own_database, *Scope, owner=owner) for owner in ("li", "wang"))
    words = ["--include-path-regex", "^/v1/(drafts|reference-rates$|keys|audit)", "--exclude-checks", "use_after_free"]
    words += ["--phases", os.environ.get("SCHEMATHESIS_PHASES", "examples,fuzzing"), "--generation-deterministic"]
    words += ["--max-examples", os.environ.get("SCHEMATHESIS_EXAMPLES", "10")]
    keys = {"SUBSIDY_LI": li.secret, "SUBSIDY_WANG": wang.secret, "SUBSIDY_OWN_KEYS": f"{li.key_id} {wang.key_id}"}
    with served(app) as live_url:
        run = schemathesis(live_url, tmp_path, *words, config=WALK, **keys)
    assert run.returncode == 0, run.stdout[-20_000:]
    answers = [tuple(json.loads(line)) for line in (tmp_path / "counts").read_text().splitlines()]
    good = Counter((method, path) for path, method, _, status in answers if status < 300)
    record_property("shown", f"schemathesis, with keys of every scope: {sum(good[one] for one in asked)} of {len(answers)} answered 2xx")
    assert not asked - good.keys(), "only seen refusing"
    engine = engine_of(own_database)
    with Session(engine) as session:
        assert audit.verify(session) == []
    engine.dispose()
