"""One evaluation: some simulated shops, their false alarms, and incidents put into them."""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np

from bot.evaluation.anomalies.replay import Replay, Replayed
from bot.evaluation.anomalies.report import Alarms, Report
from bot.evaluation.anomalies.shop import simulate
from metrics.calendar import Calendar
from metrics.model import SemanticModel

DAYS, JUDGED = 560, 70  # of history, and of them the last that are judged
APART = 97  # days between the ends of two shops: another season, other promotions
LAST = date(2026, 11, 22)


def evaluate(model: SemanticModel, calendar: Calendar, incidents: int, shops: int, seed: int) -> Report:
    """Replays that many incidents in as many shops."""
    started = time.perf_counter()
    totals, replayed = np.zeros(4, dtype=int), list[Replayed]()
    for number in range(shops):
        last = LAST - timedelta(days=APART * number)
        replay = Replay(simulate(seed + number, last, DAYS), model, calendar)
        first = last - timedelta(days=JUDGED)
        totals += np.array(replay.alarms(first))
        chance = np.random.default_rng([seed, number])
        share = incidents // shops + (number < incidents % shops)
        replayed += replay.judge(list(replay.incidents(chance, share, first))) if share else []
    counted = [int(value) for value in totals]
    return Report(Alarms(*counted), tuple(replayed), time.perf_counter() - started)
