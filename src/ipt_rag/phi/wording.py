"""The fixed sentences of the guard: what a refusal says, and the line shown above crisis language.

Every sentence that a reader sees because of the guard stands here, to be reviewed in one place. None of them ever
holds a character of the message.
"""

import re
from collections.abc import Iterable, Sequence

from ipt_rag.phi.kinds import BY_PHRASE, FULL_NAME, NAME
from ipt_rag.phi.normalise import normalise

REFUSAL = "This message was not read further, because it looks as if it holds {kinds}."
NOTHING_KEPT = "Nothing of it was searched, stored or logged."
REWRITE = (
    "Ask again without anything that points to one person, in this pattern: "
    "“A [age under 90]-year-old [woman/man/person] with [problem], [score or session number]: [your question]?”"
)
CRISIS_NOTICE = (
    "This tool is no emergency service and nobody reads along. If anyone may be in immediate danger, follow your local "
    "emergency procedures now: your emergency number, your crisis line, or the person on call."
)

_CRISIS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bsuicid(?:e|al|ality)\b",
        r"\b(?:kill|hang|shoot|drown|poison|hurt|harm|cut|cutting|hurting|harming|killing)s?\s+"
        r"(?:my|him|her|them|your|one)\s?sel(?:f|ves)\b",
        r"\bself[\s-]?harm(?:s|ed|ing)?\b",
        r"\b(?:end|ending|take|taking|took|ended)\s+(?:my|his|her|their|your|one's)\s+(?:own\s+)?li(?:fe|ves)\b",
        r"\bend(?:ing)?\s+it\s+all\b",
        r"\b(?:want|wants|wanted|wanting|wish|wishes|wished|plan|plans|planning|going|ready)\s+(?:to\s+)?"
        r"(?:die|be\s+dead|(?:i|she|he|they)\s+(?:was|were)\s+dead)\b",
        r"\b(?:don'?t|doesn'?t|does\s+not|do\s+not|no\s+longer)\s+want(?:s)?\s+to\s+(?:live|be\s+alive|wake\s+up|go\s+on)\b",
        r"\bbetter\s+off\s+(?:dead|without\s+(?:me|him|her|them))\b",
        r"\b(?:no|without\s+a)\s+reason\s+to\s+live\b",
        r"\bnot\s+worth\s+living\b",
        r"\boverdos(?:e|ed|ing)\b",
        r"\b(?:immediate|imminent|acute)\s+(?:danger|risk\s+of\s+(?:harm|death|suicide))\b",
        r"\b(?:threaten(?:s|ed|ing)?|going|plans?|planning|wants?)\s+to\s+(?:kill|hurt|shoot|stab|murder)\b",
        r"\bhomicidal\b",
        r"\bin\s+danger\s+(?:now|tonight|right\s+now)\b",
    )
)


def mentions_crisis(text: str) -> bool:
    """Return whether the text speaks of suicide, self-harm or immediate danger; it is then answered under a notice."""
    plain = normalise(text).text.lower()
    return any(pattern.search(plain) for pattern in _CRISIS)


def told(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds to tell a reader of, each once; beside a full name, a person's name says nothing more.

    >>> told(["a person's name", "a full name", "a phone number", "a full name"])
    ('a full name', 'a phone number')
    """
    found = tuple(dict.fromkeys(phrases))
    return tuple(phrase for phrase in found if phrase != NAME.phrase or FULL_NAME.phrase not in found)


def listed(kinds: Sequence[str]) -> str:
    """Return kinds as one phrase: "a full name, a postal code and a phone number"."""
    return ", ".join(kinds[:-1]) + " and " + kinds[-1] if len(kinds) > 1 else "".join(kinds) or "an identifier"


def refusal_text(phrases: Iterable[str]) -> str:
    """Return the refusal for the kinds found, in plain words: what was met, what to write instead, and a pattern.

    >>> refusal_text(["a phone number"]).split(". ")[0]
    'This message was not read further, because it looks as if it holds a phone number'
    """
    found = told(phrases)
    instead = [f"In place of {phrase}, write {BY_PHRASE[phrase].instead}." for phrase in found if phrase in BY_PHRASE]
    return " ".join([REFUSAL.format(kinds=listed(found)), NOTHING_KEPT, *instead, REWRITE])
