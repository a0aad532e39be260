"""When a digest is due: a local time of day, on every local date, whatever the clocks do that night."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME = re.compile(r"^(\d{1,2})(?:[:：.点](\d{1,2})?分?)?$")


def parse_time(text: str) -> str | None:
    """A time of day as HH:MM out of 9, 9:00, 09：30 or 9点30; None when it is none."""
    found = TIME.match(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def due_at(day: date, local_time: str, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of that local time: the first when it occurs twice, the next valid minute when never."""
    hour, minute = (int(part) for part in local_time.split(":"))
    local = datetime.combine(day, time(hour, minute, fold=0))
    while not _exists(local, zone):
        local += timedelta(minutes=1)
    return local.replace(tzinfo=zone).astimezone(UTC)


def due_days(local_time: str, zone: ZoneInfo, since: datetime, now: datetime) -> tuple[tuple[date, datetime], ...]:
    """Yesterday and today as far as they came due since then; earlier days are nobody's news any more."""
    today = now.astimezone(zone).date()
    days = ((day, due_at(day, local_time, zone)) for day in (today - timedelta(days=1), today))
    return tuple((day, moment) for day, moment in days if since < moment <= now)


def next_due(local_time: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The next moment at which the digest comes, in its own zone."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(3))
    return next(moment for day in days if (moment := due_at(day, local_time, zone)) > now).astimezone(zone)


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    """A wall-clock time that the change to summer time skips does not come back from UTC."""
    there = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == local.replace(fold=0)
