"""`Answer` and `Article` -> HTML and Markdown strings: pure, without a browser, every foreign character escaped.

The only Markdown read is what an article file may hold inside a block: `**bold**`, markers such as `[4]`, the
bars of a table row, and the `- ` and `> ` that open a line. All else is shown as the file has it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby, pairwise

from ipt_rag.check import QuoteCheck
from ipt_rag.page_text import PageText
from ipt_rag.records import Answer, Article, Block, Filter, Kind, Passage, Provenance, Quote, Reference

Offsets = tuple[int, int]
Link = Callable[[str], str]  # a source number or "LLM" -> HTML

MARKER = re.compile(r"(?<!\\)\[(\d{1,3}|LLM)\](?![(\[:])")
MARKER_GROUP = re.compile(r"(?:\s*(?<!\\)\[(?:\d{1,3}|LLM)\](?![(\[:]))+")
BAR = re.compile(r"(?<!\\)\|")
LINE_OPENING = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?P<item>[-*+][ \t]+|\d{1,3}[.)][ \t]+)?")
TOKEN = re.compile(rf"(?P<bold>(?<!\\)\*\*)|(?P<escaped>\\(?=[!-/:-@\[-`{{-~]))|(?:{MARKER.pattern})")
EVERYTHING = Filter()
LLM_TAG = '<strong class="llm">LLM</strong>'
LISTED: tuple[Kind, ...] = ("item", "definition", "question")


# ---- text of an article, character by character -------------------------------------------------------------


def inline(text: str, start: int, end: int, *, marks: Sequence[Offsets] = (), link: Link) -> str:
    """Return `text[start:end]` as HTML: bold and markers live, `marks` wrapped in `<mark>`, all else escaped.

    `marks` are offsets into `text`, sorted and apart. Bold marks that have no partner are shown as they stand.
    """
    bold_marks = sum(1 for token in TOKEN.finditer(text, start, end) if token["bold"])
    parts: list[str] = []
    opened = seen = 0
    at = start
    for token in TOKEN.finditer(text, start, end):
        parts.append(_marked(text, at, token.start(), marks))
        at = token.end()
        if token["bold"]:
            seen += 1
            if seen == bold_marks and not opened:  # the odd one out
                parts.append("**")
            else:
                parts.append("</strong>" if opened else "<strong>")
                opened = 1 - opened
        elif token[3]:
            parts.append(link(token[3]))
    parts.append(_marked(text, at, end, marks))
    return "".join(parts)


def _marked(text: str, start: int, end: int, marks: Sequence[Offsets]) -> str:
    parts: list[str] = []
    at = start
    for first, after in marks:
        first, after = max(first, at), min(after, end)
        if first < after:
            parts.append(f"{escape(text[at:first])}<mark>{escape(text[first:after])}</mark>")
            at = after
    parts.append(escape(text[at:end]))
    return "".join(parts)


def cells(text: str, start: int, end: int) -> list[Offsets]:
    """Return where the cells of a table row stand, without the blanks around them.

    >>> row = "Goal | Mechanism [4]"
    >>> [row[first:after] for first, after in cells(row, 0, len(row))]
    ['Goal', 'Mechanism [4]']
    """
    bars = [start - 1, *(bar.start() for bar in BAR.finditer(text, start, end)), end]
    return [_trimmed(text, before + 1, bar) for before, bar in pairwise(bars)]


def _trimmed(text: str, start: int, end: int) -> Offsets:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _lines(text: str, start: int, end: int) -> Iterator[tuple[bool, int, int]]:
    """Yield the lines of a stretch without their Markdown fence: whether each opens a list item, and its offsets."""
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        fence = LINE_OPENING.match(text, at, stop)
        first, after = _trimmed(text, fence.end() if fence else at, stop)
        if first < after:
            yield bool(fence and fence["item"]), first, after
        at = stop + 1


def prose(text: str, *, marks: Sequence[Offsets] = (), link: Link, closing: str = "") -> str:
    """Return a quoted stretch as paragraphs and lists; `closing` (its markers) follows its last words."""
    lines = list(_lines(text, 0, len(text)))
    parts: list[str] = []
    for number, (is_item, first, after) in enumerate(lines):
        opens = is_item and not (number and lines[number - 1][0])
        closes = is_item and not (number + 1 < len(lines) and lines[number + 1][0])
        tail = closing if number + 1 == len(lines) else ""
        tag = "li" if is_item else "p"
        body = inline(text, first, after, marks=marks, link=link)
        parts.append(f"{'<ul>' if opens else ''}<{tag}>{body}{tail}</{tag}>{'</ul>' if closes else ''}")
    return "".join(parts)


def plain_line(text: str) -> str:
    """Return text on one line without bold marks and list fences, for a heading or a label."""
    return " ".join(text[first:after].replace("**", "") for _, first, after in _lines(text, 0, len(text)))


# ---- one answer -----------------------------------------------------------------------------------------------


def source_id(prefix: str, article: str, number: int | str) -> str:
    """Return the id of a source on the page: `[4]` of one article and turn is not `[4]` of another.

    >>> source_id("t1", "ipt-overview", 4)
    't1-ipt-overview-4'
    """
    return f"{prefix}-{article}-{number}"


def number_link(prefix: str, article: str, number: int, text: PageText, reference: str = "") -> str:
    """Return `[4]` as a link to its entry in the list of sources under `prefix`."""
    title = f' title="{escape(reference)}"' if reference else ""
    target = escape(source_id(prefix, article, number))
    label = escape(text.source_number.format(number=number))
    return f'<a class="number" href="#{target}" aria-label="[{number}], {label}"{title}>[{number}]</a>'


def turn_html(
    answer: Answer,
    *,
    question: str,
    turn: int,
    articles: Mapping[str, Article],
    text: PageText,
    only: Filter = EVERYTHING,
    feedback: bool = False,
) -> str:
    """Return one question with its answer: quotes best first and their sources beside them, or why there are none.

    `articles` holds, by slug, at least the articles that are quoted or filtered by. A refused answer has no turn: see
    `refusal_html`. `feedback` adds the buttons that say whether the answer was of use.
    """
    prefix = f"t{turn}"
    notices = "".join(f'<p class="notice">{escape(notice)}</p>' for notice in answer.notices)
    if answer.status == "answered":
        quotes = "".join(
            _quote(quote, place, answer.references, articles[quote.article], f"{prefix}", text)
            for place, quote in enumerate(answer.quotes, start=1)
        )
        note = f'<p class="hint">{escape(text.matched_words)}</p>' if any(q.matched for q in answer.quotes) else ""
        body = (
            f'<div class="columns"><div class="quotes">{notices}{quotes}{note}</div>'
            f"{_sources(answer.references, articles, prefix, text)}</div>"
        )
    else:
        body = f'<div class="columns"><div class="quotes">{notices}{_nothing_found(answer, text)}</div></div>'
    return (
        f'<article class="turn" id="{prefix}" data-turn="{turn}" tabindex="-1" aria-labelledby="{prefix}-question">'
        f'<h2 id="{prefix}-question" dir="auto"><span class="sr">{escape(text.question.format(turn=turn))}: </span>'
        f"{escape(question)}</h2>{_understood(answer, text)}{_filtered(only, articles, text)}{body}"
        f"{_feedback(answer, prefix, text) if feedback else ''}</article>"
    )


def filter_words(only: Filter, articles: Mapping[str, Article], text: PageText) -> str:
    """Return what an answer was filtered by, in words; "" without a filter."""
    parts = [articles[slug].title if slug in articles else slug for slug in only.articles]
    parts += [*only.tiers, *([text.filters["sourced"]] if only.sourced_only else [])]
    return f"{text.filtered}: {', '.join(parts)}" if parts else ""


def _filtered(only: Filter, articles: Mapping[str, Article], text: PageText) -> str:
    words = filter_words(only, articles, text)
    return f'<p class="filtered">{escape(words)}</p>' if words else ""


def _feedback(answer: Answer, prefix: str, text: PageText) -> str:
    words = {name: escape(word) for name, word in text.feedback.items()}
    verdicts = ("useful", "not_useful", "wrong_citation") if answer.quotes else ("useful", "not_useful")
    buttons = "".join(f'<button type="button" data-verdict="{name}">{words[name]}</button>' for name in verdicts)
    fields = (
        f'<label for="{prefix}-text">{words["text"]}</label>'
        f'<textarea id="{prefix}-text" rows="3" maxlength="4000" autocomplete="off" spellcheck="false"></textarea>'
        f'<label for="{prefix}-source">{words["source"]}</label>'
        f'<input id="{prefix}-source" maxlength="500" autocomplete="off" spellcheck="false" required>'
        f'<p class="hint">{words["note"]}</p><button type="button" data-verdict="revision">{words["send"]}</button>'
    )
    return (
        f'<div class="feedback" role="group" aria-label="{words["group"]}">{buttons}'
        f"<details><summary>{words['revision']}</summary><div>{fields}</div></details>"
        '<p class="noted" role="status"></p></div>'
    )


def _understood(answer: Answer, text: PageText) -> str:
    said = escape(text.understood.format(question=answer.understood))
    return f'<p class="hint understood" dir="auto">{said}</p>' if answer.understood else ""


def _quote(
    quote: Quote, place: int, references: Sequence[Reference], article: Article, prefix: str, text: PageText
) -> str:
    known = {entry.number: entry.reference for entry in references if entry.article == quote.article}

    def link(marker: str) -> str:
        if marker == "LLM":
            return LLM_TAG
        number = int(marker)
        return number_link(prefix, quote.article, number, text, known.get(number, ""))

    closing = "".join(" " + link(str(number)) for number in quote.own_sources) + (" " + LLM_TAG if quote.llm else "")
    covering = [number for number in quote.sources if number not in quote.own_sources]
    if covering:
        links = " ".join(link(str(number)) for number in covering)
        closing += f' <span class="covered">({escape(text.also_covered)} {links})</span>'
    if quote.kind == "row":
        body = _row_pairs(quote, link, closing)
        lead_in = ""
    else:
        body = prose(quote.text, marks=quote.matched, link=link, closing=closing)
        lead_in = f'<div class="lead-in">{prose(quote.lead_in.text, link=link)}</div>' if quote.lead_in else ""
    label = text.kinds[quote.kind]
    badge = f'<p class="kind">{escape(label)}</p>' if label else ""
    where = f'data-article="{escape(quote.article)}" data-start="{quote.start}" data-end="{quote.end}"'
    return (
        f'<figure class="quote {escape(quote.kind)}" {where}>{badge}{lead_in}'
        f'<blockquote lang="{escape(article.language or "en")}">{body}</blockquote>'
        f'<figcaption><p class="vouched {escape(quote.provenance)}">{escape(_vouched(quote, text))}</p>'
        f'<p class="place"><cite>{escape(quote.title)}</cite>'
        f"{f' <span>› {escape(quote.section)}</span>' if quote.section else ''}</p>"
        f'<div class="acts">{_context(quote, article, references, f"{prefix}c{place}", prefix, text)}'
        f'<button type="button" class="open" {where}>{escape(text.open_article)}'
        f'<span class="sr">: {escape(quote.title)}</span></button></div>'
        "</figcaption></figure>"
    )


def _vouched(quote: Quote, text: PageText) -> str:
    said = text.vouched[quote.provenance]
    if not quote.sources:
        return said
    tier = quote.tiers[0] if quote.tiers else ""
    meaning = text.tiers.get(tier, text.tiers[""])
    return f"{said} · {text.best_tier.format(tier=tier, meaning=meaning) if tier else meaning}"


def _row_pairs(quote: Quote, link: Link, closing: str) -> str:
    header = quote.lead_in.text if quote.lead_in else ""
    heads = [plain_line(header[first:after]) for first, after in cells(header, 0, len(header))] if header else []
    found = cells(quote.text, 0, len(quote.text))
    pairs: list[str] = []
    for column, (first, after) in enumerate(found):
        head = heads[column] if column < len(heads) else ""
        tail = closing if column + 1 == len(found) else ""
        body = inline(quote.text, first, after, marks=quote.matched, link=link)
        pairs.append(f"<div><dt>{escape(head)}</dt><dd>{body}{tail}</dd></div>")
    return f'<dl class="row-pairs">{"".join(pairs)}</dl>'


def _sources(references: Sequence[Reference], articles: Mapping[str, Article], prefix: str, text: PageText) -> str:
    heading = f'<h3 id="{prefix}-sources">{escape(text.sources)}</h3>'
    if not references:
        inner = f'<p class="hint">{escape(text.no_sources)}</p>'
    else:
        groups = []
        for slug, group in groupby(sorted(references, key=lambda entry: entry.article), key=lambda e: e.article):
            title = articles[slug].title if slug in articles else slug
            entries = "".join(_source(entry, prefix, text) for entry in sorted(group, key=lambda e: e.number))
            groups.append(f'<p class="of">{escape(title)}</p><ul>{entries}</ul>')
        inner = "".join(groups)
    return f'<aside class="sources" aria-labelledby="{prefix}-sources">{heading}{inner}</aside>'


def _source(entry: Reference, prefix: str, text: PageText, *, sought: bool = False) -> str:
    meaning = text.tiers.get(entry.tier, text.tiers[""])
    tier = f"<b>{escape(entry.tier)}</b> {escape(meaning)}" if entry.tier else escape(meaning)
    lit = ' class="lit" data-sought="source"' if sought else ""
    return (
        f'<li id="{escape(source_id(prefix, entry.article, entry.number))}" tabindex="-1"{lit}>'
        f'<span class="n">[{entry.number}]</span> <span class="tier">{tier}</span> '
        f'<span class="reference">{escape(entry.reference)}</span>{_outside(entry.address, text)}</li>'
    )


def _outside(address: str, text: PageText) -> str:
    """Return a link that leaves the page, marked as one; nothing unless the address is a web address."""
    if not re.match(r"https?://[^\s/]", address):
        return ""
    host = re.sub(r"^https?://(?:www\.)?", "", address).split("/")[0]
    return (
        f' <a class="outside" href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">'
        f"{escape(host)} <span>({escape(text.opens_elsewhere)})</span></a>"
    )


def _context(
    quote: Quote, article: Article, references: Sequence[Reference], own: str, turn_prefix: str, text: PageText
) -> str:
    blocks = around(article, quote.start, quote.end)
    if not blocks:  # a reference: the list of sources stands outside the text
        return ""
    listed = {entry.number for entry in references if entry.article == article.slug}
    numbers = {
        int(marker[1])
        for block in blocks
        for marker in MARKER.finditer(article.text, block.start, block.end)
        if marker[1] != "LLM"
    }

    def link(marker: str) -> str:
        if marker == "LLM":
            return LLM_TAG
        number = int(marker)
        return number_link(turn_prefix if number in listed else own, article.slug, number, text)

    more = "".join(
        _source(Reference(article.slug, source.number, source.tier, source.reference, source.address), own, text)
        for source in article.sources
        if source.number in numbers - listed
    )
    extra = f'<p class="of">{escape(text.cited_here)}</p><ul class="more">{more}</ul>' if more else ""
    body = blocks_html(article, blocks, mark=(quote.start, quote.end), link=link, text=text)
    return (
        f'<details class="context"><summary>{escape(text.context)}</summary>'
        f'<div lang="{escape(article.language or "en")}">{body}</div>{extra}</details>'
    )


def around(article: Article, start: int, end: int) -> tuple[Block, ...]:
    """Return the blocks that a stretch touches, with the one before and the one after it in the same section."""
    touched = [place for place, block in enumerate(article.blocks) if block.start < end and start < block.end]
    if not touched:
        return ()
    section = article.blocks[touched[0]].section
    first, last = max(touched[0] - 1, 0), min(touched[-1] + 1, len(article.blocks) - 1)
    return tuple(
        block
        for place, block in enumerate(article.blocks[first : last + 1], start=first)
        if place in touched or block.section == section
    )


def _nothing_found(answer: Answer, text: PageText) -> str:
    said, reason = text.no_answer(answer.reason, answer.widen)
    places = "".join(
        f'<li><button type="button" class="open" data-article="{escape(place.article)}" '
        f'data-section="{escape(place.section)}" '
        f'aria-label="{escape(text.open_section.format(section=place.section, title=place.title))}">'
        f"<span>{escape(place.section or place.title)}</span> <cite>{escape(place.title)}</cite></button></li>"
        for place in answer.nearest
    )
    nearest = f'<h3>{escape(text.nearest)}</h3><ul class="nearest">{places}</ul>' if places else ""
    return (
        f'<p class="nothing"><strong>{escape(said)}</strong>{f" {escape(reason)}" if reason else ""}</p>'
        f"{_unfilter(answer, text)}{nearest}"
    )


def _unfilter(answer: Answer, text: PageText) -> str:
    if not answer.widen:
        return ""
    return f'<p><button type="button" data-do="unfilter">{escape(text.page["unfilter"])}</button></p>'


def refusal_html(sentences: Sequence[str], instead: Sequence[str]) -> str:
    """Return the refusal: fixed sentences, then what may be typed instead; holds no character of the message.

    The guard's sentences are reviewed in English, and stay in it.
    """
    first, *others = sentences
    choices = "".join(f"<li>{escape(choice)}</li>" for choice in instead)
    return (
        f'<div class="refusal" lang="en"><p><strong>{escape(first)}</strong></p>'
        + (f"<ul>{choices}</ul>" if choices else "")
        + "".join(f"<p>{escape(sentence)}</p>" for sentence in others)
        + "</div>"
    )


def status_sentence(answer: Answer, turn: int, text: PageText) -> str:
    """Return what the status line says, and a screen reader reads aloud, when an answer has come."""
    if answer.status == "refused":
        return text.refused_status
    if answer.reason == "filtered":
        return " ".join(text.no_answer(answer.reason, answer.widen))
    if answer.status == "not_in_articles":
        return text.not_in_articles_status.format(turn=turn)
    quotes, sources = len(answer.quotes), len(answer.references)
    return text.answered_status.format(
        turn=turn,
        passages=text.one_passage if quotes == 1 else text.passages.format(count=quotes),
        sources=text.one_source if sources == 1 else text.several_sources.format(count=sources),
    )


# ---- a whole article ------------------------------------------------------------------------------------------


def blocks_html(
    article: Article,
    blocks: Iterable[Block],
    *,
    mark: Offsets | None = None,
    link: Link,
    text: PageText,
) -> str:
    """Return consecutive blocks of an article: paragraphs, lists, tables and vignettes, `mark` marked in its place."""
    marks = (mark,) if mark else ()
    parts: list[str] = []
    for shape, run in groupby(blocks, key=lambda block: _shape(block)):
        body = [(block, block_html(article, block, marks=marks, link=link)) for block in run]
        if shape == "list":
            parts.append("<ul>" + "".join(f"<li>{html}</li>" for _, html in body) + "</ul>")
        elif shape == "table":
            parts.append(_table(article, [block for block, _ in body], marks=marks, link=link))
        elif shape == "vignette":
            label = escape(text.kinds["vignette"])
            parts += [f'<div class="vignette"><p class="kind">{label}</p><p>{html}</p></div>' for _, html in body]
        else:
            parts += [f"<p>{html}</p>" for _, html in body]
    return "".join(parts)


def _shape(block: Block) -> str:
    if block.kind in LISTED:
        return "list"
    return {"row": "table", "vignette": "vignette"}.get(block.kind, "paragraph")


def block_html(article: Article, block: Block, *, marks: Sequence[Offsets], link: Link) -> str:
    """Return one block as runs closed by their marker groups, each labelled with who vouches for it."""
    lines = [
        "".join(_run(article.text, run, marks, link) for run in runs(article.text, first, after))
        for _, first, after in _lines(article.text, block.start, block.end)
    ]
    return "<br>".join(lines) if block.kind == "vignette" else " ".join(lines)


def runs(text: str, start: int, end: int) -> Iterator[tuple[Provenance, int, int]]:
    """Yield the runs of a line, each up to and with the marker group that closes it; the rest is unmarked.

    >>> line = "One. [4] [LLM] Two."
    >>> [(who, line[first:after]) for who, first, after in runs(line, 0, len(line))]
    [('mixed', 'One. [4] [LLM]'), ('unmarked', ' Two.')]
    """
    at = start
    for group in MARKER_GROUP.finditer(text, start, end):
        markers = {marker[1] for marker in MARKER.finditer(text, group.start(), group.end())}
        who: Provenance = "sourced" if "LLM" not in markers else "LLM" if markers == {"LLM"} else "mixed"
        yield who, at, group.end()
        at = group.end()
    if at < end:
        yield "unmarked", at, end


def _run(text: str, run: tuple[Provenance, int, int], marks: Sequence[Offsets], link: Link) -> str:
    who, start, end = run
    return f'<span class="run" data-vouched="{who}">{inline(text, start, end, marks=marks, link=link)}</span>'


def _table(article: Article, rows: Sequence[Block], *, marks: Sequence[Offsets], link: Link) -> str:
    head = rows[0].lead_in
    header = ""
    if head:
        names = "".join(
            f'<th scope="col">{inline(head.text, first, after, link=link)}</th>'
            for first, after in cells(head.text, 0, len(head.text))
        )
        header = f"<thead><tr>{names}</tr></thead>"
    body = ""
    for row in rows:
        groups = list(MARKER_GROUP.finditer(article.text, row.start, row.end))
        who = next(runs(article.text, groups[-1].start(), row.end))[0] if groups else "unmarked"
        data = "".join(
            f"<td>{inline(article.text, first, after, marks=marks, link=link)}</td>"
            for first, after in cells(article.text, row.start, row.end)
        )
        body += f'<tr class="run" data-vouched="{who}">{data}</tr>'
    return f'<div class="table" tabindex="0" role="group"><table>{header}<tbody>{body}</tbody></table></div>'


def reader_html(article: Article, *, mark: Offsets | None = None, section: str = "", text: PageText) -> str:
    """Return a whole article: what it is, its sections, its text with every marker live, and its sources.

    The page scrolls to `mark` (offsets into the file) or, without one, to `section` (headings joined by " › ").
    """
    prefix = "read"

    def link(marker: str) -> str:
        return LLM_TAG if marker == "LLM" else number_link(prefix, article.slug, int(marker), text)

    contents: list[str] = []
    body: list[str] = []
    above: tuple[str, ...] = ()
    for place, (path, run) in enumerate(groupby(article.blocks, key=lambda block: block.section)):
        for depth in range(len(path)):
            if path[: depth + 1] != above[: depth + 1]:
                name = f"read-{article.slug}-s{place}-{depth}"
                sought = ' data-sought="section"' if not mark and section == " › ".join(path[: depth + 1]) else ""
                level = min(depth + 3, 6)
                body.append(f'<h{level} id="{name}" tabindex="-1"{sought}>{escape(path[depth])}</h{level}>')
                contents.append(f'<li class="d{depth}"><a href="#{name}">{escape(path[depth])}</a></li>')
        above = path
        body.append(blocks_html(article, run, mark=mark, link=link, text=text))
    sources = "".join(
        _source(
            Reference(article.slug, entry.number, entry.tier, entry.reference, entry.address),
            prefix,
            text,
            sought=bool(mark and entry.start < mark[1] and mark[0] < entry.end),
        )
        for entry in article.sources
    )
    facts = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(article.about[key])}</dd></div>"
        for key, label in text.about.items()
        if article.about.get(key)
    )
    choices = "".join(
        f'<label><input type="checkbox" name="vouched" value="{escape(who)}" checked> '
        f"<span>{escape(label.split(':')[0])}</span></label>"
        for who, label in text.vouched.items()
    )
    where = f"{mark[0]}-{mark[1]}" if mark else ""
    # A passage from the list of sources stands in no section of the text.
    to_sources = ' data-sought="section"' if section and not mark and "data-sought" not in "".join(body) else ""
    language = escape(article.language or "en")
    return (
        f'<article class="reader" data-mark="{where}" aria-labelledby="read-title">'
        f'<h2 id="read-title" tabindex="-1" lang="{language}">{escape(article.title)}</h2>'
        f'<dl class="about">{facts}</dl>'
        f'<nav aria-label="{escape(text.sections)}"><h3>{escape(text.sections)}</h3><ol>{"".join(contents)}'
        f'<li><a href="#read-{escape(article.slug)}-sources">{escape(text.all_sources)}'
        "</a></li></ol></nav>"
        f'<fieldset class="show"><legend>{escape(text.show)}</legend>{choices}</fieldset>'
        f'<div class="body" lang="{language}">{"".join(body)}</div>'
        f'<section class="sources" aria-labelledby="read-{escape(article.slug)}-sources">'
        f'<h3 id="read-{escape(article.slug)}-sources" tabindex="-1"{to_sources}>'
        f"{escape(text.several_sources.format(count='').strip())}</h3><ul>{sources}</ul></section></article>"
    )


def shelf_html(articles: Sequence[Article], text: PageText) -> str:
    """Return the list of articles, each a button that opens the reader."""
    entries = "".join(
        f'<li><button type="button" class="open" data-article="{escape(article.slug)}">'
        f"<span>{escape(article.title)}</span> "
        f"<cite>{escape(article.about.get('kind', ''))}</cite></button></li>"
        for article in articles
    )
    return f'<ul class="nearest shelf">{entries}</ul>'


# ---- lists of passages ----------------------------------------------------------------------------------------

_SECTIONS = {  # which headings each list draws on; a heading is written by people, so its words are matched loosely
    "indications": re.compile(r"(?<!contra)indication|populations?|who (?:is it|can)|benefit|uses?\b", re.IGNORECASE),
    "cautions": re.compile(r"contraindication|caution|humility|limit|risk", re.IGNORECASE),
    "phases": re.compile(r"phase|stage|session", re.IGNORECASE),
    "techniques": re.compile(r"technique|intervention|strateg", re.IGNORECASE),
    "evidence": re.compile(r"evidence|research|effective", re.IGNORECASE),
    "misconceptions": re.compile(r"misconception|myth", re.IGNORECASE),
    "plan": re.compile(r"treatment.plan|objective", re.IGNORECASE),
}
_TERMS = re.compile(r"\bterms?\b|glossar", re.IGNORECASE)  # other lists are written as definitions too
_KINDS: dict[str, Kind] = {"questions": "question", "examples": "vignette"}


def facet_of(facet: str, passage: Passage) -> bool:
    """Return whether a passage belongs to one of the lists that can be explored without a question."""
    if facet == "terms":
        return passage.kind == "definition" and any(_TERMS.search(heading) for heading in passage.section)
    if facet in _KINDS:
        return passage.kind == _KINDS[facet]
    if passage.kind in ("source", "vignette", "question"):
        return False
    if facet == "phases" and re.search(r"\bphases?\b", passage.text, re.IGNORECASE):
        return True
    return any(_SECTIONS[facet].search(heading) for heading in passage.section)


def explore_html(articles: Mapping[str, Article], passages: Iterable[Passage], facet: str, text: PageText) -> str:
    """Return one list of passages over all articles, each with its place, provenance and the way into the reader."""
    entries = "".join(
        _explored(articles[passage.article], passage, text) for passage in passages if facet_of(facet, passage)
    )
    inner = entries or f'<li class="hint">{escape(text.nothing_in_facet)}</li>'
    heading = f'<h2 id="explore-title" tabindex="-1" data-facet="{escape(facet)}">{escape(text.facets[facet])}</h2>'
    return f'{heading}<ul class="explored">{inner}</ul>'


def shown(article: Article, passage: Passage) -> Quote:
    """Return a passage of an article as a quote that no question has met: score 0, nothing matched."""
    tiers = {source.tier for source in article.sources if source.number in passage.sources} - {""}
    return Quote(
        text=passage.text,
        article=article.slug,
        title=article.title,
        section=" › ".join(passage.section),
        kind=passage.kind,
        start=passage.start,
        end=passage.end,
        lead_in=passage.lead_in,
        sources=passage.sources,
        own_sources=passage.own_sources,
        llm=passage.llm,
        provenance=passage.provenance,
        tiers=tuple(sorted(tiers)),
        score=0.0,
        matched=(),
    )


def _explored(article: Article, passage: Passage, text: PageText) -> str:
    def link(marker: str) -> str:
        return LLM_TAG if marker == "LLM" else escape(f"[{marker}]")

    numbers = "".join(f' <span class="number">[{number}]</span>' for number in passage.sources)
    closing = numbers + (" " + LLM_TAG if passage.llm else "")
    quote = shown(article, passage)
    body = (
        _row_pairs(quote, link, closing) if passage.kind == "row" else prose(passage.text, link=link, closing=closing)
    )
    lead_in = (
        f'<div class="lead-in">{prose(passage.lead_in.text, link=link)}</div>'
        if passage.lead_in and passage.kind not in ("row", "definition", "question")
        else ""
    )
    where = f'data-article="{escape(article.slug)}" data-start="{passage.start}" data-end="{passage.end}"'
    return (
        f'<li class="quote">{lead_in}<blockquote lang="{escape(article.language or "en")}">{body}</blockquote>'
        f'<p class="vouched {passage.provenance}">{escape(_vouched(quote, text))}</p>'
        f'<p class="place"><button type="button" class="open" {where}>'
        f"<cite>{escape(article.title)}</cite> › {escape(quote.section)}</button></p></li>"
    )


def check_html(check: QuoteCheck, articles: Mapping[str, Article], text: PageText) -> str:
    """Return the verdict on a quote: what was changed, what is printed, and the way into the reader."""
    findings = [
        text.check["change"].format(kind=text.changes[change.kind], said=change.said, printed=change.printed)
        for change in check.changes
    ]
    if set(check.said_sources) - set(check.printed_sources):
        findings.append(text.check["said"].format(sources=", ".join(check.said_sources)))
    listed = "".join(f"<li>{escape(finding)}</li>" for finding in findings)
    place = ""
    if check.text:

        def link(marker: str) -> str:
            return LLM_TAG if marker == "LLM" else f"[{marker}]"

        article = articles[check.article]
        sources = text.check["sources"].format(sources=", ".join(check.printed_sources) or text.check["none"])
        heading = text.check["nearest" if check.verdict == "absent" else "printed"]
        where = f'data-article="{escape(check.article)}" data-start="{check.start}" data-end="{check.end}"'
        place = (
            f'<h3>{escape(heading)}</h3><div class="quote"><blockquote lang="{escape(article.language or "en")}">'
            f'{prose(check.text, link=link)}</blockquote><p class="vouched">{escape(sources)}</p>'
            f'<p class="place"><button type="button" class="open" {where}>'
            f"<cite>{escape(article.title)}</cite> › "
            f"{escape(' › '.join(check.section))}</button></p></div>"
        )
    return (
        f'<div class="verdict {check.verdict}"><h2 tabindex="-1">{escape(text.verdicts[check.verdict])}</h2>'
        f"{f'<ul>{listed}</ul>' if listed else ''}{place}</div>"
    )


# ---- Markdown to take away ------------------------------------------------------------------------------------


def turn_markdown(answer: Answer, *, question: str, text: PageText, filtered: str = "") -> str:
    """Return one turn as Markdown to copy or export: the file's own words, numbers, provenance, sources, filters.

    Under each quote stands where it is to be found, by slug and characters, so that `ipt-rag verify` can look.
    """
    lines = [f"## {_escape_markdown(question)}", "", *(f"{notice}\n" for notice in answer.notices)]
    lines += [_escape_markdown(filtered), ""] if filtered else []
    if answer.understood:
        lines += [_escape_markdown(text.understood.format(question=answer.understood)), ""]
    if answer.status != "answered":
        lines += [" ".join(text.no_answer(answer.reason, answer.widen)).strip(), ""]
    for quote in answer.quotes:
        label = text.kinds[quote.kind]
        lines += [f"*{label}*", ""] if label else []
        lines += quoted_lines(quote)
        place = f"{quote.title} › {quote.section} ({quote.article} {quote.start}–{quote.end})"
        lines += ["", f"{_vouched(quote, text)} — {place}", ""]
    if answer.references:
        lines += [f"### {text.sources}", ""]
    lines += [source_line(entry) for entry in answer.references]
    return "\n".join(lines).strip() + "\n"


def source_line(entry: Reference) -> str:
    """Return a source as a Markdown list item."""
    tier = f" {entry.tier} ·" if entry.tier else ""
    address = f" <{entry.address}>" if re.match(r"https?://[^\s<>]+\Z", entry.address) else ""
    return f"- [{entry.number}] ({entry.article}){tier} {entry.reference}{address}"


def quoted_lines(quote: Quote | Passage) -> list[str]:
    """Return a passage as the lines of a Markdown blockquote: its lead-in, its own words, its numbers."""
    lead_in = [f"> {line}" for line in quote.lead_in.text.split("\n")] + [">"] if quote.lead_in else []
    numbers = "".join(f" [{number}]" for number in quote.sources) + (" **LLM**" if quote.llm else "")
    return lead_in + [f"> {line}" for line in (quote.text + numbers).split("\n")]


def _escape_markdown(words: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", " ".join(words.split()))
