"""Entities that Telegram finds by itself in anybody's text: commands, mentions, links, addresses, hashtags."""

from __future__ import annotations

import re

from bot.sandbox.text.formatted import Entity, FormattedText, ordered, utf16_units

# Word characters include Chinese: '/kpi母婴' and '@some_bot上周' hold no entity in Telegram either.
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")
_MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}(?!\w)")
_HASHTAG = re.compile(r"(?<!\w)#(?=\d*[^\W\d])\w{1,256}(?!\w)")
_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,8}(?!\w)"
)
# A bare name is a link only under a known top-level domain; these are the ones met in a shop's chat.
_DOMAINS = "com|cn|net|org|io|me|co|ai|app|dev|shop|store|top|xyz|info|biz|edu|gov|hk|tw|jp|uk|de|fr|ru|us|eu|md|py|sh"
_BARE = rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,5}}(?:{_DOMAINS})(?![\w-])"
_TAIL = r"(?:[/?#][^\s<>\"'，。；：！？、（）《》「」【】]*)?"
_URL = re.compile(
    rf"(?<![\w@.])(?:(?:https?|ftp)://[^\s/?#<>\"'，。；！？、（）《》「」【】]+{_TAIL}|{_BARE}(?::\d{{1,5}})?{_TAIL})",
    re.IGNORECASE,
)
_PATTERNS = (("url", _URL), ("email", _EMAIL), ("bot_command", _COMMAND), ("mention", _MENTION), ("hashtag", _HASHTAG))
_CLOSED = frozenset({"code", "pre", "text_link", "text_mention", "url", "email", "bot_command", "mention", "hashtag"})


def with_detected(formatted: FormattedText) -> FormattedText:
    """The same text with what can be found in it; code, links and mentions stay as they are."""
    found = list(formatted.entities)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(formatted.text):
            entity = _entity(kind, match, formatted.text)
            taken = any(entity.overlaps(other) for other in found if other.kind in _CLOSED)
            if not taken:
                found.append(entity)
    return FormattedText(formatted.text, ordered(found))


def _entity(kind: str, match: re.Match[str], text: str) -> Entity:
    shown = match[0].rstrip(".,;:!?)'") if kind == "url" else match[0]
    return Entity(kind, utf16_units(text[: match.start()]), utf16_units(shown))
