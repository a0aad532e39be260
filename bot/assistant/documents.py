"""Plans that ask the documents: what to search for, and what a quote must hold to be an answer."""

from __future__ import annotations

import re
from typing import Literal

from bot.assistant.lexicon import Term
from bot.assistant.reading import Reading
from bot.assistant.types import Plan
from metrics.model import SemanticModel

ADVICE_CUES = ("remedy", "howto", "how_did", "why")
STEERING = ("whole", "followup", "greet", "thanks", "document")  # no document says them of its subject
# What asks for a size, and what asks for something that has none.
SIZE = re.compile(r"多少|几(?!乎)|[多较][高低大小久长]|百分之|how (?:much|many|long|far|high|big)")
OPEN = re.compile(
    r"什么|啥|哪|怎么?(?!样)|如何|吗|嗎|么\W*$|有没有|是不是|会不会|能不能|要不要|该不该|\b(?:how|where|why|does|do|can|should)\b"
)
EFFECT = re.compile(
    r"有没有用|有用|管用|有效|效果|值不值|帮助|后果|带来|能.{0,8}(?:高|快|涨|升|省|降|带)|\b(?:help|helps|worth|effect|result|work|works)\b"
)
WAY = re.compile(
    r"怎么(?!样)|咋|如何|怎(?!么|样)|办法|做法|方法|步骤|\bhow (?:to|do|can|should)\b|\bwhere (?:do|to|should)\b"
)
# One document says 商家, the next 企业 or 品牌: the word tells nothing, unless its name is what is asked for.
SOMEBODY = re.compile(r"商家|品牌|品牌方|企业|厂商|店家|(?:seller|merchant|brand|vendor|retailer)s?")
WHO = re.compile(r"哪|谁|叫什么|\b(?:which|who|whose|name)\b")
MOVING = re.compile(r"涨|升|降|跌|省|增|减|缩|\b(?:grow|grew|rise|rose|increase|drop|save|cut|improve|lift)")
RATE_ASKED = re.compile(r"\bwhat (?:\w+ ){0,2}(?:rate|share|ratio|percentage)\b|率多|率是")


def for_documents(reading: Reading, model: SemanticModel, otherwise: Plan | None = None) -> Plan:
    """The plan of a question for the documents; `otherwise` is what to do when they do not hold it."""
    return Plan(
        "knowledge",
        reading.language,
        reading.raw,
        search=_in_chinese(reading, model) if reading.language == "en" else reading.raw,
        search_by_name=_by_name(reading),
        metrics=reading.metrics,
        category=reading.values.get("category", ()),
        wants=_wants(reading),
        wants_figure=_wants_figure(reading),
        wants_amount=_wants_figure(reading) and not _about_change(reading),
        otherwise=otherwise,
    )


def _wants(reading: Reading) -> Literal["", "way", "effect"]:
    """Steps, or what came of them."""
    if EFFECT.search(reading.text):
        return "effect"
    return "way" if reading.has("remedy") or WAY.search(reading.text) else ""


def _wants_figure(reading: Reading) -> bool:
    """Whether a size is asked for; "is it worth it" and "where do I look" want none."""
    if not reading.metrics or reading.has(*ADVICE_CUES):
        return False
    return SIZE.search(reading.text) is not None or not OPEN.search(RATE_ASKED.sub(" ", reading.text))


def _about_change(reading: Reading) -> bool:
    """Whether a growth or a share is asked for, not a level."""
    is_moving = MOVING.search(reading.text) is not None or reading.has("change", "share", *ADVICE_CUES)
    return bool(reading.times.compares or is_moving)


def _in_chinese(reading: Reading, model: SemanticModel) -> str:
    """The question with the catalogue's names as Chinese documents write them."""
    text = reading.raw
    for term in reversed(reading.terms):
        if (name := _chinese_name(term, model)) is not None:
            text = f"{text[: term.start]}{name}{text[term.end :]}"
    return text


def _by_name(reading: Reading) -> str:
    """The question with values under the names of the catalogue (数码产品 as 3C) and without words that only steer.

    "" where that is the question as it stands.
    """
    asks_size = SIZE.search(reading.text) is not None
    values = [term for term in reading.terms if term.entry.kind == "value" and not (term.entry.is_part and asks_size)]
    pieces = [(term.start, term.end, term.entry.id) for term in values]
    pieces += [(span.start, span.end, " ") for cue in STEERING for span in reading.cues[cue]]
    if not WHO.search(reading.text):
        pieces += [(term.start, term.end, " ") for term in reading.absent if SOMEBODY.fullmatch(term.text)]
    text = reading.raw
    for start, end, name in sorted(pieces, reverse=True):
        text = f"{text[:start]}{name}{text[end:]}"
    return "" if text == reading.raw else text


def _chinese_name(term: Term, model: SemanticModel) -> str | None:
    if term.entry.kind == "metric":
        return model.metrics[term.entry.id].name.zh
    if term.entry.kind == "ambiguous":
        alike = (word for word, readings in model.ambiguous.items() if tuple(readings) == term.entry.readings)
        return next((word for word in alike if not word.isascii()), None)
    return term.entry.id if term.entry.kind == "value" else None
