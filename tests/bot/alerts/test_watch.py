"""A rule over past days: it fires once a crossing, and again only after the figure has clearly come back."""

from __future__ import annotations

from datetime import date, timedelta

from bot.assistant.watch import Trial, Watch, tried

START = date(2026, 11, 2)


def over(watch: Watch, values: list[float | None], before: list[float | None] | None = None) -> Trial:
    earlier = before or [None] * len(values)
    return tried(
        watch, [(START + timedelta(days=n), v, b) for n, (v, b) in enumerate(zip(values, earlier, strict=True))]
    )


def test_a_crossing_that_lasts_fires_once() -> None:
    trial = over(Watch("conversion_rate", {}, "below", 0.02), [0.03, 0.019, 0.018, 0.019, 0.03, 0.015])
    assert trial.fired == (START + timedelta(days=1), START + timedelta(days=5))
    assert trial.is_open


def test_a_figure_that_trembles_on_the_bound_does_not_fire_each_time() -> None:
    """0.0201 is above 0.02 but by less than 2 % of it, so it is no coming back."""
    assert len(over(Watch("conversion_rate", {}, "below", 0.02), [0.03, 0.0199, 0.0201, 0.0199, 0.0201]).fired) == 1


def test_a_relative_rule_compares_with_the_week_before() -> None:
    """80 after 100 is a fall of exactly 20 %, which is not more than 20 %; 79 is."""
    rule = Watch("gmv", {}, "below", 0.2, is_relative=True)
    assert over(rule, [80.0], [100.0]).fired == ()
    assert over(rule, [79.0], [100.0]).fired == (START,)
    assert over(rule, [79.0], [None]).fired == ()  # nothing to compare with


def test_days_without_a_figure_are_not_counted() -> None:
    trial = over(Watch("gmv", {}, "above", 10.0), [None, 5.0, None, 11.0])
    assert (trial.days, trial.latest, trial.fired) == (2, 11.0, (START + timedelta(days=3),))


def test_the_bound_itself_counts_only_where_it_was_said_to() -> None:
    assert over(Watch("gmv", {}, "above", 10.0), [10.0]).fired == ()
    assert over(Watch("gmv", {}, "above", 10.0, includes=True), [10.0]).fired == (START,)
