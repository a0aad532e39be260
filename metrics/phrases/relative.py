"""Chinese phrases counted from today: 昨天, 上周三, 上上个月, 近7天, 月初至今."""

from __future__ import annotations

import re
from datetime import date, timedelta

from metrics.phrases.atoms import Edge, Fixed, Months, Span, Standpoint, Weekdays, Years
from metrics.phrases.lexicon import Meaning, Open, Rule, Vague, always, rule
from metrics.phrases.numerals import NUMBER, number
from metrics.twins import add_months

SEPARATOR = r"\s*(?:到|至|~|-|–|—)\s*"
_DAYS = {"今": 0, "昨": -1, "前": -2, "大前": -3, "明": 1, "后": 2, "大后": 3, "本": 0}
_YEARS = {"今": 0, "本": 0, "去": -1, "上": -1, "上一": -1, "前": -2, "大前": -3, "明": 1, "后": 2}
_WEEKDAYS = (
    {sign: index for index, sign in enumerate("一二三四五六日")}
    | {"天": 6}
    | {str(index + 1): index for index in range(7)}
)
# 上周一直播 is Monday, 上周一共 is the week; 上周三家电 is Wednesday, 上周三个渠道 is the week; and so on.
_NOT_A_WEEKDAY = (
    r"(?!直(?!播|通|营|降)|[共般样些旦切致律]|下(?!午|单)|定(?!金|制)|半|度|经"
    r"|个(?!护|人)|大(?!促|盘|家电|屏|单)|款|种|条|项(?!目)|名(?!称)|位|倍|[万百千](?!亿|货|度|相|川)|亿|档|级|折|环(?!比)|线(?!上|下)"
    r"|成(?!交|人|本|都|单)|家(?!电|居|具|装|纺|用|清)|类(?!目|别)|次(?!日)|天(?!猫)|方|口(?!红)|手(?!机))"
)
_WEEKDAY = (
    rf"(?:(?!四[川季]|五[金谷]|三[亚星农])[一二三四五六]{_NOT_A_WEEKDAY}"
    r"|日(?![均常用销活报化环趋走度维粒级])|天(?!猫|天|然)|[1-7](?!\d|[.,]\d|[%a-z件单万千元个天点]))"
)
_WEEK = r"(?:周|星期|礼拜)"
_NOT_BEFORE = r"(?<![以线早晚])"  # 以上周转, 线上周边


def _day(match: re.Match[str], at: Standpoint) -> Meaning:
    day = at.today + timedelta(_DAYS[match["day"]])
    return Fixed(Span(day, day, "day"))


def _days_ago(match: re.Match[str], at: Standpoint) -> Meaning | None:
    count = number(match["n"])
    if not count:
        return None
    day = at.today - timedelta(count)
    return Fixed(Span(day, day, "day"))


def _last_units(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """上两周, 上三个月; 上一周 has a rule of its own."""
    count = number(match["n"])
    return last_whole(count, match["unit"], at) if count and count > 1 else None


def _units_ago(match: re.Match[str], at: Standpoint) -> Meaning | None:
    count = number(match["n"])
    letter = {"周": "week", "星": "week", "礼": "week", "月": "month", "季": "quarter", "年": "year"}
    return unit_ago(count, letter[match["unit"].removeprefix("个")[0]], at) if count else None


def unit_ago(count: int, unit: str, at: Standpoint) -> Meaning:
    """两周前, two months ago: that whole week or month; 一周前 may as well be a day, so it is asked back."""
    if count < 2:
        return Vague()
    if unit == "week":
        return Fixed(Span(at.week(-count), at.week(1 - count) - timedelta(1), "week"))
    if unit == "year":
        return Years(at.today.year - count)
    running_one = running_unit(unit[0], at)
    length = 3 if unit == "quarter" else 1
    first = add_months(running_one.start, -length * count)
    return Months(first.year, first.month, first.month + length - 1, running_one.kind)


def _offset(text: str) -> int:
    """这 → 0, 上 → -1, 上上 → -2, 下 → 1."""
    return text.count("下") - text.count("上")


def _week(match: re.Match[str], at: Standpoint) -> Meaning:
    start = at.week(_offset(match["which"]))
    return Fixed(Span(start, start + timedelta(6), "week"))


def _weekday(match: re.Match[str], at: Standpoint) -> Meaning:
    groups = match.groupdict()
    week = None if groups.get("which") is None else _offset(groups["which"])
    first, last = groups["first"], groups["last"]
    if first == "末" or groups["pair"]:
        return Weekdays(week, 5, 6)
    return Weekdays(week, _WEEKDAYS[first], _WEEKDAYS[last or first])


def _month(match: re.Match[str], at: Standpoint) -> Meaning:
    first = add_months(at.today.replace(day=1), _offset(match["which"]))
    return _with_edge(Months(first.year, first.month, first.month), match["edge"])


def _with_edge(atom: Months | Years, edge: str | None) -> Meaning:
    if not edge:
        return atom
    return Edge(atom, "first" if edge == "初" else "last")


def _quarter(match: re.Match[str], at: Standpoint) -> Meaning:
    quarter = at.today.replace(month=(at.today.month - 1) // 3 * 3 + 1, day=1)
    first = add_months(quarter, 3 * _offset(match["which"]))
    return Months(first.year, first.month, first.month + 2, "quarter")


def _year(match: re.Match[str], at: Standpoint) -> Meaning:
    return _with_edge(Years(at.today.year + _YEARS[match["year"]]), match["edge"])


def _now_edge(match: re.Match[str], at: Standpoint) -> Meaning:
    """月初 alone is one end of a span; 月初至今 is the span."""
    running = running_unit(match["unit"], at)
    return Fixed(running) if match["open"] else Edge(Fixed(running), "first")


def running_unit(unit: str, at: Standpoint) -> Span:
    """The week, month, quarter or year that today lies in, by its first letter in either language."""
    today = at.today
    if unit in ("周", "w"):
        return Span(at.week(0), at.week(1) - timedelta(1), "week")
    if unit in ("年", "y"):
        return Span(date(today.year, 1, 1), date(today.year, 12, 31), "year")
    length = 3 if unit in ("季", "q") else 1
    start = today.replace(month=(today.month - 1) // length * length + 1, day=1)
    return Span(start, add_months(start, length) - timedelta(1), "quarter" if length == 3 else "month")


def _near(match: re.Match[str], at: Standpoint) -> Meaning:
    unit, count = match["unit"], number(match["n"] or "")
    if match["half"] and match["lead"] != "这" and unit in ("年", "个月"):
        return near_halves(unit, at)
    if not count or match["rest"] or match["tail"]:
        return Vague()
    return running(count, unit, at) if match["lead"] == "这" else last_whole(count, unit, at)


def near_halves(unit: str, at: Standpoint) -> Meaning:
    """近半年 is six whole months, 近半个月 fifteen days."""
    return last_whole(6, "月", at) if unit == "年" else last_whole(15, "天", at)


def last_whole(count: int, unit: str, at: Standpoint) -> Meaning:
    """The `count` whole units that ended last; a year is twelve whole months."""
    yesterday = at.today - timedelta(1)
    if unit[0] in "天日d":
        return Fixed(Span(at.today - timedelta(count), yesterday, "day" if count == 1 else "days"))
    if unit.removeprefix("个")[0] in "周星礼w":
        return Fixed(Span(at.week(-count), at.week(0) - timedelta(1), "week"))
    first = at.today.replace(day=1)
    if "季" in unit or unit[0] == "q":
        first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
        return Fixed(Span(add_months(first, -3 * count), first - timedelta(1), "quarter"))
    length = 12 if unit[0] in "年y" else 1
    return Fixed(Span(add_months(first, -length * count), first - timedelta(1), "month"))


def running(count: int, unit: str, at: Standpoint) -> Meaning:
    """这两天, 这两周: the last of them is the one that today lies in."""
    if unit[0] in "天日":
        return Fixed(Span(at.today - timedelta(count - 1), at.today, "day" if count == 1 else "days"))
    if unit == "年":
        return Vague()
    letter = "周" if unit.removeprefix("个")[0] in "周星礼" else ("季" if "季" in unit else "月")
    last = running_unit(letter, at)
    if letter == "周":
        return Fixed(Span(at.week(1 - count), last.end, "week"))
    length = 3 if letter == "季" else 1
    return Fixed(Span(add_months(last.start, -length * (count - 1)), last.end, last.kind))


def next_units(count: int, unit: str, at: Standpoint) -> Meaning:
    """未来7天, next 4 weeks: ahead of today, read so that it can be answered that nothing is known yet."""
    tomorrow = at.today + timedelta(1)
    if unit[0] in "天日d":
        return Fixed(Span(tomorrow, at.today + timedelta(count), "day" if count == 1 else "days"))
    if unit.removeprefix("个")[0] in "周星礼w":
        return Fixed(Span(at.week(1), at.week(1 + count) - timedelta(1), "week"))
    first = add_months(at.today.replace(day=1), 1)
    length = {"年": 12, "y": 12, "季": 3, "q": 3}.get(unit.removeprefix("个")[0], 1)
    return Fixed(Span(first, add_months(first, length * count) - timedelta(1), "month"))


def _ahead(match: re.Match[str], at: Standpoint) -> Meaning:
    count = number(match["n"])
    return next_units(count, match["unit"], at) if count else Vague()


_UNIT = r"(?P<unit>天|日|周|个?星期|个?礼拜|个?月|个?季度|年)"
_WHICH = r"(?P<which>上{1,6}|这|本|下{1,6})(?:一|1)?个?(?:完整的?|整个?|自然)?"
_WEEKDAYS_NAMED = (
    rf"(?:(?P<first>末(?!尾)|{_WEEKDAY})"
    rf"(?:{SEPARATOR}{_WEEK}?(?P<last>{_WEEKDAY})|(?<=六)(?P<pair>[日天](?![均常用猫])))?)"
)

RULES: tuple[Rule, ...] = (
    rule(
        r"(?P<day>今|昨|大前|(?<![提以之目当])前|明|大后|后|(?<![基版剧])本)(?:天(?!数(?![据字值])|猫)|日(?![均期志元本]))",
        _day,
    ),
    rule(r"(?P<day>今|昨|前)儿个?", _day),
    rule(rf"(?<![\d.近提])(?P<n>{NUMBER})天(?:之|以)?前", _days_ago),
    rule(
        rf"(?<![0-9一二两三四五六七八九十早晚以])上个?(?P<n>{NUMBER})个?(?P<unit>周|星期|礼拜|月|季度|年)(?![一二三四五六日天末度份经卡])",
        _last_units,
    ),
    rule(
        rf"(?<![\d.近提])(?P<n>{NUMBER})(?P<unit>周|个?星期|个?礼拜|个月|个季度|年)(?:之|以)?前(?![\d一二两三四五六七八九十])",
        _units_ago,
    ),
    rule(rf"{_NOT_BEFORE}{_WHICH}{_WEEK}(?!期)", _week),
    rule(rf"{_NOT_BEFORE}{_WHICH}{_WEEK}(?:的?{_WEEK})?{_WEEKDAYS_NAMED}", _weekday),
    rule(rf"(?<![每上本这下近第各双几周\d一二两三四五六七八九十]){_WEEK}{_WEEKDAYS_NAMED}", _weekday),
    rule(rf"{_NOT_BEFORE}{_WHICH}月(?![经卡饼嫂子度])(?P<edge>初|底|末)?", _month),
    rule(r"当月(?!子)", lambda match, at: Fixed(running_unit("m", at))),
    rule(rf"{_NOT_BEFORE}{_WHICH}季(?:度)?", _quarter),
    rule(r"(?<!年)(?<!年的)全年|开年(?:以来|至今)|年内(?=[的\s]|$)", lambda match, at: Fixed(running_unit("y", at))),
    rule(
        r"(?P<year>今|本|去|大前|(?<![以之目提当])前|明|(?<![以之])后|(?<![以])上一?)年(?!终|货|会员|卡)(?:度(?!假))?(?:全年|整年|一整年|(?P<edge>初|底|末))?",
        _year,
    ),
    rule(
        r"(?<![\d一二三四五六七八九十上下本这去今当])(?P<unit>[年月周季])度?(?:初|头)?(?P<open>至今|到现在|以来|到今天|到今日|累计|到目前|截至目前|迄今)(?:为止)?",
        _now_edge,
    ),
    rule(r"(?<![\d一二三四五六七八九十上下本这去今当前明])(?P<unit>[年月周季])初(?P<open>)", _now_edge),
    rule(
        rf"(?<![附接将临靠])(?P<lead>最近|近|过去|这)的?(?:(?P<half>半)|(?P<n>{NUMBER}|几|数)(?:整|完整)?(?P<rest>个半)?)"
        r"(?P<unit>天|日|周|个?星期|个?礼拜|个?月|个?季度|年)(?P<tail>半(?!年))?",
        _near,
    ),
    rule(rf"(?:未来|今后|接下来|往后)的?(?P<n>{NUMBER}){_UNIT}", _ahead),
    always(r"至今|迄今|到现在|到目前(?:为止)?|截[至止]到?(?:目前|现在|当前)|到此刻|以来|开始至今|累计至今", Open()),
)
