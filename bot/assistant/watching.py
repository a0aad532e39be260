"""Reads a wish to be told: 母婴转化率低于1.8%提醒我, GMV 跌超过20%告诉我, alert me when … goes above 8%."""

from __future__ import annotations

import re
from datetime import datetime

from bot.assistant.asking_back import AskingBack, ask_back
from bot.assistant.kpi_query import last_days
from bot.assistant.reading import Reading
from bot.assistant.types import Plan
from bot.assistant.watch import Watch
from metrics.model import SemanticModel
from metrics.query import KpiQuery

TRIAL_DAYS = 90
LISTS = ("which_day", "which_week", "which_month", "which_hour", "which")  # a list is wanted, not a rule
WHEN = re.compile(
    r"(?:告诉|说|叫|喊|提醒|通知)\S{0,4}[。.!！]?\s*$|(?<![a-z])(?:when(?:ever)?|if|once|as soon as)(?![a-z])",
    re.IGNORECASE,
)
NUMBER = r"(?P<number>\d+(?:\.\d+)?)\s*(?:%|％|个?百分点|percent)"
MORE = r"(?:幅|了|得)*\s*(?:超过|超|大于|多于|达到|达|过|by|more than|over|at least|\s)*\s*"
FALLS = re.compile(
    rf"(?:下降|下跌|下滑|跌|降|掉|减少|少|回落|drops?|falls?|declines?|decreases?|is down|goes down|go down|down)"
    rf"(?!到|至|破|穿|below|to\b){MORE}{NUMBER}",
    re.IGNORECASE,
)
RISES = re.compile(
    rf"(?:上升|上涨|涨|升|增长|增加|多|rises?|grows?|increases?|is up|goes up|go up|jumps?|up)"
    rf"(?!到|至|破|above|over\s|to\b){MORE}{NUMBER}",
    re.IGNORECASE,
)


def watch_plan(command: str, reading: Reading, model: SemanticModel, asking: AskingBack, now: datetime) -> Plan | None:
    """The rule with what it would have done, or what is missing for one; None when none is wished for."""
    relative = _relative(reading)
    has_bound = bool(reading.bounds) or relative is not None
    is_wish = command == "watch" or (reading.has("watch") and has_bound) or (has_bound and _is_conditional(reading))
    if not is_wish or reading.times.periods or reading.dimensions or reading.has(*LISTS):
        return None
    if reading.ambiguous:
        return asking.which_metric(reading)
    if not reading.metrics or not has_bound:
        return ask_back(reading, "watch_what")
    metric = model.metrics[reading.metrics[0]]
    if relative is not None:
        side, share = relative
        rule = Watch(metric.id, dict(reading.values), "below" if side < 0 else "above", share, is_relative=True)
    else:
        bound = reading.bounds[0]
        value = bound.value(metric.unit)
        if value is None:
            return ask_back(reading, "watch_unit", metric=metric.name.text(reading.language))
        rule = Watch(metric.id, dict(reading.values), bound.side, round(value, 12), includes=bound.includes)
    query = KpiQuery((metric.id,), last_days(TRIAL_DAYS, now), dict(reading.values), grain="day")
    return Plan("kpi", reading.language, reading.raw, query=query, view="watch", watch=rule, read_as=reading.read_as)


def _is_conditional(reading: Reading) -> bool:
    return WHEN.search(reading.raw) is not None and bool(reading.metrics) and not reading.has("which", "trend", "chart")


def _relative(reading: Reading) -> tuple[int, float] | None:
    """Direction and share of 跌超过20%; a fall to a level (跌到20%) is none."""
    for pattern, side in ((FALLS, -1), (RISES, 1)):
        found = pattern.search(reading.text)
        if found is not None:
            return side, float(found["number"]) / 100
    return None
