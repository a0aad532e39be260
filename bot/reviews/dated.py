"""A printer whose dates name their year: a review is read again when "10/28" could be any year's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.assistant.compose.figures import Printer
from metrics.periods import describe
from metrics.query import Period


@dataclass
class DatedPrinter(Printer):
    """As in answers, except for dates."""

    def range(self, period: Period) -> str:
        """The concrete dates with their year."""
        return self.say(describe(period, self.language))

    def moment(self, moment: datetime) -> str:
        """ "2026/11/22 14:05"; midnight reads as the end of the day before."""
        if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
            return self.say(f"{moment - timedelta(days=1):%Y/%m/%d} 24:00")
        return self.say(f"{moment:%Y/%m/%d %H:%M}")
