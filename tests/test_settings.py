from pathlib import Path

from ipt_rag import settings


def test_folders_are_the_repositorys() -> None:
    """A command run in the repository finds its articles and its index without an option."""
    assert (settings.CORPUS, settings.INDEX) == (Path("corpus"), Path("index"))


def test_what_is_packed_fits_the_encoders_window() -> None:
    """A chunk leaves room for the encoder's two marks, and a passage leaves room for its heading."""
    assert settings.CHUNK_TOKENS + 2 == settings.WINDOW_TOKENS == 256
    assert settings.PASSAGE_TOKENS < settings.CHUNK_TOKENS
