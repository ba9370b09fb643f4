"""``subsidy tables load`` on a database in use: what was published here stays, what the files say stays equal."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from app.api.drafts.examples import BEGIN, MONTH
from app.cli import app
from app.settings import settings
from tests.conftest import PUBLISHED
from tests.contract.requests import INSURANCE, insurance
from tests.drafts.conftest import Office

TABLE = "bj-gjj-2025-1-11"
FILE = "bj-gjj-2025-1.yaml"


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """The command reads its settings once for a process."""
    settings.cache_clear()
    yield
    settings.cache_clear()


def load(office: Office, *paths: Path) -> Result:
    """Run the command on the office's database."""
    return CliRunner().invoke(app, ["tables", "load", *map(str, paths)], env={"SUBSIDY_DATABASE_URL": office.service.url})


def printed(done: Result) -> list[str]:
    """The lines that the command printed; the service beside it, in the same process, logs on the same stream."""
    return [line for line in done.stdout.splitlines() if not line.startswith("{")]


def publish_one_of_each(office: Office) -> None:
    """A version that ends the one before it, a withdrawal, a later notice, a new batch, a month of rates."""
    for name in ("content", "withdrawal"):
        office.publish(BEGIN[name]["value"])
    batch = {
        "fund": "bj-gjj",
        "batch": {"id": "bj-gjj-2025-1", "year": "2025", "no": "1", "title": "2025年第一批（延期）"},
        "document": {"title": "关于延期的通知", "issuer": None, "number": None, "date": "2025-03-20"},
        "authority": "official",
    }
    later, etag = office.begin("li", {"kind": "BATCH", "target": "bj-gjj-2025-1", "content": batch})
    new, new_etag = office.begin("li", BEGIN["copy_of_a_batch"]["value"])
    content = office.call("li", "GET", new).json()["content"]
    content["batch"] |= {"year": "2027", "title": "2027年第一批"}
    new_etag = office.call("li", "PUT", new, {"content": content}, **{"If-Match": new_etag}).headers["etag"]
    month = office.call("li", "POST", "/v1/reference-rates", MONTH["both"]["value"])
    assert month.status_code == 201, month.text
    drafts = [(later, etag, True), (new, new_etag, True), (month.headers["location"], month.headers["etag"], False)]
    for draft, seen, unchecked in drafts:
        for who, step in (("li", "check"), ("wang", "approve"), ("wang", "publish"))[0 if unchecked else 1 :]:
            response = office.step(who, draft, seen, step)
            assert response.status_code == 200, response.text
            seen = response.headers["etag"]


def test_the_published_files_load_again_after_everything_was_changed_here(office: Office) -> None:
    """Nothing is added and nothing lost, however often; what is stored beyond the files is listed."""
    publish_one_of_each(office)
    office.wait_until(lambda: office.client.get("/v1/batches/bj-gjj-2027-1").status_code == 200)
    before = office.client.get(f"/v1/rate-tables/{TABLE}/versions").json()
    for _ in range(2):
        done = load(office)
        assert (done.exit_code, done.stderr) == (0, ""), done.output
        first, *more = printed(done)
        assert first.endswith("rate tables proved, 0 rows added")
        said = {line.partition(" / also stored, and kept: ")[2] for line in more}
        assert {
            f"{TABLE} version 2, in force from 2026-12-01",
            f"{TABLE} version 1 ends on 2026-11-30",
            "bj-gjj-2025-3-1 version 2 is withdrawn",
            "a later notice of batch bj-gjj-2025-1 (version 2)",
            "batch bj-gjj-2027-1",
            "LPR_1Y version 2",
            "LPR_5Y version 2",
        } <= said
        assert not any("direction bj-gjj-2027-1" in one or "bj-gjj-2027-1-11" in one for one in said)
        assert all(line.startswith("· 库中另有，保留：") for line in more)
    assert office.client.get(f"/v1/rate-tables/{TABLE}/versions").json() == before


def test_one_file_alone_speaks_of_its_own_tables_alone(office: Office) -> None:
    publish_one_of_each(office)
    done = load(office, PUBLISHED / FILE)
    assert done.exit_code == 0, done.output
    assert len(printed(done)) == 1 + 3  # version 2, the end of version 1, the later notice


VERSION = """\
      - version: '{number}'
        effective: {{first_day: '{first}', last_day: open}}
        published_at: '2026-11-20T00:00:00+08:00'
        terms:
          facts: POLICIES
          wording: CEILING
          lines:
            - {{id: ALL, base: premium_paid, rate: 40%, clause: 按照不超过相关保费的40%给予保险补贴}}
"""


@pytest.mark.parametrize(
    ("number", "first", "first_ends", "told"),
    [
        (2, "2027-01-01", "2026-12-31", f"{TABLE} 2: 库中的这一版本于 "),  # the number was given here to another version
        (3, "2026-06-01", "2026-05-31", "重叠"),  # lies over what was published here
    ],
)
def test_a_file_that_contradicts_what_was_published_here_is_refused(
    office: Office, tmp_path: Path, number: int, first: str, first_ends: str, told: str
) -> None:
    """Of what both say, both must say the same; what only the file says must not lie over what was published here."""
    office.publish(BEGIN["content"]["value"])
    path = with_a_second(tmp_path, number, first, first_ends)
    refused = load(office, path)
    assert refused.exit_code == 1
    assert told in refused.stderr
    claim = insurance(application_date="2026-12-15")
    assert office.client.post(INSURANCE, json=claim).json()["provenance"]["rate_table"]["version"] == 2


def with_a_second(tmp_path: Path, number: int, first: str, first_ends: str = "", *, supersedes: bool = False) -> Path:
    """The published file with another version of the table, before which the first one ends or which takes its place."""
    lines = (PUBLISHED / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(no for no, line in enumerate(lines) if f"rate_table: {TABLE}\n" in line)
    end = next((no for no in range(start + 1, len(lines)) if lines[no].startswith("  - ")), len(lines))
    version = VERSION.format(number=number, first=first)
    if supersedes:
        version = version.replace("        terms:\n", "        supersedes: '1'\n        terms:\n")
    else:
        version += f"    events:\n      - {{version: '1', kind: ENDED, known_at: '2026-11-20T00:00:00+08:00', last_day: '{first_ends}'}}\n"
    lines.insert(end, version)
    (tmp_path / FILE).write_text("".join(lines), encoding="utf-8")
    return tmp_path / FILE


def test_a_version_of_a_new_release_takes_its_place_beside_what_was_decided_here(office: Office, tmp_path: Path) -> None:
    """Version 1 was withdrawn here; the next release corrects it with a version 2, which is in force from then on."""
    withdrawn = {"rate_table": TABLE, "version": "1", "reason": "依据的通知已废止"}
    office.publish({"kind": "WITHDRAWAL", "target": TABLE, "content": withdrawn})
    path = with_a_second(tmp_path, 2, "2025-01-20", supersedes=True)
    before = office.known_at()
    done = load(office, path)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    assert f"{TABLE} version 1 is withdrawn" in done.stdout
    office.wait_until(lambda: office.known_at() != before)
    claim = insurance(application_date="2025-03-10")
    assert office.client.post(INSURANCE, json=claim).json()["provenance"]["rate_table"]["version"] == 2


def test_what_the_files_leave_out_is_listed_whole_by_whole(office: Office, tmp_path: Path) -> None:
    """A fund without its overlays; a version that was published and withdrawn here is told as such, its end not once more."""
    office.publish(BEGIN["content"]["value"])
    office.publish({"kind": "WITHDRAWAL", "target": TABLE, "content": {"rate_table": TABLE, "version": "2", "reason": "有误"}})
    funds = tmp_path / "funds.yaml"
    funds.write_text("funds:\n  - id: bj-gjj\n    title: 北京市高精尖产业发展资金\n", encoding="utf-8")
    done = load(office, funds, PUBLISHED / FILE)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    said = {line.partition(" / also stored, and kept: ")[2] for line in printed(done)}
    assert {"bj-gjj-eligibility-before-2024 version 1", f"{TABLE} version 2, in force from 2026-12-01"} <= said
    assert not any("version 2 is withdrawn" in line for line in said)


def test_a_series_whose_number_was_given_here_to_other_values_is_refused(office: Office, tmp_path: Path) -> None:
    entered = office.call("li", "POST", "/v1/reference-rates", MONTH["both"]["value"])
    assert entered.status_code == 201, entered.text
    address, etag = entered.headers["location"], entered.headers["etag"]
    for name in ("approve", "publish"):
        response = office.step("wang", address, etag, name)
        assert response.status_code == 200, response.text
        etag = response.headers["etag"]
    content = yaml.load((PUBLISHED / "reference_rates.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    for one in content["series"]:
        one["versions"].append({**deepcopy(one["versions"][-1]), "version": "2", "published_at": "2026-09-21T09:00:00+08:00"})
    path = tmp_path / "reference_rates.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    refused = load(office, path)
    assert refused.exit_code == 1
    assert "LPR_1Y 2: 库中的这一版本于 " in refused.stderr
    assert "或改为版本 3" in refused.stderr


def test_a_direction_that_was_published_here_is_listed(office: Office) -> None:
    """A copy of a table under a new number of the same batch."""
    target = "bj-gjj-2025-1-99"
    draft, etag = office.begin("li", {"kind": "RATE_TABLE", "target": target, "copy_of": {"rate_table": TABLE}})
    content = office.call("li", "GET", draft).json()["content"]
    content["direction"] |= {"no": "99", "title": "补充方向"}
    office.call("li", "DELETE", draft, **{"If-Match": etag})
    office.publish({"kind": "RATE_TABLE", "target": target, "content": content})
    done = load(office, PUBLISHED / FILE)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    assert any(line.endswith(f"also stored, and kept: direction {target}") for line in printed(done))
