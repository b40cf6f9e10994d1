"""Hold the locked packages, and PyTorch, against known vulnerabilities; exit 1 where one is affected.

    python scripts/audit.py                  asks the advisory service through pip-audit
    python scripts/audit.py --offline        asks nobody: the stored list alone
    python scripts/audit.py --store FOLDER   makes the stored list anew from files of the PyPA Advisory Database

What the service does not answer for (no network, or a mirror without advisories) is held against the list in
scripts/advisories.json. That list is as old as the date in it, and holds only the advisories that it names: it finds a
return to a version that was known to be bad, and proves nothing about a new one. The last line says how many packages
were checked in which way.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
STORED = ROOT / "scripts" / "advisories.json"
SOURCE = "PyPA Advisory Database (github.com/pypa/advisory-database), CC BY 4.0"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE | re.IGNORECASE)
MAX_WAIT = 300  # seconds for the service


def locked(root: Path = ROOT) -> dict[str, str]:
    """Return the version of each locked package, and of PyTorch as pyproject.toml pins it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = "\n".join(
        (root / lock).read_text(encoding="utf-8") for lock in ("requirements.lock", "requirements-dev.lock")
    )
    pins = PIN.findall("\n".join([text, *project["dependencies"]]))
    return {canonicalize_name(name): version for name, version in pins}


def ask(pins: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the ids of the vulnerabilities of each package that the service answers for; a package may be missing."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "pins.txt"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(listed), "--no-deps", "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=MAX_WAIT, check=False)
            answered = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return {}
    # A package with a "skip_reason" was not looked up, whatever pip-audit's own summary says.
    return {canonicalize_name(each["name"]): [v["id"] for v in each["vulns"]] for each in answered if "vulns" in each}


def affected(pins: Mapping[str, str], stored: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield package and id for each stored advisory whose range holds the locked version."""
    for advisory in stored["advisories"]:
        version = pins.get(advisory["package"])
        if version and any(
            Version(first) <= Version(version) and (not fixed or Version(version) < Version(fixed))
            for first, fixed in advisory["ranges"]
        ):
            yield advisory["package"], advisory["id"]


def store(folder: Path, pins: Mapping[str, str]) -> dict[str, Any]:
    """Return the list to be stored: the advisories of a folder that are about locked packages."""
    advisories, newest = [], ""
    for path in sorted(folder.rglob("*.yaml")):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        for each in entry.get("affected", ()):
            name = canonicalize_name(each["package"]["name"])
            ranges = [
                list(pair) for part in each["ranges"] if part["type"] == "ECOSYSTEM" for pair in _pairs(part["events"])
            ]
            if name in pins and ranges:
                advisories.append(
                    {"id": entry["id"], "aliases": entry.get("aliases", []), "package": name, "ranges": ranges}
                )
                newest = max(newest, str(entry["modified"])[:10])
    return {"source": SOURCE, "newest": newest, "advisories": advisories}


def _pairs(events: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield where a range begins and the version that ends it, "" where none does."""
    first = ""
    for event in events:
        if "introduced" in event:
            first = str(event["introduced"])
        elif "fixed" in event:
            yield first, str(event["fixed"])
            first = ""
    if first:
        yield first, ""


def main() -> int:
    """Print what was found and in which way it was looked for; return how many advisories hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--store", type=Path, metavar="FOLDER")
    chosen = parser.parse_args()
    pins = locked()
    if chosen.store:
        made = store(chosen.store, pins)
        STORED.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        print(f"Stored {len(made['advisories'])} advisories, the newest of {made['newest']}.")
        return 0
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    answered = {} if chosen.offline else ask(pins)
    unanswered = {name: version for name, version in pins.items() if name not in answered}
    found = [(name, each) for name, ids in answered.items() for each in ids] + list(affected(unanswered, stored))
    for name, each in found:
        print(f"{name} {pins[name]} is affected by {each}. Move to a fixed version and run `make lock`.")
    print(
        f"{len(pins)} packages: {len(answered)} answered for by the advisory service, {len(unanswered)} held against "
        f"{len(stored['advisories'])} stored advisories, the newest of {stored['newest']}. {len(found)} affected."
    )
    return len(found)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
