"""The shop's money: which currency its amounts are in, and how that is written before a number."""

from __future__ import annotations

import re
from dataclasses import replace

from metrics.model import Metric, SemanticModel
from metrics.query import Unit

DEFAULT_CURRENCY = "CNY"
MONEY: Unit = "cny"  # as the catalogue writes the unit of money, whatever the currency of the shop
PLAIN_UNITS = frozenset({"count", "fraction", "multiple", "days"})
CODE = re.compile(r"[A-Z]{3}")
SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "SGD": "S$",
}
WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND"})
GAP = "\N{NO-BREAK SPACE}"  # between a code and its number, which must not part at the end of a line


def is_money(unit: Unit) -> bool:
    """Whether figures of that unit are amounts of money."""
    return unit not in PLAIN_UNITS


def is_alike(one: Unit, other: Unit) -> bool:
    """Whether two units are the same, all money being one."""
    return one == other or (is_money(one) and is_money(other))


def prefix(unit: Unit) -> str:
    """What stands before an amount: "¥", "$", the code where no symbol is known; "" before what is no money."""
    if not is_money(unit):
        return ""
    code = unit.upper()
    return SYMBOLS.get(code, code + GAP)


def priced(model: SemanticModel, currency: str) -> SemanticModel:
    """The model with every amount of money in `currency`; figures then carry its code in lower case as their unit."""
    if currency == DEFAULT_CURRENCY:
        return model
    return replace(model, metrics={id: _priced(metric, currency) for id, metric in model.metrics.items()})


def _priced(metric: Metric, currency: str) -> Metric:
    if metric.unit != MONEY:
        return metric
    return replace(metric, unit=currency.lower(), decimals=0 if currency in WITHOUT_CENTS else metric.decimals)
