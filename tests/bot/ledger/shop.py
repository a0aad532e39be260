"""A small shop in which one category sells 30 % more from the day on which a tactic begins, and that card."""

from __future__ import annotations

import random
from datetime import date, timedelta

FIRST, START, LAST = date(2026, 4, 1), date(2026, 8, 3), date(2026, 8, 20)
PLAYBOOK = """---
title: 母婴打法
date: 2026-01-05
---
# 母婴打法

## 战法：早教直播

- 类目：母婴
- 指标：GMV
- 动作：
  - 每场讲一个早教主题
  - 次日复盘
- 证据：2025年有品牌这样做，GMV提升20%
- 注意：要有专业背书
"""


def orders() -> list[str]:
    """About 1000 a day in each category; 母婴 30 % more from the start on."""
    chance, found, day = random.Random(11), [], FIRST
    while day <= LAST:
        for category in ("母婴", "服饰", "食品", "家居", "美妆"):
            factor = 1.3 if category == "母婴" and day >= START else 1.0
            number = len(found) + 1
            amount = round(1000 * factor * chance.uniform(0.95, 1.05), 2)
            found.append(f"{number},{day} 10:00:00,{number},true,{category},直播,华东,1,{amount}")
        day += timedelta(1)
    return found
