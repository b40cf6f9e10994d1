import runpy
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_table_is_worked_out() -> None:
    """The page shows what the script works out of the measured figures."""
    script = runpy.run_path(str(ROOT / "scripts" / "scaling.py"))
    shown = (ROOT / "docs" / "scaling.md").read_text("utf-8")
    assert script["table"]([10_000, 1_000_000, 100_000_000, 1_000_000_000]) in shown


def test_a_million_passages_by_hand() -> None:
    """The figures of a million passages are those that a pencil gives."""
    needs = runpy.run_path(str(ROOT / "scripts" / "scaling.py"))["Needs"](1_000_000)
    assert round(needs.vectors / 1e6) == 497
    assert round(needs.disk / 1e9, 1) == 87.8  # twice 1,332 + 497 + 34,686 + 4,336 + 3,072 bytes
    assert round(needs.core_hours, 1) == 7.1  # 1e6 / 44.8 and 1e6 / 322 seconds
    assert round(needs.flat_ms) == 58
