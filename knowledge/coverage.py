"""What a question names, and whether that stands in a passage.

A score alone cannot tell "the right company, the wrong year" from an answer; the words can.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge import weighing
from knowledge.bilingual import stem
from knowledge.folding import fold, fold_characters, is_exclusive, is_measured, special_words, wordings
from knowledge.measured import ASKING, measured_words
from knowledge.snapshot import Corpus
from knowledge.stopwords import is_empty, is_uninformative
from knowledge.tokens import NOUN_TAGS, PROPER_TAGS, segmenter

Likeness = Callable[[str], float]  # of a word: how much the place holds its meaning, 0…1

HANZI = re.compile(r"[\u3400-\u9fff]")
HANZI_RUN = re.compile(r"[\u3400-\u9fff]+")
WORD = re.compile(r"\b[A-Za-z]{2,}\b", re.ASCII)  # an English question may hold Chinese names
NUMBER = re.compile(r"\d")
AN_AMOUNT = re.compile(r"[一几][只个件条位款家种些]")  # how things are counted; no place must say it
LATIN = re.compile(r"[a-z][a-z0-9.&+-]*")
CAPITALISED = re.compile(r"(?<=[\w,;] )[A-Z][A-Za-z0-9]+|\b[A-Z0-9]*[A-Z][A-Z0-9]+\b")
FIGURE_NAME = re.compile(r".[率额费价润税薪比]$|.[度本量]$")  # "损耗率", "净利润": what is asked for, not how it is put
SHORTEST_SURE = 3  # characters: a longer word of the dictionary is one even if it begins or ends like a joining word
LIKE_ENOUGH = 0.6  # a word that is there to this degree is not told to the reader as missing
KIND_WORDS = frozenset(
    ("品类", "类目", "品牌", "渠道", "市场", "大区", "区域", "仓", "站点", "门店")
)  # "收纳品类": which one
PERSON_TAG = "nr"  # the dictionary's weakest: 宝宝 is one
UNITS = "年月日天个"
TELLING = 0.7  # of `weighing.specificity`
SAME = 0.8  # a figure that is named otherwise: 成本 for 费用
LETTER = re.compile(r"[a-z]")
CLASSES = "类级区款组型轮档"
COUNTED = frozenset("个种条点次步招大项类家位")  # "3 个方法" asks for a number of answers, it does not name one


@dataclass(frozen=True)
class NamedWord:
    """An informative word of a question."""

    word: str  # folded
    shown: str  # as the question writes it
    weight: float  # its rarity among the passages
    is_exact: bool  # a number or Latin word: stands there as it is or not at all
    is_figure: bool  # something that is measured: 转化率, 净利润
    is_name: (
        bool  # exact, a proper name, a figure, or a category, platform or time of the synonyms: nothing else will do
    )
    wordings: tuple[str, ...] = ()  # of an English word: any of these is it
    is_asked: bool = False  # its amount is asked for
    is_telling: bool = False  # a rare noun that the documents hold: a place without it is mostly about something else


@dataclass(frozen=True)
class Coverage:
    share: float  # 0…1 of the informative weight
    missing: tuple[NamedWord, ...]


def named_words(question: str, corpus: Corpus) -> tuple[NamedWord, ...]:
    """The informative words, in order, without repetition."""
    original = fold_characters(question)
    names = {fold_characters(name) for name in CAPITALISED.findall(question)}
    is_foreign = len(WORD.findall(question)) > len(HANZI_RUN.findall(question))
    english = translations(question, corpus) if is_foreign else {}
    translated = {word for phrase in english for word in phrase.split()}
    found: dict[str, NamedWord] = {}
    keywords = corpus.keywords
    tagged = _joined(_resplit(segmenter().tag(fold(question)), corpus))
    measured = measured_words(tagged)
    for index, (word, tag) in enumerate(tagged):
        following = tagged[index + 1][0] if index + 1 < len(tagged) else ""
        if word in found or not _is_informative(word, following) or (tag == "m" and AN_AMOUNT.fullmatch(word)):
            continue
        is_exact = bool(NUMBER.search(word) or LATIN.fullmatch(word))
        if is_foreign and LATIN.fullmatch(word) and (word not in names or word in translated):
            continue  # an English word cannot stand in a Chinese passage: its translation, if any, is added below
        shown = next((wording for wording in wordings(word) if wording in original), word)
        is_figure = is_measured(word) or bool(tag.startswith((*NOUN_TAGS, "eng")) and FIGURE_NAME.search(word))
        is_kind = following in KIND_WORDS and tag.startswith(NOUN_TAGS)
        is_name = is_exact or is_figure or is_exclusive(word) or _is_proper(word, tag, corpus) or is_kind
        weight = keywords.rarity(word) if is_name else weighing.weight(word, tag, keywords)
        is_telling = tag.startswith(NOUN_TAGS) and corpus.holds(word) and weighing.specificity(word) >= TELLING
        found[word] = NamedWord(
            word, shown, weight, is_exact, is_figure, is_name, (), word in measured, not is_name and is_telling
        )
    for word, others in english.items():
        weight = max(map(corpus.keywords.rarity, others))
        found[word] = NamedWord(word, word, weight, is_exact=False, is_figure=False, is_name=False, wordings=others)
    return tuple(found.values())


def _is_proper(word: str, tag: str, corpus: Corpus) -> bool:
    """A proper name; of people's names, which the segmenter guesses freely, a long one or one that stands somewhere."""
    if not tag.startswith(PROPER_TAGS):
        return False
    return not tag.startswith(PERSON_TAG) or len(word) >= SHORTEST_SURE or corpus.holds(word)


def translations(question: str, corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """English words and pairs of words of a question → their wordings in the documents, where there are any."""
    words = [word for word in LATIN.findall(fold(question)) if not is_uninformative(word)]
    found: dict[str, tuple[str, ...]] = {}
    used: set[int] = set()
    for size in (2, 1):
        for index in range(len(words) - size + 1):
            phrase = " ".join(words[index : index + size])
            places = set(range(index, index + size))
            own = (phrase,) if size == 1 and corpus.keywords.holds(phrase) else ()
            others = (*own, *corpus.chinese.get(stem(phrase), ()))
            if others and not places & used:
                found[phrase] = others
                used |= places
    return found


def _joined(tagged: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Single characters in a row are a name that no dictionary has ("颊鳞雀鲷"): one word again."""
    joined: list[tuple[str, str]] = []
    is_open = False
    for word, tag in tagged:
        if joined and LETTER.fullmatch(joined[-1][0]) and word[0] in CLASSES:
            joined[-1] = (joined[-1][0] + word[0], "nz")  # A类 is not B类
            word = word[1:]
            if not word:
                continue
        is_single = len(word) == 1 and bool(HANZI.match(word)) and not is_uninformative(word)
        if is_single and is_open:
            joined[-1] = (joined[-1][0] + word, PERSON_TAG)
        else:
            joined.append((word, tag))
        is_open = is_single
    return joined


def _resplit(tagged: Sequence[tuple[str, str]], corpus: Corpus) -> list[tuple[str, str]]:
    """Words cut wrongly, cut as the documents have them: 客|服用 is 客服|用 where they speak of 客服."""
    words = list(tagged)
    for index in range(len(words) - 1):
        (one, _), (other, tag) = words[index : index + 2]
        if NUMBER.search(one) and other[0] in UNITS and len(other) > 1 and not segmenter().has_word(other):
            words[index : index + 2] = [(one, "m"), (other[1:], tag)]
        elif len(one) == 1 < len(other) and HANZI.match(one) and not is_empty(one) and not _is_known(other, corpus):
            size = next((size for size in range(len(other) - 1, 0, -1) if corpus.holds(one + other[:size])), 0)
            if size:
                words[index : index + 2] = [(one + other[:size], "n"), (other[size:], tag)]
    return [part for word, tag in words for part in _parts(word, tag, corpus)]


def _is_known(word: str, corpus: Corpus) -> bool:
    return corpus.holds(word) or word in special_words()


def _parts(word: str, tag: str, corpus: Corpus) -> list[tuple[str, str]]:
    """木卡快, which only the segmenter knows, as 木卡|快 where the documents speak of 木卡."""
    if len(word) < SHORTEST_SURE or not HANZI.match(word) or segmenter().has_word(word) or _is_known(word, corpus):
        return [(word, tag)]
    if corpus.holds(word[:2]):
        return [(word[:2], "n"), (word[2:], "x")]
    return [(word[:-2], "x"), (word[-2:], "n")] if corpus.holds(word[-2:]) else [(word, tag)]


def _is_informative(word: str, following: str) -> bool:
    if is_uninformative(word) or not re.search(r"\w", word) or ASKING.search(word):
        return False
    if NUMBER.search(word):
        return following[:1] not in COUNTED
    return len(_bared(word)) > 1


def _bared(word: str) -> str:
    """The word without joining characters at its edges: "日有" and "讲个" are slips of the segmenter."""
    while len(word) > 1 and HANZI.match(word) and len(word) < SHORTEST_SURE:
        if is_empty(word[-1]):
            word = word[:-1]
        elif is_empty(word[0]):
            word = word[1:]
        else:
            break
    return word


def measure(named: Sequence[NamedWord], context: str, likeness: Likeness | None = None) -> Coverage:
    """Which of the words stand in the folded context; full when the question names nothing.

    With `likeness`, a word that is no name is there to the degree that the context holds one of nearly that meaning.
    """
    total = sum(word.weight for word in named)
    absent = {word: _partly(word, context) for word in named if not stands_in(word, context)}
    if likeness is not None:
        absent = {word: max(part, alike(word, likeness)) for word, part in absent.items()}
    missing = tuple(word for word, part in absent.items() if part < LIKE_ENOUGH)
    if not named or total <= 0:
        return Coverage(1.0, missing)
    lost = sum(word.weight * (1 - part) for word, part in absent.items())
    return Coverage(1.0 - lost / total, missing)


def alike(word: NamedWord, likeness: Likeness) -> float:
    """How much a place holds the meaning of a word that does not stand there; of a name, never anything."""
    if word.is_name and (word.is_exact or not word.is_figure or word.word in special_words()):
        return 0.0
    degree = likeness(word.word)
    return degree if not word.is_name or degree >= SAME else 0.0


def _partly(word: NamedWord, context: str) -> float:
    """Share of a missing word's character pairs that stand there ("退回来" in "退回的商品")."""
    if word.is_name or len(word.word) < 3:
        return 0.0
    pairs = [word.word[index : index + 2] for index in range(len(word.word) - 1)]
    return sum(pair in context for pair in pairs) / len(pairs)


def stands_in(word: NamedWord, context: str) -> bool:
    """True when the word stands in the folded context; a number or Latin word only as a whole."""
    if word.wordings:
        return any(other in context for other in word.wordings)
    if not word.is_exact:
        return word.word in context
    return re.search(rf"(?<![a-z0-9.]){re.escape(word.word)}(?![a-z0-9]|\.\d)", context) is not None
