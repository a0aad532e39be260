"""What was planted is found by its own cut within its days; ordinary days and the largest promotion stay quiet."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.metrics.anomalies.planted import judged, unusual

ANCHOR = date(2026, 11, 22)  # incidents are dated from it, see metrics/demo/incidents.py
NO_INCIDENTS = date(2040, 1, 1)
EVENTS = (date(2026, 11, 1), date(2026, 11, 11))


@pytest.mark.parametrize(
    ("metric", "place", "first", "last", "sign"),
    [
        # anchor is a Sunday: the last whole week before its own began on Monday 9 November
        ("conversion_rate", {"category": "母婴", "channel": "直播"}, date(2026, 11, 9), date(2026, 11, 21), -1),
        # from Tuesday to Sunday of the week before
        ("conversion_rate", {"category": "家电", "region": "西南"}, date(2026, 11, 3), date(2026, 11, 8), -1),
        ("visitors", {"category": "服饰", "channel": "私域"}, date(2026, 11, 13), date(2026, 11, 13), 1),
    ],
)
def test_a_planted_incident_is_named_by_its_own_cut_on_its_own_days(
    metric: str, place: dict[str, str], first: date, last: date, sign: int
) -> None:
    found = [one for one in unusual(ANCHOR, first, last) if one.series.metric.id == metric and one.place == place]
    assert [one.sign for one in found] == [sign]
    assert abs((found[0].days[0] - first).days) <= 1
    assert first <= found[0].days[1] <= last


def test_what_the_incident_pulls_down_is_not_listed_beside_it() -> None:
    """The buyers and money that are missing for lack of conversion, and the whole that is lower for its part."""
    found = unusual(ANCHOR, date(2026, 11, 16), date(2026, 11, 21))
    about = [one for one in found if one.place.get("category", "母婴") == "母婴" and "母婴" in one.place.values()]
    assert [(one.series.metric.id, one.place) for one in about if one.place.get("channel", "直播") == "直播"] == [
        ("conversion_rate", {"category": "母婴", "channel": "直播"})
    ]


def test_a_shop_without_incidents_gives_few_alarms_on_ordinary_days_and_on_double_11() -> None:
    flagged = np.zeros(2)
    counted = np.zeros(2)
    for one in judged(NO_INCIDENTS):
        for index, day in enumerate(one.panel.days):
            if day < date(2026, 9, 20):
                continue
            is_event = int(EVENTS[0] <= day <= EVENTS[1])
            known = one.is_judged & np.isfinite(one.season.expected[:, index])
            flagged[is_event] += (one.season.flags[known, index] != 0).sum()
            counted[is_event] += known.sum()
    ordinary, promotion = flagged / counted
    assert counted.min() > 1000
    assert ordinary <= 0.012
    assert promotion <= 0.03


def test_double_11_itself_is_not_reported_as_unusual_for_the_whole_shop() -> None:
    whole = [one for one in judged(NO_INCIDENTS) if not one.panel.by]
    index = whole[0].panel.days.index(date(2026, 11, 11))
    assert all(one.season.flags[0, index] == 0 for one in whole)
    # without knowing of promotions the day would be far out: it sells several times an ordinary day
    visitors = next(one for one in whole if one.metric.id == "visitors").panel.measures["visitors"][0]
    assert visitors[index] > 2 * np.median(visitors[index - 40 : index - 12])


def test_a_day_without_data_is_neither_judged_nor_learnt_from() -> None:
    one = next(held for held in judged(NO_INCIDENTS) if not held.panel.by)
    day = one.panel.days[0] + timedelta(days=10)
    assert day in one.panel.days
    assert not one.season.flags[:, :14].any()  # nor are the days before anything is known
