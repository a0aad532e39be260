"""Draft tactic cards out of free text: what was done, for which category, and the figure a metric reached by it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledge.documents import Audience, Chunk, Document, Tactic
from knowledge.folding import fold_characters
from knowledge.records import StoredDocument
from knowledge.sentences import sentence_spans
from knowledge.tactics import HEADING, is_frame

Names = Mapping[str, Sequence[str]]  # name → the wordings that stand for it, its own among them

FIGURE = re.compile(
    r"\d[\d,.]*\s*(?:%|个百分点|百分点|pp\b|倍|[千万亿]|元|美元|人|单|套|天|分钟|小时|x\b)|[一二三四五六七八九两]成|一半|翻倍"
)
DONE = re.compile(
    r"采用|通过|借助|推出|引入|上线|邀请|请(?![问求假])|改[为成用]|分为|打通|合作|砍[掉到]|清仓|投给|推送|带货|主推|配合|替代|追踪|"
    r"聚焦|强化|优化|精简|前置|联名|搭建|建立|开[启设]|把|以[“「『\"]|以.{2,20}(?:运营|经营|营销)|(?<![费信效作])用(?![户于途])|"
    r"\b(?:launch|introduc|adopt|open|replac|switch|bundl|partner|us)(?:ed|es|ing)\b|\bthrough\b"
)
FALLS = re.compile(
    r"下降|降低|降[至到了]|减少|节省|节约|缩短|压缩|[下回]落|下滑|[下]?跌|收窄|\b(?:f[ae]ll|dropp?(?:ed)?|cut|saved?|down)\b"
)
# Not yet done, or nothing to repeat: no evidence for a card.
PLANNED = re.compile(
    r"计划|预计|预期|预测|目标|力争|有望|展望|建议|应当?该?|控制在|不低于|不少于|\b(?:plan|expect|forecast|target|should)"
)
REGRETTED = re.compile(
    r"教训|反面|翻车|损失|投诉|封停|亏损|停售|暂停|误区|失败|跟风|盲目|过深|\b(?:lesson|loss|fail|mistake)"
)
REPORTED = re.compile(r"（《[^）]*）")  # "（《年终回顾》› 1.3 …）": where a sentence was taken from
CLAUSE = re.compile(r"[^，,；;。！？!?]+")
LABEL = re.compile(r"(?P<label>[^：:，,。；;]{1,16})[：:]\s*(?P<text>.+)", re.DOTALL)
SAYS_NOTHING = re.compile(r"案例$|实例$|数据$|效果$|成果$|\b(?:case|example|result)s?$")  # a label that names no tactic
NAMED = re.compile(r"[“「『\"]([^”」』\"]{2,24})[”」』\"]")
OPENING = re.compile(r"^(?:(?:19|20)\d\d年[^，,]{0,6}[，,]?\s*)")
LONGEST_TITLE = 24
SHORTEST_WORDING = 2
# Latin letters and digits of a name must not continue on either side: "roi" is not in "android".
BEGINS, ENDS = r"(?:(?<![a-z0-9])|(?![a-z0-9]))", r"(?:(?![a-z0-9])|(?<![a-z0-9]))"
LETTERS = re.compile(r"\W+")
ALWAYS_MISSING = ("when", "steps")  # a sentence about a success says neither when to do it nor how, step by step


@dataclass(frozen=True)
class Vocabulary:
    """The names that the caller knows; this room knows no catalogue."""

    categories: Names
    channels: Names
    metrics: Names
    falling_is_good: frozenset[str] = field(default_factory=frozenset)  # of the metrics


@dataclass(frozen=True)
class Draft:
    """A proposal; it is nobody's tactic before a person has accepted it."""

    id: str  # hash of file and evidence: stable while the sentence stands
    title: str
    categories: tuple[str, ...]  # names of the vocabulary; () when the text names none
    channels: tuple[str, ...]
    metrics: tuple[str, ...]
    action: str  # what was done, as the text says it
    figures: tuple[str, ...]  # what the metrics reached, as the text says it; one a metric
    evidence: str  # the sentence, exactly as it stands in the passage
    missing: tuple[str, ...]  # what a person has to add: "categories", "when", "steps"
    passage_id: str
    document_id: str
    document: str  # title
    file: str
    section: str  # heading path joined by " › "
    date: date | None
    audience: Audience


def propose(
    passages: Iterable[tuple[StoredDocument | Document, Chunk]], vocabulary: Vocabulary, cards: Iterable[Tactic] = ()
) -> tuple[Draft, ...]:
    """Every draft in reading order; what one of `cards` already tells, or another draft, is left out."""
    finders = _Finders(vocabulary)
    known = [bare(card.evidence) for card in cards]
    drafts = []
    for document, chunk in passages:
        for draft in _of_passage(document, chunk, finders):
            told = told_by(draft.evidence)
            if not any(told in other for other in known):
                known.append(told)
                drafts.append(draft)
    return tuple(drafts)


def as_markdown(draft: Draft) -> str:
    """The draft as a section in the form of a tactic card, with gaps to fill in."""
    source = f"（《{one_line(draft.document)}》› {one_line(draft.section)}）" if draft.section else ""
    lines = (
        f"## 战法：{one_line(draft.title)}",
        "",
        f"- 类目：{'、'.join(draft.categories)}",
        f"- 渠道：{'、'.join(draft.channels)}",
        f"- 指标：{'、'.join(draft.metrics)}",
        "- 触发：",
        f"- 动作：{one_line(draft.action)}",
        f"- 证据：{one_line(draft.evidence).rstrip('。；;')}{source}",
        "- 注意：",
        "- 投入：",
    )
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Finder:
    """Where names stand in a text, the longest of those that begin at one place."""

    def __init__(self, names: Names) -> None:
        self._names = {
            fold_characters(wording): name
            for name, held in names.items()
            for wording in (*held, name)
            if len(wording) >= SHORTEST_WORDING
        }
        wordings = sorted(self._names, key=lambda wording: (-len(wording), wording))
        self._pattern = re.compile(f"{BEGINS}(?:{'|'.join(map(re.escape, wordings))}){ENDS}" if wordings else r"(?!)")

    def places(self, folded: str) -> Iterator[tuple[str, int, int]]:
        """(name, start, end) of each."""
        return ((self._names[match[0]], *match.span()) for match in self._pattern.finditer(folded))

    def names(self, text: str) -> tuple[str, ...]:
        """Those that stand in the text, in its order."""
        return tuple(dict.fromkeys(name for name, _, _ in self.places(fold_characters(text))))


class _Finders:
    """One vocabulary, compiled once for all passages."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.categories = _Finder(vocabulary.categories)
        self.channels = _Finder(vocabulary.channels)
        self.metrics = _Finder(vocabulary.metrics)
        self.falling_is_good = vocabulary.falling_is_good


@dataclass(frozen=True)
class _Effect:
    """The clause in which a metric reaches a figure."""

    metric: str
    clause: int  # its number in the sentence
    before: str  # the clause up to the metric
    figure: str


def _of_passage(document: StoredDocument | Document, chunk: Chunk, finders: _Finders) -> Iterator[Draft]:
    if any(HEADING.match(heading) for heading in chunk.path):
        return  # a card already
    for start, end in sentence_spans(chunk.text):
        sentence = chunk.text[start:end]
        folded = fold_characters(sentence)
        if not FIGURE.search(folded):
            continue
        if PLANNED.search(folded) or REGRETTED.search(folded) or is_frame(sentence):
            continue
        if (draft := _draft(document, chunk, sentence, finders)) is not None:
            yield draft


def _draft(document: StoredDocument | Document, chunk: Chunk, sentence: str, finders: _Finders) -> Draft | None:
    label, text = _label(sentence)
    clauses = CLAUSE.findall(REPORTED.sub("", text))
    effects = _effects(clauses, finders)
    if not effects:
        return None
    action = _action(clauses, effects[0])
    if not action:
        return None
    categories = _categories(document, chunk, sentence, finders)
    return Draft(
        id=hashlib.sha256(f"{document.file}\x1f{sentence}".encode()).hexdigest()[:16],
        title=_title(label, action),
        categories=categories,
        channels=finders.channels.names(sentence),
        metrics=tuple(dict.fromkeys(effect.metric for effect in effects)),
        action=action,
        figures=tuple({effect.metric: effect.figure for effect in effects}.values()),
        evidence=sentence,
        missing=(*(() if categories else ("categories",)), *ALWAYS_MISSING),
        passage_id=chunk.id,
        document_id=document.id,
        document=document.title,
        file=document.file,
        section=" › ".join(chunk.path),
        date=document.date,
        audience=document.audience,
    )


def _label(sentence: str) -> tuple[str, str]:
    """ "组合装策略: 把单件…" as its label and the rest."""
    labelled = LABEL.match(sentence)
    return (labelled["label"].strip(), labelled["text"]) if labelled else ("", sentence)


def _effects(clauses: Sequence[str], finders: _Finders) -> list[_Effect]:
    """One a clause that says a good figure of a metric."""
    effects = []
    for number, clause in enumerate(clauses):
        folded = fold_characters(clause)
        for metric, start, end in finders.metrics.places(folded):
            if _is_good(folded[end:], metric in finders.falling_is_good):
                figure = FIGURE.search(folded[end:])
                effects.append(_Effect(metric, number, clause[:start], figure[0].strip() if figure else ""))
                break
    return effects


def _is_good(after: str, falling_is_good: bool) -> bool:
    """A figure behind the metric, on the side that is wanted; a level is no success where less is better."""
    return FIGURE.search(after) is not None and (FALLS.search(after) is not None) == falling_is_good


def _action(clauses: Sequence[str], effect: _Effect) -> str:
    """The clauses before the effect that say what was done, "" when none does."""
    told = [*clauses[: effect.clause], effect.before]
    done = [clause.strip() for clause in told if DONE.search(fold_characters(clause))]
    return "，".join(done)


def _title(label: str, action: str) -> str:
    """The name that the text gives it, else its label unless that is only whom it is about, else what was done."""
    named = NAMED.search(action)
    if named:
        return named[1].strip()
    if label and label not in action and not SAYS_NOTHING.search(fold_characters(label)):
        return label
    return OPENING.sub("", action)[:LONGEST_TITLE].strip(" ，,").removesuffix("后")


def _categories(document: StoredDocument | Document, chunk: Chunk, sentence: str, finders: _Finders) -> tuple[str, ...]:
    """Those of the sentence, else of the nearest heading that names one, else of the document."""
    for text in (sentence, *reversed(chunk.path)):
        if found := finders.categories.names(text):
            return found
    return document.categories


def told_by(sentence: str) -> str:
    """What a sentence tells, without its label, as `bare` text."""
    return bare(_label(sentence)[1])


def bare(text: str) -> str:
    """Letters and digits alone, without where it was taken from: the same sentence in another dress is the same."""
    return LETTERS.sub("", fold_characters(REPORTED.sub("", text)))


def one_line(text: str) -> str:
    """A sentence without the marks of a list or heading in front of it."""
    return " ".join(text.split()).lstrip("#-*> ")
