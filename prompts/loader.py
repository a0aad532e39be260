"""Loads every template once and renders it: `Wording.load().render("kpi/headline", "zh", …)`.

A template is `templates/<language>/<name>.j2`. Values are HTML-escaped when they are put in, so user text
can only ever be text. Both languages must hold the same names.
"""

from __future__ import annotations

from html import unescape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from jinja2 import DictLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound

from prompts.errors import PromptError

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
SUFFIX = ".j2"


class Wording:
    """All templates of both languages; cheap to share, safe to use from threads."""

    def __init__(self, templates: dict[str, str]) -> None:
        """`templates` maps "zh/kpi/headline" to its source; raises PromptError when a language lacks a name."""
        self._check_complete(templates)
        self._environment = Environment(
            loader=DictLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._names = tuple(sorted({key.split("/", 1)[1] for key in templates}))

    @classmethod
    def load(cls) -> Wording:
        """The bundled templates."""
        root = files("prompts") / "templates"
        templates: dict[str, str] = {}
        for language in LANGUAGES:
            for name, source in _walk(root / language, ""):
                templates[f"{language}/{name}"] = source
        return cls(templates)

    @property
    def names(self) -> tuple[str, ...]:
        """Every template name, sorted."""
        return self._names

    def render(self, name: str, language: Language, /, **values: Any) -> str:
        """The text, stripped; raises PromptError for an unknown name or a value that is missing."""
        try:
            return self._environment.get_template(f"{language}/{name}").render(**values).strip()
        except TemplateNotFound as error:
            raise PromptError(f"no template {error.name!r}; templates live in prompts/templates/") from error
        except TemplateError as error:
            raise PromptError(f"template {language}/{name}: {error}") from error

    def text(self, name: str, language: Language, /, **values: Any) -> str:
        """The same as plain text, for what is put into another template, on a button or in a picture."""
        return unescape(self.render(name, language, **values))

    @staticmethod
    def _check_complete(templates: dict[str, str]) -> None:
        held = {
            language: {key.split("/", 1)[1] for key in templates if key.startswith(f"{language}/")}
            for language in LANGUAGES
        }
        for language in LANGUAGES:
            lacking = set().union(*held.values()) - held[language]
            if lacking:
                raise PromptError(f"prompts/templates/{language} lacks: {', '.join(sorted(lacking))}")


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            found.append((prefix + entry.name.removesuffix(SUFFIX), entry.read_text(encoding="utf-8")))
    return found
