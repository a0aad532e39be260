"""Which line of a tactic section answers: the evidence for its effect, its steps for what to do; never its trigger."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.documents import Passage

STEPS = re.compile(
    r"^[-*][ \t]*(?:动作|做法|步骤|actions?|steps?)[ \t]*[:：][ \t]*\n((?:[ \t]+[-*][ \t].*(?:\n|$))+)",
    re.MULTILINE | re.IGNORECASE,
)
STEP = re.compile(r"^[ \t]+[-*][ \t]+(.+?)[ \t]*$", re.MULTILINE)
EVIDENCE = re.compile(r"^[-*][ \t]*((?:证据|依据|evidence)[ \t]*[:：].*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
# What a card says of itself; and a sentence that only sends the reader to another document.
FRAME = re.compile(
    r"^(?:类目|渠道|指标|触发|投入|注意|categories|channels|metrics|when|effort|caution)\s*[:：]", re.IGNORECASE
)
POINTER = re.compile(
    r"(?:见|参见|参考|参阅|请看|\bsee)\s*(?:《[^》]*》|[“\"][^”\"]*[”\"])[^，。；]*[。.]?$", re.IGNORECASE
)


def steps_of(passage: Passage) -> tuple[str, ...]:
    """The steps of the card that the passage is, in order; () for any other text."""
    found = STEPS.search(passage.text)
    return tuple(STEP.findall(found[1])) if found else ()


def to_the_point(passage: Passage, wants: str) -> Passage:
    """The passage with the line as its quote that answers what is wanted ("way", "effect" or "" for neither)."""
    if not wants and not FRAME.match(passage.quote):
        return passage
    if (evidence := EVIDENCE.search(passage.text)) is not None and steps_of(passage):
        return replace(passage, quote=evidence[1])
    steps = steps_of(passage)
    return replace(passage, quote=steps[0]) if wants and steps else passage


def is_pointer(passage: Passage) -> bool:
    """Whether the quote says nothing itself: 家电直播，见《直播运营打法》。"""
    return POINTER.search(passage.quote) is not None and not any(character.isdigit() for character in passage.quote)
