"""`Answer` and `Article` -> HTML and Markdown strings: pure, without a browser, every foreign character escaped.

The only Markdown read is what an article file may hold inside a block: `**bold**`, markers such as `[4]`, the
bars of a table row, and the `- ` and `> ` that open a line. All else is shown as the file has it.
"""

from ipt_rag.render.answer import filter_words, refusal_html, status_sentence, turn_html
from ipt_rag.render.explore import explore_html
from ipt_rag.render.markdown import label_lines, place_line, quoted_lines, section_line, source_line, turn_markdown
from ipt_rag.render.quote import shown
from ipt_rag.render.reader import reader_html, shelf_html
from ipt_rag.render.verdict import check_html

__all__ = [
    "check_html",
    "explore_html",
    "filter_words",
    "label_lines",
    "place_line",
    "quoted_lines",
    "reader_html",
    "refusal_html",
    "section_line",
    "shelf_html",
    "shown",
    "source_line",
    "status_sentence",
    "turn_html",
    "turn_markdown",
]
