"""What stands on the page before any question: fixed HTML, in English; the browser puts in its own language's words."""

import json
from html import escape
from importlib.resources import files

from ipt_rag.page_text import ENGLISH, EXAMPLES, LANGUAGES, TIERS, PageText


def head() -> str:
    """Return what stands in the document's head: style, script, and the words of each language."""
    words = {code: _named(text) for code, text in LANGUAGES.items()}
    told = json.dumps(words).replace("</", "<\\/")  # "</" would close the script that holds the words
    return (
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f'<style id="page-style">{_static("page.css")}</style>'
        f"<script>window.iptTexts = {told};</script>"
        f"<script>{_static('page.js')}</script>"
    )


def _static(name: str) -> str:
    return (files("ipt_rag") / "static" / name).read_text("utf-8")


def _named(text: PageText) -> dict[str, str]:
    """Return every word of the page before an answer, by the name that its place carries in `data-word`."""
    facets = {f"facet-{name}": label for name, label in text.facets.items()}
    roles = {f"role-{name}": label for name, label in text.roles.items()}
    tiers = {f"tier-{tier}": text.tiers[tier] for tier in TIERS}
    return {"banner": text.banner, "failed": text.failed, **text.page, **facets, **roles, **tiers}


def _word(name: str, tag: str = "span", attributes: str = "") -> str:
    return f'<{tag} data-word="{name}"{attributes}>{escape(_named(ENGLISH)[name])}</{tag}>'


def masthead() -> str:
    """Return the skip link, the title, and the line that says whether the articles have been read."""
    state = ' id="state" role="status"'
    return (
        f'<a class="skip" href="#question">{_word("skip")}</a>'
        f"<header><h1>{_word('title', 'b')} {_word('subtitle')}</h1>{_word('reading', 'p', state)}</header>"
    )


def waiting() -> str:
    """Return what a list says until it comes."""
    return _word("reading", "p", ' class="hint"')


def desk(*, keep_on_reload: bool) -> str:
    """Return what surrounds the answers: filters, status line, take-away buttons, questions to begin with.

    The last line says what a reload does to the conversation.
    """
    roles = "".join(
        f"<section>{_word(f'role-{role}', 'h2')}<ul>"
        + "".join(
            f'<li><button type="button" class="example" lang="en">{escape(example)}</button></li>'
            for example in examples
        )
        + "</ul></section>"
        for role, examples in EXAMPLES.items()
    )
    tools = _word("export", "span", ' id="tools-name"') + "".join(
        _word(name, "button", f' type="button" data-do="{name}"')
        for name in ("copy", "markdown", "json", "html", "print", "new")
    )
    return (
        '<div id="problem" role="alert"></div><div id="refusal" role="alert"></div>'
        f'<p id="status" role="status" aria-live="polite"></p>{_filters()}'
        f'<section id="turns" {_label("answers")}{" data-kept" if keep_on_reload else ""}></section>'
        f'<div id="tools" role="group" aria-labelledby="tools-name" hidden>{tools}</div>'
        f'<details id="examples" open>{_word("examples", "summary")}<div class="roles">{roles}</div></details>'
        + _word("about-kept" if keep_on_reload else "about", "p", ' class="hint" id="about"')
    )


def _filters() -> str:
    tiers = "".join(
        f'<label><input type="checkbox" name="tier" value="{tier}"> '
        f"<span><b>{tier}</b> {_word(f'tier-{tier}')}</span></label>"
        for tier in TIERS
    )
    return (
        f'<details id="filters"><summary>{_word("filters")} <span id="filters-on"></span></summary>'
        '<div class="filter-parts">'
        f"<fieldset>{_word('only-articles', 'legend')}"
        f'<div id="filter-articles">{_word("reading", "p", " class=hint")}</div></fieldset>'
        f"<fieldset>{_word('only-tiers', 'legend')}{tiers}</fieldset>"
        f'<label class="alone"><input type="checkbox" name="sourced"> {_word("only-sourced")}</label>'
        f"{_word('unfilter', 'button', ' type=button data-do=unfilter')}</div></details>"
    )


def verdict() -> str:
    """Return the places of the verdict on a checked quote."""
    return (
        '<p id="check-status" role="status" aria-live="polite"></p>'
        '<div id="check-problem" role="alert"></div><div id="verdict"></div>'
    )


def _label(name: str) -> str:
    return f'aria-label="{escape(ENGLISH.page[name])}" data-word-label="{name}"'


def lists() -> str:
    """Return the names of the lists of passages, and the box that searches within one."""
    choices = "".join(
        "<li>" + _word(f"facet-{facet}", "button", f' type="button" class="facet" data-facet="{facet}"') + "</li>"
        for facet in ENGLISH.facets
    )
    search = _word("search", "label", ' for="passage-search"')
    return (
        f"<nav {_label('lists')}><ul>{choices}</ul></nav>"
        f'<p class="search">{search} '
        '<input id="passage-search" type="search" autocomplete="off" spellcheck="false"> '
        '<span id="passage-count" role="status"></span></p>'
    )
