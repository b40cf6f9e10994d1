"""Print how well the encoder tells which passage an anticipated question belongs to, and whether to any.

The first by the lead of another passage, the second by how close the own one lies: questions on other matters, out of
files such as tests/data/questions/unanswerable.jsonl, stand at passages drawn by chance.

python scripts/measure_key_fit.py corpus tests/data/questions/unanswerable*.jsonl
"""

import random
import sys
from pathlib import Path

from ipt_rag import settings
from ipt_rag.corpus import read_corpus
from ipt_rag.embed import MiniLM
from ipt_rag.evaluate import read_questions
from ipt_rag.key_fit import KeyFit
from ipt_rag.keys import read_keys
from ipt_rag.passages import split_passages
from ipt_rag.sentences import split_sentences

LEADS = (0.08, 0.10, 0.12, 0.15, 0.20)
FLOORS = (0.20, 0.22, 0.24, 0.26, 0.28)
OTHER_MATTERS = ("off_domain", "chitchat")  # kinds of questions that no passage of any article on IPT answers


def main() -> None:
    """Measure each article: its questions at their own passage and at another, and those on other matters."""
    corpus, *sets = map(Path, sys.argv[1:])
    off = [row["question"] for path in sets for row in read_questions(path) if row.get("kind") in OTHER_MATTERS]
    encoder = MiniLM.open()
    draw = random.Random(0)
    for article in read_corpus(corpus):
        keys = read_keys(corpus, article.slug)
        passages = split_passages(
            article, split_sentences, count_tokens=encoder.count_tokens, max_tokens=settings.PASSAGE_TOKENS
        )
        own = [(place, key) for place, passage in enumerate(passages) for key in keys.of(passage)]
        other = [(draw.choice([each for each in range(len(passages)) if each != place]), key) for place, key in own]
        strange = [(draw.randrange(len(passages)), question) for question in off]
        fit = KeyFit(encoder, article, passages)
        right, wrong, stray = (list(fit.fits(asked)) for asked in (own, other, strange))
        sys.stdout.write(f"{article.slug}: {len(own)} questions of {len(passages)} passages\n")
        for lead in LEADS:
            refused, caught = (sum(each.lead > lead for each in fits) / len(fits) for fits in (right, wrong))
            sys.stdout.write(f"  lead {lead:.2f}: {refused:6.1%} of the right refused, {caught:6.1%} of the wrong\n")
        for floor in FLOORS if stray else ():
            refused, caught = (sum(each.closeness < floor for each in fits) / len(fits) for fits in (right, stray))
            sys.stdout.write(
                f"  floor {floor:.2f}: {refused:6.1%} of the right refused, {caught:6.1%} of {len(stray)} "
            )
            sys.stdout.write("on other matters\n")


if __name__ == "__main__":
    main()
