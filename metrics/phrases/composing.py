"""Puts neighbouring phrases together: a year and its month, a month and its day, the two ends of a range."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from metrics.phrases.atoms import Atom, Days, Edge, Event, Fixed, Months, Span, Standpoint, Weekdays, Years
from metrics.phrases.lexicon import ASCII, Compared, Ignored, Now, Open, Share, Step, Third, Token, Vague
from metrics.phrases.lunar import LunarDay
from metrics.phrases.shares import IsoWeek, Within, part_of

_ADJOINING = re.compile(r"\s*(?:的|之|'s|of|,)?\s*(?:the\s+)?", ASCII)
_RUN_TOGETHER = re.compile(r"(?:的|之|'s\s*)?|\s+(?:of|in)\s+(?:the\s+)?", ASCII)
_FOLLOWING_YEAR = re.compile(r"\s+(?:of\s+)?|\s*,\s*|\s*\(\s*", ASCII)
_TO = re.compile(
    r"\s*(?:起|开始)?\s*(?:一?直?(?:到|至)|截[至止]到?|-|~|–|—|\bto|\bthrough|\bthru|\buntil|\btill|\bup\s+to)\s*(?:the\s+)?",
    ASCII,
)
_BETWEEN_AND = re.compile(r"\s*\band\s+(?:the\s+)?", ASCII)
_LIST = re.compile(r"\s*(?:和|与|跟|及|以及|、|,|或|比|较|对比|\bvs\.?|\bversus|\band|\bor)\s*", ASCII)
_SINCE = re.compile(r"(?:自从?|打从?|\bsince|\bstarting(?:\s+from)?)\s*(?:the\s+)?$", ASCII)
_FROM = re.compile(r"(?:从|由|\bfrom)\s*(?:the\s+)?$", ASCII)
_FROM_TO = re.compile(r"(?:自?从|由|\bfrom|\bbetween)\s*(?:the\s+)?$", ASCII)
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?$", ASCII)
_ONWARDS = re.compile(r"\s*(?:起(?![步伐点])|开始|之后到现在|以后到现在)", ASCII)
_BESIDE = re.compile(
    r"\s*[前后](?=[的,。?!\s]|$)|\s+(?:mornings?|afternoons?|evenings?|nights?|noon|eve|weekends?|from\s+\d{1,2}(?![\d/.-]))\b",
    ASCII,
)
# The other end of a range that no rule could read: 11月1日到十五, 31/10-11/11.
_CUT_SHORT = re.compile(
    r"\s*(?:到|至|~)\s*(?:第?[\d一二三四五六七八九十]+)|-\d+(?![\d%])"
    r"|(?:,|\s+and|\s*&)\s*\d{1,2}(?:st|nd|rd|th)?(?![\d%.:/-]|\s*[a-z\u4e00-\u9fff\ufffc]|,\d)"
    r"|(?:,\s*\d{1,2})+\s+and\s+\d{1,2}\b",
    ASCII,
)
_BEGUN = re.compile(r"\d(?:号|日)?\s*(?:到|至|~|-|/)\s*$", ASCII)
_AS_OF = re.compile(r"截[至止]到?\s*$", ASCII)
_AS_OF_GAP = re.compile(r"\s*(?:的|为止|,)?\s*", ASCII)
_OUTSIDE = re.compile(
    r"(?:截[至止]到?|直到)$|\b(?:before|after|until|till|up\s+to|by|as\s+of|through|thru|between)\s+(?:the\s+)?$"
    r"|\b(?:middle|rest|most|part|half|remainder|bulk|days|weeks|weekends|months|quarters)\s+(?:of|in)\s+(?:the\s+)?$"
    r"|\b(?:each|every)\s+$",
    ASCII,
)
_WORDS_BEFORE = 16  # characters; the longest word that may stand before a phrase
_WIDEST_GAP = 4
_UP_TO_NOW = re.compile(r"目前|现在|当前|此刻|\bnow\b", ASCII)
_THAT_DAY = ("当天", "当日", "那天", "那日")
_UNITS = ("week", "month", "quarter", "year")


Part = Atom | Third | Share | Open | None


@dataclass(frozen=True)
class Piece:
    """A phrase with its place; `meaning` None stands for words that could not be read."""

    start: int
    end: int
    meaning: Part


@dataclass(frozen=True)
class Placed:
    """A definite span in the text; `span` None stands for words that could not be read."""

    start: int
    end: int
    span: Span | None


def compose(text: str, tokens: Sequence[Token], at: Standpoint) -> list[Placed]:
    """Definite spans and unread words, in order of appearance."""
    pieces = [piece for token in tokens if (piece := _piece(token)) is not None]
    if len(pieces) == 1 and isinstance(pieces[0].meaning, Open) and _UP_TO_NOW.search(text, pieces[0].start):
        return [Placed(pieces[0].start, pieces[0].end, Span(at.today, at.today, "day"))]
    pieces = _pairwise(pieces, lambda left, right, after: _attached(text, left, right, after, at))
    pieces = _pairwise(pieces, lambda left, right, after: _clash(text, left, right, at))
    pieces = _in_lists(text, pieces)
    placed = _ranges(text, pieces, at)
    return [_bounded_by_words(text, one) for one in placed]


def _clash(text: str, left: Piece, right: Piece, at: Standpoint) -> Piece | None:
    """去年上周, weekends in October: two spans of unlike size run together mean a third one that is not known here."""
    if not _is_atom(left.meaning) or not _is_atom(right.meaning):
        return None
    if not _RUN_TOGETHER.fullmatch(text[left.end : right.start]) or _before(text, left, _AS_OF):
        return None
    sizes = [span.kind for piece in (left.meaning, right.meaning) if (span := piece.resolve(at))]
    return Piece(left.start, right.end, None) if len(set(sizes)) == 2 else None


def _piece(token: Token) -> Piece | None:
    meaning = token.meaning
    if isinstance(meaning, Compared | Step | Ignored | Now):
        return None
    return Piece(token.start, token.end, None if isinstance(meaning, Vague) else meaning)


_Join = Callable[[Piece, Piece, Piece | None], Piece | None]


def _pairwise(pieces: list[Piece], join: _Join) -> list[Piece]:
    """Every piece joined with the one after it for as long as `join` makes one of them."""
    done: list[Piece] = []
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        joined = join(done[-1], piece, following) if done else None
        if joined is not None:
            done[-1] = joined
        else:
            done.append(piece)
    return done


def _attached(text: str, left: Piece, right: Piece, following: Piece | None, at: Standpoint) -> Piece | None:
    """去年 + 3月, 上月 + 8号, 10月 + 上旬, Q3 + 2025 as one; None when they stand apart."""
    gap = text[left.end : right.start]
    if text[right.start : right.end] in _THAT_DAY and _is_a_day(left.meaning, at) and _ADJOINING.fullmatch(gap):
        return Piece(left.start, right.end, left.meaning)  # 11.11那天
    meaning = None
    if isinstance(right.meaning, Years) and _FOLLOWING_YEAR.fullmatch(gap) and len(gap) <= _WIDEST_GAP:
        taken = (
            following and _ADJOINING.fullmatch(text[right.end : following.start]) and with_year(following.meaning, 0)
        )
        meaning = None if taken else with_year(left.meaning, right.meaning.year)
    if meaning is None and _ADJOINING.fullmatch(gap):
        meaning = _inside(left.meaning, right.meaning, at)
    return Piece(left.start, right.end, meaning) if meaning else None


def _is_a_day(meaning: Part, at: Standpoint) -> bool:
    span = meaning.resolve(at) if _is_atom(meaning) else None
    return span is not None and span.start == span.end


def _inside(left: Part, right: Part, at: Standpoint) -> Atom | None:
    """The smaller phrase placed inside the larger one beside it."""
    if isinstance(left, Share):
        return part_of(right, left) if left.leads and _is_atom(right) else None
    if isinstance(right, Share):
        return _part_of(left, right)
    if isinstance(left, Years):
        return with_year(right, left.year) or _a_year_back(left.year, right, at)
    if isinstance(left, Months) and left.first == left.last:
        if isinstance(right, Third):
            return Days(left.year, left.first, right.first, right.last)
        if isinstance(right, Days) and right.month is None:
            return replace(right, year=left.year, month=left.first)
    return _same_day_in(left, right, at)


def _part_of(whole: Part, share: Share) -> Atom | None:
    if share.leads or not _is_atom(whole) or isinstance(whole, Edge | Within):
        return None
    if isinstance(whole, Years) and share.part == "week":
        return IsoWeek(whole.year, share.index) if share.index > 0 else None
    return part_of(whole, share)


def _a_year_back(year: int, right: Part, at: Standpoint) -> Atom | None:
    """去年这个月: the running unit in another year."""
    if not isinstance(right, Months) or right.year is None or right.kind not in ("month", "quarter"):
        return None
    running = right.year == at.today.year and right.first <= at.today.month <= right.last
    return replace(right, year=year) if running else None


def _same_day_in(left: Part, right: Part, at: Standpoint) -> Atom | None:
    """上个月的今天, 上周的今天: the day that lies there as today lies in its month or week."""
    if not isinstance(right, Fixed) or (right.span.start, right.span.end) != (at.today, at.today):
        return None
    if isinstance(left, Months) and left.first == left.last and left.year is not None:
        return Days(left.year, left.first, at.today.day)
    if isinstance(left, Fixed) and left.span.kind == "week":
        day = left.span.start + (at.today - at.week(0))
        return Fixed(Span(day, day, "day", by_weekday=True)) if (left.span.end - left.span.start).days < 7 else None
    return None


def with_year(meaning: Part, year: int) -> Atom | None:
    """`meaning` in that year; None when it has one already or cannot have one."""
    if isinstance(meaning, Months | Event | LunarDay | IsoWeek) and meaning.year is None:
        return replace(meaning, year=year)
    if isinstance(meaning, Days) and meaning.year is None and meaning.month is not None:
        return replace(meaning, year=year)
    if isinstance(meaning, Edge | Within) and (inner := with_year(meaning.inner, year)):
        return replace(meaning, inner=inner)
    if isinstance(meaning, Fixed) and meaning.span.kind == "day" and not meaning.span.by_weekday:
        return Days(year, meaning.span.start.month, meaning.span.start.day)  # 去年今天
    return None


def _in_lists(text: str, pieces: list[Piece]) -> list[Piece]:
    """今年和去年双11 gives both the event; 去年3月和4月 gives both the year; 上周一和周三 both the week."""
    done = list(pieces)
    for index in range(len(done) - 1):
        left, right = done[index], done[index + 1]
        if not _LIST.fullmatch(text[left.end : right.start]):
            continue
        if isinstance(left.meaning, Years) and (shared := _without_year(right.meaning)):
            done[index] = replace(left, meaning=with_year(shared, left.meaning.year))
        elif carried := _carried(left.meaning, right.meaning):
            done[index + 1] = replace(right, meaning=carried)
    return done


def _without_year(meaning: Part) -> Atom | None:
    if isinstance(meaning, Months | Event | Days) and meaning.year is not None:
        return replace(meaning, year=None)
    return None


def _carried(left: Part, right: Part) -> Atom | None:
    """`right` with the year, month or week that was said only for `left`."""
    if isinstance(left, Days) and isinstance(right, Days) and right.month is None:
        return replace(right, year=left.year, month=left.month)
    if isinstance(left, Weekdays) and isinstance(right, Weekdays) and right.week is None:
        return replace(right, week=left.week)
    if isinstance(left, Months | Event | Days) and left.year is not None:
        return with_year(right, left.year) if isinstance(right, Months | Event | Days) else None
    return None


def _ranges(text: str, pieces: list[Piece], at: Standpoint) -> list[Placed]:
    """Pieces made definite, two with a word like 到 between them as one."""
    done: list[Placed] = []
    rest = list(pieces)
    while rest:
        left = rest.pop(0)
        right = rest[0] if rest else None
        if right and not isinstance(right.meaning, Open | Third | Share) and _is_range(text, left, right):
            rest.pop(0)
            begin = _reach(left, _before(text, left, _FROM_TO))
            done.append(Placed(begin, right.end, _joined(left, right, at)))
        elif right and (cut := _cut_off(text, left, right, at)):
            rest.pop(0)
            done.append(cut)
        elif (
            right
            and isinstance(left.meaning, Open)
            and _is_running(right, at)
            and not text[left.end : right.start].strip()
        ):
            rest[0] = replace(right, start=left.start)  # "so far this month"
        elif (
            right
            and isinstance(right.meaning, Open)
            and text[left.end : right.start].strip(" 的,") in ("", "开始", "起")
        ):
            rest.pop(0)
            done.append(Placed(left.start, right.end, _opened(left, at)))
        else:
            done.append(_alone(text, left, at))
    return done


def _cut_off(text: str, left: Piece, right: Piece, at: Standpoint) -> Placed | None:
    """截至昨天本月累计: the running unit up to the day that stands before it."""
    said = _before(text, left, _AS_OF)
    if said is None or not _AS_OF_GAP.fullmatch(text[left.end : right.start]):
        return None
    day, whole = (piece.meaning.resolve(at) if _is_atom(piece.meaning) else None for piece in (left, right))
    if day is None or whole is None or day.start != day.end or whole.kind not in _UNITS:
        return None
    inside = whole.start <= day.start <= whole.end
    return Placed(_reach(left, said), right.end, Span(whole.start, day.end, whole.kind) if inside else None)


def _is_running(piece: Piece, at: Standpoint) -> bool:
    span = piece.meaning.resolve(at) if _is_atom(piece.meaning) else None
    return span is not None and span.start <= at.today <= span.end


def _is_range(text: str, left: Piece, right: Piece) -> bool:
    gap = text[left.end : right.start]
    if _BETWEEN_AND.fullmatch(gap):
        return _before(text, left, _BETWEEN) is not None
    return _TO.fullmatch(gap) is not None


def _before(text: str, piece: Piece | Placed, pattern: re.Pattern[str]) -> re.Match[str] | None:
    return pattern.search(text[max(0, piece.start - _WORDS_BEFORE) : piece.start])


def _reach(piece: Piece | Placed, found: re.Match[str] | None) -> int:
    """Where `piece` begins together with the words found before it."""
    return piece.start - len(found[0]) if found else piece.start


def _joined(left: Piece, right: Piece, at: Standpoint) -> Span | None:
    if not _is_atom(left.meaning) or not _is_atom(right.meaning):
        return None
    end = right.meaning.resolve(at) if _is_pinned(right.meaning) else None
    start = _start_of_range(left.meaning, end, at)
    end = end or (right.meaning.resolve(at, start.start) if start else None)
    if start is None or end is None or end.end < start.start:
        return None
    if isinstance(left.meaning, Edge) or (start.end >= end.end and start.kind in _UNITS):
        inside = start.kind if start.end >= end.end else "range"
        return Span(start.start, end.end, inside)
    if start.by_weekday and end.by_weekday:
        return Span(start.start, end.end, "days", by_weekday=True)
    return Span(start.start, end.end, start.kind if start.kind == end.kind and start.kind in _UNITS else "range")


def _start_of_range(meaning: Atom, end: Span | None, at: Standpoint) -> Span | None:
    """The first end; where only the other end names a year, the latest that lies before it."""
    whole = meaning.inner if isinstance(meaning, Edge) and meaning.side == "first" else meaning
    if end is None or _is_pinned(whole):
        return whole.resolve(at)
    for year in (end.start.year, end.start.year - 1):
        pinned = with_year(whole, year)
        span = pinned.resolve(at) if pinned else whole.resolve(at)
        if span is not None and span.start <= end.end:
            return span
    return None


def _is_atom(meaning: Part) -> TypeGuard[Atom]:
    return meaning is not None and not isinstance(meaning, Third | Share | Open)


def _is_pinned(meaning: Atom) -> bool:
    """Whether it needs nothing from what stands before it."""
    if isinstance(meaning, Months | Event | Days | LunarDay):
        return meaning.year is not None
    if isinstance(meaning, Edge | Within):
        return _is_pinned(meaning.inner)
    return not isinstance(meaning, Weekdays) or meaning.week is not None


def _opened(left: Piece, at: Standpoint) -> Span | None:
    """From the beginning of `left` to now."""
    if not _is_atom(left.meaning):
        return None
    whole = left.meaning.inner if isinstance(left.meaning, Edge) else left.meaning
    span = whole.resolve(at)
    if span is None or span.start > at.today:
        return None
    if span.end >= at.today:
        return span
    return Span(span.start, at.today, "range")


def _alone(text: str, piece: Piece, at: Standpoint) -> Placed:
    onwards = _ONWARDS.match(text, piece.end)
    since = _before(text, piece, _SINCE)
    if _is_atom(piece.meaning) and (onwards or since):
        return Placed(_reach(piece, since), onwards.end() if onwards else piece.end, _opened(piece, at))
    if not _is_atom(piece.meaning):
        return Placed(piece.start, piece.end, None)
    span = piece.meaning.resolve(at)
    if isinstance(piece.meaning, Edge):
        ahead = span is not None and span.start > at.today  # 本月底: which days it has matters not yet
        return Placed(piece.start, piece.end, span if ahead else None)
    if span is not None and span.kind == "day" and _before(text, piece, _FROM):
        span = None  # "从11月1日" with no other end
    return Placed(piece.start, piece.end, span)


def _bounded_by_words(text: str, placed: Placed) -> Placed:
    """国庆前, before Nov 1: a side without a length is no span."""
    beside = _BESIDE.match(text, placed.end) or _CUT_SHORT.match(text, placed.end)
    if beside:
        return Placed(placed.start, beside.end(), None)
    if text[placed.start].isdecimal() and (begun := _before(text, placed, _BEGUN)):
        return Placed(_reach(placed, begun), placed.end, None)
    outside = _before(text, placed, _OUTSIDE)
    return Placed(_reach(placed, outside), placed.end, None) if outside else placed
