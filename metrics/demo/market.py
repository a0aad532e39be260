"""What the sample shop sells, where and to whom: sizes, prices and rates before season, noise and incidents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CATEGORIES = ("美妆", "服饰", "母婴", "家电", "3C", "食品", "生鲜", "家居", "教育", "汽车", "潮玩")
CHANNELS = ("直播", "短视频", "货架", "私域", "即时零售")
REGIONS = ("华东", "华南", "华北", "华中", "西南", "西北", "东北", "海外")
# Every plan of a day is an array over (category, channel, region) in the order above.
CELLS = (len(CATEGORIES), len(CHANNELS), len(REGIONS))

# Orders a day at scale 1, half a year before the anchor day and without any promotion.
ORDERS_A_DAY = 1626.0

ORDER_SHARE: Floats = np.array([0.150, 0.170, 0.120, 0.075, 0.085, 0.130, 0.070, 0.085, 0.035, 0.030, 0.050])
UNIT_PRICE: Floats = np.array([430, 480, 520, 3900, 2900, 150, 130, 980, 1700, 3600, 320], dtype=float)  # CNY
CONVERSION: Floats = np.array([0.030, 0.026, 0.028, 0.016, 0.018, 0.036, 0.038, 0.021, 0.017, 0.015, 0.029])
REFUND_SHARE: Floats = np.array(
    [0.090, 0.190, 0.060, 0.050, 0.055, 0.020, 0.030, 0.070, 0.060, 0.030, 0.035]
)  # of lines
REPEAT_APPETITE: Floats = np.array([1.1, 1.0, 1.3, 0.5, 0.6, 1.25, 1.35, 0.7, 0.6, 0.5, 1.1])
LEADS_PER_CLICK: Floats = np.array([0.012, 0.010, 0.020, 0.030, 0.025, 0.006, 0.006, 0.035, 0.090, 0.110, 0.010])
STOCK_COVER_DAYS: Floats = np.array([42, 48, 36, 34, 30, 24, 5, 45, 90, 60, 38], dtype=float)

# Share of a category's orders by channel, one row a category.
CHANNEL_SHARE: Floats = np.array(
    [
        [0.42, 0.20, 0.24, 0.11, 0.03],
        [0.42, 0.20, 0.26, 0.10, 0.02],
        [0.52, 0.12, 0.23, 0.10, 0.03],
        [0.20, 0.14, 0.56, 0.08, 0.02],
        [0.20, 0.16, 0.54, 0.07, 0.03],
        [0.24, 0.18, 0.30, 0.10, 0.18],
        [0.14, 0.10, 0.22, 0.10, 0.44],
        [0.24, 0.20, 0.44, 0.09, 0.03],
        [0.26, 0.28, 0.23, 0.22, 0.01],
        [0.20, 0.30, 0.42, 0.07, 0.01],
        [0.30, 0.24, 0.26, 0.16, 0.04],
    ]
)
CHANNEL_CONVERSION: Floats = np.array([1.20, 0.66, 0.95, 1.75, 1.35])  # against the category's level
CHANNEL_GROWTH: Floats = np.array([0.30, 0.36, 0.12, 0.42, 0.55])  # a year
CHANNEL_PRICE: Floats = np.array([0.94, 0.88, 1.06, 1.12, 0.90])
CHANNEL_REPEAT: Floats = np.array([0.40, 0.29, 0.45, 0.72, 0.58])  # share of orders by earlier buyers
MOST_REPEATS = 0.8  # bound on the share of orders by earlier buyers in any cell
CHANNEL_REFUND: Floats = np.array([1.25, 1.10, 0.90, 0.70, 0.60])
CHANNEL_RETURN_ON_SPEND: Floats = np.array([2.6, 2.1, 3.9, 8.5, 5.2])  # GMV per CNY of advertising
CHANNEL_CLICK_SHARE: Floats = np.array([0.45, 0.62, 0.40, 0.15, 0.30])  # visitors that come by a paid click
CHANNEL_CLICK_RATE: Floats = np.array([0.031, 0.017, 0.026, 0.058, 0.040])  # clicks per impression

REGION_SHARE: Floats = np.array([0.30, 0.19, 0.14, 0.13, 0.11, 0.05, 0.06, 0.02])
REGION_CONVERSION: Floats = np.array([1.04, 1.02, 1.00, 0.98, 0.96, 0.94, 0.95, 0.90])
REGION_SAME_DAY: Floats = np.array([0.66, 0.62, 0.58, 0.54, 0.44, 0.30, 0.36, 0.03])

LINES_PER_ORDER: Floats = np.array([0.70, 0.22, 0.06, 0.02])  # 1, 2, 3 and 4 lines
OTHER_CATEGORY_SHARE = 0.15  # of the second and later lines
PRICE_SPREAD = 0.45  # sigma of the log price around the category's level


def orders_at_rest() -> Floats:
    """Expected orders a day by cell at scale 1."""
    orders: Floats = ORDERS_A_DAY * np.einsum("c,ch,r->chr", ORDER_SHARE, CHANNEL_SHARE, REGION_SHARE)
    return orders


def conversion_at_rest() -> Floats:
    """Orders per visitor by cell."""
    rates: Floats = np.einsum("c,h,r->chr", CONVERSION, CHANNEL_CONVERSION, REGION_CONVERSION)
    return rates


def order_value_at_rest() -> Floats:
    """Expected CNY of one order line by category and channel, several units included."""
    return np.outer(UNIT_PRICE * UNITS_PER_LINE, CHANNEL_PRICE)


# Chance of a second unit in a line, a third, …: the mean of a geometric count.
MORE_UNITS: Floats = np.array([0.20, 0.16, 0.28, 0.02, 0.04, 0.42, 0.40, 0.12, 0.01, 0.03, 0.30])
UNITS_PER_LINE: Floats = 1.0 / (1.0 - MORE_UNITS)
