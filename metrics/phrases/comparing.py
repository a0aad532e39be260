"""Words of comparison and of the step in a series: 环比, 去年同期, wow, vs target, 每天, by week."""

from __future__ import annotations

import re

from metrics.phrases.atoms import Standpoint
from metrics.phrases.lexicon import Compared, Meaning, Rule, Step, always, rule
from metrics.phrases.numerals import ENGLISH_NUMBER, NUMBER, number
from metrics.twins import Unit

_WITH_ZH = r"(?:与|和|跟|同|比|较|对比|相比|对照|距离?|离)?"
_AFTER_ZH = r"(?:的?(?:相比|对比|比较|相较|比))?"
_WITH_EN = r"(?:\b(?:vs\.?|versus|against|compared\s+(?:to|with|against)|relative\s+to|over|than|from|to)\s+)"
_SHORT_OF = r"(?:\b(?:below|under|above|beyond|behind|ahead\s+of|short\s+of|miss(?:ed|es|ing)?)\s+)"
_LAST, _TO_DATE = r"(?:last|previous|prior)\s+", r"(?:[wmqy]td|to\s+date)\b"
_SAME = r"(?:同期|同一?时段|同时间|同一时间|同时刻|同一?天|同日)"
_WITH_PERIOD = rf"(?:{_WITH_ZH}|环比|同比)"
# Of what the same part is meant, where a text says 同期: the unit just before the running one.
_UNITS_BEFORE: dict[Unit, str] = {
    "day": r"(?:昨[天日]|前一[天日])",
    "week": r"上(?:一?个?)?(?:周|星期|礼拜)",
    "month": r"上(?:一?个?)?月",
    "quarter": r"上(?:一?个?)?季度?",
}
_VERSUS = r"(?:与|和|跟|同|比|较|对比|相比|环比|\bvs\.?|\bversus)\s*"


def _just_before(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """近7天比前7天: as many days just before; whether they are as many is seen when the period is known."""
    count = number(match["n"])
    return Compared("previous", days=count * (1 if match["unit"] in ("天", "日", "day") else 7)) if count else None


def _unit_before(unit: Unit) -> tuple[Rule, ...]:
    """The unit just before, whole (wow, vs the previous week) or the same part of it (上周同期, last week to date)."""
    whole, running = Compared("previous", unit, "whole"), Compared("previous", unit, "running")
    twice_back = "yesterday" if unit == "day" else "last"  # the week before last is a time, no comparison
    common = (
        always(rf"{_WITH_PERIOD}{_UNITS_BEFORE[unit]}的?{_SAME}{_AFTER_ZH}", running),
        always(rf"\b{unit}[\s-]+(?:over|on)[\s-]+{unit}\b|\b{unit[0]}o{unit[0]}\b", whole),
        always(
            rf"{_WITH_EN}(?:the\s+)?(?:(?:previous|prior|preceding)\s+{unit}|{unit}\s+before(?!\s+{twice_back}))\b",
            whole,
        ),
    )
    if unit == "day":
        return (*common, always(rf"{_WITH_EN}?(?:the\s+)?\bsame\s+(?:time|hours?)\s+yesterday\b", running))
    same = r"(?:same\s+(?:time|day|days|period|point)|this\s+time)"
    return (
        *common,
        always(rf"{_WITH_EN}?(?:the\s+)?\b{same}\s+(?:of\s+)?last\s+{unit}\b", running),
        always(
            rf"{_WITH_EN}?(?:the\s+)?\b{_LAST}{unit}(?:'s)?\s+{_TO_DATE}|\b[lp]{unit[0]}td\b",
            running,
        ),
    )


TARGET = (
    always(
        r"(?<![\d一二三四五六七八九十上下本这今去前明])(?:[年月季]度|[日周月年])目标(?:完成率?|达成率?|进度|值)?",
        Compared("target"),
    ),
    always(
        rf"{_WITH_ZH}(?:目标(?!人群|客群|客户|用户|受众|群体|市场)(?:值|线|数)?(?:完成|达成)?(?:率|度|情况|进度)?"
        rf"|达成(?:率|度|情况|进度)?|达标(?:率|情况)?|完成(?:率|度|进度))(?:的?(?:相比|对比|比较|比(?![例上下去前昨])))?",
        Compared("target"),
    ),
    always(
        rf"(?:{_WITH_EN}|{_SHORT_OF})?(?:the\s+|our\s+)?\b(?:targets?|goals?|quota)\b(?:\s+attainment)?|\battainment\b",
        Compared("target"),
    ),
)

PREVIOUS = (
    always(r"同环比|环同比|同比(?:和|与|、|/|,)?环比|环比(?:和|与|、|/|,)?同比", Compared("previous", also="year_ago")),
    always(r"环比(?!例)", Compared("previous")),
    always(rf"{_WITH_PERIOD}(?:上期|上一期|前一期|上一?个?周期|前一个?周期){_AFTER_ZH}", Compared("previous")),
    always(r"(?:日环比|较前一?[日天]|比前一?[日天](?!前)|环比前一?[日天])", Compared("previous", "day", "whole")),
    always(
        r"周环比|周同比|[周週][增减](?:[率幅长]|成长率?)?|(?:较|比|环比)前一个?(?:周|星期)",
        Compared("previous", "week", "whole"),
    ),
    always(
        r"月环比|(?<!\d)月(?:增|减|成长)(?:[率幅长]|长率)?(?!加|少)|(?:较|比|环比)前一个?月",
        Compared("previous", "month", "whole"),
    ),
    always(
        r"季度?环比|季(?:增|减|成长)(?:[率幅长]|长率)?(?!加|少)|(?:较|比|环比|与|和|跟|同)前一个?季度?(?:相?比较?)?",
        Compared("previous", "quarter", "whole"),
    ),
    always(r"同一?时段", Compared("previous")),
    always(r"\bperiod[\s-]+(?:over|on)[\s-]+period\b|\bpop\b", Compared("previous")),
    always(
        rf"{_WITH_EN}?(?:the\s+)?\b(?:previous|prior|preceding|last)\s+period\b"
        rf"|{_WITH_EN}(?:the\s+)?(?:one|period)\s+before\b|{_WITH_EN}(?:the\s+)?(?:previous|prior|last)(?!\s*\w)",
        Compared("previous"),
    ),
    *(one for unit in _UNITS_BEFORE for one in _unit_before(unit)),
    rule(rf"{_VERSUS}(?:前|上)一?个?(?P<n>{NUMBER})个?(?P<unit>天|日|周|星期)", _just_before),
    rule(
        rf"{_WITH_EN}(?:the\s+)?(?:(?:previous|prior|preceding)\s+(?P<n>{ENGLISH_NUMBER})\s+(?P<unit>day|week)s?\b)",
        _just_before,
    ),
    rule(
        rf"{_WITH_EN}(?:the\s+)?(?P<n>{ENGLISH_NUMBER})\s+(?P<unit>day|week)s?\s+(?:before|prior|earlier)\b(?:\s+that\b)?",
        _just_before,
    ),
)

YEAR_AGO = (
    always(r"同比(?!例)|年同比|(?<!\d)年(?:增|减|成长)(?:[率幅长]|长率)?(?!加|少|多)|年增多少", Compared("year_ago")),
    always(rf"{_WITH_EN}?(?:the\s+)?\b{_LAST}year(?:'s)?\s+{_TO_DATE}|\b[lp]ytd\b", Compared("year_ago")),
    always(
        rf"{_WITH_PERIOD}(?:去年|上年|上一年|前一年)的?(?:{_SAME}|这个?时候|当[天日]|那一?[天日]){_AFTER_ZH}"
        rf"|(?:与|和|跟|同|比|较|对比|相比|环比|同比)去年今[天日](?!头条){_AFTER_ZH}",
        Compared("year_ago"),
    ),
    always(rf"{_WITH_ZH}(?:历史)?同期{_AFTER_ZH}", Compared("year_ago")),
    always(r"\byear[\s-]+(?:over|on)[\s-]+year\b|\by[\s/-]?o[\s/-]?y\b|\byr\s+over\s+yr\b", Compared("year_ago")),
    always(
        rf"{_WITH_EN}?(?:the\s+)?\b(?:same\s+(?:time|days?|dates?|period|week|month|quarter|point)|this\s+time)\s+(?:of\s+|in\s+)?(?:the\s+)?(?:last|prior|previous)\s+year\b"
        rf"|{_WITH_EN}?\ba\s+year\s+(?:ago|earlier|before)\b|{_WITH_EN}(?:the\s+)?(?:(?:previous|prior|preceding)\s+year|year\s+before(?!\s+last))\b",
        Compared("year_ago"),
    ),
)

GRAIN = (
    always(
        r"[各每]个?小时|[按分逐]小时|分时段?|按时段|逐时|小时级|分时|\bhourly\b|\b(?:by|per|each|every)\s+(?:the\s+)?hour\b|\bhour\s+by\s+hour\b|小时(?=趋势|走势|曲线|变化)",
        Step("hour"),
    ),
    always(
        r"[各每][天日](?!用)|[按分逐]天|[按逐]日(?!均)|分日(?!均)|天级|日级|日度|\bdaily\b|\b(?:by|per|each|every)\s+(?:the\s+)?day\b|\bday\s+by\s+day\b|日(?=趋势|走势|曲线|变化)|天(?=趋势|走势|曲线)",
        Step("day"),
    ),
    always(
        r"[各每]个?(?:周|星期|礼拜)(?![一二三四五六日天末])|[按分逐](?:周|星期)(?![一二三四五六日天末])|周度(?!假)|\bweekly\b|\b(?:by|per|each|every)\s+(?:the\s+)?week\b|\bweek\s+by\s+week\b|周(?=趋势|走势|曲线|变化)",
        Step("week"),
    ),
    always(
        r"[各每]个?月(?:份)?(?!\d)|[按分逐]月(?!\d)|(?<![个本上])月度|\bmonthly\b|\b(?:by|per|each|every)\s+(?:the\s+)?month\b|\bmonth\s+by\s+month\b|月(?=趋势|走势|曲线|变化)",
        Step("month"),
    ),
)

RULES: tuple[Rule, ...] = (*TARGET, *PREVIOUS, *YEAR_AGO, *GRAIN)
