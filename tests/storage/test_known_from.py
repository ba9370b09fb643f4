"""Since when a version is known: as its notice says in the first load of an empty database, from its loading in a later one (D79)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.tables.catalogue.repository import read_catalogue
from app.tables.catalogue.snapshot import Catalogue
from app.tables.loading.loader import LoadError, add, load, read_files, what_is_new
from app.tables.storage import models
from tests.storage.notices import batch, direction, overlay, series, series_version, version, written
from tests.storage.notices import fund as fund_file
from tests.storage.test_standing import EVENTS, TABLE, ended, in_force, withdrawn

LOADED = datetime.fromisoformat("2024-06-01T12:00:00+08:00")
FIRST = version(1, "2024-01-15")
SECOND = version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1)
RULES = "{caps: [{per: [], period: BATCH, limit: 100, clause: 至多100元}]}"


def known_from(catalogue: Catalogue) -> list[datetime]:
    """Since when each version of the table is known."""
    return [one.known_from for one in catalogue.versions(TABLE)]


def folder(parent: Path, name: str, **files: str) -> list[Path]:
    """A folder of its own with these files."""
    (parent / name).mkdir()
    return written(parent / name, **files)


def test_D79_the_first_load_of_an_empty_database_reproduces_history(migrated: Engine, tmp_path: Path) -> None:
    with Session(migrated) as session:
        load(session, written(tmp_path, t=batch(direction(FIRST, SECOND))), LOADED)
        found = read_catalogue(session)
    assert known_from(found) == [datetime.fromisoformat(f"2024-{day}T00:00:00+08:00") for day in ("01-15", "03-01")]
    assert in_force(found, "2024-02-01", "2024-02-29") == 1
    assert in_force(found, "2024-02-01", "2024-03-01") == 2


def test_D79_what_is_loaded_later_is_known_from_its_loading(migrated: Engine, tmp_path: Path) -> None:
    """Published on 1 March, loaded at noon of 1 June: what was answered in between comes again."""
    later = LOADED + timedelta(days=10)
    first, both = folder(tmp_path, "a", t=batch(direction(FIRST))), folder(tmp_path, "b", t=batch(direction(FIRST, SECOND)))
    with Session(migrated) as session:
        load(session, first, datetime.fromisoformat("2024-02-01T00:00:00+08:00"))
        load(session, both, LOADED)
        found = read_catalogue(session)
        assert load(session, both, later)["added"] == 0
        assert known_from(read_catalogue(session)) == known_from(found) == [datetime.fromisoformat("2024-01-15T00:00:00+08:00"), LOADED]
    assert [in_force(found, "2024-02-01", day) for day in ("2024-03-02", "2024-05-31", "2024-06-01")] == [1, 1, 2]


def test_D79_ends_series_and_measures_that_are_loaded_later_too(migrated: Engine, tmp_path: Path) -> None:
    def rates(*versions: tuple[int, str, str]) -> str:
        return series(*(series_version(no, f"{day}T00:00:00+08:00", "2024-09-20", ("2024-01-20", value)) for no, day, value in versions))

    before = folder(tmp_path, "a", t=batch(direction(FIRST)), s=rates((1, "2024-01-20", "3.45%")))
    after = folder(
        tmp_path,
        "b",
        funds=fund_file(overlay("t-guide", "2024-01-01", "open", RULES)),
        t=batch(direction(FIRST) + EVENTS + ended(1, "2024-06-30", "2024-05-01")),
        s=rates((1, "2024-01-20", "3.45%"), (2, "2024-04-01", "3.40%")),
    )
    with Session(migrated) as session:
        load(session, before, datetime.fromisoformat("2024-02-01T00:00:00+08:00"))
        load(session, after, LOADED)
        found = read_catalogue(session)
    assert found.versions(TABLE)[0].ended_at == LOADED
    assert [one.known_from for one in found.funds["t-fund"].overlays] == [LOADED]
    assert [one.known_from for one in found.reference("T_RATE")][1:] == [LOADED]
    just_before = LOADED - timedelta(microseconds=1)
    assert [str(found.series(at)["T_RATE"].values[0]) for at in (just_before, LOADED)] == ["69/2000", "17/500"]


def test_D79_a_clock_that_lags_behind_changes_no_answer_of_before(migrated: Engine, tmp_path: Path) -> None:
    """Something is known since 1 June; a load whose clock says 1 April is known from the microsecond after it."""
    rates = series(series_version(1, LOADED.isoformat(), "2024-09-20", ("2024-01-20", "3.45%")))
    first = folder(tmp_path, "a", t=batch(direction(FIRST)), s=rates)
    both = folder(tmp_path, "b", t=batch(direction(FIRST, SECOND)))
    with Session(migrated) as session:
        load(session, first, LOADED)
        load(session, both, datetime.fromisoformat("2024-04-01T00:00:00+08:00"))
        assert known_from(read_catalogue(session))[1] == LOADED + timedelta(microseconds=1)


NOT_YET = "2024-06-01T12:00:01+08:00"  # a second after the moment of loading
WHY = "晚于载入的时刻 2024-06-01T12:00:00+08:00；公布之后再载入"


@pytest.mark.parametrize(
    ("files", "place", "why"),
    [
        ({"t": batch(direction(version(1, "2024-01-15", published=NOT_YET)))}, "t.yaml/directions/0/versions/0/published_at", WHY),
        (
            {"t": batch(direction(FIRST, version(2, "2024-01-15", published=NOT_YET, supersedes=1)))},
            "t.yaml/directions/0/versions/1/published_at",
            WHY,
        ),
        ({"s": series(series_version(1, NOT_YET, "2024-09-20", ("2024-01-20", "3.45%")))}, "s.yaml/series/0/versions/0/published_at", WHY),
        (
            {"funds": fund_file(overlay("t-guide", "2024-01-01", "open", RULES, published=NOT_YET))},
            "funds.yaml/funds/0/overlays/0/published_at",
            WHY,
        ),
        (
            {"funds": fund_file(overlay("t-guide", "2024-06-02", "open", RULES))},
            "funds.yaml/funds/0/overlays/0/effective/first_day",
            "晚于载入的时刻 2024-06-01T12:00:00+08:00；施行前公布的，写明 published_at",
        ),
        ({"t": batch(direction(FIRST) + EVENTS + withdrawn(1, "2024-06-02"))}, "t.yaml/directions/0/events/0/known_at", WHY),
    ],
    ids=["a version", "a correction", "a series", "measures", "measures without published_at", "a withdrawal"],
)
@pytest.mark.parametrize("in_use", [False, True], ids=["empty", "in use"])
def test_D79_nothing_is_loaded_before_it_is_published(
    migrated: Engine, tmp_path: Path, files: dict[str, str], place: str, why: str, *, in_use: bool
) -> None:
    with Session(migrated) as session:
        if in_use:
            other = series(series_version(1, "2024-01-20T09:00:00+08:00", "2024-09-20", ("2024-01-20", "3.45%"))).replace("T_RATE", "T_OTHER")
            load(session, folder(tmp_path, "before", s=other), LOADED)
        with pytest.raises(LoadError) as refused:
            load(session, folder(tmp_path, "new", **files), LOADED)
    assert [(fault.place, fault.message) for fault in refused.value.faults] == [(place, why)]


def test_D79_what_is_published_at_the_moment_of_loading_is_loaded(migrated: Engine, tmp_path: Path) -> None:
    """And measures that take effect later, where they say that they were published before."""
    files = written(
        tmp_path,
        funds=fund_file(overlay("t-guide", "2025-01-01", "open", RULES, published=LOADED.isoformat())),
        t=batch(direction(version(1, "2024-01-15", published=LOADED.isoformat()))),
    )
    with Session(migrated) as session:
        load(session, files, LOADED)
        assert known_from(read_catalogue(session)) == [LOADED]
        assert load(session, files, LOADED - timedelta(days=1))["added"] == 0  # what is stored is not asked again


def test_D101_what_the_values_of_a_series_are_cannot_change_in_a_later_file(migrated: Engine, tmp_path: Path) -> None:
    """A series that does not say so has percentages: a version 2 with numbers is refused, one with percentages is not."""
    first = folder(tmp_path, "a", s=series(series_version(1, "2024-01-20T09:00:00+08:00", "2024-09-20", ("2024-01-20", "3.45%"))))
    number = series(series_version(2, "2024-02-20T09:00:00+08:00", "2024-09-20", ("2024-01-20", "7.1879")))
    number = number.replace("    versions:", "    values_are: NUMBER\n    versions:")
    same = series(series_version(2, "2024-02-20T09:00:00+08:00", "2024-09-20", ("2024-01-20", "3.40%")))
    with Session(migrated) as session:
        load(session, first, LOADED)
        with pytest.raises(LoadError) as refused:
            load(session, folder(tmp_path, "b", s=number), LOADED)
        assert load(session, folder(tmp_path, "c", s=same), LOADED)["added"] == 2
    assert [(fault.place, fault.message) for fault in refused.value.faults] == [
        ("s.yaml/series/0/versions/0", "系列 T_RATE 的值已公布为 PERCENT，不可更改")
    ]


UNSEEN = "  - {rate_table: t-fund-2024-1-1, no: '1', title: （标题未见）, method: null, area: null, not_loaded: 附件未见}\n"


@pytest.mark.parametrize("before", [{}, {"t": batch(UNSEEN)}], ids=["a fund alone", "a direction without standards"])
def test_D79_a_database_with_any_row_is_in_use(migrated: Engine, tmp_path: Path, before: dict[str, str]) -> None:
    """No answer knew a version yet; still, what is loaded is known from its loading and no earlier."""
    with Session(migrated) as session:
        load(session, folder(tmp_path, "a", **before), datetime.fromisoformat("2024-02-01T00:00:00+08:00"))
        load(session, folder(tmp_path, "b", t=batch(direction(FIRST))), LOADED)
        assert known_from(read_catalogue(session)) == [LOADED]


@pytest.mark.parametrize(("on", "faults"), [("2024-06-01", []), ("2024-06-02", ["s.yaml/series/0/versions/0/rows/1/on"])])
@pytest.mark.parametrize("in_use", [False, True], ids=["empty", "in use"])
def test_D79_a_value_is_not_loaded_before_its_day(migrated: Engine, tmp_path: Path, on: str, faults: list[str], *, in_use: bool) -> None:
    """Loaded at noon of 1 June."""
    rates = series(series_version(1, "2024-01-20T09:00:00+08:00", "2024-09-20", ("2024-01-20", "3.45%"), (on, "3.40%")))
    with Session(migrated) as session:
        if in_use:
            load(session, folder(tmp_path, "before"), LOADED)
        if faults:
            with pytest.raises(LoadError) as refused:
                load(session, folder(tmp_path, "new", s=rates), LOADED)
            assert [(one.place, one.message) for one in refused.value.faults] == [(faults[0], f"{on} 尚未到来")]
        else:
            assert any(load(session, folder(tmp_path, "new", s=rates), LOADED).values())


def test_D79_later_words_are_known_from_their_loading(migrated: Engine, tmp_path: Path) -> None:
    """Of a batch and of a direction; the reason of before is what was known before."""
    better = UNSEEN.replace("（标题未见）", "试验奖励").replace("附件未见", "附件未公布")
    header = batch(better).replace("title: 2024年第一批", "title: 2024年第一批（更正）")
    with Session(migrated) as session:
        load(session, folder(tmp_path, "a", t=batch(UNSEEN)), LOADED - timedelta(days=9))
        assert load(session, folder(tmp_path, "b", t=header), LOADED)["added"] == 2
        found = read_catalogue(session)
        rows = [*session.exec(select(models.BatchVersion)).all(), *session.exec(select(models.DirectionVersion)).all()]
    assert [row.published_at for row in rows] == [LOADED, LOADED]
    known = found.directions[TABLE]
    assert (found.batches["t-fund-2024-1"].title, known.title, known.not_loaded) == ("2024年第一批（更正）", "试验奖励", "附件未公布")
    assert [known.without(at) for at in (LOADED - timedelta(microseconds=1), LOADED)] == ["附件未见", "附件未公布"]


def test_standards_that_an_earlier_release_has_added_get_their_title(migrated: Engine, tmp_path: Path) -> None:
    """It left the direction as it had been; the file, which says the same version, adds the direction's words now."""
    known = batch(direction(FIRST))
    with Session(migrated) as session:
        load(session, folder(tmp_path, "a", t=batch(UNSEEN)), LOADED - timedelta(days=9))
        files = read_files(folder(tmp_path, "b", t=known))
        new = [row for row in what_is_new(session, files, LOADED) if not isinstance(row, models.DirectionVersion)]
        add(session, new)
        session.commit()
        assert read_catalogue(session).directions[TABLE].title == "（标题未见）"
        assert load(session, folder(tmp_path, "c", t=known), LOADED + timedelta(days=1))["added"] == 1
        assert read_catalogue(session).directions[TABLE].title == "试验奖励"
        assert load(session, folder(tmp_path, "d", t=known), LOADED + timedelta(days=2))["added"] == 0
        with pytest.raises(LoadError) as refused:  # it has them now
            load(session, folder(tmp_path, "e", t=known.replace("area: null", "area: KEY_FIELDS")), LOADED + timedelta(days=3))
    assert [one.message for one in refused.value.faults] == ["该方向已有标准，其名称、编号与领域不可更改；标准的变更是新版本"]


def test_corrected_rules_stand_from_when_they_are_known(migrated: Engine, tmp_path: Path) -> None:
    """In the first load as their notices say, in a later one from the loading; always one version, never two caps."""
    first, second = overlay("t-guide", "2024-01-01", "open", RULES), RULES.replace("100", "50")
    both = first + overlay("t-guide", "2024-01-01", "open", second, version=2, published="2024-03-01T00:00:00+08:00")
    with Session(migrated) as session:
        load(session, folder(tmp_path, "a", funds=fund_file(both), t=batch(direction(FIRST))), LOADED)
        found = read_catalogue(session)
    third = overlay("t-guide", "2024-01-01", "2024-12-31", second, version=3, published="2024-04-01T00:00:00+08:00")
    with Session(migrated) as session:
        load(session, folder(tmp_path, "b", funds=fund_file(both + third), t=batch(direction(FIRST))), LOADED)
        later = read_catalogue(session)

    def standing(catalogue: Catalogue, at: datetime) -> list[str]:
        return [one.digest for one in catalogue.choose(TABLE, version=1, known_at=at).overlays]

    digests = [one.digest for one in later.funds["t-fund"].versions]
    turn = datetime.fromisoformat("2024-03-01T00:00:00+08:00")
    for catalogue in (found, later):
        assert [standing(catalogue, at) for at in (turn - timedelta(microseconds=1), turn)] == [[digests[0]], [digests[1]]]
    just_before = LOADED - timedelta(microseconds=1)
    assert [standing(later, at) for at in (just_before, later.latest_known_at)] == [[digests[1]], [digests[2]]]
    assert [one.digest for one in later.choose(TABLE, version=1).overlays] == [digests[2]]
