"""Fit the decision to answer on the tuning half of the project's questions and write `src/ipt_rag/decision.json`.

    python scripts/fit_decision.py

One model is fitted on corpus/ with its anticipated questions, one on the same articles without them. The threshold is
the least at which, cross-validated by question, at most a share `FALSE_ANSWERS` of the unanswerable questions is
answered. Questions of the part "unseen" are not read.
"""

import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from ipt_rag.build import build_index
from ipt_rag.embed import QuestionGraph
from ipt_rag.evaluate import read_questions
from ipt_rag.index import Index
from ipt_rag.search import Searcher

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "tests" / "data" / "questions"
FALSE_ANSWERS = 0.05


def signals_of(searcher: Searcher, questions: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Return the signals of each question's best passage; a question without any is left out, it is never answered."""
    measured = []
    for question in questions:
        search = searcher.search(question["question"])
        signals = searcher.signals(search, searcher.best(search))
        if signals is not None:
            measured.append(asdict(signals))
    return measured


def questions_of(part: str) -> dict[str, list[dict[str, Any]]]:
    """Return the questions of one part of both sets, answerable and not."""
    return {
        name: [row for path in sorted(QUESTIONS.glob(f"{name}*.jsonl")) for row in read_questions(path, part=part)]
        for name in ("answerable", "unanswerable")
    }


def unfitted() -> Pipeline:
    """Return the regression that is fitted."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1))


def fit(corpus: Path, index: Path) -> dict[str, Any]:
    """Return the weights, bias and threshold fitted over one corpus, and print how well they part the questions."""
    build_index(corpus, index)
    opened = Index.open(index)
    searcher = Searcher(opened, QuestionGraph.open(opened.question_graph))
    answerable, unanswerable = (signals_of(searcher, rows) for rows in questions_of("tune").values())
    names = list(answerable[0])
    values = np.array([[signals[name] for name in names] for signals in (*answerable, *unanswerable)])
    labels = np.array([1] * len(answerable) + [0] * len(unanswerable))
    pipeline = unfitted()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    confidence = cross_val_predict(pipeline, values, labels, cv=folds, method="predict_proba")[:, 1]
    threshold = float(np.quantile(confidence[labels == 0], 1 - FALSE_ANSWERS))
    pipeline.fit(values, labels)
    scaler, regression = pipeline.named_steps["standardscaler"], pipeline.named_steps["logisticregression"]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - (weights * scaler.mean_).sum())
    print(
        f"{corpus}: {len(answerable)} answerable, {len(unanswerable)} not; cross-validated AUROC "
        f"{roc_auc_score(labels, confidence):.3f}, answered at {FALSE_ANSWERS:.0%} false answers "
        f"{np.mean(confidence[labels == 1] > threshold):.2f}",
        file=sys.stderr,
    )
    return {
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
        "bias": round(bias, 4),
        "threshold": round(threshold, 4),
    }


def main() -> None:
    """Fit both models and write them."""
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "corpus"
        bare.mkdir()
        for article in (ROOT / "corpus").glob("*.md"):
            shutil.copy(article, bare)
        models = {
            "keyed": fit(ROOT / "corpus", Path(scratch) / "keyed"),
            "plain": fit(bare, Path(scratch) / "plain"),
        }
    target = ROOT / "src" / "ipt_rag" / "decision.json"
    target.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
