"""Which kind of answer a question wants, and whether a sentence holds one of that kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.folding import special_words
from knowledge.tokens import PROPER_TAGS

AMOUNT = re.compile(
    r"多少|几(?!乎)|百分之|多[大高快久长远重]"
    r"|how (?:much|many|long|far|fast|big|large|often)|what (?:percent|share|rate)"
    r"|what (?:does|did|do|will) .{1,60} cost"
)
WAY = re.compile(
    r"怎|如何|为什么|为何|为啥|什么|啥|哪|谁|吗|有没有|\b(?:how|why|what|which|who|when|where|does|do|is|are|can)\b"
)
MEASURED = re.compile(
    r"(?:[率额费价润税薪]|[涨增降跌]幅|营收|收入|利润|gmv|投产比)\W*$"
)  # "京东2023年营收": a figure is wanted; ROI is folded into 投产比
CHANGE = re.compile(  # an effect has a size
    r"提[升高]|增长|下降|降低|节省|缩短|占比|有用|有没有用|有效|效果|成效|后果|代价|好处|带来|带动|值得|值不值|[有能会]升|涨|省了"
    r"|\b(?:increase|rise|raise|grow|improve|reduce|save|cut|help|effect|result|benefit|lift|boost|work)s?\b"
)
REFERENCE = re.compile(r"[（(][^（）()]*[《›][^（）()]*[）)]")  # where something is from, behind a sentence
A_YEAR = r"(?<![\d.])(?:19|20)\d\d(?:\s*年度?|(?!\d|\.\d|\s*[万亿元人件家单个台套条款%‰]))"  # 2000万 is none
NOT_A_FIGURE = re.compile(rf"{REFERENCE.pattern}|《[^》]*》|{A_YEAR}|第[一二三四]季度|q[1-4]\b|双十一|双十二")
SPELT = r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|ninety)\b"
PART = r"\b(?:half|a third|two thirds|a quarter|a dozen|twice|doubled|tripled|halved)\b"
FIGURE = re.compile(
    rf"{SPELT}|{PART}|"
    r"\d|[一二三四五六七八九十百千万亿半两]+(?:成|倍|分之|万|亿|%|天|年|月|个)|翻[倍番]|一半|过半"
    r"|[二三四五六七八九十百两]+(?:小时|分钟|次|件|人|家|款|台|套|单|折|项|条|位|名|步|层|张|种)"  # 一次 is no count
)
RATE = re.compile(r"[\u4e00-\u9fff]{2}(?<![效频概])率")
# what asks for a kind of amount, and what gives it: an amount of another kind is no answer
COST = r"(?:费用?|成本|价格?|[金总]额|钱|预算)"
COST_ASKED = re.compile(rf"多少[\u4e00-\u9fff]{{0,4}}{COST}|{COST}[^，。,?？]{{0,3}}多少")
TURNED = re.compile(r"省|[涨升降跌减增]|提[升高]|cut|save|rise|fell|fall|drop|increase|decrease|reduc")  # by how much
MYRIADS_ASKED, MYRIADS = re.compile(r"[多几]少?[万亿]"), re.compile(r"\d\s*[万亿]")
LEVEL = re.compile(r"\d\s*[%‰倍]|[一二三四五六七八九]成|\d/\d|\d\s*percent")  # of a rate, not the points it moved by
MONEY_ASKED = re.compile(
    r"多少(?:钱|元|块)|几(?:块|元)|什么价|what (?:price|cost)|how much money"
    r"|\b(?:how much|what) (?:does|did|do|will) .* cost"
)
MONEY = re.compile(
    r"\d[\d,.]*\s*[十百千万亿]*\s*(?:元|块|人民币|美元|港元|yuan|rmb|cny|dollars?)|[¥$￥]\s*\d"
    r"|\d[\d,.]*\s*[万亿](?![人单件个位家份台次])"
)
SHARE_ASKED = re.compile(r"百分之(?:多少|几)|几个(?:百分)?点|几成|what (?:percent|share)")
SHARE = re.compile(rf"{PART}|" r"\d\s*%|\d\s*个?百分点|\d\s*‰|\d/\d|[一二三四五六七八九]成|\d\s*percent|半")
SPAN_ASKED = re.compile(r"天数[^，。,]{0,4}多少|多少天|多久|多长时间|几[天周年]|几个(?:月|小时|星期)|how long")
SPAN = re.compile(
    r"\d\s*(?:个?多?\s*(?:天|日|周|个?月|年|小时|分钟|秒|季)|days?|weeks?|months?|hours?|minutes?|years?)"
    rf"|半(?:天|年|月|小时)|{SPELT}[ -](?:full )?(?:days?|weeks?|months?|hours?|minutes?|years?)"
)
CLOCK_ASKED = re.compile(r"几点(?!建议|经验|要|注意)|什么时候|what time")
CLOCK = re.compile(r"\d\s*[点:：时日号月]|[上下]午|[早晚]上|凌晨")
DATE_ASKED = re.compile(
    r"\bwhen (?:did|was|were|will|is|are)\b|\bwhen (?:do|does) .*\b(?:start|begin|open|close|end)\b"
    r"|\b(?:what|which) (?:day|month|year|date)\b"
)
DATE = re.compile(
    r"\d\s*[年月日号点]|[一二三四]季度|[上下]半年|年[初中底末]|\b(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|\b(?:19|20)\d\d\b"
)
COUNT_ASKED = re.compile(r"how many (?!days|weeks|months|hours|minutes|years|times|percent|points|more)")
COUNT = re.compile(  # of things, not a share or a span: 6.3万, 1500个, 50%的Z世代, 41,000
    r"(?<![\d.,])\d[\d.,]*(?!\s*(?:[%％‰倍.,\d年月日天]|个?百分点|percent|days|weeks|months|years|hours|minutes))|\d\s*%的"
    rf"|{SPELT}"
)
KINDS = ((MONEY_ASKED, MONEY), (SHARE_ASKED, SHARE), (SPAN_ASKED, SPAN), (CLOCK_ASKED, CLOCK), (COUNT_ASKED, COUNT))
LIST = re.compile(
    r"哪[些几两三四五]|分别|各[要是有]|步骤|流程|规[定则]|动作|措施|几[步条点项]|\b(?:steps|reasons|rules)\b"
)
MORE = re.compile(r"原因|为[什何]|怎[么样]|咋|如何|[怎什]么办|\b(?:how (?:do|does|to|should|did)|why)\b")
BREAK = re.compile(r"[，,；;。？?！!]+|(?<=[多少])(?:和|以及)")  # 多少钱一个月，有多少人订
PEOPLE = r"\d\s*个?[人名位]|\d\s*[万亿](?!元)|\d\s*%|[一二三四五六七八九]成"  # as a count or as a share
COUNTER = re.compile(r"(?:几|多少)([台份件辆吨斤篇盒箱瓶座场层步条款门]|个?人(?!次|民|均))")
NAME = re.compile(
    r"叫什么|叫啥|(?<!有)哪一?[家位款](?!人)|是谁|由谁|谁(?:负责|来|在|做|是|说|提)"
    r"|哪个[\u4e00-\u9fff]{0,3}(?:品牌|公司|平台|人|企业|商家|机构|供应商|系统|软件)"
    r"|\bwho\b|\bwhich (?:\w+ )?(?:company|brand|agency|vendor|supplier|firm|person|platform|\w{4,}(?:or|er|ist|ian))\b"
    r"|what is the name|\bname of\b|\bis .{1,40} called"
)
UNNAMED = re.compile(
    r"某[些个家]?|有(?:些|的|个|一家)?(?:品牌|企业|商家|公司|护肤|机构)|一[家个](?:品牌|企业|公司|机构)"
)
SHORTEST_LATIN = 4  # letters: shorter ones are mostly terms (AI, ROI, KOL)


@dataclass(frozen=True)
class Wanted:
    """What a folded question asks for."""

    amount: bool
    change: bool
    name: bool
    date: bool
    given_by: tuple[re.Pattern[str], ...]  # each must be found in a folded sentence that answers
    is_compound: bool = False  # several things are asked for: any of them answers

    @classmethod
    def of(cls, question: str) -> Wanted:
        kinds = [answer for asking, answer in KINDS if asking.search(question)]
        counter = COUNTER.search(question)
        if counter:
            counted = rf"(?:\d|[一二三四五六七八九十两百千万亿])\s*[万亿]?多?{counter[1]}"
            kinds.append(re.compile(PEOPLE if "人" in counter[1] else counted))
        kinds += [re.compile(re.escape(rate)) for rate in RATE.findall(question)]
        if MYRIADS_ASKED.search(question):
            kinds.append(MYRIADS)
        if not TURNED.search(question):
            kinds += [MONEY] if COST_ASKED.search(question) else []
            kinds += [LEVEL] if RATE.search(question) else []
        amount = AMOUNT.search(question) is not None or (
            MEASURED.search(question) is not None and not WAY.search(question)
        )
        change, name = CHANGE.search(question) is not None, NAME.search(question) is not None
        date = DATE_ASKED.search(question) is not None
        return cls(amount, change, name, date, tuple(kinds) if amount else (), parts_of(question) > 1)

    def holds_figure(self, sentence: str) -> bool:
        """Whether a folded sentence holds a figure at all, years and references aside."""
        return FIGURE.search(NOT_A_FIGURE.sub(" ", sentence)) is not None

    def holds_date(self, sentence: str) -> bool:
        """Whether a folded sentence says when, references aside."""
        return DATE.search(REFERENCE.sub("", sentence)) is not None

    def is_met_by(self, sentence: str, tagged: Callable[[str], list[tuple[str, str]]], question: str) -> bool:
        """Whether a folded sentence holds an answer of the kind that is asked for."""
        bare = NOT_A_FIGURE.sub(" ", sentence)
        if self.date and not self.is_compound and not self.holds_date(sentence):
            return False
        if self.amount and not FIGURE.search(bare):
            return False
        enough = any if self.is_compound and self.given_by else all
        if not enough(kind.search(bare) for kind in self.given_by):
            return False
        return not self.name or self.is_compound or _names_somebody(bare, tagged, question)


def parts_of(question: str) -> int:
    """How many things a folded question asks for."""
    return sum(bool(AMOUNT.search(part) or WAY.search(part) or part.endswith("呢")) for part in BREAK.split(question))


def wants_list(question: str) -> bool:
    """Whether a folded question asks for several things, which a sentence may not hold."""
    return LIST.search(question) is not None or parts_of(question) > 1


def wants_more(question: str) -> bool:
    """Whether it asks for those, for reasons or for a way."""
    return wants_list(question) or MORE.search(question) is not None


def _names_somebody(sentence: str, tagged: Callable[[str], list[tuple[str, str]]], question: str) -> bool:
    """A proper name that the question does not hold; "a certain brand" is none."""
    if UNNAMED.search(sentence):
        return False
    return any(
        tag.startswith((*PROPER_TAGS, "eng"))
        and len(word) >= (SHORTEST_LATIN if word.isascii() else 2)
        and word not in question
        and word not in special_words()
        for word, tag in tagged(sentence)
    )
