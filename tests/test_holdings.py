import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from conftest import WordCountEncoder
from ipt_rag.build import build_index
from ipt_rag.cli import main
from ipt_rag.corpus import read_corpus
from ipt_rag.holdings import Holding, read_holdings
from ipt_rag.index import Index
from ipt_rag.keys import passage_digest
from ipt_rag.sentences import split_sentences

HEAVY = ("torch", "transformers", "sentence_transformers", "spacy", "gradio")
LISTING = f"""
import sys
from ipt_rag.cli import main
try:
    main(["list", "--json", "--corpus", sys.argv[1]])
finally:
    print([library for library in {HEAVY} if library in sys.modules], file=sys.stderr)
"""


def test_an_article_is_counted(articles: Path, counting: WordCountEncoder) -> None:
    """Every figure of the article on tea, counted by hand, and what its front matter says."""
    held = {each.slug: each for each in read_holdings(articles, count_tokens=counting.count_tokens).articles}
    assert held["tea"] == Holding(
        slug="tea",
        title="Tea at Harbour House",
        language="en",
        kind="invented",
        version="1.0",
        date="2026-01-31",
        licence="CC0-1.0",
        origin="nobody's tea",
        file="tea.md",
        original="",
        sentences=19,
        passages=12,
        sources=2,
        keys=0,
        by_provenance={"sourced": 6, "mixed": 2, "LLM": 3, "unmarked": 1},
        by_tier={"T1": 5, "T2": 0, "T3": 4},
        sources_by_tier={"T1": 1, "T2": 0, "T3": 1},
    )
    assert list(held) == ["lanterns", "tea", "tides"]
    assert held["lanterns"].by_provenance == {"sourced": 0, "mixed": 0, "LLM": 0, "unmarked": 1}


def test_the_counts_are_those_of_the_index(small_index: Path, articles: Path, counting: WordCountEncoder) -> None:
    """Passages and sources together are the passages of the index, each with the same provenance."""
    index = Index.open(small_index)
    for each in read_holdings(articles, count_tokens=counting.count_tokens).articles:
        numbers = [number for number, slug in enumerate(index.articles_of) if slug == each.slug]
        passages = [index.passage(number) for number in numbers if index.kinds[number] != "source"]
        assert (each.passages, each.sources) == (len(passages), len(numbers) - len(passages))
        for provenance, count in each.by_provenance.items():
            assert sum(passage.provenance == provenance for passage in passages) == count
        tiers = {number: source.tier for number, source in index.sources().get(each.slug, {}).items()}
        for tier, count in each.by_tier.items():
            assert sum(tier in {tiers[number] for number in passage.sources} for passage in passages) == count
    for article, each in zip(
        read_corpus(articles), read_holdings(articles, count_tokens=counting.count_tokens).articles, strict=True
    ):
        assert each.sentences == sum(len(split_sentences(article, block)) for block in article.blocks)


def test_only_questions_of_standing_passages_count(
    articles: Path, tmp_path: Path, counting: WordCountEncoder, small_index: Path
) -> None:
    """Three keys of which one belongs to words that are no more: two are held, as the index does."""
    passage = Index.open(small_index).passage(0)
    lines = [{"passage": passage_digest(passage), "questions": ["One?", "Two?"]}, {"passage": "0", "questions": ["3?"]}]
    (articles / "lanterns.questions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert read_holdings(articles, count_tokens=counting.count_tokens).articles[0].keys == 2
    build_index(articles, tmp_path / "keyed", open_encoder=lambda _: counting)
    assert Index.open(tmp_path / "keyed").keys(0) == ("One?", "Two?")


def test_a_broken_article_hides_no_other(articles: Path, counting: WordCountEncoder) -> None:
    """It is told in a sentence; the others are listed."""
    (articles / "broken.md").write_text("Tea.")
    held = read_holdings(articles, count_tokens=counting.count_tokens)
    assert [each.slug for each in held.articles] == ["lanterns", "tea", "tides"]
    assert held.problems[0].startswith(f"{articles / 'broken.md'}:1: has no front matter.")
    told = CliRunner().invoke(main, ["list", "--corpus", str(articles)])
    assert told.exit_code == 1
    assert "tea: Tea at Harbour House\n" in told.stdout
    assert "has no front matter" in told.stderr


def test_the_command_prints_text_and_json(articles: Path) -> None:
    """People get a few lines an article and one for all, machines one array."""
    text = CliRunner().invoke(main, ["list", "--corpus", str(articles)])
    objects = json.loads(CliRunner().invoke(main, ["list", "--json", "--corpus", str(articles)]).stdout)
    assert text.exit_code == 0
    assert text.stdout.splitlines()[-1].startswith("3 articles: ")
    assert f"{sum(each['sentences'] for each in objects)} sentences" in text.stdout.splitlines()[-1]
    assert [each["slug"] for each in objects] == ["lanterns", "tea", "tides"]
    assert objects[1]["by_provenance"]["sourced"] == 6


def test_listing_loads_nothing_heavy(articles: Path) -> None:
    """Who asks what is in does not wait for the encoder, the guard or the page."""
    done = subprocess.run([sys.executable, "-c", LISTING, str(articles)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)[1]["slug"] == "tea"
    assert done.stderr == "[]\n"
