"""The page: its layout and its events. Door: gradio.

What a reader sees is our own HTML (`render`), so that names, order and focus are ours; Gradio carries the question
box, the tabs and the calls. The conversation lives only in the browser: a handler gets one question and gives back
one turn. A question is shown on the page only once the guard has let it pass.
"""

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

# Gradio and the hub client read these when they are imported, so they stand above the import.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "False"  # would keep every question in the browser's storage
os.environ["GRADIO_SHARE"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr
from gradio.events import api
from starlette.middleware import Middleware

from ipt_rag import render
from ipt_rag.check import QuoteChecker
from ipt_rag.errors import FeedbackRefusedError, IptRagError
from ipt_rag.feedback import Feedback
from ipt_rag.page_guard import LOOPBACK, PageGuard, State
from ipt_rag.page_text import ENGLISH, EXAMPLES, LANGUAGES, PageText, in_language
from ipt_rag.phi.kinds import BY_PHRASE
from ipt_rag.phi.wording import NOTHING_KEPT, REFUSAL, REWRITE
from ipt_rag.records import Answer, Article, Filter, Passage, PhiFinding

log = logging.getLogger(__name__)

MAX_TURN = 100_000
TIERS = ("T1", "T2", "T3")
ASKED_AT_ONCE = 4  # questions served side by side, page and API together: they share one encoder
VIEWED_AT_ONCE = 8  # articles and lists
WAITING_QUESTIONS = 64  # beyond these a new one is told to come back
MAX_BODY_BYTES = 1_000_000  # a whole article as a question is refused with a sentence; more is no question
BURST_REQUESTS = 60
REQUESTS_PER_SECOND = 4.0


EVERYTHING = Filter()


class Holdings(Protocol):
    """What the page needs of the index: what it holds, without a question."""

    digest: str

    def articles(self) -> dict[str, str]:
        """Return the titles of the articles by slug."""

    def passage(self, number: int) -> Passage:
        """Return a passage by its number, counted from 0."""

    def __len__(self) -> int:
        """Return the number of passages."""


class Library(Protocol):
    """What the page needs of the chatbot."""

    @property
    def index(self) -> Holdings:
        """Return the index that answers."""

    def ask(self, question: str, *, earlier: Sequence[str] = (), ranked: int = 0, only: Filter = EVERYTHING) -> Answer:
        """Return the answer to a question, read after the asker's earlier ones."""

    def find_phi(self, text: str) -> Sequence[PhiFinding]:
        """Return what the guard finds in a text that is no question."""

    def article(self, slug: str) -> Article:
        """Return the article as indexed."""


Packet = dict[str, Any]

WORDS = gr.I18n(**{code: text.page for code, text in LANGUAGES.items()})


def answer_packet(
    library: Callable[[], Library],
    read: Callable[[str], Article],
    question: str,
    sent: Mapping[str, Any] | None,
    *,
    feedback: bool = False,
) -> Packet:
    """Return what the page shows for one question: a turn, a refusal, or the sentence that says what went wrong.

    `read` gives the articles, each parsed once. Only an answer that was not refused brings the question back with it.
    No error escapes, because Gradio would print its message, which might hold words of the question.
    """
    text = in_language(str((sent or {}).get("language", "")))
    try:
        turn = min(max(int((sent or {}).get("turn", 1)), 1), MAX_TURN)
        only = _filter((sent or {}).get("only"))
        answer = library().ask(question, earlier=_questions_in((sent or {}).get("earlier")), only=only)
        said = render.status_sentence(answer, turn, text)
        if answer.status == "refused":
            return {"status": "refused", "said": said, "html": _refusal(answer.kinds)}
        named = dict.fromkeys([*(quote.article for quote in answer.quotes), *only.articles])
        articles = {slug: read(slug) for slug in named}
        return {
            "status": answer.status,
            "said": said,
            "turn": turn,
            "question": question,
            "filtered": asdict(only) if only.narrows else None,
            "html": render.turn_html(
                answer, question=question, turn=turn, articles=articles, text=text, only=only, feedback=feedback
            ),
            "markdown": render.turn_markdown(
                answer, question=question, text=text, filtered=render.filter_words(only, articles, text)
            ),
            "answer": asdict(answer),
        }
    except IptRagError as error:
        return {"status": "problem", "said": str(error)}
    except Exception as error:
        log.error("A question was not answered: %s", type(error).__name__)
        return {"status": "problem", "said": text.failed}


def _questions_in(sent: Any) -> list[str]:
    """Return the earlier questions that a browser or a program sent along; what is no text is none."""
    return [said for said in sent if isinstance(said, str)] if isinstance(sent, list) else []


def _filter(sent: Any) -> Filter:
    """Return the filter that a browser or a program sent along; what is no such thing filters nothing."""
    if not isinstance(sent, Mapping):
        return EVERYTHING
    articles, tiers = (
        tuple(dict.fromkeys(each for each in part if isinstance(each, str))) if isinstance(part, list) else ()
        for part in (sent.get("articles"), sent.get("tiers"))
    )
    return Filter(articles, tuple(tier for tier in tiers if tier in TIERS), sent.get("sourced") is True)


def check_packet(
    library: Callable[[], Library],
    checker: Callable[[], QuoteChecker],
    articles: Callable[[], Mapping[str, Article]],
    quote: str,
    language: str,
) -> Packet:
    """Return what the page shows for one checked quote; the guard reads it first."""
    text = in_language(language)
    try:
        if findings := library().find_phi(quote):
            kinds = tuple(dict.fromkeys(finding.kind for finding in findings))
            return {"status": "refused", "said": text.refused_status, "html": _refusal(kinds)}
        check = checker().check(quote)
        return {
            "status": "checked",
            "said": text.verdicts[check.verdict],
            "html": render.check_html(check, articles(), text),
        }
    except IptRagError as error:
        return {"status": "problem", "said": str(error)}
    except Exception as error:
        log.error("A quote was not checked: %s", type(error).__name__)
        return {"status": "problem", "said": text.failed}


def feedback_packet(library: Callable[[], Library], feedback: Feedback, sent: Mapping[str, Any]) -> Packet:
    """Return what the page shows for feedback that it sent: that it was noted, refused, or why it was not."""
    text = in_language(str(sent.get("language", "")))
    packet: Packet = {"turn": sent.get("turn"), "status": "noted"}
    try:
        feedback.take(
            str(sent.get("verdict", "")),
            question=str(sent.get("question", "")),
            passages=[str(passage) for passage in sent.get("passages") or ()],
            index_digest=library().index.digest,
            text=str(sent.get("text", "")),
            source=str(sent.get("source", "")),
        )
        return {**packet, "said": text.feedback["noted_question" if feedback.keep_questions else "noted"]}
    except FeedbackRefusedError as error:
        return {**packet, "status": "refused", "said": " ".join(_refusal_sentences(error.kinds))}
    except IptRagError as error:
        return {**packet, "status": "problem", "said": str(error)}
    except Exception as error:
        log.error("Feedback was not kept: %s", type(error).__name__)
        return {**packet, "status": "problem", "said": text.feedback["failed"]}


def _refusal_sentences(kinds: Sequence[str]) -> tuple[str, str]:
    listed = kinds[0] if len(kinds) == 1 else ", ".join(kinds[:-1]) + " and " + kinds[-1] if kinds else "an identifier"
    return f"{REFUSAL.format(kinds=listed)} {NOTHING_KEPT}", REWRITE


def _refusal(kinds: Sequence[str]) -> str:
    named = {BY_PHRASE[kind].instead: kind for kind in reversed(kinds) if kind in BY_PHRASE}  # each way out once
    instead = [f"In place of {kind}, write {choice}." for choice, kind in reversed(named.items())]
    return render.refusal_html(_refusal_sentences(kinds), instead)


def reader_view(read: Callable[[str], Article], where: Mapping[str, Any], text: PageText) -> str:
    """Return the reader for the place a button names: an article, and a stretch or a section of it."""
    try:
        article = read(str(where.get("article", "")))
        start, end = where.get("start"), where.get("end")
        mark = (int(start), int(end)) if start is not None and end is not None else None
        return render.reader_html(article, mark=mark, section=str(where.get("section", "")), text=text)
    except (IptRagError, KeyError, ValueError):
        return _problem(text.unknown_article)
    except Exception as error:
        log.error("An article was not shown: %s", type(error).__name__)
        return _problem(text.failed)


def _problem(sentence: str) -> str:
    return f'<p class="problem" role="alert">{escape(sentence)}</p>'


class QuietBlocks(gr.Blocks):
    """Blocks that never print what was sent: Gradio's own complaint of too few inputs lists the inputs it got."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Accept as many inputs as an event has, or more.

        Raises:
            gr.Error: there are fewer.
        """
        if len(inputs) < len(block_fn.inputs):
            raise gr.Error(ENGLISH.failed, print_exception=False)


def build_page(library: Callable[[], Library], *, feedback: Feedback | None = None) -> gr.Blocks:
    """Return the page; `library` gives the chatbot, and waits while it is still being read in.

    Without `feedback` the page asks for none.
    It is built in English; the browser puts in the words of its own language where we have them.
    """
    text = ENGLISH

    @cache
    def article(slug: str) -> Article:
        return library().article(slug)

    def ask_turn(question: str, sent: Any) -> Packet:
        return answer_packet(library, article, question, sent, feedback=feedback is not None)

    def ask(
        question: str,
        articles: list[str] | None = None,
        tiers: list[str] | None = None,
        sourced_only: bool = False,
        earlier: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question with passages quoted word for word from the articles, or say that they do not answer.

        Refuses a question that seems to hold patient details: `status` is then "refused" and `kinds` names them.

        Args:
            question: a question about Interpersonal Psychotherapy, without patient details
            articles: slugs of the only articles to search; none for all
            tiers: "T1" to "T3": only passages with such a source; none for all
            sourced_only: only passages that carry a source number
            earlier: the questions before it in the same conversation, oldest first, if it may be a follow-up
        """
        only = _filter({"articles": articles, "tiers": tiers, "sourced": sourced_only})
        try:
            return asdict(library().ask(question, earlier=_questions_in(earlier), only=only))
        except IptRagError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception as error:
            log.error("A question to the API was not answered: %s", type(error).__name__)
            raise gr.Error(ENGLISH.failed, print_exception=False) from None

    def open_article(event: gr.EventData) -> tuple[Any, str]:
        where = event._data or {}
        return gr.Tabs(selected="read"), reader_view(article, where, in_language(str(where.get("language", ""))))

    @cache
    def held() -> dict[str, Article]:
        return {slug: article(slug) for slug in library().index.articles()}

    @cache
    def shelf() -> str:
        return render.shelf_html(list(held().values()), text)

    @cache
    def checker() -> QuoteChecker:
        return QuoteChecker(held().values())

    def check_quote(quote: str, language: Any) -> Packet:
        return check_packet(library, checker, held, quote, str(language or ""))

    def titles() -> list[list[str]]:
        return [[slug, title] for slug, title in library().index.articles().items()]

    def take(event: gr.EventData) -> Packet:
        return feedback_packet(library, feedback, event._data or {}) if feedback else {}

    @cache
    def listed(facet: str, language: str) -> str:
        index = library().index
        passages = [index.passage(number) for number in range(len(index))]
        return render.explore_html(held(), passages, facet, LANGUAGES[language])

    def show_list(event: gr.EventData) -> str:
        wanted = event._data or {}
        facet = str(wanted.get("facet", ""))
        language = in_language(str(wanted.get("language", ""))).language
        return listed(facet if facet in text.facets else next(iter(text.facets)), language)

    title = f"{text.page['title']} — {text.page['subtitle']}"
    page: gr.Blocks
    with QuietBlocks(title=title, analytics_enabled=False) as page:
        gr.HTML(_masthead(), elem_id="masthead", apply_default_css=False)
        gr.HTML(f'<p role="note" lang="en">{escape(text.banner)}</p>', elem_id="banner", apply_default_css=False)
        with gr.Tabs(elem_id="views") as views:
            with gr.Tab(WORDS("ask"), id="ask"):
                question = gr.Textbox(
                    label=WORDS("question"),
                    info=WORDS("phi"),
                    placeholder=WORDS("placeholder"),
                    lines=1,
                    max_lines=5,
                    submit_btn=text.page["ask"],
                    elem_id="question",
                    # Some browsers send text to a spelling service or keep it for completion.
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
                )
                desk = gr.HTML(_desk(), elem_id="desk", js_on_load=_CALLS, apply_default_css=False)
            with gr.Tab(WORDS("read"), id="read", render_children=True) as read:
                shelf_view = gr.HTML(_waiting(), elem_id="shelf", apply_default_css=False)
                reader = gr.HTML("", elem_id="reader", apply_default_css=False)
            with gr.Tab(WORDS("explore"), id="explore", render_children=True) as explore:
                gr.HTML(_facets(), elem_id="facets", apply_default_css=False)
                passages = gr.HTML(_waiting(), elem_id="passages", apply_default_css=False)
            with gr.Tab(WORDS("check"), id="check", render_children=True):
                quote = gr.Textbox(
                    label=WORDS("quote"),
                    info=WORDS("quote-note"),
                    placeholder=WORDS("quote-placeholder"),
                    lines=1,
                    max_lines=8,
                    submit_btn=text.page["check-quote"],
                    elem_id="quote",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
                )
                gr.HTML(_checked(), elem_id="checked", apply_default_css=False)
        told = gr.JSON(visible=False)
        sent = gr.JSON(visible=False)
        packet = gr.JSON(visible=False)

        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # "multiple": while one list is on its way, Gradio would drop the choice of another.
        viewing = {
            **private,
            "trigger_mode": "multiple",
            "concurrency_limit": VIEWED_AT_ONCE,
            "concurrency_id": "view",
        }
        question.submit(
            ask_turn,
            [question, sent],
            [packet],
            js="(question) => window.iptPage.asking(question)",
            concurrency_limit=ASKED_AT_ONCE,
            concurrency_id="ask",
            trigger_mode="once",
            **private,
        ).then(
            None,
            [packet, question],
            [question],
            js="(packet, question) => window.iptPage.answered(packet, question)",
            **private,
        )
        quote.submit(
            check_quote,
            [quote, sent],
            [told],
            js="(quote) => window.iptPage.checking(quote)",
            concurrency_limit=ASKED_AT_ONCE,
            concurrency_id="ask",
            trigger_mode="once",
            **private,
        ).then(
            None,
            [told, quote],
            [quote],
            js="(packet, quote) => window.iptPage.checked(packet, quote)",
            **private,
        )
        desk.expand(titles, None, [told], **viewing).then(
            None, [told], None, js="(titles) => window.iptPage.holding(titles)", **private
        )
        desk.like(take, None, [told], **viewing).then(
            None, [told], None, js="(packet) => window.iptPage.noted(packet)", **private
        )
        desk.select(open_article, None, [views, reader], **viewing)
        read.select(shelf, None, [shelf_view], **viewing)
        desk.input(show_list, None, [passages], **viewing).then(
            None, None, None, js="() => window.iptPage.listed()", **private
        )
        explore.select(None, None, None, js="() => window.iptPage.exploring()", **private)
        api(ask, api_name="ask", concurrency_limit=ASKED_AT_ONCE, concurrency_id="ask")
    page.queue(max_size=WAITING_QUESTIONS, default_concurrency_limit=ASKED_AT_ONCE, api_open=False)
    return page


def launch_page(
    page: gr.Blocks,
    *,
    host: str,
    port: int,
    hosts: Sequence[str] = (),
    state: Callable[[], State],
    keep_on_reload: bool = False,
) -> None:
    """Serve the page and return once it answers; `hosts` are names it may be reached by beside this machine's own.

    `keep_on_reload` lets a browser tab keep its conversation over a reload, until the tab is closed.
    """
    guard = Middleware(
        PageGuard,
        hosts=(*LOOPBACK, host, *hosts),
        state=state,
        max_body_bytes=MAX_BODY_BYTES,
        burst_requests=BURST_REQUESTS,
        requests_per_second=REQUESTS_PER_SECOND,
    )
    page.launch(
        server_name=host,
        server_port=port,
        share=False,
        inbrowser=False,
        quiet=True,
        prevent_thread_lock=True,
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        pwa=False,
        ssr_mode=False,
        mcp_server=False,
        allowed_paths=[],
        blocked_paths=[str(Path.cwd())],
        max_file_size=1,
        max_threads=16,
        state_session_capacity=200,
        theme=_theme(),
        head=_head(keep_on_reload),
        i18n=WORDS,
        app_kwargs={"middleware": [guard], "docs_url": None, "redoc_url": None, "openapi_url": None},
    )


def _theme() -> gr.themes.Base:
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "monospace"], text_size=gr.themes.sizes.text_md)


def _static(name: str) -> str:
    return (files("ipt_rag") / "static" / name).read_text("utf-8")


def _head(keep_on_reload: bool) -> str:
    words = {code: _named(text) for code, text in LANGUAGES.items()}
    told = json.dumps(words).replace("</", "<\\/")  # "</" would close the script that holds the words
    return (
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f'<style id="page-style">{_static("page.css")}</style>'
        f"<script>window.iptTexts = {told}; window.iptKeep = {json.dumps(keep_on_reload)};</script>"
        f"<script>{_static('page.js')}</script>"
    )


def _named(text: PageText) -> dict[str, str]:
    """Return every word of the page before an answer, by the name that its place carries in `data-word`."""
    facets = {f"facet-{name}": label for name, label in text.facets.items()}
    roles = {f"role-{name}": label for name, label in text.roles.items()}
    tiers = {f"tier-{tier}": text.tiers[tier] for tier in TIERS}
    return {"banner": text.banner, "failed": text.failed, **text.page, **facets, **roles, **tiers}


def _word(name: str, tag: str = "span", attributes: str = "") -> str:
    return f'<{tag} data-word="{name}"{attributes}>{escape(_named(ENGLISH)[name])}</{tag}>'


# `trigger` reaches the listeners of the desk, the one component that is there from the start: Gradio mounts the other
# tabs when they are first opened.
_CALLS = """
window.iptPage.openArticle = (where) => trigger("select", where);
window.iptPage.listPassages = (list) => trigger("input", list);
window.iptPage.listArticles = () => trigger("expand", {});
window.iptPage.sendFeedback = (said) => trigger("like", said);
"""


def _masthead() -> str:
    state = ' id="state" role="status"'
    return (
        f'<a class="skip" href="#question">{_word("skip")}</a>'
        f"<header><h1>{_word('title', 'b')} {_word('subtitle')}</h1>{_word('reading', 'p', state)}</header>"
    )


def _waiting() -> str:
    return _word("reading", "p", ' class="hint"')


def _desk() -> str:
    roles = "".join(
        f"<section>{_word(f'role-{role}', 'h2')}<ul>"
        + "".join(
            f'<li><button type="button" class="example" lang="en">{escape(example)}</button></li>'
            for example in examples
        )
        + "</ul></section>"
        for role, examples in EXAMPLES.items()
    )
    tools = "".join(
        _word(name, "button", f' type="button" data-do="{name}"')
        for name in ("copy", "markdown", "json", "html", "print", "new")
    )
    return (
        _filters() + '<div id="problem" role="alert"></div><div id="refusal" role="alert"></div>'
        '<p id="status" role="status" aria-live="polite"></p>'
        f'<section id="turns" {_label("answers")}></section>'
        f'<div id="tools" role="group" {_label("export")} hidden>{tools}</div>'
        f'<details id="examples" open>{_word("examples", "summary")}<div class="roles">{roles}</div></details>'
        + _word("about", "p", ' class="hint" id="about"')
    )


def _filters() -> str:
    tiers = "".join(
        f'<label><input type="checkbox" name="tier" value="{tier}"> '
        f"<span><b>{tier}</b> {_word(f'tier-{tier}')}</span></label>"
        for tier in TIERS
    )
    return (
        f'<details id="filters">{_word("filters", "summary")}<span id="filters-on"></span><div class="filter-parts">'
        f"<fieldset>{_word('only-articles', 'legend')}"
        f'<div id="filter-articles">{_word("reading", "p", " class=hint")}</div></fieldset>'
        f"<fieldset>{_word('only-tiers', 'legend')}{tiers}</fieldset>"
        f'<label class="alone"><input type="checkbox" name="sourced"> {_word("only-sourced")}</label>'
        f"{_word('unfilter', 'button', ' type=button data-do=unfilter')}</div></details>"
    )


def _checked() -> str:
    return (
        '<p id="check-status" role="status" aria-live="polite"></p>'
        '<div id="check-problem" role="alert"></div><div id="verdict"></div>'
    )


def _label(name: str) -> str:
    return f'aria-label="{escape(ENGLISH.page[name])}" data-word-label="{name}"'


def _facets() -> str:
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
