from pathlib import Path

from ipt_rag import settings


def test_folders_are_the_repositorys() -> None:
    """A command run in the repository finds its articles and its index without an option."""
    assert (settings.CORPUS, settings.INDEX) == (Path("corpus"), Path("index"))


def test_a_passage_fits_the_encoders_window() -> None:
    """What is embedded leaves room for the encoder's two marks, since it does not read what lies beyond."""
    assert settings.CHUNK_TOKENS < settings.PASSAGE_TOKENS < settings.WINDOW_TOKENS - 2
    assert settings.WINDOW_TOKENS == 256
