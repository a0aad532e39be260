"""When people buy: growth, weekly rhythm, hours of the day, promotions and public holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from metrics.demo.market import CATEGORIES, CHANNEL_GROWTH, CHANNELS, Floats
from metrics.holidays import lunar_day

WEEKDAY: Floats = np.array([0.97, 0.95, 0.96, 0.98, 1.02, 1.07, 1.05])  # Monday first
WEEKEND_PULL: Floats = np.array([1.0, 1.1, 1.0, 1.3, 1.1, 0.8, 0.9, 1.4, 1.6, 1.8, 1.3])  # exponent on WEEKDAY
# Yearly wave of a category: amplitude and the day of the year on which it peaks.
WAVE_SIZE: Floats = np.array([0.05, 0.14, 0.03, 0.15, 0.06, 0.10, 0.08, 0.08, 0.12, 0.05, 0.08])
WAVE_PEAK: Floats = np.array([75, 300, 270, 190, 250, 20, 200, 290, 225, 310, 350], dtype=float)

PRE_DIP_DAYS = 4
POST_DIP_DAYS = 8
CONVERSION_PART = 0.25  # of a promotion's log lift shows as conversion, the rest as visitors


@dataclass(frozen=True)
class Promotion:
    """One campaign of one year."""

    id: str
    start: date
    peak: date
    end: date
    lift: float  # sales on the peak day against an ordinary day
    pull: tuple[float, ...]  # exponent on the lift by category, in the order of CATEGORIES


_EVERYTHING = (1.1, 1.1, 1.0, 1.15, 1.1, 0.7, 0.45, 1.0, 0.4, 0.5, 0.8)
_WOMEN = (1.5, 1.4, 1.2, 0.4, 0.4, 0.5, 0.3, 0.7, 0.3, 0.2, 0.5)
_NEW_YEAR = (0.6, 0.9, 0.6, 0.8, 0.7, 1.8, 1.6, 0.7, 0.1, 0.6, 0.7)


@lru_cache(maxsize=16)
def promotions(year: int) -> tuple[Promotion, ...]:
    """The campaigns whose peak lies in `year`."""
    eve = spring_festival(year) - timedelta(days=1)
    return (
        Promotion("年货节", eve - timedelta(27), eve - timedelta(18), eve - timedelta(9), 1.7, _NEW_YEAR),
        Promotion("女王节", date(year, 3, 1), date(year, 3, 8), date(year, 3, 8), 1.9, _WOMEN),
        Promotion("618", date(year, 6, 1), date(year, 6, 18), date(year, 6, 18), 3.2, _EVERYTHING),
        Promotion("99", date(year, 9, 7), date(year, 9, 9), date(year, 9, 9), 1.5, _EVERYTHING),
        Promotion("双11", date(year, 11, 1), date(year, 11, 11), date(year, 11, 11), 4.2, _EVERYTHING),
        Promotion("双12", date(year, 12, 10), date(year, 12, 12), date(year, 12, 12), 2.1, _EVERYTHING),
    )


@lru_cache(maxsize=16)
def spring_festival(year: int) -> date:
    """First day of the lunar year that begins in `year`."""
    return lunar_day(year, 1, 1)


@lru_cache(maxsize=64)
def promotion_log_lift(day: date) -> Floats:
    """Log of what promotions do to the day's sales, by category; dips before and after are negative."""
    total = np.zeros(len(CATEGORIES))
    for promotion in (*promotions(day.year), *promotions(day.year + 1)):
        total += _log_lift(promotion, day) * np.array(promotion.pull)
    total.flags.writeable = False  # shared by every caller of the day
    return total


def _log_lift(promotion: Promotion, day: date) -> float:
    if not promotion.start - timedelta(PRE_DIP_DAYS) <= day <= promotion.end + timedelta(POST_DIP_DAYS):
        return 0.0
    peak = float(np.log(promotion.lift))
    if day < promotion.start:  # people wait
        return -0.09 * peak
    if day > promotion.end:  # people have bought
        return -0.20 * peak * float(np.exp(-((day - promotion.end).days - 1) / 3))
    if day == promotion.peak:
        return peak
    return peak * (0.50 if day == promotion.start else 0.22)


def is_peak(day: date) -> bool:
    """Whether a campaign has its main day, which begins with a rush at midnight."""
    return any(promotion.peak == day for promotion in promotions(day.year))


def holiday_factor(day: date) -> float:
    """Visitors on and around public holidays against an ordinary day."""
    from_new_year = (day - spring_festival(day.year)).days
    if -1 <= from_new_year <= 6:
        return 0.64  # parcels rest
    if -5 <= from_new_year < -1 or 6 < from_new_year <= 12:
        return 0.85
    fixed = {(1, 1): 1.06, (5, 1): 0.92, (5, 2): 0.92, (5, 3): 0.94}
    if day.month == 10 and day.day <= 7:
        return 0.93
    return fixed.get((day.month, day.day), 1.0)


def visitors_factor(day: date, anchor: date) -> Floats:
    """Growth, weekday, yearly wave and holidays as one factor by (category, channel); promotions apart."""
    years = ((day - anchor).days + 210) / 365
    growth = (1 + CHANNEL_GROWTH) ** years
    week = WEEKDAY[day.weekday()] ** WEEKEND_PULL
    wave = 1 + WAVE_SIZE * np.cos(2 * np.pi * (day.timetuple().tm_yday - WAVE_PEAK) / 365.25)
    factor: Floats = np.outer(week * wave, growth) * holiday_factor(day)
    return factor


# Weight of each hour from 0 to 23, one row a channel; scaled to shares below.
_HOURS: Floats = np.array(
    [
        [
            2.0, 1.0, 0.5, 0.3, 0.3, 0.5, 1.0, 1.8, 2.6, 3.4, 4.2, 4.6,
            5.0, 4.6, 4.4, 4.4, 4.4, 4.6, 5.6, 7.6, 10.4, 11.2, 9.2, 6.0,
        ],
        [
            2.4, 1.4, 0.8, 0.5, 0.4, 0.6, 1.4, 2.4, 3.0, 3.4, 3.8, 4.4,
            5.4, 5.0, 4.2, 4.0, 4.0, 4.4, 5.4, 6.6, 8.0, 9.0, 8.4, 5.6,
        ],
        [
            1.6, 0.9, 0.5, 0.3, 0.3, 0.5, 1.1, 2.2, 3.6, 5.4, 6.4, 6.0,
            5.4, 5.4, 5.8, 5.8, 5.4, 5.0, 4.8, 5.6, 6.8, 7.4, 6.4, 3.8,
        ],
        [
            1.0, 0.5, 0.3, 0.2, 0.2, 0.4, 1.2, 2.8, 4.4, 5.4, 6.0, 5.8,
            6.0, 5.2, 4.8, 4.8, 4.6, 4.8, 5.6, 7.4, 9.0, 8.6, 6.4, 3.2,
        ],
        [
            1.2, 0.6, 0.4, 0.3, 0.4, 0.9, 2.4, 4.4, 5.0, 5.0, 6.2, 7.6,
            6.4, 4.4, 4.0, 4.2, 5.2, 7.6, 9.0, 8.2, 6.6, 5.2, 3.6, 2.0,
        ],
    ]
)  # fmt: skip
_HOURS /= _HOURS.sum(axis=1, keepdims=True)
_PEAK_HOURS: Floats = _HOURS * np.array([5.0, 2.0, 1.2] + [1.0] * 17 + [1.25, 1.3, 1.4, 1.8])
_PEAK_HOURS /= _PEAK_HOURS.sum(axis=1, keepdims=True)


def hour_shares(day: date) -> Floats:
    """Share of the day's visitors and orders by (channel, hour); each row sums to 1."""
    return _PEAK_HOURS if is_peak(day) else _HOURS


_STEPS = 4096


@lru_cache(maxsize=2)
def _seconds_by_share(peak: bool) -> Floats:
    """Inverse of the cumulative hour curve by channel: second of the day at each of 4096 equal shares."""
    hours = _PEAK_HOURS if peak else _HOURS
    shares = np.linspace(0, 1, _STEPS + 1)
    edges = np.arange(25) * 3600.0
    rows = [np.interp(shares, np.r_[0, np.cumsum(hours[row])[:-1], 1], edges) for row in range(len(CHANNELS))]
    return np.array(rows)


def seconds_of_day(day: date, channel: Floats | np.ndarray, share: Floats) -> Floats:
    """Moments of the day for uniform draws `share` in [0, 1), following the channel's hour curve."""
    table = _seconds_by_share(is_peak(day))
    place = share * _STEPS
    step = place.astype(np.int64)
    low = table[channel, step]
    seconds: Floats = low + (table[channel, step + 1] - low) * (place - step)
    return seconds
