"""What a quote claims: each figure with its unit, and the words, times and scope that say of what it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from knowledge.documents import Passage
from knowledge.folding import fold, is_exclusive
from knowledge.quantities import Quantity, quantities, with_digits
from knowledge.tokens import segmenter

REFERENCE = re.compile(r"[（(][^（）()]*《[^（）()]*[）)]")
LABEL = re.compile(
    r"^(?:案例|证据|依据|数据|结果|说明|备注|规定|标准|evidence|case|note|rule)\s*[:：]\s*", re.IGNORECASE
)
CLAUSE = re.compile(r"[，,；;。！？!?：:\n](?!\d)")
# From when a rule holds is no time that its figure is of.
DAY = r"(?:(?:20)?\d\d\s*年)?\s*(?:\d{1,2}\s*月)?\s*(?:\d{1,2}\s*[日号])?(?<=[年月日号])\s*"
SINCE = re.compile(
    rf"(?:自|从)\s*{DAY}(?:起|开始|以来)?\s*[，,]?|{DAY}起(?!止)\s*[，,]?"
    r"|\b(?:since|from|as of|starting|effective)\s+(?:[a-z]{3,9}\.?\s+)?(?:\d{1,2},?\s+)?(?:19|20)\d\d\b"
)
DATE = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
ABSOLUTE = re.compile(
    r"(?:19|20)\d\d\s*年?(?:度|版)?|\bq[1-4]\b|第?[一二三四]季度|[上下]半年|\d{1,2}\s*月(?:份|\s*\d{1,2}\s*[日号])?"
    r"|618|双十一|双十二|女王节|年货节|大促|平日|日常|春节|国庆|暑期|旺季|淡季|周末"
)
RELATIVE = re.compile(
    r"[本上下这今去当]个?(?:年|月|季度?|周|星期)|[昨今]天|近\s*\d+\s*[天日周月年]|目标|预计|计划"
    r"|\b(?:this|last|next) (?:year|month|quarter|week)|\b(?:target|planned|expected|forecast)\b"
)
YEAR_MARK = re.compile(r"(?<=\d{4})年?(?:度|版)?$")
SCOPE = re.compile(
    r"新客|老客|新人|首单|非?会员|普通|黄金|钻石|铂金|vip|[一二三四]线|偏远|自营|直营|加盟|线上|线下|大件|小件|定制|跨境|国内|海外"
    r"|[\u3400-\u9fff]仓|日均|月均|累计|最高|最低|平均|中位|同比|环比|\b(?:new|returning|members?|average|highest|lowest)\b"
)
AT_LEAST = re.compile(r"不低于|不少于|至少|最少|以上|(?<!不)超过|at least|no less|minimum|above|\bover\b")
AT_MOST = re.compile(
    r"不超过|不多于|不高于|至多|最多|以内|之内|以下|at most|no more|maximum|within|below|\bunder\b|up to"
)
MOVED = re.compile(
    r"(?:提升|提高|增长|增加|上升|上涨|下降|降低|减少|缩短|下滑|节省|[涨跌升降])(?:了|约)*(?P<to>[到至为成])?"
    r"|\b(?:rise|rose|rises|grew|grow|grows|increased?|improved?|lifted|fell|falls?|dropped|reduced|cut)\b(?P<level>\s+to\b)?"
)
LIMITED = re.compile(r"仅|只限|限于|除|不含|适用|\b(?:only|except|excluding|unless)\b")
# A rule stays a rule in the next year's edition; what was measured in another year is another thing.
RULE = re.compile(
    r"必须|应当|须|不得|不超过|不低于|至少|至多|最多|以内|规定|标准|门槛|期限|时限|时效|上限|下限|可以?|包邮|运费|保证金|佣金|费率"
    r"|\b(?:must|should|within|at least|at most|no more|policy|limit)\b"
)
PLACE_TAGS = ("ns", "nt")
DAY_OF_YEAR = "day of the year"


@dataclass(frozen=True)
class Claim:
    """The figures of one clause."""

    words: str  # folded: all that stands up to the end of the clause, without figures and times
    figures: tuple[tuple[str, tuple[float, ...]], ...]  # (unit, ends of its range), sorted
    bound: Literal["least", "most", ""]  # "" where the figures are meant exactly
    moved: Literal["by", "to", ""]  # a change and the level that it led to are two things; "" for neither


@dataclass(frozen=True)
class Claims:
    """All of one quote, and what holds for each of them."""

    each: tuple[Claim, ...]
    times: frozenset[str]
    scope: frozenset[str]
    limits: str  # clauses that say for what the figures do not hold


def claims_of(passage: Passage) -> Claims:
    """The claims of the passage's quote; its headings and title tell what the quote leaves out."""
    text = SINCE.sub(" ", with_digits(fold(REFERENCE.sub("", LABEL.sub("", passage.quote)))))
    each = _each(DATE.sub(" ", text), quantities)
    if not any(unit for claim in each for unit, _ in claim.figures) and DATE.search(text):
        each = _each(text, _days)
        text = DATE.sub(" ", text)
    heading, title = fold(passage.section), fold(passage.document)
    places = (text, heading) if RULE.search(text) else (text, heading, title)
    times = next((found for place in places if (found := _times(place, passage))), frozenset[str]())
    limits = " ".join(clause for clause in CLAUSE.split(text) if LIMITED.search(clause))
    return Claims(each, times, _scope(f"{text}\n{heading}\n{title}"), limits)


def _each(text: str, read: Callable[[str], list[Quantity]]) -> tuple[Claim, ...]:
    found = []
    start = 0
    for clause in [*CLAUSE.finditer(text), None]:
        end = clause.start() if clause else len(text)
        figures = read(_without_times(text[start:end]))
        if figures:
            words = _without_times(text[:end])
            for figure in reversed(read(words)):
                words = f"{words[: figure.start]} {words[figure.end :]}"
            values = tuple(sorted((figure.unit, figure.values) for figure in figures))
            found.append(Claim(words, values, _bound(text[start:end]), _moved(text[start:end])))
        start = clause.end() if clause else end
    return tuple(found)


def _days(text: str) -> list[Quantity]:
    """Days as figures, where a sentence has no other: when something begins or ends."""
    return [
        Quantity(DAY_OF_YEAR, (float(day[1]), float(day[2])), day.start(), day.end()) for day in DATE.finditer(text)
    ]


def _without_times(text: str) -> str:
    days = DATE.sub(lambda day: f"\x00{day[0].replace('月', chr(1))}", text)  # the days that are figures stay
    return RELATIVE.sub(" ", ABSOLUTE.sub(" ", days)).replace(chr(1), "月").replace("\x00", "")


def _bound(clause: str) -> Literal["least", "most", ""]:
    if AT_MOST.search(clause):
        return "most"
    return "least" if AT_LEAST.search(clause) else ""


def _moved(clause: str) -> Literal["by", "to", ""]:
    found = MOVED.search(clause)
    if found is None:
        return ""
    return "to" if found["to"] or found["level"] else "by"


def _times(text: str, passage: Passage) -> frozenset[str]:
    """What the text says of when; 本月 of two documents are two months, unless these are of one day."""
    said = {YEAR_MARK.sub("", "".join(found.split())) for found in ABSOLUTE.findall(text)}
    return frozenset(said | {f"{found} {passage.date}" for found in RELATIVE.findall(text)})


def _scope(text: str) -> frozenset[str]:
    names = {word for word, tag in segmenter().tag(text) if is_exclusive(word) or tag.startswith(PLACE_TAGS)}
    return frozenset(names | set(SCOPE.findall(text)))
