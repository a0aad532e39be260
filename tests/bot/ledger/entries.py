"""An adopted tactic as the tests of the ledger need it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.store.ledger_rows import LedgerRow
from bot.tactics.ledger.entry import Baseline, Card, text_of
from metrics.effects.effect import Confounder, Effect, Guard, Interval, Overlap, Trial

MADE = datetime(2026, 10, 9, 2, 0, tzinfo=UTC)
CARD = Card(
    id="c" * 16,
    title="以旧换新",
    document="大促作战手册",
    section="家电",
    file="大促作战手册.md",
    categories=("家电",),
    metrics=("GMV",),
    actions=("先估价", "再换新"),
    evidence="2023年有人做到过",
    caution="估价要稳",
)
SCOPE = {"category": ("家电",), "channel": ("私域",)}
EFFECT = Effect(
    trial=Trial("gmv", SCOPE, date(2026, 10, 12), date(2026, 10, 25), (Overlap("会员日", SCOPE, *[MADE.date()] * 2),)),
    verdict="effective",
    interval=Interval(0.081, 0.019, 0.146, 0.09),
    money=123456.0,
    money_unit="cny",
    confounders=(Confounder("holiday", "national_day", 9, 0, True),),
    guards=(Guard("refund_rate", Interval(0.3, 0.1, 0.5, 0.3), True),),
    dimension="category",
    controls=("服饰", "食品"),
    days_before=28,
    days_after=14,
)
ROW = LedgerRow(
    chat_id=-100,
    thread_id=0,
    state="adopted",
    language="zh",
    card=text_of(CARD),
    metric="gmv",
    scope=text_of(SCOPE),
    audience="everyone",
    made_by=1,
    made_at=MADE,
    owner="小林",
    owner_id=1,
    start=date(2026, 10, 12),
    review=date(2026, 10, 26),
    baseline=text_of(Baseline(32000.0, "cny", date(2026, 9, 11), date(2026, 10, 8))),
)
MEASURED = replace(ROW, state="measured", effect=text_of(EFFECT), measured_at=datetime(2026, 10, 26, 2, tzinfo=UTC))
