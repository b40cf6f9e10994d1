"""Print the counts of question files as Markdown tables: how many rows of each style or kind, by part.

`python scripts/count_questions.py tests/data/questions/*answerable_2.jsonl`
"""

import sys
from collections import Counter
from pathlib import Path

from ipt_rag.evaluate import read_questions


def counts_table(path: Path) -> str:
    """Return one Markdown table: a line a style (or kind), in order of first appearance, and the sum."""
    rows = read_questions(path)
    group = "style" if "style" in rows[0] else "kind"
    counts = Counter((row[group], row["part"]) for row in rows)
    lines = [f"| {group} | tune | unseen | all |", "| --- | ---: | ---: | ---: |"]
    for name in dict.fromkeys(row[group] for row in rows):
        tune, unseen = counts[name, "tune"], counts[name, "unseen"]
        lines.append(f"| {name} | {tune} | {unseen} | {tune + unseen} |")
    tune, unseen = (sum(counts[key] for key in counts if key[1] == part) for part in ("tune", "unseen"))
    return "\n".join([*lines, f"| all | {tune} | {unseen} | {tune + unseen} |"])


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"{Path(name).name}\n\n{counts_table(Path(name))}\n")
