"""Print what presidio-analyzer and phonenumbers do on message files; neither is a dependency of the project.

In an environment that also holds both: python scripts/measure_other_detectors.py tests/data/phi/*.jsonl
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import phonenumbers
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider
from presidio_analyzer.predefined_recognizers import EmailRecognizer

from ipt_rag.phi.entities import MODEL
from ipt_rag.phi.guard import Guard

THRESHOLD = 0.4


def main() -> None:
    """Measure each detector on the files named on the command line."""
    logging.disable(logging.WARNING)
    # presidio's own check of an address's suffix fetches a list from the network; nothing here may.
    EmailRecognizer.validate_result = lambda self, pattern_text: True
    provider = NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
    )
    engine = provider.create_engine()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(nlp_engine=engine)
    presidio = AnalyzerEngine(registry=registry, nlp_engine=engine)
    patterns = [name for name in presidio.get_supported_entities() if name not in ("PERSON", "LOCATION", "NRP")]
    guard = Guard()
    guard.load()
    detectors: dict[str, Callable[[str], bool]] = {
        "presidio, defaults": lambda text: bool(presidio.analyze(text, "en", score_threshold=THRESHOLD)),
        "presidio, no model": lambda text: bool(
            presidio.analyze(
                text, "en", entities=[each for each in patterns if each != "DATE_TIME"], score_threshold=THRESHOLD
            )
        ),
        "phonenumbers": lambda text: any(True for _ in phonenumbers.PhoneNumberMatcher(text, "US")),
        "ipt-rag": lambda text: bool(guard.find(text)),
    }
    rows = [json.loads(line) for name in sys.argv[1:] for line in Path(name).read_text("utf-8").splitlines()]
    held = [row["text"] for row in rows if row.get("categories")]
    free = [row["text"] for row in rows if not row.get("categories")]
    sys.stdout.write(f"{'detector':<22}{'caught':>16}{'refused':>16}{'mean ms':>10}\n")
    for name, refuses in detectors.items():
        started = time.perf_counter()
        caught, refused = sum(map(refuses, held)), sum(map(refuses, free))
        mean_ms = (time.perf_counter() - started) * 1000 / len(rows)
        sys.stdout.write(
            f"{name:<22}{f'{caught} of {len(held)}':>16}{f'{refused} of {len(free)}':>16}{mean_ms:>10.1f}\n"
        )


if __name__ == "__main__":
    main()
