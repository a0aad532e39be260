"""Takes a question apart: names, times, steering words, and what nobody understood."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bot.assistant.bounds import Bound, find_bounds
from bot.assistant.correction import taken_back
from bot.assistant.exclusion import Exclusion, find_exclusions
from bot.assistant.fold import fold, is_chinese, unspaced
from bot.assistant.lexicon import Lexicon, Term
from bot.assistant.near_miss import Guess, NearMisses, repaired
from bot.assistant.ranking_words import Ranking, find_ranking
from bot.assistant.vocabulary import Span, Vocabulary
from metrics.model import Language
from metrics.query import Unit

if TYPE_CHECKING:
    from metrics.calendar import Calendar
    from metrics.phrases.reading import CompareMatch, PeriodMatch, Words
    from metrics.phrases.reading import Reading as TimeReading

# Parts of speech that name a thing (jieba's tag set): left over, they say that the question is about
# something that the catalogue does not hold.
NAMING_TAGS = ("n", "eng", "x", "j", "i", "l", "b")
LONGEST_SHARED_NAME = 4  # letters: gmv, roi, aov, uv, 3c
LONG_FILLER = 3  # characters: 我想知道 is filler as a whole, shorter ones may be halves of other words
MEANINGLESS = ("filler", "owner")
OPENING_NOW = re.compile(
    r"^\s*(?:(?:ok|okay|so|and|well)[\s,]+)*now(?=[\s,]+(?:only|just|show|split|break|by|what|how|the\b|compare|for))"
)
# The period before the one spoken of. "再" alone would leave 上一季 to be read as the last one again.
STEP_BACK = re.compile(
    r"(?:再|更)(?:往前|往上|上|前|早的?)推?一?个?(?:天|日|周|星期|礼拜|月|季度?|年|期)|往前推?一个?(?:天|日|周|星期|礼拜|月|季度?|年|期)"
    r"|(?<![a-z])the\s+(?:one|period)\s+before(?:\s+that)?(?![a-z])"
)
ASKED_OF = re.compile(r"^\s*(?:were|are|was|is|of|from|among)\s+(?:our\s+|the\s+|all\s+)?$")
OWNED = re.compile(r"(?:的|'s?|\s)*$")
NAME_MARK = "\ufffc"
WORD = re.compile(r"[a-z0-9ü][a-z0-9ü.'&\-]*|[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Reading:
    """Everything found in one question; offsets are those of the folded text."""

    raw: str
    text: str  # folded
    language: Language
    terms: tuple[Term, ...]
    times: TimeReading
    cues: dict[str, tuple[Span, ...]]
    ranking: Ranking | None  # top 5, 前三
    bounds: tuple[Bound, ...]  # 低于2%
    exclusions: tuple[Exclusion, ...]
    left: tuple[Span, ...]  # words that were not understood
    unknown: tuple[str, ...]  # of them, those that name something nobody here knows
    loose: tuple[str, ...]  # the others
    guesses: tuple[Guess, ...] = ()  # names that the words not understood may stand for
    read_as: tuple[tuple[str, str], ...] = ()  # (as written, as read): slips that are beyond doubt

    def has(self, *names: str) -> bool:
        """Whether any of these cues was found."""
        return any(self.cues[name] for name in names)

    @cached_property
    def included(self) -> tuple[Term, ...]:
        """The names that are asked for, without those that are left out."""
        left_out = {term for exclusion in self.exclusions for term in exclusion.terms}
        return tuple(term for term in self.terms if term not in left_out)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """Metric ids in order, each once."""
        return tuple(dict.fromkeys(term.entry.id for term in self.included if term.entry.kind == "metric"))

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Dimension id → canonical values named."""
        return _by_dimension(self.included)

    @cached_property
    def excluded(self) -> dict[str, tuple[str, ...]]:
        """Dimension id → canonical values left out."""
        return _by_dimension(term for exclusion in self.exclusions for term in exclusion.terms)

    @cached_property
    def dimensions(self) -> tuple[Term, ...]:
        """Dimension names in order."""
        return tuple(term for term in self.included if term.entry.kind == "dimension")

    @cached_property
    def ambiguous(self) -> tuple[Term, ...]:
        """Words with two equally likely readings, unless the question names one of them as well."""
        doubtful = (term for term in self.included if term.entry.kind == "ambiguous")
        return tuple(term for term in doubtful if not set(term.entry.readings) & set(self.metrics))

    @cached_property
    def absent(self) -> tuple[Term, ...]:
        """Metrics and cuts that shops know and this catalogue does not hold."""
        return tuple(term for term in self.terms if term.entry.kind == "absent")

    @cached_property
    def parts(self) -> tuple[Term, ...]:
        """Names of parts of a value, for which there is no figure of their own."""
        return tuple(term for term in self.terms if term.entry.is_part)

    @cached_property
    def nameless(self) -> Span | None:
        """眠屿联名款的销售额: words in a row before a name, of which nobody knows what they are together.

        Before a time such words are mostly what one says to ask: 抓紧弄一下昨天的.
        """
        for term in self.terms:
            start = end = term.start - self.text[: term.start].endswith("的")
            row = [start := span.start for span in reversed(self.left) if span.end == start]
            if len(row) > 1:
                return Span(start, end, self.text[start:end])
        return None

    @property
    def is_bare(self) -> bool:
        """Whether nothing of the catalogue and no time was named."""
        return not self.terms and not self.times.periods and not self.times.compares


class Reader:
    """Reads questions against one catalogue, calendar and vocabulary."""

    def __init__(self, lexicon: Lexicon, calendar: Calendar, vocabulary: Vocabulary, week_start: int = 0) -> None:
        self._lexicon = lexicon
        self.calendar = calendar
        self._vocabulary = vocabulary
        self._week_start = week_start
        self._near_misses = NearMisses(lexicon, vocabulary)

    def read(self, raw: str, now: datetime, fallback: Language = "zh") -> Reading:
        """One question taken apart; never raises. `fallback` is the language of a text that has none (GMV, 11.11).

        Slips that are beyond doubt are written out and the question is read again.
        """
        reading = self._taken_apart(unspaced(raw), now, fallback)
        if withdrawn := taken_back(reading.text, reading.terms, reading.times.periods):
            reading = self._taken_apart(_mask(reading.raw, withdrawn), now, fallback)
        if not reading.left:
            return reading
        guesses = self._near_misses.guesses(reading.text, reading.left, reading.terms)
        sure = [guess for guess in guesses if guess.is_sure]
        if not sure:
            return replace(reading, guesses=guesses)
        again = self._taken_apart(repaired(reading.raw, sure), now, fallback)
        read_as = tuple((reading.raw[guess.start : guess.end], guess.names[0]) for guess in sure)
        others = self._near_misses.guesses(again.text, again.left, again.terms)
        return replace(again, guesses=others, read_as=read_as)

    def _taken_apart(self, raw: str, now: datetime, fallback: Language) -> Reading:
        from metrics.periods import read as read_times  # lunar tables and all; not for `--help`

        text = fold(raw)
        named = self._lexicon.find(text)
        masked = _mask(text, named, NAME_MARK)  # a name stood there: time words around it are not neighbours
        terms = self._without_owners(text, named)
        if opening := OPENING_NOW.match(masked):  # "now only X" goes on, it names no time
            masked = " " * opening.end() + masked[opening.end() :]
        first = self._vocabulary.find_first(masked)
        first["step_back"] = tuple(Span(*found.span(), found.group()) for found in STEP_BACK.finditer(masked))
        masked = _mask(masked, (span for found in first.values() for span in found), NAME_MARK)
        times = _as_written(read_times(masked, now=now, calendar=self.calendar, week_start=self._week_start), raw)
        exclusions = find_exclusions(text, terms)
        rest = _mask(masked, _time_spans(times))
        rest = _mask(rest, (span for exclusion in exclusions for span in exclusion.spans)).replace(NAME_MARK, " ")
        bounds = find_bounds(rest)
        rest = _mask(rest, (bound.span for bound in bounds))
        ranking = find_ranking(rest)
        if ranking is not None:
            rest = _mask(rest, (ranking.span,))
        cues = self._vocabulary.find(rest)
        cues = {cue: (*first[cue], *cues.get(cue, ())) for cue in first}
        terms = tuple(self._lexicon.settled(term, _hinted_unit(cues)) for term in terms)
        phrases = [span for span in cues["filler"] if len(span.text) >= LONG_FILLER and is_chinese(span.text)]
        remaining = _mask(rest, (span for cue, found in cues.items() if cue not in MEANINGLESS for span in found))
        remaining = _mask(remaining, phrases)
        left = tuple(self._left_over(remaining))
        absent = [term.text for term in terms if term.entry.kind == "absent"]
        return Reading(
            raw=raw,
            text=text,
            language=_language(raw, text, terms, fallback),
            terms=terms,
            times=times,
            cues=cues,
            ranking=ranking,
            bounds=bounds,
            exclusions=exclusions,
            left=tuple(span for span, _ in left),
            unknown=tuple(dict.fromkeys([*absent, *(span.text for span, names in left if names)])),
            loose=tuple(dict.fromkeys(span.text for span, names in left if not names)),
        )

    def _without_owners(self, text: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """买家的满意度, customer satisfaction: whose figure it is, is no figure of its own."""
        kept: list[Term] = []
        for number, term in enumerate(terms):
            following = terms[number + 1] if number + 1 < len(terms) else None
            after_next = terms[number + 2] if number + 2 < len(terms) else None
            is_listed = (
                following is not None
                and following.start == term.end  # 访客转化客单 are three, 买家的好评满意度 is one
                and _is_metric_at(after_next, text, following.end, OWNED)
                and after_next is not None
                and after_next.entry != following.entry
            )
            owns = term.text in self._vocabulary.cues["owner"] and (
                (_is_metric_at(following, text, term.end, OWNED) and not is_listed)
                or (bool(kept) and kept[-1].entry.kind == "metric" and ASKED_OF.match(text[kept[-1].end : term.start]))
            )
            if not owns:
                kept.append(term)
        return tuple(kept)

    def _left_over(self, text: str) -> Iterable[tuple[Span, bool]]:
        """Words that are left, and whether each names something."""
        for start, word, tag in _words(text):
            if not self._vocabulary.is_filler(word):
                yield (
                    Span(start, start + len(word), word),
                    tag.startswith(NAMING_TAGS) and (len(word) > 1 or tag == "eng"),
                )


def _is_metric_at(term: Term | None, text: str, start: int, gap: re.Pattern[str]) -> bool:
    return term is not None and term.entry.kind == "metric" and gap.match(text[start : term.start]) is not None


def _hinted_unit(cues: dict[str, tuple[Span, ...]]) -> Unit | None:
    """退货多少钱 asks for an amount, 退货的比例 for a rate."""
    if bool(cues["money"]) == bool(cues["ratio"]):
        return None
    return "cny" if cues["money"] else "fraction"


def _time_spans(times: TimeReading) -> Iterable[PeriodMatch | CompareMatch | Words]:
    return (*times.periods, *times.compares, *times.unread, *((times.grain_span,) if times.grain_span else ()))


def _by_dimension(terms: Iterable[Term]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for term in terms:
        if term.entry.kind == "value" and term.entry.id not in found.setdefault(term.entry.dimension, []):
            found[term.entry.dimension].append(term.entry.id)
    return {dimension: tuple(values) for dimension, values in found.items() if values}


def _as_written(times: TimeReading, raw: str) -> TimeReading:
    """The periods labelled as the asker wrote them: Q3 and 上週, not q3 and 上周."""
    periods = tuple(
        replace(match, period=replace(match.period, label=raw[match.start : match.end].strip()))
        if match.period.label
        else match
        for match in times.periods
    )
    return replace(times, periods=periods)


def _language(raw: str, text: str, terms: tuple[Term, ...], fallback: Language) -> Language:
    """Chinese by its characters, English by its words; names such as GMV belong to both."""
    if is_chinese(raw):
        return "zh"
    shared = [term for term in terms if len(term.text) <= LONGEST_SHARED_NAME and term.text.isascii()]
    return "en" if re.search(r"[a-z]{2}", _mask(text, shared)) else fallback


def _words(text: str) -> Iterable[tuple[int, str, str]]:
    """Start, word and part of speech."""
    for match in WORD.finditer(text):
        at = match.start()
        if match.group()[0] <= "ü":
            yield at, match.group(), "eng"
            continue
        import rjieba  # loads its dictionary, 0.15 s; only questions with Chinese words left over need it

        for word, tag in rjieba.tag(match.group()):
            yield at, word, tag
            at += len(word)


def _mask(text: str, spans: Iterable[Span | Term | PeriodMatch | CompareMatch | Words], mark: str = " ") -> str:
    """`text` with every span blanked out, so that what follows does not read it again."""
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = mark * (span.end - span.start)
    return "".join(characters)
