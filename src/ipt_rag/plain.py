"""Inline Markdown as the reader sees it: what is searched, embedded and printed, beside the verbatim slice."""

import re

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
EMPHASIS = re.compile(r"(?<!\\)(?:\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))")


def plain_text(markdown: str) -> str:
    r"""Return text without emphasis marks and escapes; words and their order stay.

    >>> plain_text(r"**Sick role** — a \[medical\] framing")
    'Sick role — a [medical] framing'
    """
    return ESCAPED.sub(r"\1", EMPHASIS.sub("", markdown))
