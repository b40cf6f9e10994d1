"""Print how well the encoder tells which passage an anticipated question belongs to, for several leads of another one.

python scripts/measure_key_fit.py corpus
"""

import random
import sys
from pathlib import Path

from ipt_rag import settings
from ipt_rag.corpus import read_corpus
from ipt_rag.embed import MiniLM
from ipt_rag.key_fit import KeyFit
from ipt_rag.keys import read_keys
from ipt_rag.passages import split_passages
from ipt_rag.sentences import split_sentences

LEADS = (0.08, 0.10, 0.12, 0.15, 0.20)


def main() -> None:
    """Measure each article of the folder: its questions at their own passage, and at another drawn by chance."""
    corpus = Path(sys.argv[1])
    encoder = MiniLM.open()
    draw = random.Random(0)
    for article in read_corpus(corpus):
        keys = read_keys(corpus, article.slug)
        passages = split_passages(
            article, split_sentences, count_tokens=encoder.count_tokens, max_tokens=settings.PASSAGE_TOKENS
        )
        own = [(place, key) for place, passage in enumerate(passages) for key in keys.of(passage)]
        other = [(draw.choice([each for each in range(len(passages)) if each != place]), key) for place, key in own]
        fit = KeyFit(encoder.encode_tokens, article, passages)
        right, wrong = ([rival.lead for rival in fit.rivals(asked)] for asked in (own, other))
        sys.stdout.write(f"{article.slug}: {len(own)} questions of {len(passages)} passages\n")
        for lead in LEADS:
            refused, caught = (sum(each > lead for each in leads) / len(leads) for leads in (right, wrong))
            sys.stdout.write(f"  lead {lead:.2f}: {refused:6.1%} of the right refused, {caught:6.1%} of the wrong\n")


if __name__ == "__main__":
    main()
