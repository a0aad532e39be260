"""A word that no question can hold steers nothing: each is text, as a folded question holds it, once in its list."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pytest
import yaml

from bot.assistant.fold import fold
from bot.assistant.vocabulary import FIRST


def _lists(node: object, name: str = "") -> Iterator[tuple[str, list[object]]]:
    if isinstance(node, list):
        yield name, node
    elif isinstance(node, dict):
        for key, below in node.items():
            yield from _lists(below, f"{name} {key}".strip())


def _held(file: str) -> dict[str, list[object]]:
    return dict(_lists(yaml.safe_load((files("bot.assistant") / file).read_text(encoding="utf-8"))))


@pytest.mark.parametrize("file", ["vocabulary.yaml", "same_question.yaml"])
def test_every_word_is_text_and_stands_once_in_its_list(file: str) -> None:
    for name, words in _held(file).items():
        assert [word for word in words if not isinstance(word, str)] == [], name  # a bare on is true to YAML
        assert {word for word in words if words.count(word) > 1} == set(), name


def test_every_steering_word_is_written_as_a_folded_question_holds_it() -> None:
    for cue, words in _held("vocabulary.yaml").items():
        assert [word for word in words if fold(str(word)) != word] == [], cue


def test_no_word_waits_behind_a_cue_that_takes_it_away_first() -> None:
    held = _held("vocabulary.yaml")
    first = {word for cue in FIRST for word in held[cue]}
    assert {cue: both for cue, words in held.items() if cue not in FIRST and (both := first & set(words))} == {}
