"""Fuzz the places where strangers' bytes come in, under atheris, which is led by what the bytes reach.

    python scripts/fuzz.py --minutes 20           all targets of tests/fuzzing.py, so long together
    python scripts/fuzz.py --minutes 20 guard     one of them

What was reached is kept in build/fuzz/TARGET/, where the next run begins. Bytes that break something are written there
too, as crash-…, and the exit code is 1: mend it, then keep the bytes in tests/data/crashes/TARGET/.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parent.parent
LONGEST = 6_000  # bytes of an input
HANGS_S = 25  # one input that takes so long is a fault of its own

sys.path.insert(0, str(ROOT / "tests"))


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    with atheris.instrument_imports(include=["ipt_rag"], enable_loader_override=False):
        from fuzzing import TARGETS
    reached, seeds = folder / "reached", folder / "seeds"
    reached.mkdir(parents=True, exist_ok=True)
    seeds.mkdir(exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (seeds / f"{number:04}").write_bytes(seed)
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST,
        "timeout": HANGS_S,
        "rss_limit_mb": 4096,
        "print_final_stats": 1,
        "verbosity": 0,
        "artifact_prefix": f"{folder}/",
    }
    told = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup([sys.argv[0], *told, str(reached), str(seeds)], TARGETS[name].try_on)
    atheris.Fuzz()


def main() -> int:
    """Fuzz each target in a process of its own; return how many broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all where none is named")
    parser.add_argument("--minutes", type=float, default=1.0, help="for all of them together")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "fuzz", help="folder for what is found")
    parser.add_argument("--here", action="store_true", help="one target in this process, as the others are started")
    chosen = parser.parse_args()
    if chosen.here:
        [name] = chosen.targets
        fuzz(name, max(1, round(chosen.minutes * 60)), chosen.into / name)
    from fuzzing import TARGETS

    names = chosen.targets or list(TARGETS)
    broken = 0
    for name in names:
        own = ["--here", "--minutes", str(chosen.minutes / len(names)), "--into", str(chosen.into), name]
        done = subprocess.run(
            [sys.executable, __file__, *own],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        lines = done.stdout.splitlines()
        counted = [line.split(":")[-1].strip() for line in lines if "number_of_executed_units" in line]
        print(f"{name}: {counted[0] if counted else 'no'} inputs, {'no crash' if not done.returncode else 'BROKEN'}")
        if done.returncode:
            broken += 1
            print(done.stdout[-3000:])
    return broken


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
