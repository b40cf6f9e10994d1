"""Fuzz one place where strangers' bytes come in, or all, under atheris, which is led by what the bytes reach.

    python scripts/fuzz.py --seconds 5            each target of tests/fuzzing.py for so long
    python scripts/fuzz.py --seconds 600 guard    one of them

What was found goes into build/fuzz/TARGET/ and is where the next run begins. A crash is written there too, its bytes
in a file named crash-…, and the exit code is 1: mend it, then keep the file in tests/data/crashes/TARGET/.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parent.parent
FOUND = ROOT / "build" / "fuzz"
LONGEST = 6_000  # bytes of an input
HANGS_S = 25  # one input that takes so long is a fault of its own

sys.path.insert(0, str(ROOT / "tests"))


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    with atheris.instrument_imports(include=["ipt_rag"], enable_loader_override=False):
        from fuzzing import TARGETS
    target = TARGETS[name]
    folder = FOUND / name
    seeds = folder / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    (folder / "reached").mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (seeds / f"{number:04}").write_bytes(seed)
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            f"-timeout={HANGS_S}",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
            "-verbosity=0",
            f"-artifact_prefix={folder}/",
            str(folder / "reached"),
            str(seeds),
        ],
        target.try_on,
    )
    atheris.Fuzz()


def main() -> int:
    """Fuzz each target in a process of its own; return how many broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all where none is named")
    parser.add_argument("--seconds", type=int, default=5, help="for each target")
    parser.add_argument("--here", action="store_true", help="in this process: one target")
    chosen = parser.parse_args()
    if chosen.here:
        fuzz(chosen.targets[0], chosen.seconds)
    from fuzzing import TARGETS

    broken = 0
    for name in chosen.targets or TARGETS:
        command = [sys.executable, __file__, "--here", "--seconds", str(chosen.seconds), name]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        counted = [
            line.split(":")[-1].strip() for line in done.stdout.splitlines() if "number_of_executed_units" in line
        ]
        print(f"{name}: {counted[0] if counted else 'no'} inputs, {'no crash' if done.returncode == 0 else 'BROKEN'}")
        if done.returncode:
            broken += 1
            print(done.stdout[-3000:])
    return broken


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
