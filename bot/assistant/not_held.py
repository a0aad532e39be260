"""Words of the trade that a catalogue may lack (not_held.yaml): they are named as missing, never read as another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class NotHeld:
    """What a team may ask for though its catalogue does not define it."""

    metrics: Mapping[str, tuple[str, ...]]  # word -> ids of the nearest metrics
    cuts: tuple[str, ...]  # words that single out a part of the rows: men, members, a brand


@cache
def load_not_held() -> NotHeld:
    """The bundled words; parsed once."""
    import yaml  # kept off the start path of `--help`

    source = (files("bot.assistant") / "not_held.yaml").read_text(encoding="utf-8")
    raw = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    metrics = {str(word): tuple(entry.get("nearest", ())) for entry in raw["metrics"] for word in entry["words"]}
    return NotHeld(metrics, tuple(str(word) for word in raw["cuts"]))
