"""Whether two passages give different figures for the same thing.

A false alarm does more harm than a missed one: both must speak of the same subject, scope and time in the same unit,
and differ in nothing but one figure.
"""

from __future__ import annotations

import re
from collections.abc import Set

from knowledge.claims import Claim, Claims, claims_of
from knowledge.documents import Passage
from knowledge.folding import fold

# How a figure is introduced, and what it is called when it is a rule: none of it says of what it is.
NEUTRAL = re.compile(
    r"(?:统一|重新|临时|已经?|现已)?(?:调整|修改|更改|变更|改|上调|下调|提高|降低|放宽|缩短|延长|增加|减少)(?:为|到|至|成)"
    r"|不得?超过|不多于|不低于|不少于|不高于|至少|至多|最多|最少|以内|之内|以上|以下|不足|超过|达到|控制在|维持在|保持在"
    r"|目前|现在|现行|当前|如今|统一|一律|规定|标准|要求|政策|期限|时限|时效|门槛|金额|额度|案例|为期|可以|能够|需要|必须|应当|务必|享受"
    r"|支持|提供|执行|优惠|买家|顾客|客户|用户|消费者|约为|大约|左右|[为是约达到至内满在的了可能需应须请将把被由按均共计每即等与和及]"
)
NEUTRAL_HEADING = re.compile(
    r"常见|问题|总结|概述|附录|要点|回顾|说明|规定|流程|规范|细则|制度|手册|指南|须知|政策|标准|问答|案例|调整|变更|通知|公告|更新|修订|最新"
    r"|关于|新版|旧版|售后|服务|客服|运营|管理|工作|事项|其他|基本|总则|条款|介绍|规则|要求|faq|policy|overview|update|notice|rule"
)
NUMBERING = re.compile(r"^[\s\d.、（(一二三四五六七八九十)）第章节]+")
STOP_WORDS = """
a an the is are was be been to of in on at for from by with within after before and or per each every now it its we our
must should can may will has have set raised lowered changed starts start than up out about around only over
"""
HANZI_RUN = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[a-z][a-z0-9+&-]*")


def contradict(first: Passage, second: Passage) -> bool:
    """True where the quotes give different figures for the same thing; two sections of one document may do so too."""
    is_one_document = first.document_id == second.document_id
    if is_one_document and first.section == second.section:
        return False
    one, other = claims_of(first), claims_of(second)
    if not _are_of_the_same(one, other) or _are_apart(first, second, is_one_document=is_one_document):
        return False
    return any(_clash(mine, theirs, first, second) for mine in one.each for theirs in other.each)


def _are_of_the_same(one: Claims, other: Claims) -> bool:
    return (one.times, one.scope, one.limits) == (other.times, other.scope, other.limits)


def _are_apart(first: Passage, second: Passage, *, is_one_document: bool) -> bool:
    """Whether the headings name different things: 普通商品 and 定制商品. Within one document one of them is enough."""
    sides = []
    for mine, theirs in ((first, second), (second, first)):
        leaf = NUMBERING.sub("", fold(mine.section).rsplit("›", 1)[-1].strip())
        around = f"{_around(theirs)} {fold(theirs.quote)}"
        sides.append(bool(_leftover(NEUTRAL_HEADING.sub(" ", leaf), around)))
    return any(sides) if is_one_document else all(sides)


def _clash(mine: Claim, theirs: Claim, first: Passage, second: Passage) -> bool:
    if not _differ_in_one(mine, theirs) or not _named(mine) & _named(theirs):
        return False  # nothing but figures, of whatever
    more, less = _leftover(mine.words, theirs.words), _leftover(theirs.words, mine.words)
    if more and less:
        return False
    return not _leftover(more, _around(second)) and not _leftover(less, _around(first))


def _differ_in_one(mine: Claim, theirs: Claim) -> bool:
    """Whether one figure is another one in the same unit; two others belong together: 满199减40 and 满99减20."""
    units = [[unit for unit, _ in claim.figures] for claim in (mine, theirs)]
    if (
        units[0] != units[1]
        or {mine.bound, theirs.bound} == {"least", "most"}
        or {mine.moved, theirs.moved} == {"by", "to"}
    ):
        return False
    return sum(one != other for one, other in zip(mine.figures, theirs.figures, strict=True)) == 1


def _named(claim: Claim) -> set[str]:
    return _words(claim.words) | _pairs(NEUTRAL.sub(" ", claim.words))


def _around(passage: Passage) -> str:
    return f"{fold(passage.section)} {fold(passage.document)}"


def _leftover(text: str, other: str) -> str:
    """What of one text does not stand in the other, words that add nothing left out."""
    words, pairs = _words(text), _pairs(other) | _pairs(NEUTRAL.sub(" ", other))
    left = sorted(words - _words(other))
    for run in HANZI_RUN.findall(NEUTRAL.sub(" ", text)):
        left += _uncovered(run, pairs) if len(run) > 1 else [run] * (run not in other)
    return " ".join(left)


def _uncovered(run: str, pairs: Set[str]) -> list[str]:
    """The stretches of the run that no pair of neighbours covers."""
    covered = {index + step for index in range(len(run) - 1) if run[index : index + 2] in pairs for step in (0, 1)}
    shown = "".join(" " if index in covered else character for index, character in enumerate(run))
    return shown.split()


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in LATIN.findall(text)} - set(STOP_WORDS.split())


def _pairs(text: str) -> set[str]:
    return {run[index : index + 2] for run in HANZI_RUN.findall(text) for index in range(len(run) - 1)}
