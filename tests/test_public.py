"""The public interface as it is written down: what others build on, name by name and parameter by parameter."""

import dataclasses
import inspect
import json
from importlib.resources import files
from pathlib import Path

import ipt_rag
from ipt_rag.langchain import ArticleRetriever, CitationTextSplitter

WRITTEN = Path(__file__).parent / "data" / "public.json"


def described(name: str) -> list[str]:
    """Return what others may rely on of a public name: fields of a record, verbs and parameters of a class."""
    value = getattr(ipt_rag, name)
    if dataclasses.is_dataclass(value):
        return [f"{each.name}: {each.type}" for each in dataclasses.fields(value)]
    verbs = [each for each in vars(value) if not each.startswith("_") and callable(getattr(value, each))]
    return [f"{each}{inspect.signature(getattr(value, each))}" for each in verbs]


def test_nothing_public_changes_unnoticed() -> None:
    """Names, fields and signatures are those of `tests/data/public.json`; what goes is deprecated first."""
    public = {name: described(name) for name in ipt_rag.__all__}
    public["langchain.ArticleRetriever"] = sorted(ArticleRetriever.model_fields.keys())
    public["langchain.CitationTextSplitter"] = [str(inspect.signature(CitationTextSplitter))]
    assert public == json.loads(WRITTEN.read_text(encoding="utf-8"))


def test_types_travel_with_the_package() -> None:
    """`py.typed` lies in the package, so that type checkers read its types."""
    assert (files("ipt_rag") / "py.typed").is_file()
