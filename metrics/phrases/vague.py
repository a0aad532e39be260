"""Words about time that have no certain dates, and words that only look like time."""

from __future__ import annotations

from metrics.phrases.lexicon import Ignored, Now, Rule, Vague, always
from metrics.phrases.numerals import ENGLISH_NUMBER, NUMBER
from metrics.phrases.relative import SEPARATOR

_UNIT = r"(?:天|周(?![年边转期报])|个星期|个?礼拜|个月|个季度|年(?!龄|轻|货|会|卡|终)|日(?![均期化用常报活元]))"
_DAY_PART = r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|深夜|半夜|午后|早间|晚间)"
_HOUR = r"(?:\d{1,2}|十[一二]?|[一二两三四五六七八九])"
_CLOCK = rf"(?:{_DAY_PART}?{_HOUR}(?:点半?|时)(?:钟|整|\d{{1,2}}分)?|(?<!\d)\d{{1,2}}:\d\d)"

IGNORED = (
    always(r"今日头条|头条日报|日均|月均|周均|日活|月活|周活|年货(?!节|大街)", Ignored()),
    always(
        r"(?:当|次|隔)[天日](?=达|送|发|签|到货|配)(?:达|送达|发货|发出|签收|到货|配送)?|[次隔]日达|次[日月周]留存",
        Ignored(),
    ),
    always(
        rf"{NUMBER}(?:天|日|个?月|年)(?:无理由|包退|包换|质保|保修|价保|保价|内?发货|内?送达|留存|龄|装|用量|的?宝宝|婴儿|大的)",
        Ignored(),
    ),
    always(
        r"(?:top|前|第|no\.?)\s*\d+(?:\s*(?:-|到|至)\s*\d+)?(?:名|位|大|个(?!月|季|星|礼))?(?!\d|\.\d|\s*(?:天|日|周|月|年|季|个?月|个?季|个?星期|小时))",
        Ignored(),
    ),
    always(
        r"[¥￥$€]\s*[\d.,]{1,16}|(?<![\d.,])\d[\d,.]{0,15}\s*(?:元|块钱?|%|万|亿|千|倍|折|百分点|个百分点|pp\b)",
        Ignored(),
    ),
    always(r"版本?\s*\d[\d.]{0,12}|\bv\d[\d.]{0,12}", Ignored()),
)

VAGUE = (
    always(
        r"最近(?:一段时间|一阵子?|一次)?|近期|近来|近些天|近日|前阵子?|前段(?:时间|日子)|这段(?:时间|日子)|那段(?:时间|日子)|这阵子?|一段时间",
        Vague(),
    ),
    always(rf"(?:这|那|前|后|过|近|头)(?:几|些|数)个?{_UNIT}", Vague()),
    always(rf"[前后头][一二两三四五六七八九十\d]{{1,3}}个?(?:{_UNIT}|月)(?!季)", Vague()),
    always(r"(?<![年月周日天季度止来今内间])累计(?!到)", Vague()),
    always(rf"(?<![第前后近\d.]){NUMBER}个?(?:半)?{_UNIT}(?:之?[前后内]|以[前后内来]|左右)?", Vague()),
    always(rf"第{NUMBER}个?(?:周|星期|礼拜|天|个月|季)|[首末]周|首[日月]", Vague()),
    always(
        rf"(?:最近|近|过去)?(?:{NUMBER}|半)?个?小时(?:内|前|后)?(?=前|后|内|$|\s|的)|(?:最近|近|过去|前|后){NUMBER}个?(?:小时|分钟)",
        Vague(),
    ),
    always(
        r"早些时候|早先|刚才|刚刚|(?<!提)(?:之前|以前|此前|早前)|之后|以后|其后|此后|今后|过后|随后|将来|未来|当时|那时候?|往年|历年|以往|往常|平时|平日|日常(?=水平)|同年|当年|次年|次月|次日",
        Vague(),
    ),
    always(r"(?<![同])那[天日周月](?!猫)|那个月|当[天日](?![达送发签到配])|当周|隔天|翌日", Vague()),
    always(
        r"[上下]一?次|上回|[上下]一个(?!月|季|周|星期|礼拜|年)|往期|跨年|(?:上|这|本|下)一?[个次]?(?:活动|大促|促销)期?|大促(?:期间|当天|期|前|后)|活动(?:期间|当天|期|前|后)|促销(?:期间|期)|预售期|节前|节后|节日期?间?|假期|节假日|工作日|周中|非大促|双休日",
        Vague(),
    ),
    always(r"[年月季周]初|[年月季](?:底|末)|周末前|年中(?!大促|购物)|月中|年尾|年前(?!\d)|年后|岁末", Vague()),
    always(
        rf"(?:今|昨|前|明)(?:早上?|晚上?|夜|晨)(?!报|会|餐|饭|装|霜)|{_DAY_PART}(?:{_CLOCK}(?:{SEPARATOR}{_CLOCK})?)?",
        Vague(),
    ),
    always(
        rf"{_CLOCK}{SEPARATOR}{_CLOCK}|\d{{1,2}}点?{SEPARATOR}\d{{1,2}}点(?!击)|(?<!\d)\d\d:\d\d(?!\d)|(?<![\d.个第])\d{{1,2}}(?:点(?=[半钟整前后的]|以|之|开|左|\d|$|\s)|时(?=以|之|前|后|的|$|\s))(?:半|钟|整)?(?:之?[前后]|以[前后])?",
        Vague(),
    ),
    always(r"(?<!\d)(?:1[3-9]|2[0-3])点", Vague()),
    always(
        r"每个?周[一二三四五六日天末]|每(?:年|季度?|半年)|每月\d{1,2}[号日]|每逢|按(?:季度?|年)|逐年|(?<!\d)隔[周月]",
        Vague(),
    ),
    always(
        r"(?:早|晚|午)高峰|高峰时段|黄金时段|黄金档|零点|零时|整点|午夜"
        r"|预热期|预售期|蓄水期|定金期|尾款期|爆发期|返场期|现货期|开门红|小?长假|黄金周",
        Vague(),
    ),
    always(
        r"暑假|寒假|暑期|开学季|(?<=[年个这本上去])(?:的|整个)?[春夏秋冬](?:季|天)|[春夏秋冬](?:季|天)(?=期间|的?[a-z\ufffc]|$)",
        Vague(),
    ),
    always(
        r"(?<![a-z])某一?个?(?:天|日|周|星期|月|年)|结束(?:之|以)?后|开始(?:之|以)?前|(?<![上本这])黑五|黑色星期五",
        Vague(),
    ),
    always(
        r"(?<![今本去上前明后\d一二三四五六七八九〇零全])年度|(?<![年个第本上下这每按分逐前\d一二三四\]q])季度", Vague()
    ),
    always(r"本财年|上财年|财年|正月|腊月", Vague()),
    always(r"周[1-7]?(?=比)(?<!每)", Ignored()),
)

VAGUE_EN = (
    always(
        r"\b(?:recent(?:ly)?|lately|these\s+days|nowadays|earlier|previously|before\s+that|after\s+that|afterwards|later|a\s+while\s+ago|the\s+other\s+day|some\s+time\s+ago|once|in\s+the\s+past(?!\s+(?:\w+\s+)?(?:days?|weeks?|months?|quarters?|years?)\b)|back\s+then)\b",
        Vague(),
    ),
    always(
        rf"\b(?:a\s+(?:few|couple\s+of)|several|{ENGLISH_NUMBER}|some)\s+(?:hours?|days?|weeks?|months?|quarters?|years?)(?:\s+(?:ago|later|after|before|earlier))?\b",
        Vague(),
    ),
    always(
        r"\b(?:half\s+)?an?\s+(?:hour|day|week|fortnight|month|quarter|year)\s+(?:ago|earlier|later|before|after)\b"
        r"|\bhalf\s+an?\s+(?:hour|year|month|day)\b|\bthe\s+other\s+(?:week|month)\b",
        Vague(),
    ),
    always(rf"\b(?:the\s+)?(?:last|past|next)\s+(?:{ENGLISH_NUMBER}\s+)?(?:hours?|minutes?|fortnight)\b", Vague()),
    always(
        r"\b(?:this|yesterday|tomorrow|last|in\s+the)\s+(?:morning|afternoon|evening|night)\b|\btonight\b|\bat\s+\d{1,2}(?::\d\d)?\s*(?:am|pm)?\b(?!%)|\b\d{1,2}\s*(?:am|pm)\b|\bnoon\b|\bmidnight\b",
        Vague(),
    ),
    always(
        r"\b(?:weekdays?|weekends|workdays|business\s+days|holidays?|the\s+(?:promotion|campaign|sale)\s+period|fiscal\s+year|fy\d*)\b",
        Vague(),
    ),
    always(
        r"\b(?:first|second|third|fourth|last)\s+(?:week|day|few\s+days)\s+of\b|\bweek\s+of\b|\b(?:early|mid|late)[\s-](?=jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|last|this|20\d\d)|\b(?:end|beginning|start|middle)\s+of\s+(?:the\s+)?(?:week|month|quarter|year)\b",
        Vague(),
    ),
    always(
        r"\b(?:mid|early|late)[\s-](?:month|quarter|year|week)\b|\b(?:month|quarter|year)[\s-]end\b|\beo[mqy]\b",
        Vague(),
    ),
    always(r"\b(?:as\s+of|by\s+the\s+end\s+of)\b", Vague()),
    always(
        r"\bevery\s+(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|year|quarter)\b|\b(?:by|per)\s+(?:quarter|year)\b|\b(?:quarterly|yearly|annually)\b",
        Vague(),
    ),
)

NOW = (
    always(
        r"现在|目前|当前|此刻|眼下|截[至止]到?(?:目前|现在|当前)|到(?:目前|现在)(?:为止)?|\b(?:right\s+)?now\b|\bcurrently\b|\bat\s+the\s+moment\b",
        Now(),
    ),
)

RULES: tuple[Rule, ...] = (*IGNORED, *VAGUE, *VAGUE_EN, *NOW)
