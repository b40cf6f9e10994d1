"""The guard: what looks like protected health information is stopped before anything else reads it."""

from ipt_rag.phi.authors import author_names
from ipt_rag.phi.guard import Guard
from ipt_rag.phi.kinds import KINDS, Kind
from ipt_rag.phi.wording import CRISIS_NOTICE, mentions_crisis, refusal_text
from ipt_rag.records import PhiFinding

__all__ = ["CRISIS_NOTICE", "KINDS", "Guard", "Kind", "PhiFinding", "author_names", "mentions_crisis", "refusal_text"]
