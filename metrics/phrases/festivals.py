"""Names of promotions and holidays, with what is said around them: 双11当天, 国庆前一周, 3 days after double 11."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from metrics.calendar import Calendar
from metrics.model import Name
from metrics.phrases.atoms import Event, Part, Standpoint
from metrics.phrases.lexicon import Meaning, Rule, Vague, always, rule
from metrics.phrases.numerals import ENGLISH_NUMBER, NUMBER, number

# A name made of digits or numerals is believed only where it cannot be a quantity: 618元, 前99名, 十一个.
_NUMERIC = re.compile(r"[\d.一二三四五六七八九十]+")
_LEFT_OF_NUMERIC = (
    r"(?<!\d[.,:])(?<![\da-z$¥￥€#第前后满近价率额量数值约达超过于为是有共周期拜双星一二三四五六七八九十百千万])"
)
_RIGHT_OF_NUMERIC = (
    r"(?!\d|[.,:/-]\d|%|(?:ml|kg|mg|mm|cm|km|nm|gb|tb|[wkglmxtv])(?![a-z])|\s*(?:元|块|万|亿|千|百|倍|折|件|单|个|人|次|名|条|款|家|位"
    r"|种|只|点|pp|岁|米|斤|号|日|月|天|周|年|分|店|减))"
)
_SHORT = 2  # digits; a name as short as "99" needs more room around it
_MAY_PRECEDE = re.compile(r"(?:^|[\s,、年比和跟与的在到至])$")
_MAY_FOLLOW = re.compile(r"$|[\s,、?的比和跟与a-z]")
_PART_ZH = (
    r"(?:的?(?P<span>(?:整个)?(?:活动)?期间|全程|整体|全周期|假期|长假|小长假|黄金周|期内)|\s(?P<span_en>holidays?|festival|period|sale|campaign|promotion|event)\b)?"
    r"(?:的?(?P<day>当天|当日|那天|那一天|这天|这一天|正日子?)"
    r"|的?(?P<week>那周|那一周|那个星期|当周|所在周)|(?P<month>那个月|当月|所在月)"
    rf"|的?(?P<side>前|后|之前|之后)的?(?P<n>{NUMBER})?个?(?P<unit>天|日|周|星期|礼拜)(?P<tail>半)?"
    r"|的?(?P<open>前后|(?:之|以)[前后]|过后|前夕|预售期?|返场|结束(?:之|以)?后?|开始(?:之|以)?前?|零点|凌晨|尾款期?|预热期?|爆发期|\s+eve\b|第[一二三四五六七八九十\d]+[天周]|前(?![\d一二三四五六七八九十])|后(?![台端续来\d一二三四五六七八九十])))?"
)
# What makes a festival of a word that ends in 节 but is in no calendar.
_FESTIVE = r"期间|当[天日]|那[天周]|假期|大促|前后|[前后](?:[一二三四五六七八九十\d]|$|的)"
_SUFFIX_ZH = r"(?:全球)?(?:购物狂欢节|狂欢节|狂欢季|购物节|大促|活动|促销)?"
_LENGTH_EN = rf"(?:(?:the\s+)?(?:(?P<n_en>{ENGLISH_NUMBER})\s+)?(?P<unit_en>day|week)s?\s+(?P<side_en>before|after)\s+)"
_DAY_EN = r"(?:(?:(?:on\s+)?the\s+day\s+of|on)\s+)"


@lru_cache(maxsize=8)
def festival_rules(calendar: Calendar) -> tuple[Rule, ...]:
    """One rule for all names of the calendar, longest name first."""
    names = {_folded(alias): event.id for event in calendar.events for alias in _names(event.name)}
    if not names:
        return ()
    pattern = "|".join(_alias_pattern(name) for name in sorted(names, key=len, reverse=True))
    build = _builder({_compact(name): id for name, id in names.items()})
    lead = rf"(?:{_LENGTH_EN}|(?P<of_week>(?:the\s+)?week\s+of\s+)|(?P<on>{_DAY_EN})|(?:during|over)\s+(?:the\s+)?)?"
    unknown = "".join(rf"(?<!{name})" for name in names if name.endswith("节"))
    other = always(rf"[\u4e00-\u9fff]{{2}}节{unknown}(?={_FESTIVE})", Vague())
    return (
        other,
        rule(rf"{lead}(?P<name>{pattern}){_SUFFIX_ZH}{_PART_ZH}(?:\s(?P<day_en>day)\b)?", build),
    )


def _builder(ids: dict[str, str]) -> Callable[[re.Match[str], Standpoint], Meaning | None]:
    def build(match: re.Match[str], at: Standpoint) -> Meaning | None:
        name = _compact(match["name"])
        if number(name) is not None and len(name) <= _SHORT and not _stands_alone(match):
            return None
        if match["open"] or match["tail"] or _is_torn(match):
            return Vague()
        part, length = _part(match)
        return Event(ids[name], part, length)

    return build


def _is_torn(match: re.Match[str]) -> bool:
    """国庆假期前三天, 双11期间后两天: the first days of it or the days before it?"""
    return bool(match["span"]) and match["side"] is not None and match["unit"] in ("天", "日")


def _part(match: re.Match[str]) -> tuple[Part, int]:
    side = match["side_en"] or match["side"]
    if side:
        count = number(match["n_en"] or match["n"] or "1") or 1
        in_weeks = (match["unit_en"] or match["unit"]) not in ("day", "天", "日")
        return ("before" if side in ("before", "前", "之前") else "after"), count * (7 if in_weeks else 1)
    if match["week"] or match["of_week"]:
        return "week", 0
    if match["month"]:
        return "month", 0
    return ("day" if match["day"] or match["on"] or match["day_en"] else "campaign"), 0


def _stands_alone(match: re.Match[str]) -> bool:
    begin, end = match.span("name")
    before, has_more = match.string[max(0, begin - 1) : begin], match.end() > end
    return _MAY_PRECEDE.search(before) is not None and (has_more or _MAY_FOLLOW.match(match.string, end) is not None)


def _names(name: Name) -> tuple[str, ...]:
    return (name.zh, name.en, *name.aliases)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'")


def _compact(text: str) -> str:
    return re.sub(r"[\s'’-]", "", text)


def _alias_pattern(name: str) -> str:
    """Blanks, hyphens and apostrophes may be written or not; digits and letters must end where the name ends."""
    letters = [re.escape(sign) for sign in name if not re.match(r"[\s'’-]", sign)]
    spaced = "".join(letter + (r"[\s'’-]*" if index in _gaps(name) else "") for index, letter in enumerate(letters))
    if _NUMERIC.fullmatch(name):
        return _LEFT_OF_NUMERIC + spaced + _RIGHT_OF_NUMERIC
    left = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", name) else ""
    right = r"(?![a-z0-9])" if re.search(r"[a-z]$", name) else (r"(?!\d)" if name[-1].isdigit() else "")
    return left + spaced + right


def _gaps(name: str) -> set[int]:
    """After which kept letters the name has a blank, a hyphen or an apostrophe."""
    gaps, kept = set(), -1
    for sign in name:
        if re.match(r"[\s'’-]", sign):
            gaps.add(kept)
        else:
            kept += 1
    return gaps
