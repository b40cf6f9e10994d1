"""No file is read in a way that lets it run something or write outside its folder."""

import ast

import pytest

from conftest import ROOT

MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "tarfile"}
BARE = {"eval", "exec", "compile", "__import__"}
UNPACKING = {"extract", "extractall", "unpack_archive"}
SAFE_YAML = {"safe_load", "safe_dump"}
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py"))


def unsafe(text: str) -> list[str]:
    """Return what in a source reads a file in an unsafe way, with its line."""
    met = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                met += [f"{node.lineno} import {name.name}" for name in names if name.name.split(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in MODULES:
                met.append(f"{node.lineno} import {module}")
            case ast.ImportFrom(names=names):
                met += [f"{node.lineno} import {name.name}" for name in names if name.name in UNPACKING]
            case ast.Call(func=ast.Name(id=name)) if name in BARE:
                met.append(f"{node.lineno} {name}")
            case ast.Call(func=ast.Attribute(value=ast.Name(id="yaml"), attr=name)) if name not in SAFE_YAML:
                loaders = [ast.unparse(each.value) for each in node.keywords if each.arg == "Loader"]
                if name != "load" or loaders != ["yaml.BaseLoader"]:  # it makes strings, lists and mappings alone
                    met.append(f"{node.lineno} yaml.{name}")
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="load")):
                met.append(f"{node.lineno} torch.load")
            case ast.Call(func=ast.Attribute(attr=name)) if name in UNPACKING:
                met.append(f"{node.lineno} {name}")
            case ast.keyword(arg="allow_pickle", value=value) if not (
                isinstance(value, ast.Constant) and value.value is False
            ):
                met.append(f"{node.lineno} allow_pickle")
    return met


def test_the_source_reads_no_unsafe_format() -> None:
    """No module of the program unpickles, evaluates, makes YAML objects or unpacks archives."""
    found = {str(path.relative_to(ROOT)): met for path in SOURCES if (met := unsafe(path.read_text(encoding="utf-8")))}
    assert len(SOURCES) > 100
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "import dill as d",
        "from marshal import loads",
        "from shutil import unpack_archive",
        "eval('1')",
        "exec(text)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.FullLoader)",
        "yaml.unsafe_load(text)",
        "torch.load(path)",
        "zipped.extractall(folder)",
        "np.load(path, allow_pickle=True)",
    ],
)
def test_an_unsafe_format_is_seen(text: str) -> None:
    """Each way is found where it stands."""
    assert unsafe(text)
