"""Questions put together from parts in any order: the plan holds exactly those parts, and nothing is left out."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from bot.assistant.types import Asker, Plan, Question
from bot.assistant.understand import Understander
from tests.bot.assistant.conftest import NOW

COMBINATIONS = 1000  # of each language; a fixed seed, so that a failure comes back
SHOWN = 12
CHANNELS = ("直播", "短视频", "货架", "私域", "即时零售")
REGIONS = ("华东", "华南", "华北", "华中", "西南", "西北", "东北", "海外")


@dataclass(frozen=True)
class Part:
    """Words, and what they add to a plan."""

    text: str
    adds: dict[str, object] = field(default_factory=dict)


def _period(text: str, start: tuple[int, int], end: tuple[int, int]) -> Part:
    return Part(text, {"period": (date(2026, *start), date(2026, *end))})


ZH_PERIODS = (
    _period("昨天", (11, 21), (11, 21)),
    _period("上周", (11, 9), (11, 15)),
    _period("上个月", (10, 1), (10, 31)),
    _period("近7天", (11, 15), (11, 21)),
    _period("9月", (9, 1), (9, 30)),
    _period("第三季度", (7, 1), (9, 30)),
    _period("10月1日到10月7日", (10, 1), (10, 7)),
)
EN_PERIODS = (
    _period("yesterday", (11, 21), (11, 21)),
    _period("last week", (11, 9), (11, 15)),
    _period("last month", (10, 1), (10, 31)),
    _period("in the last 7 days", (11, 15), (11, 21)),
    _period("in September", (9, 1), (9, 30)),
    _period("in Q3", (7, 1), (9, 30)),
    _period("from Oct 1 to Oct 7", (10, 1), (10, 7)),
)
METRICS = {
    "gmv": ("GMV", "销售额", "成交额", "revenue"),
    "orders": ("订单数", "订单量", "订单数量", "orders"),
    "conversion_rate": ("转化率", "支付转化率", "转化率", "conversion rate"),
    "aov": ("客单价", "客单价", "客单", "AOV"),
    "refund_rate": ("退款率", "退货率", "退款率", "refund rate"),
    "visitors": ("访客数", "访客", "UV", "visitors"),
}
ZH_METRICS = tuple(Part(name, {"metrics": (id,)}) for id, names in METRICS.items() for name in names[:3])
EN_METRICS = tuple(Part(names[3], {"metrics": (id,)}) for id, names in METRICS.items())
ZH_FILTERS = (
    Part(""),
    Part("母婴", {"where": {"category": ("母婴",)}}),
    Part("直播", {"where": {"channel": ("直播",)}}),
    Part("美妆直播", {"where": {"category": ("美妆",), "channel": ("直播",)}}),
    Part("华东", {"where": {"region": ("华东",)}}),
    Part("不含直播的", {"where": {"channel": CHANNELS[1:]}}),
    Part("除了海外", {"where": {"region": REGIONS[:-1]}}),
    Part("剔除私域和直播后的", {"where": {"channel": ("短视频", "货架", "即时零售")}}),
)
EN_FILTERS = (
    Part(""),
    Part("for apparel", {"where": {"category": ("服饰",)}}),
    Part("on livestream", {"where": {"channel": ("直播",)}}),
    Part("in East China", {"where": {"region": ("华东",)}}),
    Part("excluding livestream", {"where": {"channel": CHANNELS[1:]}}),
    Part("except overseas", {"where": {"region": REGIONS[:-1]}}),
)
ZH_ENDS = (
    Part("多少"),
    Part("按类目看", {"by": ("category",)}),
    Part("各渠道分别多少", {"by": ("channel",)}),
    Part("每天走势", {"grain": "day"}),
    Part("环比", {"compare": ("previous",)}),
    Part("同比怎么样", {"compare": ("year_ago",)}),
    Part("和去年同期比", {"compare": ("year_ago",)}),
    Part("有没有提升", {"compare": ("previous",)}),
    Part("最高的三个类目", {"by": ("category",), "top": 3}),
    Part("最低的区域", {"by": ("region",), "top": -1}),
    Part("前五的类目环比", {"by": ("category",), "top": 5, "compare": ("previous",)}),
)
EN_ENDS = (
    Part(""),
    Part("by category", {"by": ("category",)}),
    Part("per channel", {"by": ("channel",)}),
    Part("by day", {"grain": "day"}),
    Part("yoy", {"compare": ("year_ago",)}),
    Part("compared with the same period last year", {"compare": ("year_ago",)}),
    Part("vs the previous period", {"compare": ("previous",)}),
)
ZH_FILLERS = ("", "帮我看下", "嗯那个", "请问", "麻烦查一下", "我想知道")
EN_FILLERS = ("", "hi, what was our ", "show me ", "please give me the ", "could you tell me the ")
NOTHING = {"where": {}, "by": (), "grain": None, "compare": (), "top": None}


def _chinese() -> Iterator[tuple[str, dict[str, object]]]:
    """Period, scope and metric; the scope before the metric, as it must be to be the metric's."""
    for period, scope, metric, end in itertools.product(ZH_PERIODS, ZH_FILTERS, ZH_METRICS, ZH_ENDS):
        for order in ((period, scope, metric), (scope, period, metric), (scope, metric, period)):
            if end.adds.get("top") is not None and order[-1] is period:
                continue  # 转化率上周最高的三个类目 is no order in which people speak
            if set(end.adds.get("by", ())) & set(scope.adds.get("where", {})):  # type: ignore[call-overload]
                continue  # 直播各渠道: one or the other
            yield "".join(part.text for part in (*order, end)), _expected(period, scope, metric, end)


def _english() -> Iterator[tuple[str, dict[str, object]]]:
    for period, scope, metric, end in itertools.product(EN_PERIODS, EN_FILTERS, EN_METRICS, EN_ENDS):
        for order in ((metric, scope, period, end), (metric, period, scope, end), (metric, end, scope, period)):
            is_split = set(end.adds.get("by", ())) & set(scope.adds.get("where", {}))  # type: ignore[call-overload]
            if is_split or (order[1] is end and "compare" in end.adds):
                continue
            yield " ".join(part.text for part in order if part.text), _expected(period, scope, metric, end)


def _expected(*parts: Part) -> dict[str, object]:
    return NOTHING | {key: value for part in parts for key, value in part.adds.items()}


def _told(plan: Plan) -> dict[str, object]:
    query = plan.query
    if plan.intent != "kpi" or query is None:
        return {"intent": plan.intent, "unclear": plan.unclear}
    told: dict[str, object] = {
        "metrics": query.metrics,
        "where": {dimension: tuple(values) for dimension, values in query.where.items()},
        "by": query.by,
        "grain": query.grain,
        "compare": query.compare,
        "top": query.top,
        "period": (query.period.start, query.period.end),
    }
    return told | ({"ignored": plan.ignored} if plan.ignored else {})


@pytest.mark.parametrize(("composed", "fillers"), [(_chinese, ZH_FILLERS), (_english, EN_FILLERS)])
def test_the_plan_of_a_composed_question_is_its_parts(
    understander: Understander, composed: object, fillers: tuple[str, ...]
) -> None:
    chosen = random.Random(11)
    cases = chosen.sample(list(composed()), COMBINATIONS)  # type: ignore[operator]
    wrong = []
    for text, expected in cases:
        question = chosen.choice(fillers) + text
        told = _told(understander.understand(Question(question, Asker("manager"), NOW)))
        if told != expected:
            wrong.append(f"{question}: " + ", ".join(f"{k}={v}" for k, v in told.items() if expected.get(k) != v))
    assert not wrong, f"{len(wrong)} of {len(cases)}\n" + "\n".join(wrong[:SHOWN])
