"""Short articles as people save them, in the citation styles of many publishers, each with what it must become.

The words are our own; the markup is shaped like that of the publishers and programs named. A body line is one block of
the article file, a source its number and reference.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from word_files import bookmark, field, linked, noted, paragraph, run, word_file


@dataclass(frozen=True)
class SavedPage:
    """One saved file and what a person expects of it."""

    name: str
    content: str | bytes
    body: tuple[str, ...]
    sources: tuple[str, ...]
    title: str = "Calm talk"


LEE = "Lee A, Klee B. Calm talk in low mood. J Care. 2016;173(7):680-687."
KLEE = "Klee B. Rest and ties. Care Q. 2018;4:12-19."
ROE = "Roe C, Lee A, Moss D. Talk after loss. Ann Ties. 2019;2(1):3-9."
MOSS = "Moss D. Role change at work. J Care. 2020;8:101-110."
FOUR = (f"1 {LEE}", f"2 {KLEE}", f"3 {ROE}", f"4 {MOSS}")
# The same three blocks in most pages; what differs is how they are marked.
BODY = (
    "Calm talk is a short form of care. [1] It helps in grief and in role change (d = 0.45 (95% CI 0.2 to 0.7)). [2] "
    "[4] It was first tried in 1974.",
    "## Method",
    "Each visit opens with a question on mood. [1] [2] [3] The pair then picks one tie to work on [3], as the plan says.",
    "- Ask about the week. [2]",
    "- Name one step.",
)


def _body(first: str, second: str, third: str, fourth: str, item: str) -> str:
    """Return the HTML of `BODY` with the printed markers given."""
    return f"""<p><b>Calm talk</b> is a short form of care.{first} It helps in grief and in role change
(<i>d</i> = 0.45 (95% CI 0.2 to 0.7)).{second} It was first tried in 1974.</p>
<h2>Method</h2>
<p>Each visit opens with a question on mood.{third} The pair then picks one tie to work on{fourth}, as the plan says.</p>
<ul><li>Ask about the week.{item}</li><li>Name one step.</li></ul>"""


def _wiki(number: int) -> str:
    return (
        f'<sup id="cite_ref-n{number}_{number}-0" class="reference"><a href="#cite_note-n{number}-{number}">'
        f'<span class="cite-bracket">&#91;</span>{number}<span class="cite-bracket">&#93;</span></a></sup>'
    )


_FACT = (
    '<sup class="noprint Inline-Template Template-Fact" style="white-space:nowrap;">&#91;<i><a href="/wiki/Cn" '
    'title="Cn"><span title="This claim needs references.">citation needed</span></a></i>&#93;</sup>'
)
MEDIAWIKI = f"""<!DOCTYPE html><html class="client-nojs" lang="en"><head><meta charset="UTF-8">
<title>Calm talk - Some Wiki</title></head><body class="skin"><a class="mw-jump-link" href="#content">Jump to content</a>
<main id="content" class="mw-body"><h1 id="firstHeading"><span class="mw-page-title-main">Calm talk</span></h1>
<div id="siteSub" class="noprint">From Some Wiki, the free encyclopedia</div>
<div class="mw-content-ltr mw-parser-output" lang="en">
<div role="note" class="hatnote navigation-not-searchable">Not to be confused with <a href="/wiki/x">small talk</a>.</div>
<div id="toc" class="toc" role="navigation"><h2>Contents</h2><ul><li><a href="#Method">1 Method</a></li></ul></div>
{
    _body(
        _wiki(1),
        _wiki(2) + _wiki(4),
        _wiki(1) + _wiki(2) + _wiki(3),
        _wiki(3),
        _wiki(2) + '<sup class="reference nowrap"><span title="Page: 12">&#58;<span>12</span></span></sup>',
    )
    .replace("1974.</p>", "1974." + _FACT + "</p>")
    .replace(
        "<h2>Method</h2>",
        '<div class="mw-heading mw-heading2"><h2 id="Method">Method</h2>'
        '<span class="mw-editsection"><span class="mw-editsection-bracket">[</span><a href="/e">edit</a>'
        '<span class="mw-editsection-bracket">]</span></span></div>',
    )
}
<div class="mw-heading mw-heading2"><h2 id="See_also">See also</h2></div><ul><li><a href="/wiki/Care">Care</a></li></ul>
<div class="mw-heading mw-heading2"><h2 id="References">References</h2></div>
<div class="reflist"><div class="mw-references-wrap"><ol class="references">
<li id="cite_note-n1-1"><span class="mw-cite-backlink">^ <a href="#cite_ref-n1_1-0"><sup><i><b>a</b></i></sup></a>
<a href="#cite_ref-n1_1-1"><sup><i><b>b</b></i></sup></a></span> <span class="reference-text"><cite
class="citation journal cs1">{LEE}</cite></span></li>
<li id="cite_note-n2-2"><span class="mw-cite-backlink"><b><a href="#cite_ref-n2_2-0">^</a></b></span>
<span class="reference-text">{KLEE}</span></li>
<li id="cite_note-n3-3"><span class="mw-cite-backlink"><b><a href="#cite_ref-n3_3-0">^</a></b></span>
<span class="reference-text">{ROE}</span></li>
<li id="cite_note-n4-4"><span class="mw-cite-backlink"><b><a href="#cite_ref-n4_4-0">^</a></b></span>
<span class="reference-text">{MOSS}</span></li></ol></div></div>
<div class="mw-heading mw-heading2"><h2 id="External_links">External links</h2></div><ul><li><a href="/x">Calm</a></li></ul>
<div class="navbox" role="navigation"><table><tr><td>Other talk</td><td>Loud talk</td></tr></table></div></div>
<div id="catlinks" class="catlinks"><a href="/c">Categories</a>: <ul><li><a href="/k">Care</a></li></ul></div></main>
<footer><ul><li>This page was last edited on 3 May 2021.</li></ul></footer></body></html>"""


def _links(prefix: str, *numbers: int, joint: str = ", ") -> str:
    return joint.join(f'<a href="#{prefix}{number}" class="bibr popnode">{number}</a>' for number in numbers)


PMC = f"""<html lang="en"><head><title>Calm talk - PMC</title></head><body><div class="usa-banner" role="banner">A site
</div><main><article><h1>Calm talk</h1>
{
    _body(
        f"<sup>{_links('B', 1)}</sup>",
        f"<sup>{_links('B', 2, 4, joint=',')}</sup>",
        f"<sup>{_links('B', 1, 3, joint='–')}</sup>",
        f"<sup>{_links('B', 3)}</sup>",
        f"<sup>{_links('B', 2)}</sup>",
    )
}
<div class="tsec sec" id="ref-list"><h2 class="head">References</h2><div class="ref-list-sec sec">
{
    "".join(
        f'<div class="ref-cit-blk half_rhythm" id="B{number}">{number}. <span class="element-citation">{entry}'
        f' <span class="nowrap">[<a href="/pmc/articles/PMC{number}/">PMC free article</a>]</span> '
        f'[<a href="https://pubmed.example.org/{number}">PubMed</a>] [<a href="https://s.example.org/?{number}">Google '
        f"Scholar</a>]</span></div>"
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
}</div></div></article></main></body></html>"""

JATS_LABELLED = f"""<html><body><main><h1>Calm talk</h1><section>
{
    _body(
        f" [{_links('R', 1)}]",
        f" [{_links('R', 2, 4)}]",
        f" [{_links('R', 1, 3, joint='-')}]",
        f" [{_links('R', 3)}]",
        f" [{_links('R', 2)}]",
    )
}</section><section id="ref-list1" class="ref-list"><h2 class="pmc_sec_title">References</h2>
<section><ul class="ref-list font-sm" style="list-style-type:none">
{
    "".join(
        f'<li id="R{number}"><span class="label">{number}.</span><cite>{entry}</cite> [<a '
        f'href="https://doi.org/10.1000/{number}" class="usa-link">DOI</a>] [<a href="/p/{number}">PubMed</a>]</li>'
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
}</ul></section></section></main></body></html>"""

FRONTIERS = f"""<html><body><div class="JournalFullText"><h1>Calm talk</h1>
{
    _body(
        f" ({_links('B', 1)}).".removesuffix("."),
        f" ({_links('B', 2, 4)})",
        f" ({_links('B', 1, 3, joint='–')})",
        f" ({_links('B', 3)})",
        f" ({_links('B', 2)})",
    )
}<h2>References</h2>
{
    "".join(
        f'<div class="References"><p class="ReferencesCopy1"><a name="B{number}" id="B{number}"></a>{number}. {entry}</p>'
        f'<p class="ReferencesCopy2"><a href="https://doi.org/10.3389/{number}">CrossRef Full Text</a> | '
        f'<a href="https://s.example.org/{number}">Google Scholar</a></p></div>'
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
}</div></body></html>"""


def _springer(*numbers: int) -> str:
    links = ", ".join(
        f'<a data-track="click" title="Entry {number}" href="https://journal.example.org/articles/10.1186/s1#ref-CR{number}"'
        f' id="ref-link-section-d1e{number}">{number}</a>'
        for number in numbers
    )
    return f" [{links}]"


BMC = f"""<html lang="en"><head><title>Calm talk | Journal of Care | Full Text</title></head><body><main><article>
<h1 class="c-article-title">Calm talk</h1>
{_body(_springer(1), _springer(2, 4), _springer(1, 2, 3), _springer(3), _springer(2))}
<section><div class="c-article-section"><h2 id="Bib1">References</h2><div data-container-section="references">
<ol class="c-article-references">
{
    "".join(
        f'<li class="c-article-references__item" data-counter="{number}."><p class="c-article-references__text"'
        f' id="ref-CR{number}">{entry}</p><p class="c-article-references__links u-hide-print">'
        f'<a href="https://doi.org/10.1186/{number}">Article</a>&nbsp;<a href="https://p.example.org/{number}">PubMed</a>&nbsp;'
        f'<a href="https://s.example.org/{number}">Google Scholar</a>&nbsp;</p></li>'
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
}</ol><p class="c-article-references__download"><a href="/r">Download references</a></p></div></div></section>
</article></main></body></html>"""


def _pandoc_note(*numbers: int) -> str:
    return "".join(
        f'<a href="#fn{number}" class="footnote-ref" id="fnref{number}" role="doc-noteref"><sup>{number}</sup></a>'
        for number in numbers
    )


def _notes(tag: str, back: str = "↩︎") -> str:
    items = "".join(
        f'<li id="fn{number}"><p>{entry}<a href="#fnref{number}" class="footnote-back" role="doc-backlink">{back}</a></p>'
        f"</li>"
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
    return f'<{tag} id="footnotes" class="footnotes" role="doc-endnotes"><hr /><ol>{items}</ol></{tag}>'


PANDOC_HTML = f"""<html lang="en"><head><title>Calm talk</title></head><body><header id="title-block-header">
<h1 class="title">Calm talk</h1></header>
{_body(_pandoc_note(1), _pandoc_note(2, 4), _pandoc_note(1, 2, 3), _pandoc_note(3), _pandoc_note(2))}
{_notes("aside")}</body></html>"""

CITEPROC = f"""<html lang="en"><head><title>Calm talk</title></head><body><h1 class="title">Calm talk</h1>
{
    _body(
        ' <span class="citation" data-cites="lee">(<a href="#ref-lee" role="doc-biblioref">Lee and Klee 2016</a>)</span>',
        "",
        ' <span class="citation" data-cites="klee roe">(<a href="#ref-klee">Klee 2018</a>; <a href="#ref-roe">Roe et al. '
        "2019</a>)</span>",
        "",
        "",
    )
    .replace("care. <span", "care <span")
    .replace("mood. <span", "mood <span")
    .replace("</span> It", "</span>. It")
    .replace("</span> The", "</span>. The")
}<h2 class="unnumbered" id="bibliography">Bibliography</h2>
<div id="refs" class="references csl-bib-body hanging-indent" role="list">
<div id="ref-klee" class="csl-entry" role="listitem">{KLEE}</div>
<div id="ref-lee" class="csl-entry" role="listitem">{LEE}</div>
<div id="ref-roe" class="csl-entry" role="listitem">{ROE}</div></div></body></html>"""


def _word_press(*numbers: int) -> str:
    return "".join(
        f'<sup data-fn="9a{number}" class="fn"><a href="#9a{number}" id="9a{number}-link">{number}</a></sup>'
        for number in numbers
    )


WORDPRESS = f"""<html lang="en"><head><title>Calm talk &#8211; Some Blog</title></head><body><div class="wp-site-blocks">
<main class="wp-block-group"><h1 class="wp-block-post-title">Calm talk</h1><div class="entry-content">
{_body(_word_press(1), _word_press(2, 4), _word_press(1, 2, 3), _word_press(3), _word_press(2))}
<ol class="wp-block-footnotes">{
    "".join(
        f'<li id="9a{number}">{entry} <a href="#9a{number}-link" aria-label="Jump to footnote reference {number}">↩︎</a></li>'
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
}</ol></div></main></div></body></html>"""


def _plugin(*numbers: int) -> str:
    return "".join(
        f'<span class="footnote_referrer"><a role="button" tabindex="0" onclick="go({number})"><sup '
        f'id="footnote_plugin_tooltip_1_{number}" class="footnote_plugin_tooltip_text">[{number}]</sup></a>'
        f'<span id="footnote_plugin_tooltip_text_1_{number}" class="footnote_tooltip" role="tooltip">Entry {number}</span>'
        f"</span>"
        for number in numbers
    )


FOOTNOTES_PLUGIN = f"""<html lang="en"><body><article><h1>Calm talk</h1>
{_body(_plugin(1), _plugin(2, 4), _plugin(1, 2, 3), _plugin(3), _plugin(2))}
<div class="speaker-mute footnotes_reference_container"><div class="footnote_container_prepare"><p><span
class="footnote_reference_container_label">References</span></p></div><div><table class="footnotes_table
footnote-reference-container"><caption class="accessibility">References</caption><tbody>{
    "".join(
        f'<tr class="footnotes_plugin_reference_row"><th scope="row" class="footnote_plugin_index pointer"><a '
        f'id="footnote_plugin_reference_1_{number}" class="footnote_backlink"><span class="footnote_index_arrow">&#8593;'
        f'</span>{number}</a></th> <td class="footnote_plugin_text">{entry}</td></tr>'
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
}</tbody></table></div></div></article></body></html>"""

MAGAZINE = f"""<html lang="en"><body><article><h1>Calm talk</h1>
{
    _body(
        '<sup class="inline-citation" data-id="#citation-1">1</sup>',
        '<sup class="inline-citation">2</sup><sup class="inline-citation">4</sup>',
        "<sup>1</sup><sup>,</sup><sup>2</sup><sup>,</sup><sup>3</sup>",
        "<sup>3</sup>",
        "<sup>2</sup>",
    )
}<div class="sources"><button>4 Sources</button><div><p>Some Site uses only good sources to back the facts.</p>
<ol id="citation-sources__list_1-0" class="citation-sources__list">{
    "".join(f'<li id="citation-{number}"><p>{entry}</p></li>' for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1))
}</ol></div></div></article></body></html>"""

SUP_RANGES = f"""<html><body><h1>Calm talk</h1>
{_body("<sup>1</sup>", "<sup>2,4</sup>", "<sup>1–3</sup>", "<sup>3</sup>", "<sup>2</sup>")}
<p><strong>References</strong></p><p>1. {LEE}<br>2. {KLEE}<br>3. {ROE}<br>4. {MOSS}</p></body></html>"""

BOOKSHELF = f"""<html><body><main><h1>Calm talk</h1>
{
    _body(
        f"[{_links('a.r', 1)}]",
        f"[{_links('a.r', 2)}][{_links('a.r', 4)}]",
        f"[{_links('a.r', 1)}][{_links('a.r', 2)}][{_links('a.r', 3)}]",
        f" [{_links('a.r', 3)}]",
        f"[{_links('a.r', 2)}]",
    )
}<h2>References</h2>{
    "".join(
        f'<dl class="temp-labeled-list"><dt>{number}.</dt><dd><div class="bk_ref" id="a.r{number}">{entry} [<a '
        f'href="https://pubmed.example.org/{number}">PubMed</a>]</div></dd></dl>'
        for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1)
    )
}</main></body></html>"""

# Author and year: a list in APA's form, alphabetical and without numbers.
APA = (
    "Klee, B. (2018). Rest and ties. Care Quarterly, 4, 12–19.",
    "Lee, A., & Klee, B. (2016). Calm talk in low mood. Journal of Care, 173(7), 680–687.",
    "Lee, A., & Moss, D. (2016). Calm talk at work. Journal of Care, 173(8), 701–710.",
    "Moss, D. (2020a). Role change at work. Journal of Care, 8, 101–110.",
    "Moss, D. (2020b). Role change at home. Journal of Care, 8, 201–210.",
    "O’Hara, E., Lee, A., & Roe, C. (2019). Talk after birth. Annals of Ties, 2(1), 3–9.",
    "van Roe, C., Lee, A., Moss, D., & Klee, B. (2019). Talk after loss. Annals of Ties, 2(2), 13–19.",
    "World Care Organization. (2021). Guide to calm talk. https://care.example.org/guide",
)
APA_SOURCES = tuple(f"{number} {entry}" for number, entry in enumerate(APA, 1))
APA_TEXT = (
    "Calm talk is a short form of care (Lee & Klee, 2016).",
    "It helps at work (Lee and Moss, 2016; Moss, 2020a,b), with an odds ratio of 0.45 (95% CI 0.2 to 0.7).",
    "Van Roe et al. (2019) found the same after loss, and O'Hara, Lee, and Roe (2019, p. 4) after birth.",
    "It is advised widely (e.g., World Care Organization, 2021; see also Klee, 2018, pp. 12–13).",
    "Moss’s (2020b) study was small (n = 12).",
    "It was first tried in May (1974).",
)
APA_BODY = (
    "Calm talk is a short form of care (Lee & Klee, 2016). [2] It helps at work (Lee and Moss, 2016; Moss, 2020a,b) [3] "
    "[4] [5], with an odds ratio of 0.45 (95% CI 0.2 to 0.7). Van Roe et al. (2019) [7] found the same after loss, and "
    "O'Hara, Lee, and Roe (2019, p. 4) [6] after birth. It is advised widely (e.g., World Care Organization, 2021; see "
    "also Klee, 2018, pp. 12–13). [8] [1] Moss’s (2020b) [5] study was small (n = 12). It was first tried in May (1974).",
)
APA_HTML = f"""<html lang="en"><body><h1>Calm talk</h1><p>{" ".join(APA_TEXT).replace("&", "&amp;")}</p>
<h2>References</h2>{"".join(f'<p class="hanging">{entry.replace("&", "&amp;")}</p>' for entry in APA)}</body></html>"""
APA_COPIED = "\n\n".join(("Calm talk", " ".join(APA_TEXT), "References", *APA)) + "\n"
APA_COPIED_TIGHT = "\n\n".join(("Calm talk", " ".join(APA_TEXT), "References")) + "\n" + "\n".join(APA) + "\n"
APA_MARKDOWN = (
    f"# Calm talk\n\n{' '.join(APA_TEXT)}\n\n## References\n\n" + "\n\n".join(APA[:4]) + "\n\n" + "\n\n".join(APA[4:])
)


def _plain_body(
    first: str, second: str, third: str, fourth: str, item: str, bullet: str = "- ", head: str = "## "
) -> str:
    """Return the lines of `BODY` with the printed markers given."""
    return (
        f"Calm talk is a short form of care.{first} It helps in grief and in role change (d = 0.45 (95% CI 0.2 to 0.7))."
        f"{second} It was first tried in 1974.\n\n{head}Method\n\nEach visit opens with a question on mood.{third} The pair "
        f"then picks one tie to work on{fourth}, as the plan says.\n\n{bullet}Ask about the week.{item}\n{bullet}Name one "
        "step.\n\n"
    )


def _before_stops(text: str) -> str:
    """Return text whose markers in brackets stand before the full stop, not behind it."""
    return re.sub(r"\.( ?[\[(][^\])a-z]*[\])])(?=\s)", r"\1.", text)


LISTED = "\n".join(f"{number}. {entry}" for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1))
LISTED_BRACKETS = "\n".join(f"[{number}] {entry}" for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1))
NOTES_MD = "\n".join(f"[^{number}]: {entry}" for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1))
KEYS = ("lee2016", "klee2018", "roe-2019", "moss_2020")
MD_NOTES = "# Calm talk\n\n" + _plain_body("[^1]", "[^2][^4]", "[^1][^2][^3]", "[^3]", "[^2]") + NOTES_MD + "\n"
MD_RAISED = "# Calm talk\n\n" + _plain_body("^1^", "^2,4^", "^1--3^", "^3^", "^2^") + f"## References\n\n{LISTED}\n"
MD_BRACKETS = (
    "# Calm talk\n\n"
    + _before_stops(_plain_body(" [1]", " [2, 4]", " [1-3]", " [3]", " [2]"))
    + f"**References**\n\n{LISTED_BRACKETS}\n"
)
MD_LINKED = (
    "# Calm talk\n\n"
    + _plain_body("[[1]](#ref1)", "[[2]](#ref2)[[4]](#ref4)", " [1](#ref1), [2](#ref2), [3](#ref3)", "[[3]](#ref3)",
                  "<sup>[2](#ref2)</sup>")
    + "## References\n\n"
    + "\n".join(f'{number}. <a id="ref{number}"></a>{entry}' for number, entry in enumerate((LEE, KLEE, ROE, MOSS), 1))
)  # fmt: skip
MD_KEYS = (
    "# Calm talk\n\n"
    + _before_stops(
        _plain_body(" [@lee2016]", " [@klee2018; @moss_2020]", " [@lee2016; @klee2018; @roe-2019]", " [@roe-2019]",
                    " [@klee2018, p. 4]")
    ).replace("care. [@lee2016]", "care [@lee2016].")
    + "## References\n\n"
    + "\n".join(f"- [@{key}]: {entry}" for key, entry in zip(KEYS, (LEE, KLEE, ROE, MOSS), strict=True))
)  # fmt: skip
MD_KEYS_BY_NAME = (
    "# Calm talk\n\n"
    + _plain_body(" [@lee2016]", " [@Klee2018; @moss2020role]", " [@lee2016; @Klee2018; @roe_2019]", " [@roe_2019]",
                  " [@Klee2018]")
    + f"## References\n\n{LISTED}\n"
)  # fmt: skip
MD_INLINE_NOTES = f"# Calm talk\n\nCalm talk is a short form of care.^[{LEE}] It helps in grief.^[{KLEE}] It was first tried in 1974.\n"
COPIED = dict(bullet="  • ", head="")
TXT_BRACKETS = (
    "Calm talk\n\n"
    + _before_stops(_plain_body(" [1]", " [2, 4]", " [1–3]", " [3]", " [2]", **COPIED))
    + f"References\n\n{LISTED_BRACKETS}\n"
)
TXT_WIKI = (
    "Calm talk\n\nFrom Some Wiki, the free encyclopedia\n\n"
    + _plain_body("[1]", "[2][4]", "[1][2][3]", "[3]", "[2]", **COPIED).replace("Method\n", "Method[edit]\n")
    + f"References[edit]\n\n^ Jump up to: a b {LEE}\n^ {KLEE}\n^ a b {ROE}\n^ {MOSS}\n\nExternal links[edit]\n\nCalm\n"
)
TXT_CARET = "Calm talk\n\n" + _plain_body("^1", "^2,4", "^1-3", "^3", "^2", **COPIED) + f"References\n\n{LISTED}\n"
TXT_RAISED = "Calm talk\n\n" + _plain_body("¹", "²,⁴", "¹⁻³", "³", "²", **COPIED) + f"References\n\n{LISTED}\n"
TXT_ROUND = (
    "Calm talk\n\n"
    + _before_stops(_plain_body(" (1)", " (2, 4)", " (1–3)", " (3)", " (2)", **COPIED))
    + "References\n\n" + LISTED.replace(". ", "\t", 1).replace("\n2. ", "\n2\t").replace("\n3. ", "\n3\t")
    .replace("\n4. ", "\n4\t") + "\n"
)  # fmt: skip

PAGES: dict[str, SavedPage] = {
    "MediaWiki": SavedPage("page.html", MEDIAWIKI, BODY, FOUR),
    "PMC, raised links, entries in divs": SavedPage("page.html", PMC, BODY, FOUR),
    "JATS, links in brackets, labelled items": SavedPage("page.html", JATS_LABELLED, BODY, FOUR),
    "Frontiers, links in round brackets, entries in paragraphs": SavedPage("page.html", FRONTIERS, BODY, FOUR),
    "Springer, links with the page's own address": SavedPage("page.html", BMC, BODY, FOUR),
    "Pandoc, notes in an aside": SavedPage("page.html", PANDOC_HTML, BODY, FOUR),
    "Pandoc, notes in a section": SavedPage("page.html", PANDOC_HTML.replace("aside", "section"), BODY, FOUR),
    "Pandoc, notes in a footer": SavedPage("page.html", PANDOC_HTML.replace("aside", "footer"), BODY, FOUR),
    "Pandoc, author and year linked": SavedPage(
        "page.html",
        CITEPROC,
        (
            "Calm talk is a short form of care (Lee and Klee 2016). [2] It helps in grief and in role change (d = 0.45 "
            "(95% CI 0.2 to 0.7)). It was first tried in 1974.",
            "## Method",
            "Each visit opens with a question on mood (Klee 2018; Roe et al. 2019). [1] [3] The pair then picks one tie "
            "to work on, as the plan says.",
            "- Ask about the week.",
            "- Name one step.",
        ),
        (f"1 {KLEE}", f"2 {LEE}", f"3 {ROE}"),
    ),
    "WordPress, its own footnotes": SavedPage("page.html", WORDPRESS, BODY, FOUR),
    "WordPress, a footnotes plugin": SavedPage("page.html", FOOTNOTES_PLUGIN, BODY, FOUR),
    "magazine, raised numbers, no heading over the list": SavedPage(
        "page.html", MAGAZINE, (*BODY, "Some Site uses only good sources to back the facts."), FOUR
    ),
    "plain HTML, ranges raised, entries parted by line ends": SavedPage("page.html", SUP_RANGES, BODY, FOUR),
    "Bookshelf, brackets side by side, a list for each entry": SavedPage("page.html", BOOKSHELF, BODY, FOUR),
    "HTML, author and year": SavedPage("page.html", APA_HTML, APA_BODY, APA_SOURCES),
    "copied text, author and year": SavedPage("page.txt", APA_COPIED, APA_BODY, APA_SOURCES),
    "copied text, author and year, list without blank lines": SavedPage(
        "page.txt", APA_COPIED_TIGHT, APA_BODY, APA_SOURCES
    ),
    "Markdown, author and year": SavedPage("page.md", APA_MARKDOWN, APA_BODY, APA_SOURCES),
    "Markdown, footnotes": SavedPage("page.md", MD_NOTES, BODY, FOUR),
    "Markdown, raised": SavedPage("page.md", MD_RAISED, BODY, FOUR),
    "Markdown, brackets before the stop, list in lines": SavedPage("page.md", MD_BRACKETS, BODY, FOUR),
    "Markdown, linked numbers": SavedPage("page.md", MD_LINKED, BODY, FOUR),
    "Markdown, keys that the list names": SavedPage("page.md", MD_KEYS, BODY, FOUR),
    "Markdown, keys of name and year": SavedPage("page.md", MD_KEYS_BY_NAME, BODY, FOUR),
    "Markdown, notes inside the text": SavedPage(
        "page.md",
        MD_INLINE_NOTES,
        ("Calm talk is a short form of care. [1] It helps in grief. [2] It was first tried in 1974.",),
        FOUR[:2],
    ),
    "copied text, brackets before the stop": SavedPage("page.txt", TXT_BRACKETS, BODY, FOUR),
    "copied text of a wiki": SavedPage("page.txt", TXT_WIKI, BODY, FOUR),
    "copied text, carets": SavedPage("page.txt", TXT_CARET, BODY, FOUR),
    "copied text, raised signs": SavedPage("page.txt", TXT_RAISED, BODY, FOUR),
    "copied text, round brackets, numbers parted by tabs": SavedPage("page.txt", TXT_ROUND, BODY, FOUR),
}


def _word(mark: Callable[[tuple[int, ...]], str], *foot: str, head: str = "Title", **notes: Sequence[str]) -> bytes:
    """Return `BODY` as a Word file; `mark` prints the markers, `foot` the list of sources."""
    first = run("Calm talk is a short form of care.") + mark((1,))
    first += run(" It helps in grief and in role change (d = 0.45 (95% CI 0.2 to 0.7)).") + mark((2, 4))
    third = run("Each visit opens with a question on mood.") + mark((1, 2, 3))
    third += run(" The pair then picks one tie to work on") + mark((3,)) + run(", as the plan says.")
    return word_file(
        paragraph(run("Calm talk"), style=head),
        paragraph(first, run(" It was first tried in 1974.")),
        paragraph(run("Method"), style="Heading1"),
        paragraph(third),
        paragraph(run("Ask about the week."), mark((2,)), number=1),
        paragraph(run("Name one step."), number=1),
        *foot,
        **notes,
    )


def _raised(numbers: tuple[int, ...]) -> str:
    return run(",".join(map(str, numbers)).replace("1,2,3", "1–3"), raised=True)


ENTRIES = (LEE, KLEE, ROE, MOSS)
HEADED = paragraph(run("References"), style="Heading1")
NUMBERED = [paragraph(run(entry), number=2) for entry in ENTRIES]
BY_NUMBER = dict(enumerate(ENTRIES, 1))
TYPED = [paragraph(run(f"{number}. {entry}")) for number, entry in BY_NUMBER.items()]
BOXED = [paragraph(run(f"[{number}]\t{entry}")) for number, entry in BY_NUMBER.items()]
PLACED = [paragraph(bookmark(f"_Ref{number}", number), run(entry), number=2) for number, entry in BY_NUMBER.items()]
# A note is a source of its own each time: the second mark of a source in Word is a new note with the same words.
NOTED_BODY = (
    "Calm talk is a short form of care. [1] It helps in grief. [2] [3] It was first tried in 1974.",
    "- Ask about the week. [4]",
)


def _word_notes(kind: str) -> bytes:
    return word_file(
        paragraph(run("Calm talk"), style="Title"),
        paragraph(
            run("Calm talk is a short form of care."), noted(1, kind=kind), run(" It helps in grief."), noted(2, kind=kind),
            run(",", raised=True), noted(3, kind=kind), run(" It was first tried in 1974."),
        ),
        paragraph(run("Ask about the week."), noted(4, kind=kind), number=1),
        **{f"{kind}s": ENTRIES},
    )  # fmt: skip


PAGES |= {
    "Word, raised, list numbered by Word": SavedPage("page.docx", _word(_raised, HEADED, *NUMBERED), BODY, FOUR),
    "Word, raised in runs of their own": SavedPage(
        "page.docx",
        _word(
            lambda numbers: run(",", raised=True).join(run(str(each), raised=True) for each in numbers),
            HEADED,
            *NUMBERED,
        ),
        BODY,
        FOUR,
    ),
    "Word, raised, numbers typed, heading bold": SavedPage(
        "page.docx", _word(_raised, paragraph(run("References", bold=True)), *TYPED), BODY, FOUR
    ),
    "Word, brackets, numbers typed in brackets": SavedPage(
        "page.docx", _word(lambda numbers: run(f" [{', '.join(map(str, numbers))}]"), HEADED, *BOXED), BODY, FOUR
    ),
    "Word, brackets linked to bookmarks": SavedPage(
        "page.docx",
        _word(
            lambda numbers: run(" [") + run(", ").join(linked(str(each), f"_Ref{each}") for each in numbers) + run("]"),
            HEADED,
            *PLACED,
        ),
        BODY,
        FOUR,
    ),
    "Word, fields of a program of references": SavedPage(
        "page.docx",
        _word(
            lambda numbers: field(
                ",".join(map(str, numbers)), 'ADDIN ZOTERO_ITEM CSL_CITATION {"a": [1]}', raised=True
            ),
            HEADED,
            paragraph(field("", 'ADDIN ZOTERO_BIBL {"uncited": []} CSL_BIBLIOGRAPHY')),
            *BOXED,
        ),
        BODY,
        FOUR,
    ),
    "Word, round brackets": SavedPage(
        "page.docx", _word(lambda numbers: run(f" ({','.join(map(str, numbers))})"), HEADED, *TYPED), BODY, FOUR
    ),
    "Word, its title a heading like the others": SavedPage(
        "page.docx", _word(_raised, HEADED, *NUMBERED, head="Heading1"), BODY, FOUR
    ),
    "Word, footnotes": SavedPage("page.docx", _word_notes("footnote"), NOTED_BODY, FOUR),
    "Word, endnotes": SavedPage("page.docx", _word_notes("endnote"), NOTED_BODY, FOUR),
    "Word, author and year": SavedPage(
        "page.docx",
        word_file(
            paragraph(run("Calm talk"), style="Title"),
            paragraph(run(" ".join(APA_TEXT))),
            HEADED,
            *(paragraph(run(entry)) for entry in APA),
        ),
        APA_BODY,
        APA_SOURCES,
    ),
}


def _copied(first: str, second: str, third: str, fourth: str, item: str, foot: str) -> str:
    text = "Calm talk\n\n" + _plain_body(first, second, third, fourth, item, **COPIED)
    return f"{text}References\n\n{foot}\n"


TXT_BOOKSHELF = _copied("[1]", "[2][4]", "[1][2][3]", " [3]", "[2]", "".join(
    f"{number}.\n{entry} [PMC free article] [PubMed]\n" for number, entry in BY_NUMBER.items()))  # fmt: skip
TXT_BMC = _before_stops(_copied(" [1]", " [2, 4]", " [1,2,3]", " [3]", " [2]", "".join(
    f"{number}.\n{entry}\n\nArticle \n\nPubMed \n\nGoogle Scholar \n\n" for number, entry in BY_NUMBER.items())))  # fmt: skip
TXT_JAMA = _copied("1", "2,4", "1-3", " [3]", "2", "".join(
    f"{number}.\n{entry}PubMedGoogle ScholarCrossref\n" for number, entry in BY_NUMBER.items())).replace(" [3]", ",3", 1)  # fmt: skip
TXT_JAMA = TXT_JAMA.replace("work on,3, as", "work on,3 as")
TXT_FRONTIERS = _before_stops(_copied(" (1)", " (2, 4)", " (1–3)", " (3)", " (2)", "\n\n".join(
    f"{number}. {entry}\n\nPubMed Abstract | CrossRef Full Text | Google Scholar" for number, entry in BY_NUMBER.items())))  # fmt: skip
TXT_BEFORE_STOPS = (
    "Calm talk\n\nCalm talk is a short form of care1. It helps in grief and in role change2,4. It was first tried in 1974.\n\n"
    "Method\n\nEach visit opens with a question on mood1–3. The pair then picks one tie3 and goes on; omega3 is no tie.\n\n"
    f"References\n\n{LISTED}\n"
)
TXT_PAGE_OF_WIKI = (
    "Calm talk\n\nCalm talk is a short form of care.[1]: 12  It helps in grief.[1]–[3][citation needed] It is new.[2]: 3–4\n\n"
    f"References\n\n{LISTED}\n"
)
TXT_REFS = (
    "Calm talk\n\nCalm talk is a short form of care (ref. 1). It helps in grief (see refs 2, 4). It is new [refs 1–3].\n\n"
    f"Selected references\n\n{LISTED}\n"
)
TXT_ELSEVIER = _before_stops(_copied(" [1]", " [2,4]", " [1], [2], [3]", " [3]", " [2]", "".join(
    f"[{number}]\n{entry}\n\nCrossrefView in ScopusGoogle Scholar\n\n" for number, entry in BY_NUMBER.items())))  # fmt: skip
WRAPPED = """Calm talk

Calm talk is a short form of care that was tried first in towns by the sea, where
many people lived alone [1]. It helps in grief, in strife and in role change, and
most people can stay with it for the whole of its 12 visits [2, 4]. It was first
tried in 1974.

Method

Each visit opens with a question on mood [1-3]. The pair then picks one tie to be
worked on, as the plan says, and they name a step that can be taken in the coming
week [3]. No step is too small.

- Ask about the week, and about what has changed in the ties that count the most
  of all [2].
- Name one step.

References

1. Lee A, Klee B. Calm talk in low mood, with a longer title than it had before.
   J Care. 2016;173(7):680-687.
2. Klee B. Rest and ties. Care Q. 2018;4:12-19.
3. Roe C, Lee A, Moss D. Talk after loss, and what became of those who had lost a
   friend. Ann Ties. 2019;2(1):3-9.
4. Moss D. Role change at work. J Care. 2020;8:101-110.
"""
WRAPPED_BODY = (
    "Calm talk is a short form of care that was tried first in towns by the sea, where many people lived alone. [1] It "
    "helps in grief, in strife and in role change, and most people can stay with it for the whole of its 12 visits. [2] "
    "[4] It was first tried in 1974.",
    "## Method",
    "Each visit opens with a question on mood. [1] [2] [3] The pair then picks one tie to be worked on, as the plan says, "
    "and they name a step that can be taken in the coming week. [3] No step is too small.",
    "- Ask about the week, and about what has changed in the ties that count the most of all. [2]",
    "- Name one step.",
)
WRAPPED_SOURCES = (
    "1 Lee A, Klee B. Calm talk in low mood, with a longer title than it had before. J Care. 2016;173(7):680-687.",
    FOUR[1],
    "3 Roe C, Lee A, Moss D. Talk after loss, and what became of those who had lost a friend. Ann Ties. 2019;2(1):3-9.",
    FOUR[3],
)

PAGES |= {
    "copied from Bookshelf, numbers on lines of their own": SavedPage("page.txt", TXT_BOOKSHELF, BODY, FOUR),
    "copied from BMC, links of libraries below each entry": SavedPage("page.txt", TXT_BMC, BODY, FOUR),
    "copied from JAMA, glued numbers and labels": SavedPage(
        "page.txt",
        TXT_JAMA,
        (*BODY[:2], BODY[2].replace(" [3], as", ", [3] as"), *BODY[3:]),
        FOUR,
    ),
    "copied from Frontiers, round brackets": SavedPage("page.txt", TXT_FRONTIERS, BODY, FOUR),
    "copied from Elsevier, numbers in boxes": SavedPage("page.txt", TXT_ELSEVIER, BODY, FOUR),
    "copied text, numbers glued before the stop": SavedPage(
        "page.txt",
        TXT_BEFORE_STOPS,
        (
            "Calm talk is a short form of care. [1] It helps in grief and in role change. [2] [4] It was first tried in "
            "1974.",
            "## Method",
            "Each visit opens with a question on mood. [1] [2] [3] The pair then picks one tie [3] and goes on; omega3 is "
            "no tie.",
        ),
        FOUR,
    ),
    "copied from a wiki, pages behind the numbers": SavedPage(
        "page.txt",
        TXT_PAGE_OF_WIKI,
        ("Calm talk is a short form of care. [1] It helps in grief. [1] [2] [3] It is new. [2]",),
        FOUR,
    ),
    "copied text, “refs”": SavedPage(
        "page.txt",
        TXT_REFS,
        ("Calm talk is a short form of care. [1] It helps in grief. [2] [4] It is new. [1] [2] [3]",),
        FOUR,
    ),
    "text in lines of one width": SavedPage("page.txt", WRAPPED, WRAPPED_BODY, WRAPPED_SOURCES),
    "Markdown in lines of one width": SavedPage("page.md", f"# {WRAPPED}".replace("\nMethod", "\n## Method")
        .replace("\nReferences", "\n## References"), WRAPPED_BODY, WRAPPED_SOURCES),
}  # fmt: skip


def _noted_html(mark: Callable[[int], str], notes: str, wrap: str = "{}", joint: str = "") -> str:
    """Return `BODY` as HTML whose markers each are one link to a note."""
    body = _body(*(wrap.format(joint.join(map(mark, numbers))) for numbers in ((1,), (2, 4), (1, 2, 3), (3,), (2,))))
    return f"<html lang=en><body><h1>Calm talk</h1>{body}{notes}</body></html>"


def _each(form: str) -> str:
    return "".join(form.format(n=number, entry=entry) for number, entry in BY_NUMBER.items())


WORD_HTML = _noted_html(
    lambda n: f"<a style='mso-footnote-id:ftn{n}' href=\"#_ftn{n}\" name=\"_ftnref{n}\" title=\"\"><span "
    f"class=MsoFootnoteReference><span style='mso-special-character:footnote'>[{n}]</span></span></a>",
    "<div style='mso-element:footnote-list'><br clear=all><hr align=left size=1 width=\"33%\">"
    + _each("<div style='mso-element:footnote' id=ftn{n}><p class=MsoFootnoteText><a href=\"#_ftnref{n}\" name=\"_ftn{n}\" "
            "title=\"\"><span class=MsoFootnoteReference>[{n}]</span></a> {entry}</p></div>") + "</div>",
)  # fmt: skip
GOOGLE_DOCS = _noted_html(
    lambda n: f'<sup><a href="#ftnt{n}" id="ftnt_ref{n}">[{n}]</a></sup>',
    "<hr>" + _each('<div><p><a href="#ftnt_ref{n}" id="ftnt{n}">[{n}]</a><span>&nbsp;{entry}</span></p></div>'),
)
LIBRE_OFFICE = _noted_html(
    lambda n: f'<a class="sdfootnoteanc" name="sdfootnote{n}anc" href="#sdfootnote{n}sym"><sup>{n}</sup></a>',
    _each('<div id="sdfootnote{n}"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote{n}sym" '
          'href="#sdfootnote{n}anc">{n}</a>{entry}</p></div>'),
)  # fmt: skip
SUBSTACK = _noted_html(
    lambda n: f'<a data-component-name="FootnoteAnchorToDOM" id="footnote-anchor-{n}" href="#footnote-{n}" '
    f'target="_self" class="footnote-anchor">{n}</a>',
    _each('<div data-component-name="FootnoteToDOM" class="footnote"><a id="footnote-{n}" href="#footnote-anchor-{n}" '
          'contenteditable="false" class="footnote-number">{n}</a><div class="footnote-content"><p>{entry}</p></div></div>'),
)  # fmt: skip
GITHUB = _noted_html(
    lambda n: f'<a href="#user-content-fn-{n}-0" id="user-content-fnref-{n}-0" data-footnote-ref="">{n}</a>',
    '<section data-footnotes="" class="footnotes"><h2 id="footnote-label" class="sr-only">Footnotes</h2><ol>'
    + _each('<li id="user-content-fn-{n}-0"><p>{entry} <a href="#user-content-fnref-{n}-0" class="data-footnote-backref" '
            'aria-label="Back to reference {n}"><g-emoji>↩</g-emoji></a></p></li>') + "</ol></section>",
    wrap="<sup>{}</sup>",
)  # fmt: skip
ELSEVIER = _noted_html(
    lambda n: f'<a class="anchor" href="#bib{n}" name="bbib{n}" id="bbib{n}"><span class="anchor-text"><sup>{n}</sup></span>'
    "</a>",
    "<section class=bibliography><h2>References</h2><ol class=references>"
    + _each('<li><span class="label"><a href="#bbib{n}" id="ref-id-bib{n}">{n}</a></span><span class="reference" id="bib{n}">'
            '<div class="contribution">{entry}</div><div class="ReferenceLinks"><a href="https://doi.org/10.1016/{n}">View '
            'article</a><a href="/s/{n}">View in Scopus</a><a href="/g/{n}">Google Scholar</a></div></span></li>')
    + "</ol></section>",
)  # fmt: skip
WILEY = _noted_html(
    lambda n: f'<a href="#" data-tab="pane-pcw-references" class="bibLink">{n}</a>',
    "<section><h2>REFERENCES</h2><ul class=rlist>"
    + _each('<li data-bib-id="bib-{n}"><span class="bullet">{n}</span>{entry}<div class="extra-links"><a '
            'href="https://doi.org/10.1002/{n}">10.1002/{n}</a> <a href="/g/{n}">Google Scholar</a></div></li>')
    + "</ul></section>",
    wrap="<sup>{}</sup>", joint=", ",
)  # fmt: skip
FOUR_WITH_DOI = tuple(f"{line} 10.1002/{number}" for number, line in enumerate(FOUR, 1))
PAGES |= {
    "HTML saved by Word, footnotes": SavedPage("page.html", WORD_HTML, BODY, FOUR),
    "HTML saved by Google Docs, footnotes": SavedPage("page.html", GOOGLE_DOCS, BODY, FOUR),
    "HTML saved by LibreOffice, footnotes": SavedPage("page.html", LIBRE_OFFICE, BODY, FOUR),
    "newsletter, footnotes": SavedPage("page.html", SUBSTACK, BODY, FOUR),
    "HTML made by a forge from Markdown, footnotes": SavedPage("page.html", GITHUB, BODY, FOUR),
    "Elsevier, links around raised numbers": SavedPage("page.html", ELSEVIER, BODY, FOUR),
    "Wiley, labels glued to the entries, links that lead nowhere": SavedPage("page.html", WILEY, BODY, FOUR_WITH_DOI),
}


WIKI_PAGE = """Calm talk therapy

Article
Talk
Read
Edit
View history

Tools
From Wikipedia, the free encyclopedia
(Redirected from Calm talk)
Calm talk therapy
Specialty	Psychology
MeSH	D012345
[edit on Wikidata]

Calm talk therapy (CTT) is a short form of care that looks at the ties of a person.[1][2] Some trials stand behind it.[3] Most people have it for 12–16 weeks.[4]: 12  Its makers hold that mood and ties pull at each other.[5][6][7]

History
First called "loud" care, CTT was tried in 1969 by Ann Lee, Bo Klee and Cy Roe, who wished to see whether talk adds to a pill.[2] Many trials have followed since then, in many towns.[citation needed]

Foundations
CTT took the frame of its visits from older kinds of care.[8] It has a set number of visits, and work to be done at home.[9]

Clinical applications
There are forms of CTT for:

Bipolar disorder[10]
Bulimia nervosa[11]
Low mood after birth[12]
Cyclothymia

Adolescents
The form for the young (CTT-A) has the parents in some of its visits.[13] It keeps to the same steps as the one for adults does.

References
 Lee, Ann M.; Klee, Bo; Roe, Cy (2007). A quick guide to calm talk. Oxford: Some Press. ISBN 978-0-00-000000-2.
 Klee, Bo; Lee, Ann (2004). "Calm talk in short". Care Today. 3 (3): 136–9. PMC 1000000. PMID 10000000.
^ Cornes, CL; Frank, E (1994). "Calm talk for older people". The Clinical Psychologist. 47: 9–10.
^ Jump up to: a b Roe, Cy (2010). A guide. London.
^ Moss, D. (2011). "Ties". J Care. 2: 1–9. doi:10.1000/a.1.
^ Moss, D. (2012). "Ties again". J Care. 3: 1–9.
^ Nore, E. (2013). "More ties". J Care. 4: 1–9.
^ Aha, B. (2014). "One". J Care. 5.
^ Bee, C. (2015). "Two". J Care. 6.
^ Cee, D. (2016). "Three". J Care. 7.
^ Dee, E. (2017). "Four". J Care. 8.
^ Eee, F. (2018). "Five". J Care. 9.
^ Eff, G. (2019). "Six". J Care. 10.

Sources
Lee AM (1984). Calm talk of depression. New York: Some Books.

External links
International Society of Calm Talk
"""
ADVICE_PAGE = """What Is Calm Talk?

By Ann Lee, PhD
Updated on March 3, 2023
Medically reviewed by Bo Klee, MD

Table of Contents
What Is It
How It Works
Calm talk is a structured therapy that focuses on relationships (Lee & Klee, 2016). Unlike other approaches, it looks at the here and now (Roe, 2019; Moss et al., 2020).

How It Works
Three phases make up the treatment (Lee and Klee, 2016, p. 14):

Beginning: The therapist takes an inventory of ties (Roe, 2019).
Middle: The pair works on one problem area. Klee (2018) found this to be the most useful part.
End: The pair looks back (n = 40, p < .05; Moss et al., 2020).

Evidence
According to Moss et al. (2020), 62% of patients improved, 95% CI [0.45, 0.78]. The American Care Association (ACA, 2021) recommends it as a first-line treatment. However, not every study agrees (cf. Roe, 2021).

References
American Care Association. (2021). Guideline for the treatment of low mood.
Klee, B. (2018). Middle phases. Journal of Care, 12(3), 45-50. https://doi.org/10.1000/klee
Lee, A., & Klee, B. (2016). Calm talk: A manual (2nd ed.). Some Press.
Moss, D., Lee, A., & Roe, C. (2020). A trial of calm talk. Care Quarterly, 4, 12-19.
Roe, C. (2019). Inventories of ties. In A. Lee (Ed.), Handbook (pp. 3-9). Some Press.
"""
TAGGED_PAGE = """Some Site
Calm Talk (CT)
12 upvotes

Calm talk is a short form of care [1] LLM. It helps in grief [2, 3]. LLM It is new.
Key terms
Tie — a bond between two people [1].
Role — a part that one plays [2]. LLM
Rest — what one needs [3].
Does it help?
Yes. It helps most people who try it [1–3].

Sources
[1] Lee A. One. 2016. T1
[2] Klee B. Two. 2017. T2
[3] Roe C. Three. https://a.example.org/x T3
Was this helpful?
"""
PAGES |= {
    "copied from a wiki, menus, box and all": SavedPage(
        "page.txt",
        WIKI_PAGE,
        (
            "Calm talk therapy (CTT) is a short form of care that looks at the ties of a person. [1] [2] Some trials stand behind it. [3] Most people have it for 12–16 weeks. [4] Its makers hold that mood and ties pull at each other. [5] [6] [7]",
            "## At a glance",
            "- **Specialty** — Psychology",
            "- **MeSH** — D012345",
            "## History",
            'First called "loud" care, CTT was tried in 1969 by Ann Lee, Bo Klee and Cy Roe, who wished to see whether talk adds to a pill. [2] Many trials have followed since then, in many towns.',
            "## Foundations",
            "CTT took the frame of its visits from older kinds of care. [8] It has a set number of visits, and work to be done at home. [9]",
            "## Clinical applications",
            "There are forms of CTT for:",
            "- Bipolar disorder [10]",
            "- Bulimia nervosa [11]",
            "- Low mood after birth [12]",
            "- Cyclothymia",
            "## Adolescents",
            "The form for the young (CTT-A) has the parents in some of its visits. [13] It keeps to the same steps as the one for adults does.",
        ),
        (
            "1 Lee, Ann M.; Klee, Bo; Roe, Cy (2007). A quick guide to calm talk. Oxford: Some Press. ISBN 978-0-00-000000-2.",
            '2 Klee, Bo; Lee, Ann (2004). "Calm talk in short". Care Today. 3 (3): 136–9. PMC 1000000. PMID 10000000.',
            '3 Cornes, CL; Frank, E (1994). "Calm talk for older people". The Clinical Psychologist. 47: 9–10.',
            "4 Roe, Cy (2010). A guide. London.",
            '5 Moss, D. (2011). "Ties". J Care. 2: 1–9. doi:10.1000/a.1.',
            '6 Moss, D. (2012). "Ties again". J Care. 3: 1–9.',
            '7 Nore, E. (2013). "More ties". J Care. 4: 1–9.',
            '8 Aha, B. (2014). "One". J Care. 5.',
            '9 Bee, C. (2015). "Two". J Care. 6.',
            '10 Cee, D. (2016). "Three". J Care. 7.',
            '11 Dee, E. (2017). "Four". J Care. 8.',
            '12 Eee, F. (2018). "Five". J Care. 9.',
            '13 Eff, G. (2019). "Six". J Care. 10.',
            "14 Lee AM (1984). Calm talk of depression. New York: Some Books.",
        ),
        "Calm talk therapy",
    ),
    "copied magazine, headings right above their text, author and year": SavedPage(
        "page.txt",
        ADVICE_PAGE,
        (
            "What Is It",
            "How It Works",
            "Calm talk is a structured therapy that focuses on relationships (Lee & Klee, 2016). [3] Unlike other approaches, it looks at the here and now (Roe, 2019; Moss et al., 2020). [5] [4]",
            "## How It Works",
            "Three phases make up the treatment (Lee and Klee, 2016, p. 14): [3]",
            "- Beginning: The therapist takes an inventory of ties (Roe, 2019). [5]",
            "- Middle: The pair works on one problem area. Klee (2018) [2] found this to be the most useful part.",
            "- End: The pair looks back (n = 40, p \\< .05; Moss et al., 2020). [4]",
            "## Evidence",
            "According to Moss et al. (2020) [4], 62% of patients improved, 95% CI \\[0.45, 0.78]. The American Care Association (ACA, 2021) [1] recommends it as a first-line treatment. However, not every study agrees (cf. Roe, 2021).",
        ),
        (
            "1 American Care Association. (2021). Guideline for the treatment of low mood.",
            "2 Klee, B. (2018). Middle phases. Journal of Care, 12(3), 45-50. https://doi.org/10.1000/klee",
            "3 Lee, A., & Klee, B. (2016). Calm talk: A manual (2nd ed.). Some Press.",
            "4 Moss, D., Lee, A., & Roe, C. (2020). A trial of calm talk. Care Quarterly, 4, 12-19.",
            "5 Roe, C. (2019). Inventories of ties. In A. Lee (Ed.), Handbook (pp. 3-9). Some Press.",
        ),
        "What Is Calm Talk?",
    ),
    "copied page with tags before and behind the stop": SavedPage(
        "page.txt",
        TAGGED_PAGE,
        (
            "Calm talk is a short form of care. [1] [LLM] It helps in grief. [2] [3] [LLM] It is new.",
            "## Key terms",
            "Tie — a bond between two people. [1]",
            "Role — a part that one plays. [2] [LLM]",
            "Rest — what one needs. [3]",
            "## Does it help?",
            "Yes. It helps most people who try it. [1] [2] [3]",
        ),
        (
            "1 Lee A. One. 2016.",
            "2 Klee B. Two. 2017.",
            "3 Roe C. Three. https://a.example.org/x",
        ),
        "Calm Talk (CT)",
    ),
}


BYLINE = paragraph(run("Ann Lee"), run("1", raised=True), run(", Bo Klee"), run("1,2", raised=True))
PLACE = paragraph(run("1", raised=True), run("Department of Care, Some University"))
SIGNED = (paragraph(run("Calm talk", bold=True)), BYLINE, PLACE, paragraph(run("Abstract", bold=True)))
REMARKED = paragraph(run("Calm talk helps [1]. It is new [2, 4]."), noted(1))
PAGES |= {
    "Word, a paper with a byline, headings bold": SavedPage(
        "page.docx",
        word_file(*SIGNED, paragraph(run("Calm talk helps"), run("1,4", raised=True), run(".")), HEADED, *NUMBERED),
        ("### Abstract", "Calm talk helps. [1] [4]"),
        FOUR,
    ),
    "Word, a list of sources and a note that is none of it": SavedPage(
        "page.docx",
        word_file(paragraph(run("Calm talk"), style="Title"), REMARKED, HEADED, *NUMBERED, footnotes=["A remark."]),
        ("Calm talk helps. [1] It is new. [2] [4] [5]",),
        (*FOUR, "5 A remark."),
    ),
    "copied paper with a byline": SavedPage(
        "page.txt",
        f"Calm talk\n\nAnn Lee1, Bo Klee1,2 and Cy van Roe2*\n\nAbstract\n\nCalm talk is a short form of care for low mood.1,4\n\n"
        f"References\n\n{LISTED}\n",
        ("## Abstract", "Calm talk is a short form of care for low mood. [1] [4]"),
        FOUR,
    ),
}
