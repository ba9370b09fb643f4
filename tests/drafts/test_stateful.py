"""schemathesis walks the links of the document, with the keys of two officers, through the whole life of drafts."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session, select

from app.main import create_app
from app.settings import Settings
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.database import engine_of
from tests.access.conftest import issued
from tests.conftest import served
from tests.contract.test_schemathesis import CONFIG, schemathesis

# 412 is what the document says of an ETag that has the right form and is not the present one, 413 of a note without end.
# 428 of a step without an ETag. The links are the document's own: none are inferred, and none is given up because the step at its end was refused.
WALK = CONFIG.replace("tests.contract.schemathesis_hooks", "tests.drafts.officers").replace('"409", "422"', '"409", "412", "422"')
CHECKS = """missing_required_header.expected-statuses = ["401", "406", "415", "422", "428"]
negative_data_rejection.expected-statuses = [
  "400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "5xx"
]
"""
WALK = WALK.replace("[[operations]]", CHECKS + "[[operations]]")
WALK += """
[phases.stateful]
max-steps = 24
link-calibration = false
[phases.stateful.inference]
algorithms = []
"""
STEPS = {
    "begin": ("POST", "/v1/drafts"),
    "enter a month": ("POST", "/v1/reference-rates"),
    "revise": ("PUT", "/v1/drafts/{draft_id}"),
    "check": ("POST", "/v1/drafts/{draft_id}/check"),
    "approve": ("POST", "/v1/drafts/{draft_id}/approve"),
    "publish": ("POST", "/v1/drafts/{draft_id}/publish"),
    "discard": ("DELETE", "/v1/drafts/{draft_id}"),
}


def test_the_links_lead_to_publications(database: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """All checks but one hold at every step; every kind of step succeeds; nobody approves what he wrote.

    ``use_after_free`` takes DELETE for the end of a resource. A draft that is given up stays readable, so the hooks
    have a check of their own: it is shown as DISCARDED and goes no further.
    """
    shutil.copyfile(database.removeprefix("sqlite:///"), tmp_path / "own.db")
    url = f"sqlite:///{tmp_path}/own.db"
    li, wang = (issued(url, "tables:read", "tables:write", "tables:approve", owner=owner).secret for owner in ("li", "wang"))
    words = ["--include-path-regex", "^/v1/(drafts|reference-rates$)", "--phases", "stateful", "--exclude-checks", "use_after_free"]
    words += ["--max-examples", "30", "--generation-deterministic"]
    with served(create_app(Settings(database_url=url))) as live_url:
        run = schemathesis(live_url, tmp_path, *words, config=WALK, SUBSIDY_LI=li, SUBSIDY_WANG=wang)
    answers = Counter(tuple(json.loads(line)) for line in (tmp_path / "counts").read_text().splitlines())
    done: Counter[str] = Counter()
    for name, (method, path) in STEPS.items():
        done[name] = sum(number for (to, by, _, status), number in answers.items() if (by, to) == (method, path) and status < 300)
    links = re.search(r"API Links: +(\d+) covered / (\d+) selected", run.stdout)
    walked = f"{links[1]} of {links[2]} links walked" if links else "no links"
    succeeded = ", ".join(f"{name} {number}" for name, number in done.items())
    record_property("shown", f"schemathesis, drafts of two officers: {walked}; succeeded: {succeeded}")
    assert run.returncode == 0, "\n".join(line[:2_000] for line in run.stdout.splitlines())
    assert all(done[name] for name in STEPS), answers
    engine = engine_of(url)
    with Session(engine) as session:
        assert audit.verify(session) == []
        steps = Counter(one.kind for one in session.exec(select(models.DraftStep)))
        assert steps["PUBLISHED"] == done["publish"]
        approved = {one.draft_id: one.actor for one in session.exec(select(models.DraftStep)) if one.kind == "APPROVED"}
        written = {(one.draft_id, one.author) for one in session.exec(select(models.DraftRevision))}
        assert approved and written.isdisjoint(approved.items())
    engine.dispose()
