"""Characters that a PDF's fonts map back to wrongly, as the ones that were typed.

A font draws the radical ⻔ and the character 门 with one glyph, and a browser that prints a page writes down the
radical. Nobody who searches for 门店 would find it.
"""

from __future__ import annotations

import re
import unicodedata

# Kangxi radicals, compatibility ideographs and ligatures: Unicode itself resolves them. Full-width signs stay.
COMPATIBLE = re.compile(r"[\u2f00-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
# Radicals that Unicode leaves alone, each with the character that the Noto fonts draw with the same glyph.
PAIRS = (
    "⺃乚⺅亻⺉刂⺋㔾⺎兀⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺘扌⺙攵⺛旡⺞歺⺟母⺠民⺡氵⺣灬⺤爫⺦丬⺨犭⺫罒⺭礻⺯糹⺰纟⺱罓⺲罒⺳㓁⺹耂⺺肀⺾艹⺿艹⻁虎⻂衤"
    "⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻐钅⻑長⻒镸⻓长⻔门⻖阝⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿"
    "⻯竜⻰龙⻱龜⻲亀⻳龟"
)
RADICALS = str.maketrans(dict(zip(PAIRS[::2], PAIRS[1::2], strict=True)))


def as_typed(text: str) -> str:
    """The text with radicals, compatibility ideographs and ligatures as ordinary characters."""
    return COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text).translate(RADICALS)
