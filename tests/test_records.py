import dataclasses

import pytest

from ipt_rag import records
from ipt_rag.records import Passage, PhiFinding, Provenance


def passage(*, sources: tuple[int, ...], llm: bool) -> Passage:
    """Return a passage with these citations."""
    return Passage("tea", (), "paragraph", "Tea.", 0, 4, None, sources, sources, llm)


@pytest.mark.parametrize(
    ("sources", "llm", "expected"),
    [
        ((4,), False, "sourced"),
        ((), True, "LLM"),
        ((4, 1), True, "mixed"),
        ((), False, "unmarked"),
    ],
)
def test_provenance_says_who_vouches(sources: tuple[int, ...], llm: bool, expected: Provenance) -> None:
    """A passage is vouched for by its sources, a language model, both, or nobody."""
    assert passage(sources=sources, llm=llm).provenance == expected


def test_records_are_frozen_and_slotted() -> None:
    """No record can be changed on its way, and none takes an attribute that it does not name."""
    kinds = [kind for kind in vars(records).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]
    assert Passage in kinds
    for kind in kinds:
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
        assert "__slots__" in vars(kind), kind


OPTIONAL = {"widen", "understood", "parts", "cautions"}


def test_records_have_no_defaults() -> None:
    """What must be known must be said."""
    for kind in vars(records).values():
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            for field in dataclasses.fields(kind):
                # Unset: nothing narrowed, nothing completed, one question, no indication quoted.
                if kind is records.Filter or field.name in OPTIONAL:
                    continue
                assert field.default is dataclasses.MISSING, (kind, field.name)


def test_a_finding_holds_no_text() -> None:
    """What the guard found is safe to log: a kind and two numbers, and no room for more."""
    assert [field.name for field in dataclasses.fields(PhiFinding)] == ["kind", "start", "end"]
