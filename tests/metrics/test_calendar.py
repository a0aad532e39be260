"""Promotions and holidays: the bundled calendar, the user's own, and its mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from metrics.calendar import Calendar
from metrics.errors import DefinitionError


def _own(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("event", "year", "day", "start", "end"),
    [
        ("double11", 2026, "2026-11-11", "2026-11-01", "2026-11-11"),
        ("mid_year", 2025, "2025-06-18", "2025-06-01", "2025-06-18"),
        # as published by the State Council
        ("spring_festival", 2026, "2026-02-17", "2026-02-15", "2026-02-23"),
        ("spring_festival", 2025, "2025-01-29", "2025-01-28", "2025-02-04"),
        ("national_day", 2026, "2026-10-01", "2026-10-01", "2026-10-07"),
        ("mid_autumn", 2026, "2026-09-25", "2026-09-25", "2026-09-27"),
        ("dragon_boat", 2025, "2025-05-31", "2025-05-31", "2025-06-02"),
        ("qingming", 2026, "2026-04-05", "2026-04-04", "2026-04-06"),
        ("qixi", 2025, "2025-08-29", "2025-08-29", "2025-08-29"),
        ("lantern", 2026, "2026-03-03", "2026-03-03", "2026-03-03"),
    ],
)
def test_an_event_has_its_days_in_a_year(event: str, year: int, day: str, start: str, end: str) -> None:
    found = Calendar.load().spans(event, year)

    assert found is not None
    assert [str(one) for one in (found.day, found.start, found.end)] == [day, start, end]
    assert not found.is_estimate


def test_days_off_that_are_not_published_yet_are_flagged_as_an_estimate() -> None:
    found = Calendar.load().spans("national_day", 2060)

    assert found is not None
    assert found.is_estimate
    assert (found.start, found.end) == (date(2060, 10, 1), date(2060, 10, 3))  # the statutory three days


def test_an_event_has_no_days_before_it_first_took_place() -> None:
    assert Calendar.load().spans("double11", 2008) is None


def test_every_bundled_event_has_days_in_every_year_of_use() -> None:
    calendar = Calendar.load()

    for event in calendar.events:
        for year in range(2018, 2036):
            found = calendar.spans(event.id, year)
            assert found is not None
            assert found.start <= found.end
            assert event.name.zh
            assert event.name.en


def test_a_users_event_is_added_and_overrides_key_by_key(tmp_path: Path) -> None:
    calendar = Calendar.load(
        _own(
            tmp_path,
            'events:\n  double12: {campaign: ["12-08", "12-12"]}\n'
            '  birthday:\n    name: {zh: 店庆, en: Birthday}\n    day: "08-18"\n    kind: campaign\n'
            "  years_end:\n    name: {zh: 跨年, en: Turn of the year}\n    day: '12-31'\n"
            "    campaign: ['12-28', '01-03']\n",
        )
    )

    double12, birthday, turn = (calendar.spans(id, 2026) for id in ("double12", "birthday", "years_end"))
    assert double12 is not None
    assert (double12.day, double12.start) == (date(2026, 12, 12), date(2026, 12, 8))
    assert calendar.event("double12").name.zh == "双12"
    assert birthday is not None
    assert birthday.start == birthday.end == date(2026, 8, 18)
    assert turn is not None
    assert (turn.start, turn.end) == (date(2025, 12, 28), date(2026, 1, 3))


def test_exact_years_win_over_the_rule(tmp_path: Path) -> None:
    own = "events:\n  double11:\n    years:\n      2025: {day: 2025-11-11, campaign: [2025-10-09, 2025-11-11]}\n"
    calendar = Calendar.load(_own(tmp_path, own))

    found, other = calendar.spans("double11", 2025), calendar.spans("double11", 2026)
    assert found is not None
    assert found.start == date(2025, 10, 9)
    assert other is not None
    assert other.start == date(2026, 11, 1)


def test_every_mistake_is_listed_with_its_line_and_key(tmp_path: Path) -> None:
    own = _own(
        tmp_path,
        "events:\n"
        "  one:\n"
        "    name: {zh: 一}\n"
        '    day: "13-40"\n'
        "  two:\n"
        "    name: {zh: 二, en: Two}\n"
        '    day: "02-29"\n'
        "    campain: off_days\n"
        "    kind: sale\n"
        "    since: soon\n"
        "  three:\n"
        "    name: {zh: 三, en: Three}\n"
        '    day: "03-03"\n'
        "    campaign: [2, 3]\n"
        "    years: {2025: {day: 2025-03-03, campaign: [2025-03-05, 2025-03-01]}}\n",
    )

    with pytest.raises(DefinitionError) as caught:
        Calendar.load(own)

    places = {(mistake.line, mistake.key) for mistake in caught.value.mistakes}
    assert {
        (4, "events.one.day"),
        (7, "events.two.day"),
        (8, "events.two.campain"),
        (9, "events.two.kind"),
        (10, "events.two.since"),
        (14, "events.three.campaign"),
        (15, "events.three.years.2025"),
    } <= places
    assert any(mistake.line == 3 and "en" in mistake.problem for mistake in caught.value.mistakes)
    assert {mistake.file for mistake in caught.value.mistakes} == {"mine.yaml"}


@pytest.mark.parametrize("text", ["events: [", "", "just words", "events:\n  one: 3\n", "events: {}\nother: 1\n"])
def test_a_file_that_is_no_calendar_is_a_clear_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"mine\.yaml"):
        Calendar.load(_own(tmp_path, text))


def test_the_nearest_occurrence_is_found_over_new_year() -> None:
    calendar = Calendar.load()

    found = calendar.nearest("new_year", date(2025, 12, 30))
    assert found is not None
    assert found.year == 2026
    assert calendar.nearest("unknown", date(2025, 12, 30)) is None
