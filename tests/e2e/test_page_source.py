"""Rules that the chat page's files keep, checked without a browser."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

PAGE = files("bot.sandbox") / "page"
SOURCES = {entry.name: entry.read_text(encoding="utf-8") for entry in PAGE.iterdir() if entry.name != "__pycache__"}


def keys_of(language: str) -> list[str]:
    block = re.search(rf"^  {language}: {{\n(.*?)^  }},\n", SOURCES["strings.js"], re.DOTALL | re.MULTILINE)
    assert block
    without_values = re.sub(r'"[^"]*"', "", block[1])
    return re.findall(r"(\w+):", without_values)


def test_every_word_of_the_interface_exists_once_in_both_languages() -> None:
    assert keys_of("zh") == keys_of("en")
    assert len(keys_of("zh")) == len(set(keys_of("zh")))


def test_every_word_that_is_asked_for_exists() -> None:
    asked = {key for text in SOURCES.values() for key in re.findall(r'\bt\("(\w+)"', text)}
    assert len(asked) > 40
    assert asked <= set(keys_of("zh"))


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_file_turns_no_text_into_markup_and_loads_nothing_from_elsewhere(name: str) -> None:
    text = SOURCES[name]
    risky = re.findall(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|outerHTML\s*=[^=]|new Function", text)
    assert risky == []
    addresses = set(re.findall(r"https?://[\w.$]+", text))
    assert addresses <= {"http://www.w3.org", "https://$"}  # the SVG namespace; a scheme put before a bare host
    assert len(text.splitlines()) <= 400


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r'(?:href|src)="/page/([\w.]+)"', SOURCES["index.html"]))
    named |= {name for text in SOURCES.values() for name in re.findall(r'from "\./([\w.]+)"', text)}
    assert named | {"index.html"} == set(SOURCES)
