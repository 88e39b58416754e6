"""The report as PDF: the same content as its page, in the order in which it is read."""

from __future__ import annotations

from datetime import datetime

from ristoro.faces.console.closing.content import Content
from ristoro.faces.papers import Paper


def made(content: Content, lang: str, at: datetime) -> bytes:
    """The document; the same content and instant give the same bytes."""
    paper = Paper(content.title, lang, at, content.title)
    paper.heading(1, content.title)
    for text in content.lead:
        paper.paragraph(text, soft=True)
    paper.facts(content.facts)
    for section in content.sections:
        paper.heading(2, section.title)
        for text in section.lead:
            paper.paragraph(text)
        if section.facts:
            paper.facts(section.facts)
        for figure in section.figures:
            paper.figure(figure.title, figure.description, figure.plot)
        for table in section.tables:
            paper.table(table.caption, table.head, table.rows, table.figures)
    return paper.made()
