"""Passage -> the lists it belongs to: indications, cautions, phases, as the headings of its section say.

A heading is written by people, so its words are matched loosely.
"""

import re

from ipt_rag.records import Kind, Passage

SECTIONS = {  # which headings each list draws on
    "indications": re.compile(
        r"(?<!contra)indication|populations?|\bwho\b.*\b(?:for|can|help)|benefit|uses?\b", re.IGNORECASE
    ),
    "cautions": re.compile(r"contraindication|caution|humility|limit|weakness|risk", re.IGNORECASE),
    "phases": re.compile(r"phase|stage|session", re.IGNORECASE),
    "techniques": re.compile(r"technique|intervention|strateg", re.IGNORECASE),
    "evidence": re.compile(r"evidence|research|effective", re.IGNORECASE),
    "misconceptions": re.compile(r"misconception|myth", re.IGNORECASE),
    "plan": re.compile(r"treatment.plan|objective", re.IGNORECASE),
}
TERMS = re.compile(r"\bterms?\b|glossar", re.IGNORECASE)  # other lists are written as definitions too
KINDS: dict[str, Kind] = {"questions": "question", "examples": "vignette"}


def facet_of(facet: str, passage: Passage) -> bool:
    """Return whether a passage belongs to one of the lists that can be explored without a question."""
    if facet == "terms":
        return passage.kind == "definition" and any(TERMS.search(heading) for heading in passage.section)
    if facet in KINDS:
        return passage.kind == KINDS[facet]
    if passage.kind in ("source", "vignette", "question"):
        return False
    if facet == "phases" and re.search(r"\bphases?\b", passage.text, re.IGNORECASE):
        return True
    return any(SECTIONS[facet].search(heading) for heading in passage.section)
