from dataclasses import asdict

import pytest

from ipt_rag.asked import lacking, what_is_asked


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
    ("question", "passage", "lacks"),
    [
        pytest.param("What is MDD?", "It is used for MDD and persistent depression.", True, id="only mentioned"),
        pytest.param("What is an odds ratio?", "Relapse fell (odds ratio 0.37).", True, id="a figure"),
        pytest.param("What is the sick role?", "Sick role — a framing of symptoms.", False, id="defined"),
        pytest.param("What does the tag mean?", "A tag behind a statement means no source.", False, id="explained"),
        pytest.param("What is IPT-A?", "It was adapted for adolescents (IPT-A).", False, id="in brackets"),
        pytest.param("What is grief?", "One area is grief, meaning bereavement.", False, id="meaning"),
        pytest.param("When was it tested?", "It was tested on adults.", True, id="no year"),
        pytest.param("How many sessions?", "Sessions are held.", True, id="no number"),
        pytest.param(
            "How many sessions?", "Twelve to sixteen sessions are held; twelve is usual.", False, id="in words"
        ),
        pytest.param("How many patients?", "It pooled 38 trials (4,356 patients).", False, id="counted in brackets"),
        pytest.param(
            "How many sessions?", "The first phase (sessions 1-3) begins.", False, id="number behind the noun"
        ),
        pytest.param("How many studies?", "One study was added to it in 2005.", False, id="another ending"),
        pytest.param(
            "How many of the patients left?", "Of 90 studies, few told why patients left.", True, id="counts others"
        ),
        pytest.param("What did the 2011 review find?", "A 2016 review found no effect.", True, id="another year"),
        pytest.param("What did the 2011 review find?", "In 2011 it found a benefit.", False, id="the year named"),
        pytest.param("What was the odds ratio?", "Relapse fell by half.", True, id="no ratio"),
        pytest.param("What was the odds ratio?", "Relapse fell (OR = 0.4).", False, id="a ratio by its sign"),
        pytest.param("Which percentage recovered?", "43 % recovered.", False, id="a share"),
        pytest.param("What does a session cost?", "A session takes an hour.", True, id="no price"),
        pytest.param("Do I talk about feelings?", "Feelings are named.", False, id="no fee"),
        pytest.param("What is the ISBN of the manual?", "The manual came out in 1984.", True, id="no such number"),
    ],
)
def test_what_a_passage_lacks(question: str, passage: str, lacks: bool) -> None:
    """A passage lacks the number, count, year, meaning or measure that is asked for; nothing else is lacking."""
    assert any(asdict(lacking(what_is_asked(question), passage)).values()) is lacks


def test_a_year_may_stand_in_an_anticipated_question() -> None:
    """What the passage calls "the later review" is found by the year that a key gives it."""
    asked = what_is_asked("What did the 2011 review find?")
    assert not lacking(asked, "The later review found a benefit.", ["What did the 2011 review find?"]).named_year
