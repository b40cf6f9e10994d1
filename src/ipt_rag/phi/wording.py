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

# A person, or what belongs to one; and what happens to such a person now.
_OTHERS = (
    r"(?:me|him|her|them|us|you|someone|somebody|people|everyone|herself|himself|"
    r"(?:my|his|her|their|your|the|a|an)\s+\w{1,20})"
)
_MINE = (
    r"(?:he|she|they|(?:my|her|his|their|the)\s+(?:\w{1,20}\s+)?(?:partner|husband|wife|boyfriend|girlfriend|spouse|fiance|ex|father|"
    r"mother|dad|mom|mum|step\w{1,20}|brother|sister|son|daughter|uncle|parents?|carer|caregiver))"
)
# Topics too: a question about suicide gets the line as well, since it does no harm.
_CRISIS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:para)?su[iu]?[cs]i?[cs]?i?d(?:e|es|al|ality|ally)\b",  # also "suicde", "sucide", "suiside"
        r"\b(?:kms|kys|unaliv(?:e|es|ed|ing))\b",
        r"\b(?:kill|hang|shoot|drown|poison|hurt|harm|cut|burn|stab|off|cutting|hurting|harming|killing|burning)s?\s+"
        r"(?:my|him|her|them|your|one)\s?sel(?:f|ves)\b",
        r"\bself[\s-]?(?:harm|injur)\w{0,5}\b",
        r"\b(?:end|ending|take|taking|took|ended)\s+(?:my|his|her|their|your|one's)\s+(?:own\s+)?li(?:fe|ves)\b",
        r"\bend(?:ing)?\s+(?:it\s+all|everything)\b",
        r"\b(?:want|wants|wanted|wanting|wanna|wish|wishes|wished|plan|plans|planning|going|gonna|ready|rather|hope|hopes|"
        r"deserves?)\s+(?:to\s+)?"
        r"(?:die|be\s+dead|(?:i|she|he|they)\s+(?:was|were)\s+dead)\b",
        r"\b(?:feel|feels|feeling|felt)\s+like\s+(?:dying|(?:ending|killing)\b)",
        r"\b(?:thinking|thinks|think|thoughts?)\s+(?:about|of)\s+(?:dying|death|ending\s+it)\b",
        r"\b(?:don'?t|doesn'?t|does\s+not|do\s+not|no\s+longer)\s+(?:want(?:s)?\s+to|wanna)\s+"
        r"(?:live|be\s+alive|be\s+here|exist|wake\s+up|go\s+on)\b",
        r"\bcan(?:'?t|not)\s+go\s+on\b",
        r"\bbetter\s+off\s+(?:dead|without\s+(?:me|him|her|them))\b",
        r"\b(?:no|without\s+a|isn'?t\s+(?:a|any)|any)\s+(?:reason|point)\s+(?:to|in|of)\s+(?:liv(?:e|ing)|being\s+alive|going\s+on)\b",
        r"\bnothing\s+(?:left\s+)?to\s+live\s+for\b",
        r"\b(?:not|isn'?t)\s+worth\s+living\b",
        r"\boverdos(?:e|ed|es|ing)\b",
        r"\b(?:took|taken|take|taking|swallow(?:ed|ing)?)\s+(?:all\s+)?(?:(?:my|her|his|their|the)\s+|too\s+many\s+|a\s+(?:bottle|lot|handful)\s+of\s+|"
        r"\d{2,3}\s+)(?:\w{1,20}\s+)?(?:pills?|tablets?|meds)\b(?!\s+(?:as|at|every|daily|once|twice))",
        r"\b(?:jump(?:s|ed|ing)?|throw(?:s|ing)?\s+\w{1,20}sel(?:f|ves))\s+(?:off|from|in\s+front\s+of|out\s+of|under)\s+"
        r"(?:(?:a|an|the|my|his|her)\s+)?(?:\w{1,20}\s+)?(?:bridge|roof|building|balcony|cliff|train|window|traffic|tower|car|bus)\b",
        r"\b(?:immediate|imminent|acute)\s+(?:danger|risk\s+of\s+(?:harm|death|suicide))\b",
        rf"\b(?:threaten(?:s|ed|ing)?|going|gonna|plans?|planning|wants?|wanna|will|might|about)\s+(?:to\s+)?"
        rf"(?:kill|hurt|shoot|stab|murder|strangle|attack|beat)\s+{_OTHERS}\b",
        r"\b(?:threaten(?:s|ed|ing)?|going|plans?|planning|wants?)\s+to\s+(?:kill|hurt|shoot|stab|murder)\b",
        r"\bhomicidal\b",
        r"\b(?:ha(?:s|ve|d)|got|with|bought|buy(?:ing)?|holding|pulled)\s+(?:(?:a|an|the|his|her|my)\s+)(?:loaded\s+)?(?:gun|knife|pistol|rifle|weapon)\b",
        rf"\b{_MINE}\s+(?:is|are|keeps?|was|has\s+been|'?s)\s+(?:now\s+)?"
        r"(?:hitting|beating|choking|strangling|hurting|kicking|punching|abusing|raping|molesting|attacking)\b",
        rf"\b{_MINE}\s+(?:hits|beats|chokes|strangles|rapes|molests|abuses|hit|beat|choked|strangled|raped|molested|abused)\s+{_OTHERS}\b",
        r"\b(?:is|are|am|i'?m|being|was|been)\s+(?:being\s+)?(?:abused|raped|molested|beaten|strangled|battered|stalked|trafficked)\b",
        r"\b(?:child|domestic|sexual|physical|partner|elder)\s+(?:abuse|violence|assault)\b",
        r"\bin\s+danger\s+(?:now|tonight|right\s+now)\b",
        r"\b(?:not|isn'?t|am\s+not|(?:don'?t|doesn'?t|does\s+not|do\s+not)\s+feel)\s+safe\s+(?:at\s+home|tonight|now|right\s+now|with\s+(?:me|him|her)\w{0,4})\b",
        r"\b(?:goodbye|suicide|farewell)\s+(?:note|letter)s?\b",
    )
)


def mentions_crisis(text: str) -> bool:
    """Return whether the text speaks of suicide, self-harm or immediate danger; it is then answered under a notice."""
    plain = " ".join(normalise(text).text.lower().split())
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
