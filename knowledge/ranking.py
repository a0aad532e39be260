"""From a question to passages: candidates by words and by vectors, one score, a quote, a verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge.asking import wants_list, wants_more
from knowledge.bilingual import is_english
from knowledge.coverage import Coverage, NamedWord, measure, named_words
from knowledge.crossing import Crossing, crossing
from knowledge.documents import Passage, SearchResult, Verdict
from knowledge.embedding.seam import Embedder, Vectors
from knowledge.folding import fold
from knowledge.index.seam import DenseIndex
from knowledge.meaning import Meaning, words_of
from knowledge.numerals import with_whole_years
from knowledge.quoting import Quote, Told, choose_quote, widened
from knowledge.records import StoredChunk, StoredDocument
from knowledge.sentences import sentence_spans
from knowledge.snapshot import Corpus, SectionKey
from knowledge.store import Store
from knowledge.tokens import query_terms
from knowledge.verdicts import Evidence, judge

RECONSIDERED = 5  # sections whose quotes are compared
ANSWERS_BONUS = 0.25  # of a score that is 1 for a passage with every word of the question
FRAME_MALUS = 0.3
SAID_ALIKE = 0.45  # of shared pairs of characters: another place says the same, or the same of another figure
AS_GOOD = 0.9  # of the best score
UNDERSTOOD = 2  # of these, whose every sentence is compared by its meaning as well
CANDIDATES = 40  # by each of the two ways
COVERAGE_WEIGHT = 0.2
CROSSED = 24  # passages of another language whose words are compared by their meaning
KEYWORD_SHARE, CROSS_COSINE, CROSS_COVERAGE, CROSS_BEST = 0.1, 0.5, 0.4, 0.25
LONGEST_QUESTION = 500  # characters that are looked at; the rest of a pasted text only blurs
HANZI = re.compile(r"[\u3400-\u9fff]")
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Found:
    """One candidate with everything it is judged by."""

    item: StoredChunk
    document: StoredDocument
    keyword: float
    cosine: float
    coverage: Coverage
    score: float
    crossing: Crossing | None = None  # how the question's words are looked for in a passage of another language


class Ranking:
    """One question against one corpus; made for each search."""

    def __init__(
        self, corpus: Corpus, store: Store, embedder: Embedder, meaning: Meaning, dense: DenseIndex | None
    ) -> None:
        """`dense` None: the stored vectors are of another model, words alone decide until the next sync."""
        self._meaning = meaning
        self._corpus = corpus
        self._store = store
        self._embedder = embedder
        self._dense = dense

    def search(self, question: str, limit: int, documents: frozenset[str]) -> SearchResult:
        text = with_whole_years(question.strip()[:LONGEST_QUESTION])
        if not text or not documents or limit < 1:
            return SearchResult(question, (), "none")
        named = named_words(text, self._corpus)
        vector = self._embedder.embed_query(text) if self._dense else None
        found = _one_a_section(self._ranked(text, named, vector, documents))[: max(limit, RECONSIDERED)]
        if not found:
            return SearchResult(question, (), "none")
        quoted = [self._quoted(text, one, named, vector, is_near=rank < UNDERSTOOD) for rank, one in enumerate(found)]
        quoted = [(self._understood(one, quote, named), quote) for one, quote in quoted]
        quoted = _reconsidered(quoted)[:limit]
        verdicts = [_verdict(text, one, quote, named) for one, quote in quoted]
        folded = fold(text)
        quoted = [(one, _shown(one, quote, folded)) for one, quote in quoted]
        passages = tuple(
            _passage(one, quote, answers=verdict == "answer" and _agrees(quoted[0], (one, quote)))
            for (one, quote), verdict in zip(quoted, verdicts, strict=True)
        )
        return SearchResult(question, passages, verdicts[0])

    def _ranked(
        self, text: str, named: tuple[NamedWord, ...], vector: Vectors | None, documents: frozenset[str]
    ) -> list[Found]:
        chunks = self._corpus.chunks
        translated = [word.wordings for word in named if word.wordings]
        keyword = self._corpus.keywords.scores(self._terms(text, named), self._corpus.flags(documents), translated)
        best = [*keyword.best(CANDIDATES), *self._of_english(text, named, documents)]
        cosines = self._cosines(vector, best, documents)
        found = []
        for identity in dict.fromkeys([*best, *cosines]):
            item = chunks[identity]
            if item.chunk.document_id not in documents:
                continue
            document = self._corpus.documents[item.chunk.document_id]
            coverage = measure(named, _context_of(item.context, document))
            words, cosine = keyword.of(identity), cosines.get(identity, 0.0)
            score = words + self._embedder.cosine_weight * cosine + COVERAGE_WEIGHT * coverage.share * bool(named)
            found.append(Found(item, document, words, cosine, coverage, score))
        found = self._crossed(text, found, vector)
        return sorted(found, key=lambda one: (-one.score, one.document.file, one.item.chunk.start))

    def _of_english(self, text: str, named: tuple[NamedWord, ...], documents: frozenset[str]) -> list[str]:
        """English passages that the translated words of a Chinese question find."""
        if is_english(text) or not self._corpus.english:
            return []
        translated = [wordings for word in named if (wordings := self._corpus.english.get(word.word))]
        found = self._corpus.keywords.scores({}, self._corpus.flags(documents), translated)
        return found.best(CANDIDATES) if translated else []

    def _crossed(self, text: str, found: list[Found], vector: Vectors | None) -> list[Found]:
        """With the score of passages of another language from what their words mean; too slow to do for every one."""
        from_english = is_english(text)
        foreign = [one for one in found if is_english(one.item.chunk.text) != from_english]
        if not foreign or vector is None or self._embedder.word_likeness is None:
            return found
        foreign.sort(key=lambda one: -(one.cosine + KEYWORD_SHARE * one.keyword))
        foreign = foreign[:CROSSED]
        contexts = [_context_of(one.item.context, one.document) for one in foreign]
        words = crossing(text, self._corpus, self._meaning, contexts)
        cosines = self._sentence_cosines([one.item.chunk.id for one in foreign], vector)
        rest = [one for one in found if is_english(one.item.chunk.text) == from_english]
        return rest + [_cross(one, words, context, cosines) for one, context in zip(foreign, contexts, strict=True)]

    def _terms(self, text: str, named: tuple[NamedWord, ...]) -> dict[str, float]:
        """The terms to look for; of an English question on Chinese documents, those that can stand there."""
        terms = query_terms(text)
        if not any(word.wordings for word in named):
            return terms
        exact = {word.word for word in named if not word.wordings}
        return {term: share for term, share in terms.items() if HANZI.search(term) or term in exact}

    def _understood(self, one: Found, quote: Quote, named: tuple[NamedWord, ...]) -> Found:
        """With words counted that the quote only holds the meaning of; too slow to do for every candidate."""
        if one.crossing is not None or not one.coverage.missing:
            return one
        context = _context_of(one.item.context, one.document)
        told = fold("\n".join((*one.item.chunk.path, quote.text)))
        coverage = measure(named, context, lambda word: self._likeness(word, told))
        gained = COVERAGE_WEIGHT * (coverage.share - one.coverage.share)
        return replace(one, coverage=coverage, score=one.score + gained)

    def _likeness(self, word: str, folded: str) -> float:
        return self._meaning.likeness(word, words_of(folded))

    def _cosines(self, vector: Vectors | None, best: list[str], documents: frozenset[str]) -> dict[str, float]:
        """The best sentence's cosine of the nearest chunks, and of those that the words found."""
        if vector is None or self._dense is None:
            return {}
        everything = self._corpus.is_whole and len(documents) == len(self._corpus.documents)
        near = self._dense.nearest(vector, CANDIDATES, None if everything else documents)
        cosines = {identity: cosine for identity, cosine in near.items() if identity in self._corpus.chunks}
        rest = [identity for identity in best if identity not in cosines]
        if rest:
            for sentence in self._store.vectors.sentences(self._embedder.model_id, rest):
                cosine = float(sentence.vector @ vector)
                cosines[sentence.chunk_id] = max(cosine, cosines.get(sentence.chunk_id, -1.0))
        return cosines

    def _quoted(
        self, text: str, one: Found, named: tuple[NamedWord, ...], vector: Vectors | None, *, is_near: bool
    ) -> tuple[Found, Quote]:
        """The best quote of the whole section, with the chunk that it stands in."""
        parts = self._corpus.sections[_section_of(one)]
        cosines = self._sentence_cosines([item.chunk.id for item in parts], vector)
        heading = _context_of("\n".join((one.document.title, *one.item.chunk.path)), one.document)
        texts = [item.chunk.text for item in parts]
        words = one.crossing
        quote = choose_quote(
            text,
            texts,
            heading,
            words.words if words else named,
            cosines,
            self._likeness if is_near else None,
            words,
        )
        if years := _other_years(named, quote.text, heading):
            quote = replace(quote, lacking=(*quote.lacking, *years))
        if words is not None:
            placed = fold("\n".join((*one.item.chunk.path, quote.text)))
            quote = replace(quote, told=Told(cosines.get(quote.text, one.cosine), words.coverage(placed).share))
        return replace(one, item=parts[quote.part]), quote

    def _sentence_cosines(self, chunk_ids: list[str], vector: Vectors | None) -> dict[str, float]:
        if vector is None:
            return {}
        stored = self._store.vectors.sentences(self._embedder.model_id, chunk_ids)
        return {sentence.text: float(sentence.vector @ vector) for sentence in stored}


def _other_years(named: tuple[NamedWord, ...], quote: str, heading: str) -> tuple[NamedWord, ...]:
    """Years that the question names, where the quote names only others: what it says is not of them."""
    told = YEAR.findall(quote)
    known = {*told, *YEAR.findall(heading)}
    return tuple(word for word in named if told and YEAR.fullmatch(word.word) and word.word not in known)


def _cross(one: Found, words: Crossing, context: str, cosines: Mapping[str, float]) -> Found:
    coverage = words.coverage(context)
    text = one.item.chunk.text
    sentences = (text[start:end] for start, end in sentence_spans(text))
    best = max((cosines.get(each, 0.0) + words.coverage(fold(each)).share for each in sentences), default=0.0)
    score = (
        KEYWORD_SHARE * one.keyword + CROSS_COSINE * one.cosine + CROSS_COVERAGE * coverage.share + CROSS_BEST * best
    )
    return replace(one, coverage=coverage, score=score, crossing=words)


def _section_of(one: Found) -> SectionKey:
    return one.document.id, one.item.chunk.path


def _one_a_section(found: list[Found]) -> list[Found]:
    """The best chunk of each section; a long section would else take several places."""
    best: dict[SectionKey, Found] = {}
    for one in found:
        best.setdefault(_section_of(one), one)
    return list(best.values())


def _reconsidered(quoted: list[tuple[Found, Quote]]) -> list[tuple[Found, Quote]]:
    """A section whose quote holds what is asked for comes before one that is only about it."""

    def merit(pair: tuple[Found, Quote]) -> float:
        one, quote = pair
        return one.score + ANSWERS_BONUS * (quote.is_asked_for and quote.answers) - FRAME_MALUS * quote.is_frame

    return sorted(quoted, key=merit, reverse=True)


def _verdict(text: str, one: Found, quote: Quote, named: tuple[NamedWord, ...]) -> Verdict:
    return judge(Evidence(one.keyword, one.cosine, one.coverage, bool(named), quote, one.crossing is not None))


def _shown(one: Found, quote: Quote, question: str) -> Quote:
    """With as much around the quote as the folded question asks for."""
    if not wants_more(question):
        return quote
    return replace(quote, text=widened(one.item.chunk.text, quote.text, is_list=wants_list(question)))


def _agrees(best: tuple[Found, Quote], other: tuple[Found, Quote]) -> bool:
    """Whether another place says what the best one says, or is as good an answer where no amount is asked for."""
    if other[1] is best[1]:
        return True
    (first, quote), (second, beside) = best, other
    if _likeness_of(quote.text, beside.text) >= SAID_ALIKE:
        return True
    if quote.is_asked_for:
        return False
    return second.coverage.share >= first.coverage.share and second.score >= AS_GOOD * first.score


def _likeness_of(one: str, other: str) -> float:
    """Shared pairs of characters of the shorter text."""
    first, second = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (fold(one), fold(other)))
    return len(first & second) / max(1, min(len(first), len(second)))


def whole_passage(item: StoredChunk, document: StoredDocument) -> Passage:
    """A chunk as it stands in its document, found by nothing: quoted whole, without scores."""
    return Passage(
        id=item.chunk.id,
        document_id=document.id,
        document=document.title,
        file=document.file,
        section=" › ".join(item.chunk.path),
        text=item.chunk.text,
        quote=item.chunk.text,
        date=document.date,
        categories=document.categories,
        audience=document.audience,
        score=0.0,
        coverage=0.0,
        cosine=0.0,
        missing=(),
        place=document.place_at(item.chunk.start),
    )


def _passage(one: Found, quote: Quote, *, answers: bool) -> Passage:
    chunk = one.item.chunk
    return replace(
        whole_passage(one.item, one.document),
        quote=quote.text,
        score=one.score,
        coverage=one.coverage.share,
        cosine=one.cosine,
        missing=tuple(word.shown for word in one.coverage.missing),
        answers=answers,
        place=one.document.place_at(chunk.start + max(chunk.text.find(quote.text), 0)),
    )


def _context_of(text: str, document: StoredDocument) -> str:
    """Where a word of the question may stand; a text that names no year is of its document's year."""
    if document.date is not None and not YEAR.search(text):
        return f"{document.date.year}\n{text}"
    return text
