"""Dates, months, quarters and years as they are written: 11月1日, 11.11, 2025-03, 8-10月, Q3, 25年."""

from __future__ import annotations

import re

from metrics.phrases.atoms import MONTH_END, Days, Edge, Months, Standpoint, Years
from metrics.phrases.lexicon import ASCII, Meaning, Rule, Third, Vague, rule
from metrics.phrases.numerals import DIGITS, number, year_number
from metrics.phrases.relative import SEPARATOR

_YEARS_BACK, _YEARS_AHEAD = 15, 2  # a bare number outside is a quantity, not a year
_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:\d{1,2}|[廿卅][一二三四五六七八九]?|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_NOT_INSIDE = r"(?<!\d[.,])(?<![\d一二三四五六七八九十百双近这每第前后个过几])"
# After a number these make it a quantity: 11.11元, 99件, 3.8折.
QUANTITY = (
    r"(?!\s*(?:元|块|圆|%|个百分|个点|百分|pp|万|亿|千|百|倍|折|分|件|单|个|人|次|家|款|套|瓶|箱|盒|包"
    r"|kg|ml|[glkwmx]\b|岁|米|斤|寸))"
)
# Before a number these make it a value: 达到3.8, top 10, ￥99.
_VALUE_BEFORE = re.compile(
    r"[\da-z.,:#·]$|(?:[¥￥$€<>=≥≤≈+×/]|[率价额量数值约是为超达过于足高低标满第前后升降涨跌增减加提拉掉版占]"
    r"|[达低高降升涨跌掉做提减增加拉]到|\b(?:roi|roas|aov|ctr|cac|top|at|of|than|is|was|=))\s*$",
    ASCII,
)
_AFTER_A_PAUSE = re.compile(r"(?:^|[^\d\s])[,:]\s*$", ASCII)  # GMV:11.11
_RANGE_BEFORE = re.compile(rf"(\d{{1,2}})[./](\d{{1,2}})(?:{SEPARATOR}|\s+and\s+)$", ASCII)
_RANGE_AFTER = re.compile(rf"(?:{SEPARATOR}|\s+and\s+)(\d{{1,2}})[./](\d{{1,2}})", ASCII)
_FIRST_CERTAIN_MONTH = 10  # 10.15 is hardly ever a value, 2.15 often is
_AFTER_DATE = r"(?!\s*(?:以上|以下|左右|以内|多|余|之间|附近))"
_ROOM_NUMBER = r"(?!店|仓|线|楼|机|直播|链接|款|位|码|色|主播|厅|库|员|文|商|段|称|召|角|品|房|系|电池|钱)"
_ALWAYS_OPEN = "24/7"
_AND = r"\s*[、,和及与]\s*"
# After a bare numeral these make it a quantity: 十月二十天, 十月十大品类.
_COUNTED = r"[天日号月周年多余几来个件单万千百元块名位款大强佳条种次家倍分点%折]"
_MONTH_AGE = r"(?!龄|嫂|子|饼|卡|经|内|租|薪|供)"


def _dates(match: re.Match[str], at: Standpoint) -> Meaning:
    groups = match.groupdict()
    year = year_number(groups["year"]) if groups.get("year") else None
    month = number(groups["month"]) if groups.get("month") else None
    last = number(groups["last"]) if groups.get("last") else None
    return Days(year, month, number(match["day"]) or 0, last)


def _dotted(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """11.11 and 3/8: a date only where nothing makes it a number, and only when such a day exists."""
    month, day = int(match["month"]), int(match["day"])
    if _is_value(match) or Days(2024, month, day).resolve(at) is None:
        return None
    return Days(None, month, day) if _looks_like_a_day(match, at) else Vague()


def _looks_like_a_day(match: re.Match[str], at: Standpoint) -> bool:
    month, day = match["month"], match["day"]
    is_long = len(month) + len(day) > 2
    if int(month) >= _FIRST_CERTAIN_MONTH or (match["sep"] != "." and is_long):
        return True
    if any(event.rule.fixed == (int(month), int(day)) for event in at.calendar.events):
        return True
    text = match.string
    other = _RANGE_AFTER.match(text, match.end()) or _RANGE_BEFORE.search(
        text[max(0, match.start() - 12) : match.start()]
    )
    return other is not None and (other[1] == month or is_long or len(other[1]) + len(other[2]) > 2)


def _is_value(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 8) : match.start()]
    groups = match.groupdict()
    if int(groups.get("month") or 0) >= _FIRST_CERTAIN_MONTH and _AFTER_A_PAUSE.search(before):
        return False
    return _VALUE_BEFORE.search(before) is not None


def _dotted_range(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """11.1-11 inside one month; between two dates the joining of spans does it."""
    if _is_value(match) or Days(2024, int(match["month"]), int(match["day"])).resolve(at) is None:
        return None
    return Days(None, int(match["month"]), int(match["day"]), int(match["last"]))


def _months(match: re.Match[str], at: Standpoint) -> Meaning:
    first = number(match["month"]) or 0
    last = number(match["last"]) if match["last"] else None
    return Months(None, first, first if last is None else last)


def _year_month(match: re.Match[str], at: Standpoint) -> Meaning | None:
    month = int(match["month"])
    return Months(int(match["year"]), month, month) if 1 <= month <= 12 else Vague()


def _compact(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """20251111: eight digits are a date only if they make one."""
    days = Days(int(match["year"]), int(match["month"]), int(match["day"]))
    return days if days.resolve(at) else None


def _quarters(match: re.Match[str], at: Standpoint) -> Meaning:
    first = number(match["first"]) or 0
    last = number(match["last"]) or 0 if match["last"] else first
    if not 1 <= first <= last <= 4 or match.groupdict().get("edge"):
        return Vague()
    year = match.groupdict().get("year")
    return Months(year_number(year) if year else None, 3 * first - 2, 3 * last, "quarter")


def _first_quarters(match: re.Match[str], at: Standpoint) -> Meaning:
    count = number(match["n"]) or 0
    return Months(None, 1, 3 * count, "quarter") if 1 <= count <= 4 else Vague()


def _half(match: re.Match[str], at: Standpoint) -> Meaning:
    year = match.groupdict().get("year")
    first = 1 if match["half"] in "上前1" else 7
    return Months(year_number(year) if year else None, first, first + 5, "quarter")


def _named_year(match: re.Match[str], at: Standpoint) -> Meaning | None:
    year = year_number(match["year"])
    return Years(year) if year is not None and _is_near(year, at) else None


def _bare_year(match: re.Match[str], at: Standpoint) -> Meaning | None:
    return Years(int(match["year"])) if _is_near(int(match["year"]), at) else None


def _is_near(year: int, at: Standpoint) -> bool:
    return at.today.year - _YEARS_BACK <= year <= at.today.year + _YEARS_AHEAD


def _neighbours(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """七八月, 一二三季度: some that follow each other."""
    if match["run"] not in "一二三四五六七八九十":
        return None
    first, last = number(match["run"][0]) or 0, number(match["run"][-1]) or 0
    if match["unit"] == "季度":
        return Months(None, 3 * first - 2, 3 * last, "quarter")
    return Months(None, first, last)


def _day_or_month_first(match: re.Match[str], at: Standpoint) -> Meaning:
    """11/3/2026 may be March or November; 25/12/2025 cannot be anything but December."""
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    found = {days for days in (Days(year, one, two), Days(year, two, one)) if days.resolve(at)}
    return found.pop() if len(found) == 1 else Vague()


def _month_year(match: re.Match[str], at: Standpoint) -> Meaning:
    month = int(match["month"])
    return Months(int(match["year"]), month, month) if 1 <= month <= 12 else Vague()


def _day_first(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """25/12 and 11/11/25 are dates to many, but not in the order that is read here."""
    return None if _is_value(match) or match[0] == _ALWAYS_OPEN else Vague()


def _third(match: re.Match[str], at: Standpoint) -> Meaning:
    return {
        "上旬": Third(1, 10),
        "中旬": Third(11, 20),
        "下旬": Third(21, MONTH_END),
        "上半月": Third(1, 15),
        "下半月": Third(16, MONTH_END),
    }[match[0].replace("个", "").replace("前", "上").replace("后", "下")]


def _month_edge(match: re.Match[str], at: Standpoint) -> Meaning:
    month = number(match["month"]) or 0
    return Edge(Months(None, month, month), "first" if match["edge"] == "初" else "last")


_ISO = r"(?<![\d.])(?P<year>20\d\d)(?P<sep>[-/.])(?P<month>\d{1,2})"
_NO_VALUE = QUANTITY + _AFTER_DATE
_MD = rf"(?P<month>1[0-2]|0?[1-9])(?P<sep>[./])(?P<day>3[01]|[12]\d|0?[1-9])(?![\d./:]*\d){_NO_VALUE}"

RULES: tuple[Rule, ...] = (
    # one day, or days of one month
    rule(rf"{_ISO}(?P=sep)(?P<day>\d{{1,2}})(?!\d)(?:日|号)?", _dates),
    rule(r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)" + QUANTITY, _compact),
    rule(rf"(?P<year>20\d\d|(?<!\d)\d\d)年(?P<month>{_MONTH})月(?P<day>{_DAY})(?:日|号)?(?!\d)", _dates),
    rule(rf"{_NOT_INSIDE}(?P<month>{_MONTH})月的?(?P<day>{_DAY})(?:日|号){_ROOM_NUMBER}", _dates),
    rule(
        rf"{_NOT_INSIDE}(?P<month>{_MONTH})月(?P<day>\d{{1,2}})(?!\d|\.\d|c\b|c[^a-z]|d\b){QUANTITY}(?!\s*(?:天|日|号|月|周|年))",
        _dates,
    ),
    rule(
        rf"{_NOT_INSIDE}(?P<month>{_MONTH})月(?P<day>{_DAY})(?:日|号)?{SEPARATOR}(?P<last>{_DAY})(?:日|号)(?![\d月]){_ROOM_NUMBER}",
        _dates,
    ),
    rule(
        rf"{_NOT_INSIDE}(?P<day>\d{{1,2}})(?:日|号)?{SEPARATOR}(?P<last>\d{{1,2}})(?:日(?![均内])|号){_ROOM_NUMBER}",
        _dates,
    ),
    rule(rf"{_NOT_INSIDE}(?P<day>{_DAY})号(?:{SEPARATOR}(?P<last>{_DAY})号)?{_ROOM_NUMBER}", _dates),
    rule(rf"{_NOT_INSIDE}(?P<day>\d{{1,2}})日(?![均内留复达活销报化用常游龄环元系])", _dates),
    rule(rf"(?<![\d./]){_MD}", _dotted),
    rule(
        r"(?<![\d.-])(?P<month>1[0-2]|0[1-9])(?P<sep>-)(?P<day>3[01]|[12]\d|0[1-9])(?!\d|[./:-]\d|%)"
        + QUANTITY
        + _AFTER_DATE
        + r"(?!\s*[名位])",
        _dotted,
    ),
    rule(
        rf"(?<![\d./])(?P<month>1[0-2]|[1-9])\.(?P<day>\d{{1,2}})(?:-|~|到|至)(?P<last>\d{{1,2}})(?!\d|[./:]\d|[%月]){_NO_VALUE}",
        _dotted_range,
    ),
    rule(
        rf"{_NOT_INSIDE}(?P<month>{_MONTH})月(?P<day>[廿卅][一二三四五六七八九]?|[二三]?十[一二三四五六七八九]?)(?!{_COUNTED})",
        _dates,
    ),
    rule(
        rf"(?<![\d.第前后个近满])(?P<day>\d{{1,2}})(?:日|号)?(?=(?:{_AND}\d{{1,2}}(?:日|号)?){{0,9}}{_AND}\d{{1,2}}(?:日|号){_ROOM_NUMBER})",
        _dates,
    ),
    rule(
        r"(?<![\d./-])(?P<one>\d{1,2})(?P<sep>[/.-])(?P<two>\d{1,2})(?P=sep)(?P<year>20\d\d)(?!\d|[./]\d)",
        _day_or_month_first,
    ),
    rule(rf"(?<![\d./])(?:3[01]|2\d|1[3-9])/(?:1[0-2]|0?[1-9])(?!\d|[./]\d){_NO_VALUE}", _day_first),
    rule(r"(?<![\da-z./-])\d{1,2}(?P<sep>[./-])\d{1,2}(?P=sep)\d\d(?!\d|[./-]\d)", _day_first),
    # months
    rule(r"(?<![\d./-])(?P<month>\d{1,2})/(?P<year>20\d\d)(?!\d|[./-]\d)", _month_year),
    rule(
        rf"(?<![\d.第前后个近满双])(?P<month>\d{{1,2}})(?P<last>)(?=(?:{_AND}\d{{1,2}}){{0,9}}{_AND}\d{{1,2}}月(?!\d))",
        _months,
    ),
    rule(
        rf"(?:(?<![\u4e00-\u9fff])|(?<=[年看查在的、]))(?P<month>{_MONTH})(?P<last>)(?=(?:、{_MONTH}){{0,9}}、{_MONTH}月(?![\d一二三四五六七八九十]))",
        _months,
    ),
    rule(
        r"(?<![一二三四五六七八九十])(?P<run>[一二三四五六七八九]{1,3}[二三四五六七八九十])(?:(?P<unit>季度)|月份?(?![\d一二三四五六七八九十]))",
        _neighbours,
    ),
    rule(rf"{_ISO}(?![\d{DIGITS}])(?!(?P=sep)\d)(?:月)?{QUANTITY}", _year_month),
    rule(r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?!\d)" + QUANTITY, _year_month),
    rule(
        rf"{_NOT_INSIDE}(?P<month>{_MONTH})(?:月(?:份)?)?(?:{SEPARATOR}(?P<last>{_MONTH}))?月(?:份)?{_MONTH_AGE}",
        _months,
    ),
    rule(rf"{_NOT_INSIDE}(?P<month>{_MONTH})月(?:份)?(?P<edge>初|底|末)", _month_edge),
    rule("上旬|中旬|下旬|[上下前后]半个?月", _third),
    # quarters, halves, years
    rule(
        rf"(?<![\d一二三四])第?(?P<first>[一二三四\d])(?:季度?)?(?:{SEPARATOR}第?(?P<last>[一二三四\d]))?季度(?P<edge>[初末底])?",
        _quarters,
    ),
    rule(r"第(?P<first>[一二三四1-4])(?P<last>)?季(?!度)", _quarters),
    rule(rf"(?<![a-z])q(?P<first>[1-4])(?:{SEPARATOR}q?(?P<last>[1-4]))?(?!\d|[a-z](?![a-z]{2}))(?:季度)?", _quarters),
    rule(r"(?<!\d)(?P<year>20\d\d|\d\d)\s?年?\s?[-/]?\s?q(?P<first>[1-4])(?P<last>)(?!\d)", _quarters),
    rule(r"(?<![a-z])q(?P<first>[1-4])(?P<last>)\s?(?:'\s?|[-/]\s?(?=20))(?P<year>20\d\d|\d\d)(?!\d)", _quarters),
    rule(r"(?<![\da-z])(?P<first>[1-4])q(?P<last>)\s?'?(?P<year>20\d\d|\d\d)(?!\d)", _quarters),
    rule(r"[前头](?P<n>[一二两三四1-4])个?季度?(?!节)", _first_quarters),
    rule(r"(?<!\d)(?P<year>20\d\d|\d\d)\s?[-/]?\s?h(?P<half>[12])(?!\d)", _half),
    rule(r"(?<![a-z])h(?P<half>[12])\s?(?:'\s?|[-/]\s?(?=20))(?P<year>20\d\d|\d\d)(?!\d)", _half),
    rule(r"(?<![\da-z])(?P<half>[12])h\s?'?(?P<year>20\d\d|\d\d)(?!\d)", _half),
    rule(r"(?P<half>[上下前后])半年(?:度)?", _half),
    rule(r"(?<![a-z])h(?P<half>[12])(?![a-z0-9])", _half),
    rule(
        rf"(?<![\d.{DIGITS}十近满])(?P<year>20\d\d|[12]\d|二[{DIGITS}]{{3}}|二[{DIGITS}])\s?年(?!终|内|前|后|以|来|多|期|间|龄|轻)(?:度|全年|整年)?",
        _named_year,
    ),
    rule(
        r"(?:(?<![\d.¥￥$a-z-])(?<!\d,)|(?<=20\d\d[-,]))(?P<year>20\d\d)(?!\d|[.:/]\d|,\d{3}(?!\d)|%|-(?!20\d\d)\d)"
        + QUANTITY
        + _AFTER_DATE,
        _bare_year,
    ),
)
