"""A review as a Word document: A4, real tables, a Chinese font, pictures in their place."""

from __future__ import annotations

from datetime import UTC, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.reviews.flat import flat
from bot.reviews.review import Block, Card, Chart, Grid, Paragraph, Point, Review
from bot.reviews.write_markdown import colon_of, outline
from prompts.loader import Wording

if TYPE_CHECKING:
    from docx.document import Document

LATIN, EAST_ASIAN = "Calibri", "Microsoft YaHei"  # named, not embedded: every office program substitutes what it lacks
PAGE_MM, MARGIN_MM = (210, 297), 20
PICTURE_MM = 150
TABLE_POINTS, WIDE_TABLE_POINTS, WIDE = 9, 7.5, 7  # from so many columns on the smaller type
GREY = "EDF1F7"


def write_docx(review: Review, wording: Wording) -> bytes:
    """The file's bytes."""
    import docx  # late: only a review needs it

    document = docx.Document()
    _set_page(document)
    _set_fonts(document)
    _set_properties(document, review)
    document.add_heading(flat(review.title), level=0)
    document.add_paragraph(flat(review.introduction))
    if review.audience == "manager":
        document.add_paragraph(wording.text("review/for_managers", review.request.language))
    for (level, heading), blocks in outline(review, wording):
        document.add_heading(flat(heading), level=level - 1)
        for block in blocks:
            _add(document, block, colon_of(review))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _add(document: Document, block: Block, colon: str) -> None:
    if isinstance(block, Paragraph):
        document.add_paragraph(flat(block.text))
    elif isinstance(block, Point):
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(flat(block.name)).bold = True
        paragraph.add_run(f"{colon}{flat(block.text)}")
    elif isinstance(block, Card):
        for key, value in block.lines.items():
            document.add_paragraph(f"{flat(key)}{colon}{flat(value)}", style="List Bullet")
    elif isinstance(block, Chart):
        _add_picture(document, block)
    else:
        _add_table(document, block)


def _add_picture(document: Document, chart: Chart) -> None:
    from docx.shared import Mm

    shape = document.add_picture(BytesIO(chart.picture.png), width=Mm(PICTURE_MM))
    shape._inline.docPr.set("descr", flat(chart.picture.alt))  # the only way to an alternative text


def _add_table(document: Document, grid: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    points = Pt(WIDE_TABLE_POINTS if len(grid.head) >= WIDE else TABLE_POINTS)
    table = document.add_table(rows=1 + len(grid.rows), cols=len(grid.head), style="Table Grid")
    for cells, row in zip(table.rows, (grid.head, *grid.rows), strict=True):
        is_head = row is grid.head
        for column, (cell, text) in enumerate(zip(cells.cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(flat(text))
            run.bold, run.font.size = is_head, points
            if column >= grid.texts:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if is_head:
                _shade(cell)
    _repeat(table.rows[0])
    document.add_paragraph()


def _shade(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), GREY)
    cell._tc.get_or_add_tcPr().append(shade)  # Word's own element; the library has no call for it


def _repeat(row: Any) -> None:
    """The head of a table again on every page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # as above


def _set_page(document: Document) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN_MM))


def _set_fonts(document: Document) -> None:
    """The East Asian font has to be named apart, or Chinese comes in whatever the program falls back to."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet"):
        style = document.styles[name]
        style.font.name = LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)  # a theme's font would win over the one that is named
        fonts.set(qn("w:eastAsia"), EAST_ASIAN)
    document.styles["Normal"].font.size = Pt(10.5)


def _set_properties(document: Document, review: Review) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = flat(review.title), "opsbot", ""
    properties.language = "zh-CN" if review.request.language == "zh" else "en"
    moment = datetime.combine(review.date, time(), tzinfo=UTC).replace(tzinfo=None)
    properties.created = properties.modified = moment
