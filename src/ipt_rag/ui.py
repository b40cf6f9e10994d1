"""The page: its layout and its events. Door: gradio.

What a reader sees is our own HTML (`render`, `page_panels`), so that names, order and focus are ours; Gradio carries
the question box, the tabs and the calls. The conversation lives only in the browser: a handler gets one question and
gives back one turn. A question is shown on the page only once the guard has let it pass.
"""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

# Gradio and the hub client read these when they are imported, so they stand above the import.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "False"  # would keep every question in the browser's storage
os.environ["GRADIO_SHARE"] = "False"
# After each question Gradio would sum up the last 10,000 in a table of pandas, which only its monitoring page shows.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr
from gradio.events import api
from gradio.utils import LRUCache
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from ipt_rag import page_panels, settings
from ipt_rag.api import SILENT, AsProblems
from ipt_rag.errors import IptRagError
from ipt_rag.feedback import Feedback
from ipt_rag.page_guard import LOOPBACK, PageGuard, State, UnderWay
from ipt_rag.page_replies import Library, Packet, Replies, filter_in, questions_in
from ipt_rag.page_text import ENGLISH, LANGUAGES
from ipt_rag.punctual import be_punctual

log = logging.getLogger(__name__)

VIEWED_AT_ONCE = 8  # articles and lists
MAX_BODY_BYTES = 1_000_000  # a whole article as a question is refused with a sentence; more is no question
BURST_REQUESTS = 60
REQUESTS_PER_SECOND = 4.0

WORDS = gr.I18n(**{code: text.page for code, text in LANGUAGES.items()})


class QuietBlocks(gr.Blocks):
    """Blocks that never print what was sent: Gradio's own complaint of too few inputs lists the inputs it got."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Accept as many inputs as an event has, or more.

        Raises:
            gr.Error: there are fewer.
        """
        if len(inputs) < len(block_fn.inputs):
            raise gr.Error(ENGLISH.failed, print_exception=False)


def build_page(
    library: Callable[[], Library], *, feedback: Feedback | None = None, keep_on_reload: bool = False
) -> gr.Blocks:
    """Return the page; `library` gives the chatbot, and waits while it is still being read in.

    Without `feedback` the page asks for none. `keep_on_reload` lets a browser tab keep its conversation over a reload,
    until the tab is closed.
    It is built in English; the browser puts in the words of its own language where we have them.
    """
    replies = Replies(library, feedback)

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
        only = filter_in({"articles": articles, "tiers": tiers, "sourced": sourced_only})
        try:
            return asdict(library().ask(question, earlier=questions_in(earlier), only=only))
        except IptRagError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception as error:
            log.error("A question to the API was not answered: %s", type(error).__name__)
            raise gr.Error(ENGLISH.failed, print_exception=False) from None

    def open_article(event: gr.EventData) -> tuple[Any, str]:
        return gr.Tabs(selected="read"), replies.reader(event._data or {})

    def list_passages(event: gr.EventData) -> str:
        return replies.passages(event._data or {})

    def take_feedback(event: gr.EventData) -> Packet:
        return replies.noted(event._data or {})

    title = f"{ENGLISH.page['title']} — {ENGLISH.page['subtitle']}"
    page: gr.Blocks
    with QuietBlocks(title=title, analytics_enabled=False) as page:
        gr.HTML(page_panels.masthead(), elem_id="masthead", apply_default_css=False)
        gr.HTML(f'<p role="note" lang="en">{escape(ENGLISH.banner)}</p>', elem_id="banner", apply_default_css=False)
        with gr.Tabs(elem_id="views") as views:
            with gr.Tab(WORDS("ask"), id="ask"):
                question = gr.Textbox(
                    label=WORDS("question"),
                    info=WORDS("phi"),
                    placeholder=WORDS("placeholder"),
                    lines=1,
                    max_lines=5,
                    submit_btn=ENGLISH.page["ask"],
                    elem_id="question",
                    # Some browsers send text to a spelling service or keep it for completion.
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
                )
                desk = gr.HTML(
                    page_panels.desk(keep_on_reload=keep_on_reload),
                    elem_id="desk",
                    js_on_load=_CALLS,
                    apply_default_css=False,
                )
            with gr.Tab(WORDS("read"), id="read", render_children=True) as read:
                shelf_view = gr.HTML(page_panels.waiting(), elem_id="shelf", apply_default_css=False)
                reader = gr.HTML("", elem_id="reader", apply_default_css=False)
            with gr.Tab(WORDS("explore"), id="explore", render_children=True) as explore:
                gr.HTML(page_panels.lists(), elem_id="facets", apply_default_css=False)
                passages = gr.HTML(page_panels.waiting(), elem_id="passages", apply_default_css=False)
            with gr.Tab(WORDS("check"), id="check", render_children=True):
                quote = gr.Textbox(
                    label=WORDS("quote"),
                    info=WORDS("quote-note"),
                    placeholder=WORDS("quote-placeholder"),
                    lines=1,
                    max_lines=8,
                    submit_btn=ENGLISH.page["check-quote"],
                    elem_id="quote",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
                )
                gr.HTML(page_panels.verdict(), elem_id="checked", apply_default_css=False)
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
            replies.turn,
            [question, sent],
            [packet],
            js="(question) => window.iptPage.asking(question)",
            concurrency_limit=settings.ASKED_AT_ONCE,
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
            replies.verdict,
            [quote, sent],
            [told],
            js="(quote) => window.iptPage.checking(quote)",
            concurrency_limit=settings.ASKED_AT_ONCE,
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
        desk.expand(replies.titles, None, [told], **viewing).then(
            None, [told], None, js="(titles) => window.iptPage.holding(titles)", **private
        )
        desk.like(take_feedback, None, [told], **viewing).then(
            None, [told], None, js="(packet) => window.iptPage.noted(packet)", **private
        )
        desk.select(open_article, None, [views, reader], **viewing)
        read.select(replies.shelf, None, [shelf_view], **viewing)
        desk.input(list_passages, None, [passages], **viewing).then(
            None, None, None, js="() => window.iptPage.listed()", **private
        )
        explore.select(None, None, None, js="() => window.iptPage.exploring()", **private)
        api(ask, api_name="ask", concurrency_limit=settings.ASKED_AT_ONCE, concurrency_id="ask")
    page.queue(max_size=settings.WAITING_QUESTIONS, default_concurrency_limit=settings.ASKED_AT_ONCE, api_open=False)
    # Gradio would keep, and search, an entry for each question that a program ever asked; its messages it bounds.
    page._queue.pending_event_ids_session = LRUCache(page._queue.pending_messages_per_session.max_size)
    return page


def launch_page(
    page: gr.Blocks,
    *,
    host: str,
    port: int,
    hosts: Sequence[str] = (),
    routes: Sequence[BaseRoute] = (),
    state: Callable[[], State],
    under_way: UnderWay | None = None,
) -> None:
    """Serve the page and return once it answers.

    `hosts` are names it may be reached by beside this machine's own; `routes` are served beside the page;
    `under_way` counts what is being answered.
    """
    guard = Middleware(
        PageGuard,
        hosts=(*LOOPBACK, host, *hosts),
        state=state,
        under_way=under_way,
        max_body_bytes=MAX_BODY_BYTES,
        burst_requests=BURST_REQUESTS,
        requests_per_second=REQUESTS_PER_SECOND,
    )
    be_punctual()
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
        head=page_panels.head(),
        i18n=WORDS,
        app_kwargs={
            "middleware": [Middleware(AsProblems), guard],
            "routes": list(routes),
            "telemetry": SILENT,
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
    )


def _theme() -> gr.themes.Base:
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "monospace"], text_size=gr.themes.sizes.text_md)


# `trigger` reaches the listeners of the desk, the one component that is there from the start: Gradio mounts the other
# tabs when they are first opened.
_CALLS = """
window.iptPage.openArticle = (where) => trigger("select", where);
window.iptPage.listPassages = (list) => trigger("input", list);
window.iptPage.listArticles = () => trigger("expand", {});
window.iptPage.sendFeedback = (said) => trigger("like", said);
"""
