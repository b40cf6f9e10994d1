import pytest

from ipt_rag.asked import lacks, what_is_asked


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What is MDD?", "mdd"),
        ("what is an odds ratio", "odds ratio"),
        ("What does the “sick role” mean?", "sick role"),
        ("so what's the interpersonal inventory in IPT?", "interpersonal inventory"),
        ("Define communication analysis", "communication analysis"),
        ("What is the aim of the first phase?", ""),
        ("What is source 7?", ""),
        ("What does the interpersonal inventory cover?", ""),
        ("Which phase is the longest?", ""),
    ],
)
def test_a_term_whose_meaning_is_asked_for(question: str, term: str) -> None:
    """A question for the meaning of one term is told from a question about it."""
    assert what_is_asked(question).term == term


@pytest.mark.parametrize(
    ("question", "passage", "lacking"),
    [
        pytest.param("What is MDD?", "It is used for MDD and persistent depression.", True, id="only mentioned"),
        pytest.param("What is an odds ratio?", "Relapse fell (odds ratio 0.37).", True, id="a figure"),
        pytest.param("What is the sick role?", "Sick role — a framing of symptoms.", False, id="defined"),
        pytest.param("What does the tag mean?", "A tag behind a statement means no source.", False, id="explained"),
        pytest.param("What is IPT-A?", "It was adapted for adolescents (IPT-A).", False, id="in brackets"),
        pytest.param("What is grief?", "One area is grief, meaning bereavement.", False, id="meaning"),
        pytest.param("Who wrote the manual?", "The manual came out in 1984.", True, id="no name"),
        pytest.param("Who wrote the manual?", "Gerald Klerman wrote the manual.", False, id="a name"),
        pytest.param("When was it tested?", "It was tested on adults.", True, id="no year"),
        pytest.param("How many sessions?", "Sessions are held.", True, id="no number"),
        pytest.param(
            "How many sessions?", "Twelve to sixteen sessions are held; twelve is usual.", False, id="in words"
        ),
    ],
)
def test_what_a_passage_lacks(question: str, passage: str, lacking: bool) -> None:
    """A passage lacks what is asked for where it has no number, year, name or meaning; nothing else is lacking."""
    assert any(lacks(what_is_asked(question), passage)) is lacking
