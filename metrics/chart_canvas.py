"""A drawing surface in pixels for the charts: Chinese text that fits its place, lines, bars and arcs, out as PNG."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Literal

from metrics.chart_png import encoded

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

PAPER, CARD = "#F7F8FA", "#FFFFFF"
INK, MUTED, FAINT, GRID = "#1B2430", "#5F6B7A", "#9AA5B1", "#E3E7EC"
ACCENT, ACCENT_LIGHT = "#2456C7", "#C9D7F6"
SHADE, SHADE_DARK = "#FBF0D9", "#F0C36D"  # days apart from the others; what is lacking
GOOD, GOOD_LIGHT, BAD = "#0B7A53", "#DDF2E8", "#B3261E"

DPI = 100
_POINTS_PER_PIXEL = 72 / DPI
SMALLEST_TEXT = 21  # pixels at a width of 1000: what a phone still shows readably

Align = Literal["left", "center", "right"]
Point = tuple[float, float]


class Canvas:
    """Pixels from the top left corner; what is drawn later lies on top."""

    def __init__(self, width: int, height: int) -> None:
        # Charts are drawn on demand only; matplotlib costs 0.5 s to import.
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
        self._agg = FigureCanvasAgg(self._figure)
        self._order = 0

    def text(
        self, x: float, y: float, words: str, size: float, color: str = INK, align: Align = "left", room: float = 1e9
    ) -> float:
        """One line of text, its middle at `y`; shrinks and then ends in … to fit `room`. Returns its width."""
        words, size = self.fitted(words, size, room)
        self._figure.text(
            x / self.width,
            1 - y / self.height,
            words,
            font=_font(),
            fontsize=size * _POINTS_PER_PIXEL,
            color=color,
            ha=align,
            va="center_baseline",
            parse_math=False,
            zorder=self._next(),
        )
        return self.text_width(words, size)

    def fitted(self, words: str, size: float, room: float) -> tuple[str, float]:
        """The words and size with which a text takes at most `room` pixels."""
        words = drawable(words)
        while self.text_width(words, size) > room and size > SMALLEST_TEXT:
            size = max(SMALLEST_TEXT, size - 2)
        if self.text_width(words, size) <= room:
            return words, size
        keep = len(words)
        while keep > 1 and self.text_width(words[:keep].rstrip() + "…", size) > room:
            keep -= 1
        return words[:keep].rstrip() + "…", size

    @staticmethod
    def text_width(words: str, size: float) -> float:
        """Width in pixels of drawable words."""
        return sum(_advance(character) for character in words) * size

    def line(self, points: Sequence[Point], color: str, width: float = 3, *, dashed: bool = False) -> None:
        """A line through points."""
        from matplotlib.lines import Line2D

        self._figure.add_artist(
            Line2D(
                [x / self.width for x, _ in points],
                [1 - y / self.height for _, y in points],
                color=color,
                linewidth=width * _POINTS_PER_PIXEL,
                linestyle=(0, (3.2, 2.4)) if dashed else "solid",
                solid_capstyle="round",
                solid_joinstyle="round",
                zorder=self._next(),
            )
        )

    def dot(self, x: float, y: float, color: str, size: float = 14, *, hollow: bool = False) -> None:
        """A round marker; hollow for what is not final."""
        from matplotlib.lines import Line2D

        self._figure.add_artist(
            Line2D(
                [x / self.width],
                [1 - y / self.height],
                marker="o",
                markersize=size * _POINTS_PER_PIXEL,
                markerfacecolor=PAPER if hollow else color,
                markeredgecolor=color,
                markeredgewidth=3 * _POINTS_PER_PIXEL,
                zorder=self._next(),
            )
        )

    def box(
        self, x: float, y: float, width: float, height: float, color: str, *, radius: float = 0, hatched: bool = False
    ) -> None:
        """A filled rectangle from its top left corner; hatched with light stripes as a second sign besides colour."""
        from matplotlib.patches import FancyBboxPatch
        from matplotlib.transforms import Affine2D

        to_figure = Affine2D().scale(1 / self.width, -1 / self.height).translate(0, 1) + self._figure.transFigure
        radius = max(0.0, min(radius, width / 2, height / 2))
        self._figure.add_artist(
            FancyBboxPatch(
                (x, y),
                max(width, 0.5),
                max(height, 0.5),
                boxstyle=f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0",
                facecolor=color,
                edgecolor=PAPER if hatched else color,
                linewidth=0,
                hatch="///" if hatched else None,
                transform=to_figure,
                zorder=self._next(),
            )
        )

    def area(self, points: Sequence[Point], color: str) -> None:
        """A filled shape with straight sides."""
        from matplotlib.patches import Polygon

        shape = [(x / self.width, 1 - y / self.height) for x, y in points]
        self._figure.add_artist(
            Polygon(
                shape,
                closed=True,
                facecolor=color,
                linewidth=0,
                transform=self._figure.transFigure,
                zorder=self._next(),
            )
        )

    def arc(self, center: Point, radius: float, width: float, start: float, end: float, color: str) -> None:
        """A piece of a ring; angles in degrees clockwise from the left end of a half circle."""
        from matplotlib.patches import Wedge
        from matplotlib.transforms import Affine2D

        to_figure = Affine2D().scale(1 / self.width, -1 / self.height).translate(0, 1) + self._figure.transFigure
        self._figure.add_artist(
            Wedge(
                center,
                radius,
                180 + start,
                180 + end,
                width=width,
                facecolor=color,
                linewidth=0,
                transform=to_figure,
                zorder=self._next(),
            )
        )

    def png(self) -> bytes:
        """What was drawn."""
        import numpy as np  # late: see above

        self._agg.draw()  # type: ignore[no-untyped-call]  # matplotlib has no types here
        return encoded(np.asarray(self._agg.buffer_rgba()))  # type: ignore[no-untyped-call]  # nor here

    def _next(self) -> int:
        self._order += 1
        return self._order


def drawable(words: str) -> str:
    """Words without what the font cannot draw (emoji, control signs), on one line."""
    known = _characters()
    kept = []
    for character in " ".join(words.split()):
        if ord(character) in known:
            kept.append(character)
        else:
            kept.extend(part for part in unicodedata.normalize("NFKC", character) if ord(part) in known)
    return " ".join("".join(kept).split())


@lru_cache(maxsize=1)
def _font() -> FontProperties:
    from matplotlib.font_manager import FontProperties
    from pylopdf_fonts_zh_cn import sans_path

    return FontProperties(fname=str(sans_path()))


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    return frozenset(_face().get_charmap())


_measuring = Lock()  # a FreeType face keeps the glyph that it loaded last


@lru_cache(maxsize=8192)
def _advance(character: str) -> float:
    """Width of a character as a part of the text size."""
    from matplotlib.ft2font import LoadFlags

    with _measuring:
        face = _face()
        glyph = face.load_char(ord(character), flags=LoadFlags.NO_SCALE)
        return float(glyph.horiAdvance) / face.units_per_EM


@lru_cache(maxsize=1)
def _face() -> FT2Font:
    from matplotlib.ft2font import FT2Font
    from pylopdf_fonts_zh_cn import sans_path

    return FT2Font(str(sans_path()))
