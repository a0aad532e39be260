"""What the bot says about itself: commands by scope and language, name and descriptions by language."""

from __future__ import annotations

from bot.sandbox.wire import Json

ScopeKey = tuple[str, int, int]  # type, chat id or 0, user id or 0
DEFAULT_SCOPE: ScopeKey = ("default", 0, 0)


class Profile:
    """Set by the bot, shown by the page."""

    def __init__(self) -> None:
        self._commands: dict[tuple[ScopeKey, str], list[Json]] = {}
        self._words: dict[tuple[str, str], str] = {}

    def set_commands(self, scope: ScopeKey, language: str, commands: list[Json]) -> None:
        """An empty list removes them."""
        self._commands.pop((scope, language), None)
        if commands:
            self._commands[scope, language] = commands

    def commands(self, scope: ScopeKey, language: str) -> list[Json]:
        """Exactly those of this scope and language; 'if commands aren't set, an empty list is returned'."""
        return self._commands.get((scope, language), [])

    def shown_commands(self, language: str) -> list[Json]:
        """What the page offers: the language's own before the general ones, the widest scope first."""
        for wanted in (language, ""):
            for (_, spoken), commands in sorted(self._commands.items(), key=lambda item: item[0][0] != DEFAULT_SCOPE):
                if spoken == wanted:
                    return commands
        return []

    def set_words(self, what: str, language: str, words: str) -> None:
        """`what` is name, description or short_description; empty words remove them."""
        self._words.pop((what, language), None)
        if words:
            self._words[what, language] = words

    def words(self, what: str, language: str) -> str:
        """Those of the language, else the general ones, else empty."""
        return self._words.get((what, language)) or self._words.get((what, ""), "")
