"""A question beside passages of another language: which of its words stand there, in translation or by their meaning.

No dictionary holds every wording, and the sentence model alone takes passages of one subject for each other; together
they find the place nearly as well as words of the same language do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.bilingual import is_english, stem
from knowledge.coverage import CAPITALISED, LIKE_ENOUGH, Coverage, NamedWord
from knowledge.folding import fold, fold_characters, is_exclusive, is_measured, special_words
from knowledge.meaning import Meaning, words_of
from knowledge.romanised import amounts_in_chinese, sounding_like
from knowledge.snapshot import Corpus
from knowledge.stopwords import is_uninformative
from knowledge.tokens import segmenter, singular

NUMBER = re.compile(r"\d")
WORD = re.compile(r"\w")
# cosine of two words in two languages: translations reach 0.65 to 0.9, words of one trade stay below 0.55
UNLIKE, ALIKE = 0.4, 0.8
HEAVIEST = 1.5  # weight of a word: what stands nowhere may just be said otherwise
# "How many members", "what is the gross margin of": what is asked for, up to the next joining word
ASKED = re.compile(
    r"\b(?:how (?:many|much)|what (?:is|was|are|were) (?:the|our|its|their)"
    r"|(?:share|percentage|proportion|part) of(?: the| our)?)"
    r"((?: (?!(?:of|on|in|for|at|by|from|with|to|per|after|before|during|than|that|we|you|they|people|the|our|a|an"
    r"|did|do|does|is|are|was|were|has|have|had|will|would|can|could|should|may|came|comes|went|goes)\b)[\w&-]+){1,3})"
)
SIZE = re.compile(
    r"\b(?:how (?:many|much)|share|rate|ratio|margin|price|cost|number|size|value|salary|wage|rent|budget|profit"
    r"|revenue|income|fee|turnover|speed|length|weight|growth|spend|sales|volume|target|goal)s?\b"
)
ASKED_ALIKE = 0.25  # what is asked for may be said in another way, but it must be there
LONGEST_PHRASE = 3  # words that the dictionary translates as one


@dataclass(frozen=True)
class Crossing:
    """The informative words of one question, for some passages of the other language."""

    words: tuple[NamedWord, ...]
    asked: frozenset[str]  # those that name what is asked for
    asks_size: bool
    likeness: Mapping[str, tuple[float, ...]]  # of each word of the passages: its cosine with each word of the question

    def weighed(self, contexts: Sequence[str]) -> Crossing:
        """With the weight of each word from how few of these folded places hold it."""
        held = [sum(degrees) for degrees in zip(*map(self.degrees, contexts), strict=True)]
        weights = [math.log(1 + (len(contexts) - many + 0.5) / (many + 0.5)) for many in held]
        return replace(self, words=tuple(map(_weighing, self.words, weights)))

    def coverage(self, context: str) -> Coverage:
        """How much of the question's weight stands in the folded place."""
        degrees = self.degrees(context)
        total = sum(word.weight for word in self.words)
        held = sum(word.weight * degree for word, degree in zip(self.words, degrees, strict=True))
        missing = (word for word, degree in zip(self.words, degrees, strict=True) if degree < LIKE_ENOUGH)
        return Coverage(held / total if total > 0 else 0.0, tuple(missing))

    def not_asked_for(self, context: str) -> tuple[NamedWord, ...]:
        """What the question asks for, when the folded place is about something else."""
        pairs = zip(self.words, self.degrees(context), strict=True)
        return tuple(word for word, degree in pairs if word.word in self.asked and degree < ASKED_ALIKE)

    def degrees(self, context: str) -> tuple[float, ...]:
        """Of each word, how far it stands in the folded place, 0…1."""
        rows = [self.likeness[word] for word in words_of(context) if word in self.likeness]
        near = map(max, zip(*rows, strict=True)) if rows else (0.0,) * len(self.words)
        return tuple(_degree(word, cosine, context) for word, cosine in zip(self.words, near, strict=True))


def _weighing(word: NamedWord, weight: float) -> NamedWord:
    return replace(word, weight=min(max(weight, 0.0), HEAVIEST))


def _degree(word: NamedWord, cosine: float, context: str) -> float:
    if any(_stands(wording, context) for wording in (word.word, *word.wordings)):
        return 1.0
    if word.is_exact or word.word in special_words():  # net profit is not profit, one promotion not the other
        return 0.0
    return min(max((cosine - UNLIKE) / (ALIKE - UNLIKE), 0.0), 1.0)


def _stands(wording: str, context: str) -> bool:
    """Latin words and figures as the beginning of one: "tent" in "tents", but not "art" in "start"."""
    if not wording.isascii():
        return wording in context
    return re.search(rf"(?<![a-z0-9.]){re.escape(wording)}(?!\d|\.\d)", context) is not None


def crossing(question: str, corpus: Corpus, meaning: Meaning, contexts: Sequence[str]) -> Crossing:
    """The words of a question for passages, folded, of the language that it is not written in."""
    found = _english(question, corpus, contexts) if is_english(question) else _chinese(question, corpus)
    words = tuple({word.word: word for word in found}.values())
    others = tuple(dict.fromkeys(word for context in contexts for word in words_of(context)))
    asked = _asked(question, words)
    table = meaning.cosines([word.word for word in words], others)
    return Crossing(
        words, asked, bool(asked) and SIZE.search(question.lower()) is not None, dict(zip(others, table, strict=True))
    ).weighed(contexts)


def _asked(question: str, words: Sequence[NamedWord]) -> frozenset[str]:
    """The head of the phrase behind "how many" and the like: the last of the words in it."""
    phrase = ASKED.search(fold(question))
    held = [
        word.word
        for word in words
        if phrase and re.search(rf"(?<!\w){re.escape(word.word)}(?!\w)", phrase[1].replace("-", " "))
    ]
    return frozenset((*held[-1:], *(word.word for word in words if phrase and word.is_figure)))


def _english(question: str, corpus: Corpus, contexts: Sequence[str]) -> list[NamedWord]:
    capitalised = {fold_characters(name) for name in CAPITALISED.findall(question)}
    words = _informative(fold(amounts_in_chinese(question)))
    found: list[NamedWord] = []
    while words:
        size = next(
            (size for size in range(LONGEST_PHRASE, 1, -1) if stem(" ".join(words[:size])) in corpus.chinese), 1
        )
        phrase, words = " ".join(words[:size]), words[size:]
        wordings = corpus.chinese.get(stem(phrase), ())
        own = tuple(word for word in (phrase, singular(phrase)) if corpus.keywords.holds(word))
        if phrase in capitalised and not wordings and not own:
            wordings = sounding_like(phrase, contexts)
        if len(phrase) > 1:
            found.append(_named(phrase, (*wordings, *own), is_name=phrase in capitalised))
    return found


def _informative(folded: str) -> list[str]:
    parts = (part for word, _ in segmenter().tag(folded) for part in (word.split("-") if word.isascii() else (word,)))
    return [
        part for part in parts if WORD.search(part) and (len(part) > 1 or part.isascii()) and not is_uninformative(part)
    ]


def _chinese(question: str, corpus: Corpus) -> list[NamedWord]:
    found = []
    for word in _informative(fold(question)):
        if len(word) < 2 and not word.isdigit():
            continue
        own = (word,) if corpus.keywords.holds(word) else ()
        found.append(_named(word, (*corpus.english.get(word, ()), *own), is_name=word.isascii()))
    return found


def _named(word: str, wordings: tuple[str, ...], *, is_name: bool) -> NamedWord:
    is_exact = NUMBER.search(word) is not None
    is_figure = is_measured(word)
    must_stand = is_exact or is_name or is_figure or is_exclusive(word)
    return NamedWord(word, word, 1.0, is_exact, is_figure, must_stand, wordings)
