"""The house rules that no other tool holds: doors, names, locks, and what must not stand in the repository."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import ipt_rag

# Not the readers of a format, markdown-it and YAML: our own articles and strangers' pages are read by different steps.
HEAVY = (
    "faiss",
    "fastapi",
    "gradio",
    "jinja2",
    "langchain_core",
    "langchain_text_splitters",
    "lxml",
    "mammoth",
    "matplotlib",
    "mcp",
    "mcp_types",
    "onnxruntime",
    "pdfplumber",
    "pydantic",
    "rapidfuzz",
    "sentence_transformers",
    "snowballstemmer",
    "spacy",
    "tokenizers",
    "torch",
)
# What is made for LangChain's users is made of its classes, the splitters' among them, which the chunks stand on too.
MADE_OF_IT = {("langchain_text_splitters", "langchain.py")}
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;]+)", re.MULTILINE | re.IGNORECASE)
# A folder of one machine, named from the top; "src/home/" or an address's path is not one.
MACHINE_PATH = re.compile(r"(?<![\w.:/})-])/(?:work|root|farm|home|Users)/\w")


def imported_libraries(module: Path) -> set[str]:
    """Return the top-level names that a module imports, at its head or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def repository_files(root: Path) -> list[Path]:
    """Return the files that git keeps, or would keep; skips where this is no checkout."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: there is no list of the repository's files")
    return [path for name in listed.splitlines() if (path := root / name).is_file()]


def test_public_names_are_sorted_and_there() -> None:
    """`ipt_rag.__all__` is in order, and each of its names can be imported."""
    assert ipt_rag.__all__ == sorted(ipt_rag.__all__)
    assert all(hasattr(ipt_rag, name) for name in ipt_rag.__all__)


def test_each_heavy_library_has_one_door(root: Path) -> None:
    """A heavy library is imported by one module at most, so that it can be replaced there."""
    doors: dict[str, set[str]] = defaultdict(set)
    for module in (root / "src").rglob("*.py"):
        for library in imported_libraries(module) & set(HEAVY):
            if (library, module.name) not in MADE_OF_IT:
                doors[library].add(module.name)
    assert {library: modules for library, modules in doors.items() if len(modules) > 1} == {}
    assert {"faiss", "gradio", "sentence_transformers"} <= doors.keys()


def test_no_module_is_a_drawer(root: Path) -> None:
    """No module is named for holding what fits nowhere else."""
    drawers = {"utils", "util", "helpers", "common", "misc"}
    assert [module for module in (root / "src").rglob("*.py") if module.stem in drawers] == []


@pytest.mark.parametrize(
    ("lock", "extra"),
    [
        pytest.param("requirements.lock", "", id="runtime"),
        pytest.param("requirements-dev.lock", "dev", id="development"),
    ],
)
def test_locks_hold_what_the_project_requires(root: Path, lock: str, extra: str) -> None:
    """Each declared requirement but PyTorch is pinned at a release that it admits; if not, run `make lock`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    pins = {
        canonicalize_name(name): version for name, version in PIN.findall((root / lock).read_text(encoding="utf-8"))
    }
    wrong = [
        str(requirement)
        for requirement in map(Requirement, declared)
        if requirement.name != "torch"
        and not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"))
    ]
    assert wrong == []


def test_the_two_locks_agree(root: Path) -> None:
    """`make run` and `make test` share one environment: no package is pinned differently for the second."""
    runtime, development = (
        dict(PIN.findall((root / lock).read_text(encoding="utf-8")))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert {name for name in runtime.keys() & development.keys() if runtime[name] != development[name]} == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_serve_every_machine(root: Path, lock: str) -> None:
    """A lock names no address, no path, no option of pip, no build of PyTorch and nothing of CUDA."""
    lines = (root / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-") or "+cpu" in line] == []
    assert [line for line in lines if re.match(r"(torch|triton|nvidia|cuda)\b", line)] == []


def test_installed_pytorch_is_a_cpu_build() -> None:
    """The set-up took no CUDA packages along."""
    names = {distribution.metadata["Name"].lower() for distribution in importlib.metadata.distributions()}
    assert {name for name in names if name.startswith(("nvidia-", "triton"))} == set()


def test_no_file_names_a_path_of_one_machine(root: Path) -> None:
    """Nothing in the repository knows where it was written."""
    found = []
    for path in repository_files(root):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path.name}:{number}" for number, line in enumerate(lines, 1) if MACHINE_PATH.search(line)]
    assert found == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("see /" + "home/ada/notes", True, id="a person's folder"),
        pytest.param('"/' + 'root/x"', True, id="quoted"),
        pytest.param("https://example.org/" + "work/1", False, id="part of an address"),
        pytest.param("src/" + "home/page.py", False, id="a folder of the repository"),
    ],
)
def test_machine_paths_are_told_from_addresses(line: str, found: bool) -> None:
    """The scan above sees a folder named from the top of a disk, and nothing else."""
    assert bool(MACHINE_PATH.search(line)) is found


def test_no_sentence_of_the_licensed_articles(root: Path, shared: Path) -> None:
    """The repository repeats no run of nine words of the licensed articles."""
    tool = shared / "tools" / "own_words"
    if not tool.is_file():
        pytest.skip("the folder that IPT_RAG_SHARED names holds no tools/own_words")
    repository_files(root)  # skips where there is no list of files to read
    told = subprocess.run([sys.executable, str(tool), str(root)], capture_output=True, text=True)
    # Place by place and without the words: what a test prints may end up in a log that others read.
    assert [":".join(line.split(":")[:2]) for line in told.stdout.splitlines()] == []
    assert told.returncode == 0, told.stderr


def test_ci_runs_what_a_person_runs(root: Path) -> None:
    """The workflow calls `.ci/run`, and that calls `make test`."""
    workflow = (root / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert ".ci/run" in workflow
    assert re.search(r" make test$", (root / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


def test_ci_pins_each_action_by_commit(root: Path) -> None:
    """An action is named by the commit that was read, with its release beside it."""
    workflow = (root / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    uses = [line.strip() for line in workflow.splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not re.search(r"@[0-9a-f]{40}  # v\d", line)] == []


def test_the_library_that_runs_graphs_reports_to_nobody() -> None:
    """The installed ONNX Runtime has no address to report its use to, as its releases from 1.29 on have."""
    libraries = [path for path in importlib.metadata.files("onnxruntime") or [] if path.suffix in (".so", ".pyd")]
    assert libraries
    assert [path.name for path in libraries if b"events.data.microsoft.com" in path.read_binary()] == []
