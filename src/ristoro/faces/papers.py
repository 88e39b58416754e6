"""PDF that a screen reader can read: tagged, in reading order, with the same bytes each time.

ReportLab draws; what it leaves to its caller is here: the structure tree (ISO 32000-1, 14.7), with
headings, paragraphs, tables whose head cells say what they head, and figures with their words.
What is only decoration is an artifact. The fonts are embedded, and the day is an argument.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

REGULAR, BOLD = "Vera", "VeraBd"
WIDE, HIGH = 595, 842
MARGIN, FOOT = 48, 52
ACROSS = WIDE - 2 * MARGIN
INK, SOFT, RULE = HexColor("#17202a"), HexColor("#4a5866"), HexColor("#c8d1da")
SERIES = (HexColor("#0b5cad"), HexColor("#a6192e"), HexColor("#6b7885"))
HEADINGS = {1: (18, 24), 2: (13, 18), 3: (10.5, 14)}
"""By level: the size of the letters and of the line."""
TEXT, SMALL = (9.5, 13), (8, 10.5)
PAD = 5
LEAST_COLUMN = 34


class Painting(Protocol):
    """What a figure paints: see ``faces.console.closing.plots.Plot``."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def bars(self) -> Sequence[Any]: ...
    @property
    def words(self) -> Sequence[Any]: ...
    @property
    def lines(self) -> Sequence[Any]: ...
    @property
    def legend(self) -> Sequence[Any]: ...


@dataclass
class _Element:
    """A node of the structure tree: elements below it, or places on pages that it marks."""

    kind: str
    above: _Element | None
    below: list[_Element | tuple[int, int]] = field(default_factory=list)
    words: str = ""
    scope: str = ""


class Paper:
    """Writes from top to bottom, page after page; ``made`` ends it."""

    def __init__(self, title: str, lang: str, at: datetime, foot: str) -> None:
        """``foot`` stands below each page, before its number; ``at`` is the document's instant."""
        for name in (REGULAR, BOLD):
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
        self._out = io.BytesIO()
        self._canvas = Canvas(
            self._out, (WIDE, HIGH), pageCompression=1, invariant=1, pdfVersion=(1, 7),
            initialFontName=REGULAR, lang=lang,
        )  # fmt: skip
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Ristoro")
        self._canvas.setCreator("Ristoro")
        self._canvas.setProducer("Ristoro, ReportLab")
        self._canvas.setSubject("")
        self._canvas.setDateFormatter(lambda *_: f"D:{at.astimezone(UTC):%Y%m%d%H%M%S}+00'00'")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._foot = foot
        self._root = _Element("Document", None)
        self._open = self._root
        self._page = 0
        self._marks: list[list[_Element]] = [[]]
        self._y: float = HIGH - MARGIN

    # What is written

    def heading(self, level: int, text: str) -> None:
        """A heading, kept together with some of what follows."""
        size, line = HEADINGS[level]
        self._room(line * 2 + 60)
        self._y -= 10 if level > 1 else 0
        self._text(f"H{level}", text, BOLD, (size, line), INK)
        self._y -= 4

    def paragraph(self, text: str, soft: bool = False) -> None:
        """Some sentences."""
        self._text("P", text, REGULAR, TEXT, SOFT if soft else INK)
        self._y -= 5

    def table(
        self, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], figures: int
    ) -> None:
        """A table; the columns from ``figures`` on are set to the right."""
        widths = _widths([head, *rows], figures)
        with self._element("Table"):
            if caption:
                self._room(60)
                self._text("Caption", caption, REGULAR, SMALL, SOFT)
            self._row(head, widths, figures, heads=True)
            for row in rows:
                if self._row_height(row, widths, REGULAR) > self._y - FOOT - PAD:
                    self._turn()
                    with self._artifact():
                        self._cells(head, widths, figures, BOLD)
                self._row(row, widths, figures)
        self._y -= 12

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Names, each with its value."""
        with self._element("Table"):
            for name, value in pairs:
                self._room(TEXT[1] + PAD)
                self._row((name, value), [150, ACROSS - 150], 2, names=True)
        self._y -= 12

    def figure(self, title: str, description: str, plot: Painting) -> None:
        """A drawing, with its title above it and what it shows as its words."""
        scale = ACROSS / plot.width
        high = plot.height * scale
        self._room(high + 50)
        self._text("P", title, BOLD, TEXT, INK)
        self._y -= 2
        element = _Element("Figure", self._open, words=f"{title}: {description}")
        self._open.below.append(element)
        with self._mark(element):
            self._legend(plot.legend)
            self._paint(plot, scale, self._y - high)
        self._y -= high + 12

    def made(self) -> bytes:
        """The document; nothing is written after it."""
        self._end_page()
        self._tag_all()
        self._canvas.save()
        return self._out.getvalue()

    # How it is drawn

    def _text(
        self, kind: str, text: str, font: str, size: tuple[float, float], colour: HexColor
    ) -> None:
        element = _Element(kind, self._open)
        self._open.below.append(element)
        for line in simpleSplit(text, font, size[0], ACROSS) or [""]:
            self._room(size[1])
            self._y -= size[1]
            with self._mark(element):
                self._string(MARGIN, self._y + size[1] - size[0], line, font, size[0], colour)

    def _row(
        self,
        row: Sequence[str],
        widths: Sequence[float],
        figures: int,
        heads: bool = False,
        names: bool = False,
    ) -> None:
        with self._element("TR"):
            elements = []
            for at in range(len(row)):
                is_head = heads or (at == 0 and (names or figures))
                element = _Element("TH" if is_head else "TD", self._open)
                element.scope = ("Column" if heads else "Row") if is_head else ""
                self._open.below.append(element)
                elements.append(element)
            self._cells(row, widths, figures, BOLD if heads else REGULAR, elements)

    def _cells(
        self,
        row: Sequence[str],
        widths: Sequence[float],
        figures: int,
        font: str,
        elements: Sequence[_Element] = (),
    ) -> None:
        size, line = SMALL
        x: float = MARGIN
        for at, (text, wide) in enumerate(zip(row, widths, strict=True)):
            y = self._y
            for words in simpleSplit(text, font, size, wide - PAD) or [""]:
                y -= line
                start = x
                if at >= figures:
                    start = x + wide - PAD - pdfmetrics.stringWidth(words, font, size)
                if elements:
                    with self._mark(elements[at]):
                        self._string(start, y, words, font, size, INK)
                else:
                    self._string(start, y, words, font, size, INK)
            x += wide
        self._y -= self._row_height(row, widths, font)
        if elements:
            with self._artifact():
                self._rule(self._y)
        else:
            self._rule(self._y)

    def _row_height(self, row: Sequence[str], widths: Sequence[float], font: str) -> float:
        size, line = SMALL
        lines = [
            len(simpleSplit(text, font, size, wide - PAD)) or 1
            for text, wide in zip(row, widths, strict=True)
        ]
        return max(lines) * line + PAD

    def _paint(self, plot: Painting, scale: float, floor: float) -> None:
        def up(y: float) -> float:
            return floor + (plot.height - y) * scale

        for line in plot.lines:
            self._canvas.setStrokeColor(RULE)
            self._canvas.setLineWidth(0.5)
            y = up(line.y)
            self._canvas.line(MARGIN + line.x * scale, y, MARGIN + line.to * scale, y)
        for bar in plot.bars:
            self._canvas.setFillColor(SERIES[bar.series])
            self._canvas.rect(
                MARGIN + bar.x * scale, up(bar.y + bar.height), bar.width * scale,
                bar.height * scale, stroke=0, fill=1,
            )  # fmt: skip
        for word in plot.words:
            size = 11 * scale
            wide = pdfmetrics.stringWidth(word.text, REGULAR, size)
            back = {"start": 0.0, "middle": wide / 2, "end": wide}[word.anchor]
            self._string(MARGIN + word.x * scale - back, up(word.y), word.text, REGULAR, size, SOFT)

    def _legend(self, legend: Sequence[Any]) -> None:
        if not legend:
            return
        self._y -= SMALL[1]
        x: float = MARGIN
        for one in legend:
            self._canvas.setFillColor(SERIES[one.series])
            self._canvas.rect(x, self._y, 7, 7, stroke=0, fill=1)
            self._string(x + 11, self._y, one.text, REGULAR, SMALL[0], SOFT)
            x += 25 + pdfmetrics.stringWidth(one.text, REGULAR, SMALL[0])
        self._y -= 4

    def _string(
        self, x: float, y: float, text: str, font: str, size: float, colour: HexColor
    ) -> None:
        self._canvas.setFillColor(colour)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, y, text)

    def _rule(self, y: float) -> None:
        self._canvas.setStrokeColor(RULE)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(MARGIN, y + PAD / 2, MARGIN + ACROSS, y + PAD / 2)

    def _room(self, height: float) -> None:
        """Turn the page where less than that is left."""
        if self._y - height < FOOT:
            self._turn()

    def _turn(self) -> None:
        self._end_page()
        self._page += 1
        self._marks.append([])
        self._y = HIGH - MARGIN

    def _end_page(self) -> None:
        with self._artifact():
            self._rule(FOOT - 16)
            self._string(MARGIN, FOOT - 26, self._foot, REGULAR, 7, SOFT)
            number = str(self._page + 1)
            wide = pdfmetrics.stringWidth(number, REGULAR, 7)
            self._string(MARGIN + ACROSS - wide, FOOT - 26, number, REGULAR, 7, SOFT)
        self._canvas.showPage()

    # The structure

    @contextmanager
    def _element(self, kind: str) -> Iterator[None]:
        """What is written inside is below a new element."""
        above = self._open
        self._open = _Element(kind, above)
        above.below.append(self._open)
        yield
        self._open = above

    @contextmanager
    def _mark(self, element: _Element) -> Iterator[None]:
        """What is drawn inside is content of the element."""
        marks = self._marks[self._page]
        element.below.append((self._page, len(marks)))
        self._canvas._code.append(f"/{element.kind} <</MCID {len(marks)}>> BDC")
        marks.append(element)
        yield
        self._canvas._code.append("EMC")

    @contextmanager
    def _artifact(self) -> Iterator[None]:
        """What is drawn inside is decoration."""
        self._canvas._code.append("/Artifact BMC")
        yield
        self._canvas._code.append("EMC")

    def _tag_all(self) -> None:
        document = self._canvas._doc
        made: dict[int, tuple[PDFDictionary, PDFObjectReference]] = {}
        tree = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        tree_at = document.Reference(tree)
        top = self._dictionary(self._root, tree_at, made)
        numbers = []
        for page, marks in enumerate(self._marks):
            listed = PDFArray([made[id(element)][1] for element in marks])
            numbers += [page, document.Reference(listed)]
            drawn = document.Pages.pages[page]
            drawn.__NoDefault__ = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]
            drawn.StructParents, drawn.Tabs = page, PDFName("S")
        tree.dict["K"] = PDFArray([top])
        tree.dict["ParentTree"] = document.Reference(PDFDictionary({"Nums": PDFArray(numbers)}))
        tree.dict["ParentTreeNextKey"] = len(self._marks)
        document.Catalog.StructTreeRoot = tree
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _dictionary(
        self,
        element: _Element,
        above: PDFObjectReference,
        made: dict[int, tuple[PDFDictionary, PDFObjectReference]],
    ) -> PDFObjectReference:
        written = PDFDictionary({"Type": PDFName("StructElem"), "S": PDFName(element.kind)})
        at = self._canvas._doc.Reference(written)
        made[id(element)] = (written, at)
        written.dict["P"] = above
        if element.words:
            written.dict["Alt"] = PDFString(element.words)
        if element.scope:
            scope = {"O": PDFName("Table"), "Scope": PDFName(element.scope)}
            written.dict["A"] = PDFDictionary(scope)
        below: list[Any] = []
        for one in element.below:
            if isinstance(one, _Element):
                below.append(self._dictionary(one, at, made))
                continue
            page, mark = one
            place = {"Type": PDFName("MCR"), "Pg": PDFObjectReference(f"Page{page + 1}")}
            below.append(PDFDictionary({**place, "MCID": mark}))
        written.dict["K"] = PDFArray(below)
        return at


def _widths(rows: Sequence[Sequence[str]], figures: int) -> list[float]:
    """Columns of figures as wide as they need; the others share what is left, by what they need."""
    wants = [
        max(pdfmetrics.stringWidth(row[at], BOLD, SMALL[0]) for row in rows) + 2 * PAD
        for at in range(len(rows[0]))
    ]
    if sum(wants) <= ACROSS:
        spare = (ACROSS - sum(wants)) / len(wants)
        return [want + spare for want in wants]
    fixed = sum(wants[figures:])
    shared = sum(wants[:figures]) or 1
    left = max(ACROSS - fixed, LEAST_COLUMN * figures)
    widths = [want * left / shared for want in wants[:figures]] + wants[figures:]
    return [width * ACROSS / sum(widths) for width in widths]
