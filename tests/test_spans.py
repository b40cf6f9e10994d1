"""Properties of every article that can be written: no word is lost, changed, moved or cut on its way to a quote."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ipt_rag.build import build_index
from ipt_rag.chunks import pack_passages, search_text
from ipt_rag.corpus import parse_article, read_corpus
from ipt_rag.embed import MiniLM, PassageEncoder
from ipt_rag.errors import ArticleError
from ipt_rag.index import Index
from ipt_rag.passages import split_passages
from ipt_rag.records import Article, Passage
from ipt_rag.sentences import MARKER, split_sentences

FOOT = (
    '\n\n[1]: #s "T1 · One. *On* \\"tea\\"."\n[2]: https://example.org/2 "Two, without tier."\n[LLM]: #p "A model."\n'
)
SIGNS = "aB3 .,:;?!…“”’'()[]>|*_-—#\\&<é\u00a0ÉА\U0001f375\n"
PIECES = (
    "Tea is old.", "tea", "et al.", "e.g.", " [1]", " [2]", " [LLM]", "[1]", "\\[2]", " ", "\n", "\n\n", "1.5", ">4",
    "“So it is.”", "The rules:", "\n- ", "\n\n- ", "\n1. ", "\n> ", "\n\n## ", "\n\n### ",
    "\n| a | b |\n| --- | --- |\n| ",
    " | ", " |\n", "**Term** — ", "?", "Illustrative example: ", "\\|", "`x`", "<b>", "\r\n", "\t", "***", "---",
)  # fmt: skip
bodies = st.one_of(
    st.text(alphabet=SIGNS, max_size=200),
    st.lists(st.sampled_from(("Tea is old.", "Is it?", "[1]", "[2]", "[LLM]", "\n\n")), max_size=20).map(" ".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(alphabet=SIGNS, max_size=8)), max_size=40).map("".join),
)


def article_of(body: str) -> Article:
    """Return the article with this text; a text that is refused as malformed is not looked at."""
    try:
        return parse_article(Path("t.md"), f"---\ntitle: T\nslug: t\n---\n\nTea.\n\n{body}{FOOT}".encode())
    except ArticleError:
        assume(False)
        raise


def count_words(text: str) -> int:
    """Return the number of words, as a stand-in for tokens."""
    return len(text.split())


def passages_of(article: Article, max_tokens: int = 12) -> tuple[Passage, ...]:
    """Return the passages, parted where they are longer than a dozen words."""
    return split_passages(article, split_sentences, count_tokens=count_words, max_tokens=max_tokens)


class Slice(NamedTuple):
    """A stretch of an article that some record claims to be."""

    text: str
    start: int
    end: int


@given(bodies)
def test_every_record_is_a_slice_of_the_file(body: str) -> None:
    """Block, sentence, passage, lead-in and source: what a record says is what stands between its offsets."""
    article = article_of(body)
    slices = [Slice(s.text, s.start, s.end) for block in article.blocks for s in split_sentences(article, block)]
    for passage in passages_of(article):
        slices.append(Slice(passage.text, passage.start, passage.end))
        if passage.lead_in:
            slices.append(Slice(passage.lead_in.text, passage.lead_in.start, passage.lead_in.end))
    slices += [Slice(b.lead_in.text, b.lead_in.start, b.lead_in.end) for b in article.blocks if b.lead_in]
    assert all(article.text[each.start : each.end] == each.text for each in slices)
    assert all(each.text.strip() for each in slices)


@given(bodies)
def test_every_character_belongs_to_one_sentence(body: str) -> None:
    """But for white space, closing markers and the signs that open a line of a quote, a block is its sentences."""
    article = article_of(body)
    for block in article.blocks:
        end = block.start
        for sentence in split_sentences(article, block):
            assert end <= sentence.start < sentence.end <= block.end
            assert re.fullmatch(rf"(?:\s|(?<=[\n\r\s>])>|{MARKER.pattern})*", article.text[end : sentence.start])
            end = sentence.end
        assert re.fullmatch(rf"(?:\s|{MARKER.pattern})*", article.text[end : block.end])


@given(bodies)
def test_every_word_of_the_text_is_in_a_block_or_a_heading(body: str) -> None:
    """Nothing in an article hides: each word of the file's text stands in a block, a heading or a table's header."""
    article = article_of(body)
    shown = [article.text[block.start : block.end] for block in article.blocks]
    shown += [part for block in article.blocks for part in block.section]
    shown += [block.lead_in.text for block in article.blocks if block.lead_in]
    words = {
        word for word in ("Tea", "old", "rules", "Illustrative", "Term") if re.search(rf"(?<!\w){word}(?!\w)", body)
    }
    headings = " ".join(line for line in re.split(r"\r\n?|\n", body) if "#" in line or "|" in line)
    assert all(word in " ".join(shown) or word in headings for word in words)


@given(bodies)
def test_every_number_of_a_block_is_kept(body: str) -> None:
    """A source number printed in a block is the own or covering number of one of its sentences, and of a passage."""
    article = article_of(body)
    for block in article.blocks:
        printed = {marker[1] for marker in MARKER.finditer(article.text, block.start, block.end)}
        sentences = split_sentences(article, block)
        assert {int(label) for label in printed - {"LLM"}} == {number for s in sentences for number in s.own}
        assert ("LLM" in printed) == any(s.own_llm for s in sentences)
    kept = {number for passage in passages_of(article) if passage.kind != "source" for number in passage.own_sources}
    assert kept == {number for block in article.blocks for s in split_sentences(article, block) for number in s.own}


@given(bodies)
def test_the_scope_of_a_marker_group(body: str) -> None:
    """An unmarked sentence is covered by the next marked one of its block, a marked one by itself, else by nobody."""
    article = article_of(body)
    for block in article.blocks:
        sentences = split_sentences(article, block)
        for index, sentence in enumerate(sentences):
            marked = bool(sentence.own) or sentence.own_llm
            following = next((each for each in sentences[index:] if each.own or each.own_llm), None)
            if marked or following is None:
                assert (sentence.covering, sentence.covering_llm) == ((), False)
            else:
                assert (sentence.covering, sentence.covering_llm) == (following.own, following.own_llm)


@given(bodies)
def test_passages_are_whole_sentences_in_order(body: str) -> None:
    """No passage begins or ends inside a sentence, and no sentence stands in two."""
    article = article_of(body)
    sentences = [sentence for block in article.blocks for sentence in split_sentences(article, block)]
    starts, ends = {sentence.start for sentence in sentences}, {sentence.end for sentence in sentences}
    last = 0
    for passage in passages_of(article):
        if passage.kind == "source":
            continue
        assert passage.start in starts
        assert passage.end in ends
        assert passage.start >= last
        last = passage.end


@given(bodies, st.integers(min_value=1, max_value=40))
def test_no_chunk_cuts_a_passage(body: str, max_tokens: int) -> None:
    """Chunks hold all passages once and whole, of one section each, and what they hold fits or stands alone."""
    article = article_of(body)
    passages = passages_of(article)
    chunks = list(pack_passages(passages, count_tokens=count_words, max_tokens=max_tokens))
    assert [number for chunk in chunks for number in range(chunk.first, chunk.after)] == list(range(len(passages)))
    for chunk in chunks:
        held = passages[chunk.first : chunk.after]
        assert len({passage.section for passage in held}) == 1
        text = " ".join(search_text(passage).replace("\x1f", " ") for passage in held)
        assert count_words(text) <= max_tokens or len(held) == 1


@pytest.mark.model
@pytest.mark.parametrize("folder", ["corpus", "tests/articles"])
def test_nothing_exceeds_the_encoders_window(root: Path, minilm: MiniLM, folder: str) -> None:
    """No passage of the project's articles holds a token that the encoder would not read."""
    for article in read_corpus(root / folder):
        passages = split_passages(article, split_sentences, count_tokens=minilm.count_tokens, max_tokens=200)
        assert max(minilm.count_tokens(search_text(passage)) for passage in passages) <= 254


def test_build_then_open_changes_nothing(articles: Path, tmp_path: Path, counting: PassageEncoder) -> None:
    """What is read out of an index is what went in: passages with their records, titles, files and sources."""
    build_index(articles, tmp_path / "index", open_encoder=lambda _: counting)
    index = Index.open(tmp_path / "index")
    read = read_corpus(articles)
    passages = [
        passage
        for article in read
        for passage in split_passages(article, split_sentences, count_tokens=counting.count_tokens, max_tokens=200)
    ]
    assert [index.passage(number) for number in range(len(index))] == passages
    assert [index.search_text(number) for number in range(len(index))] == [search_text(each) for each in passages]
    assert index.articles() == {article.slug: article.title for article in read}
    assert [index.article_text(article.slug) for article in read] == [article.text for article in read]
    assert index.sources() == {a.slug: {source.number: source for source in a.sources} for a in read if a.sources}
