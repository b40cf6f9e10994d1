import importlib.util
import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from ipt_rag.decide import Signals


@pytest.fixture
def script(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with the one that it imports beside it."""
    monkeypatch.syspath_prepend(root / "scripts")
    spec = importlib.util.spec_from_file_location("measure_ablation", root / "scripts" / "measure_ablation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "measure_ablation", module)
    spec.loader.exec_module(module)
    return module


def test_every_part_left_out_is_there(script: ModuleType) -> None:
    """A part that was renamed would otherwise be found missing only after an hour of measuring."""
    substitutes = [each for parts in (script.SEARCHED, script.INDEXED) for row in parts.values() for each in row]
    assert [name for place, name, _ in substitutes if not hasattr(place, name)] == []


def test_every_signal_is_left_out_once(script: ModuleType) -> None:
    """The groups of signals are those of the decision, each signal in one of them."""
    grouped = [name for names in script.SIGNALS.values() for name in names]
    assert sorted(grouped) == sorted(field.name for field in fields(Signals))


def test_parts_are_put_back(script: ModuleType) -> None:
    """After an error too, a part stands where it stood."""
    [(place, name, substitute)] = script.SEARCHED["discounts"]
    before = getattr(place, name)

    def fail() -> None:
        with script.put_in(script.SEARCHED["discounts"]):
            assert getattr(place, name) is substitute
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert getattr(place, name) is before
