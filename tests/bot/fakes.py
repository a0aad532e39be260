"""Stand-ins for our own seams: a scripted assistant and a clock that stands still until it is set."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.assistant.types import Answer, Asker, Button, Citation, Facts, Plan, Question

SHANGHAI = ZoneInfo("Asia/Shanghai")
Script = Callable[[Question], Awaitable[Answer]]


@dataclass
class SetClock:
    """Shows what it was set to."""

    moment: datetime = datetime(2026, 11, 22, 14, 30, tzinfo=SHANGHAI)

    def now(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        self.moment += timedelta(**span)


def answer_to(text: str, html: str | None = None, buttons: tuple[tuple[Button, ...], ...] = ()) -> Answer:
    """An answer whose plan remembers the question."""
    plan = Plan(intent="kpi", language="zh", text=text)
    cited = (Citation("2023 年电商运营年终回顾", "1.3", "…"),)
    return Answer(plan=plan, html=html if html is not None else "答", facts=Facts(), citations=cited, buttons=buttons)


@dataclass
class ScriptedAssistant:
    """Echoes, unless a script says otherwise; remembers what it was asked."""

    script: Script | None = None
    questions: list[Question] = field(default_factory=list)
    digests: list[Asker] = field(default_factory=list)
    digest_html: str = "<b>早报</b> GMV ¥1"

    async def answer(self, question: Question) -> Answer:
        self.questions.append(question)
        if self.script is not None:
            return await self.script(question)
        await asyncio.sleep(0)
        return answer_to(question.text, f"答：{escape(question.text)}", ((Button("为什么", "为什么"),),))

    async def digest(self, asker: Asker, now: datetime) -> Answer:
        self.digests.append(asker)
        return answer_to("digest", self.digest_html)

    def pack(self, plan: Plan) -> str:
        return json.dumps({"text": plan.text}, ensure_ascii=False)

    def unpack(self, packed: str) -> Plan | None:
        return Plan(intent="kpi", language="zh", text=json.loads(packed)["text"])


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
