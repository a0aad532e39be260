"""Links of a document as text that shows where they lead: nothing in a quote may stand for another address.

A chat makes every address in a message clickable, also that of a quote. So the address is what is shown.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MARKDOWN = re.compile(r"(!?)\[([^\[\]]*)\]\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+[\"'(][^)]*)?\s*\)")
ANCHOR = re.compile(r"<a\s[^<>]*?href\s*=\s*[\"']?([^\"'\s<>]+)[^<>]*>([^<>]*)</a>", re.IGNORECASE)
BRACKETED = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>]+)>")
ADDRESS = re.compile(r"https?://[^\s<>\"'（）()，。；！？、《》【】]+", re.IGNORECASE)
# Addresses that run, embed or open something: data:text/html,… but not "data: 12 %", tg://… but not "TG: 12".
ACTIVE = re.compile(
    r"(?:javascript|vbscript)\s*:\s*[^\s，。；]+|data:[a-z]+/[a-z0-9.+-]+[;,][^\s，。；]*"
    r"|(?:tg|ton|tonsite|intent|file|blob|about|chrome|ms-[a-z]+)://?[^\s，。；]+|\btg:[a-z]+\?[^\s，。；]+",
    re.IGNORECASE,
)
TURNED = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])  # signs that show text the other way round
HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
PLAIN_SCHEMES = ("mailto:", "tel:")


def shown_links(text: str) -> str:
    """The text with every link's true address beside its words, and without those that do more than lead somewhere."""
    text = text.translate(TURNED)
    if ":" not in text and "](" not in text:
        return text
    text = MARKDOWN.sub(_markdown, text)
    text = ANCHOR.sub(lambda found: _named(found[2].strip(), found[1]), text)
    text = BRACKETED.sub(lambda found: _address(found[1]) or found[1], text)
    text = ADDRESS.sub(lambda found: _address(found[0]), text)
    return ACTIVE.sub("", text)


def _markdown(found: re.Match[str]) -> str:
    is_picture, words, target = found[1], found[2].strip(), found[3]
    if not re.search(r"[:/.#]", target):
        return found[0]  # "[1](注)" is no link
    return words if is_picture else _named(words, target)


def _named(words: str, target: str) -> str:
    """The words of a link with its address; words that name another place are a disguise and go."""
    address = _address(target)
    if not address:
        return words
    named = {name.lower() for name in HOST.findall(words)}
    if not words or words == address or named - {_host(address)}:
        return address
    return f"{words}（{address}）"


def _address(target: str) -> str:
    """What may be shown of a link's target; "" for nothing.

    A name before "@" and letters of other scripts are the usual ways to look like another host.
    """
    if target.lower().startswith(PLAIN_SCHEMES):
        return target.split(":", 1)[1].split("?", 1)[0]
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    return parts._replace(netloc=host + port).geturl()


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
