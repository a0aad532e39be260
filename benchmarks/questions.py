"""Mixed questions as a team asks them: catalogue × time × grouping × wording, and those of the documents."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from benchmarks.workshop import ROOT

if TYPE_CHECKING:
    from metrics.model import SemanticModel

SEED = 20240101
# In a hundred questions of a team's group: most ask for figures, many for what the documents hold.
SHARES = {"kpi": 0.55, "knowledge": 0.175, "tactics": 0.1, "follow-up": 0.075, "definition": 0.05, "why": 0.025}
PERIODS = ("昨天", "上周", "近7天", "近30天", "本月", "上月", "本周", "今天", "上季度", "今年")
ENGLISH_PERIODS = ("yesterday", "last week", "last 7 days", "this month", "last month")
COMPARED = ("", "", "环比", "同比", "怎么样", "比目标")
GROUPS = ("类目", "渠道", "大区")
SMALL_TALK = ("你好", "你能做什么", "谢谢", "退货", "明天会下雨吗", "what can you do")
KNOWLEDGE_FILE = ROOT / "tests" / "evals" / "knowledge.yaml"


@dataclass(frozen=True)
class Asked:
    """One question, and the one before it where it is a follow-up."""

    kind: str
    text: str
    after: tuple[str, ...] = ()  # at most one


def mixed_questions(model: SemanticModel, count: int, seed: int = SEED) -> list[Asked]:
    """The same list for the same seed, catalogue and day."""
    chance = random.Random(seed)  # a repeatable choice, not a secret
    writer = _Writer(model, chance)
    knowledge = chance.sample(knowledge_questions(), len(knowledge_questions()))
    asked: list[Asked] = []
    for kind, share in SHARES.items():
        for number in range(round(count * share)):
            text = knowledge[number % len(knowledge)] if kind == "knowledge" else ""
            asked.append(Asked(kind, text) if text else writer.write(kind))
    while len(asked) < count:
        asked.append(Asked("small talk", chance.choice(SMALL_TALK)))
    chance.shuffle(asked)
    return asked[:count]


def knowledge_questions() -> list[str]:
    """The questions of the documents' evaluation, answerable or not."""
    entries = yaml.safe_load(KNOWLEDGE_FILE.read_text(encoding="utf-8"))
    return [str(entry["question"]) for entry in entries]


class _Writer:
    """Writes questions out of the catalogue's names."""

    def __init__(self, model: SemanticModel, chance: random.Random) -> None:
        self._chance = chance
        self._metrics = [metric.name for metric in model.metrics.values()]
        self._values = {id: [value.name for value in held.values] for id, held in model.dimensions.items()}

    def write(self, kind: str) -> Asked:
        if kind == "follow-up":
            return self._follow_up()
        forms: dict[str, Sequence[Callable[[], str]]] = {
            "kpi": (self._plain, self._plain, self._narrow, self._grouped, self._ranked, self._course, self._english),
            "tactics": (self._tactics,),
            "definition": (self._definition,),
            "why": (self._why,),
        }
        return Asked(kind, self._chance.choice(forms[kind])())

    def _metric(self) -> str:
        return self._chance.choice(self._metrics).zh

    def _value(self, dimension: str = "category") -> str:
        return self._chance.choice(self._values[dimension]).zh

    def _period(self) -> str:
        return self._chance.choice(PERIODS)

    def _plain(self) -> str:
        return f"{self._period()}{self._value()}{self._metric()}{self._chance.choice(COMPARED)}"

    def _narrow(self) -> str:
        scope = self._value("region") + self._value() + self._value("channel")
        return f"{self._period()}{scope}{self._metric()}{self._chance.choice(COMPARED)}"

    def _grouped(self) -> str:
        return f"{self._period()}各{self._chance.choice(GROUPS)}{self._metric()}{self._chance.choice(COMPARED)}"

    def _ranked(self) -> str:
        return f"{self._period()}{self._metric()}最高的三个{self._chance.choice(GROUPS)}"

    def _course(self) -> str:
        return f"{self._chance.choice(('近7天', '近30天'))}{self._value()}{self._metric()}走势"

    def _english(self) -> str:
        metric, period = self._chance.choice(self._metrics).en, self._chance.choice(ENGLISH_PERIODS)
        forms = ("{} of {} {}", "How was {} of {} {}?", "{} by channel for {} {}")
        return self._chance.choice(forms).format(metric, self._chance.choice(self._values["category"]).en, period)

    def _tactics(self) -> str:
        metric = self._chance.choice(("转化率", "退款率", "复购率", "GMV", "客单价"))
        forms = (f"{self._value()}有什么战法", f"{self._value()}{metric}低怎么办", f"怎么提升{self._value()}{metric}")
        return self._chance.choice(forms)

    def _definition(self) -> str:
        name = self._chance.choice(self._metrics)
        return self._chance.choice((f"{name.zh}怎么算", f"{name.zh}是什么意思", f"what is {name.en}"))

    def _why(self) -> str:
        return f"上周{self._value()}{self._metric()}为什么变了"

    def _follow_up(self) -> Asked:
        first = f"{self._chance.choice(('上周', '昨天', '近7天'))}{self._value()}{self._metric()}怎么样"
        forms = (f"那{self._value()}呢", "按渠道看", "上月呢", "环比呢", "怎么办", f"{self._value('region')}呢")
        return Asked("follow-up", self._chance.choice(forms), (first,))
