"""Strangers' bytes, at random: nothing but the promised errors comes of them. What once broke stays whole.

Under Hypothesis here, from seeds that are changed at random; under atheris in the last test, which is led by what the
bytes reach: some seconds for each target, and as long as anybody likes with `make fuzz MINUTES=…`.
"""

import importlib.util
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzzing import TARGETS

CRASHES = Path(__file__).parent / "data" / "crashes"
EXAMPLES = {"import": 400, "question": 200, "guard": 600}  # the slow ones; 1,000 of the others
MINUTES = "0.3"  # of atheris, all targets together


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """Return the bytes to begin from."""
    return tuple(TARGETS[name].seeds())


@st.composite
def changed(draw: st.DrawFn, name: str) -> bytes:
    """A seed with some stretches taken out, repeated, replaced, or put in from another seed."""
    data = bytearray(draw(st.sampled_from(seeds(name))))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from((0, 1, 2, 7, 40, 400))))
        piece = draw(
            st.one_of(
                st.just(b""),
                st.binary(max_size=6),
                st.text(max_size=6).map(lambda text: text.encode("utf-8", "surrogatepass")),
                st.just(bytes(data[start:end]) * 3),
                st.sampled_from(seeds(name)).map(lambda other: other[len(other) // 3 : len(other) // 3 + 60]),
            )
        )
        data[start:end] = piece
    return bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_changed_seeds(name: str) -> None:
    """Pages, messages, questions, manifests, articles and exports that are nearly right."""

    @settings(max_examples=EXAMPLES.get(name, 1_000), suppress_health_check=list(HealthCheck))
    @given(changed(name))
    def holds(data: bytes) -> None:
        TARGETS[name].try_on(data)

    holds()


@pytest.mark.parametrize("path", sorted(CRASHES.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_broke_once(path: Path) -> None:
    """Bytes that a fuzzer found, cut down to what matters."""
    TARGETS[path.parent.name].try_on(path.read_bytes())


def test_a_broken_promise_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The targets do not swallow what they look for: a guard that raises, a loader that lets a manifest through."""
    monkeypatch.setattr("ipt_rag.phi.guard.Guard.find", lambda guard, text: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        TARGETS["guard"].try_on(b"anything")
    monkeypatch.setattr("fuzzing.parse_article", lambda path, data: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        TARGETS["import"].try_on(seeds("import")[0])


def test_led_by_what_the_bytes_reach(root: Path, tmp_path: Path) -> None:
    """Some seconds of atheris on every target end without a crash."""
    if importlib.util.find_spec("atheris") is None:
        if "CI" in os.environ and sys.platform == "linux":
            pytest.fail("atheris is not installed: `make setup-dev` installs it on Linux")
        pytest.skip("atheris has no build for this machine")
    command = [sys.executable, str(root / "scripts" / "fuzz.py"), "--minutes", MINUTES, "--into", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == list(TARGETS)
    assert all(line.endswith("no crash") and "no inputs" not in line for line in done.stdout.splitlines())
