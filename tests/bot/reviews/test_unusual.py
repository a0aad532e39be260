"""What left its normal range stands in a review with the range, the money and, while it goes on, in what to watch."""

from __future__ import annotations

from datetime import date, datetime

from bot.assistant.types import Asker
from bot.reviews.facts import Assignment, Numbers
from bot.reviews.judging import judge
from bot.reviews.review import ReviewRequest
from bot.tactics.ledger.board import LedgerBoard
from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.query import KpiQuery, Period
from tests.bot.reviews.conftest import NOW, Shop, desk_over, text_of

SCOPE = {"category": ("母婴",), "channel": ("直播",)}
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15), "week")


def incident(numbers: Numbers, at: Assignment) -> Scan:
    """One that is still going on, over the real figure."""
    figure = numbers.run(KpiQuery(("conversion_rate",), WEEK, SCOPE), at.now).figures[0]
    found = Anomaly(
        "conversion_rate", SCOPE, figure, WEEK, WEEK.start, 0.0351, 0.0312, 0.0397, -1, True, -43210.0, 4, True
    )
    return Scan((found,), series=50)


def test_an_incident_is_told_with_its_range_its_money_and_that_it_goes_on(shop: Shop) -> None:
    desk = desk_over(shop.analyst, LedgerBoard(), incident)
    written = text_of(desk, "week", Asker("operator"), NOW)
    section = written.markdown.split("、异常与原因\n")[1].split("\n## ")[0]
    assert "- **母婴 · 直播支付转化率**：2026/11/09–11/15，" in section
    assert "低于正常范围 3.12%–3.97%（预期 3.51%）" in section
    assert "−¥4.3万" in section
    ahead = written.markdown.split("、下期关注\n")[1].split("\n## ")[0]
    assert "最后一天仍在正常范围之外：母婴 · 直播支付转化率。" in ahead
    assert any("异常 1 项：母婴 · 直播支付转化率" in line for line in written.review.summary)
    assert written.is_grounded


def test_nothing_unusual_and_nothing_to_judge_by_are_told_apart(shop: Shop) -> None:
    def written(found: Scan | None) -> str:
        return text_of(
            desk_over(shop.analyst, LedgerBoard(), lambda *_: found), "week", Asker("operator"), NOW
        ).markdown

    assert "本期没有发现超出正常范围的变化" in written(Scan((), series=9))
    unjudged = written(None)
    assert "判断不了哪些变化异常" in unjudged
    assert "没有发现超出" not in unjudged


def test_the_shop_is_judged_within_the_review_s_categories(shop: Shop) -> None:
    assert _judged(shop, NOW) is not None
    assert _judged(shop, datetime(2026, 9, 9, 12, tzinfo=NOW.tzinfo)) is None  # ten days of data


def _judged(shop: Shop, now: datetime) -> Scan | None:
    week = Period(now.date().replace(day=max(1, now.day - 3)), now.date(), "week")
    scope = {"category": ("母婴",)}
    return judge(shop.analyst, Assignment(ReviewRequest("week", week, "zh"), Asker("operator"), now, scope, "everyone"))
