"""What several test modules stand on: where things lie, and when a test must be skipped."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# No deadline: on a busy machine the first example of a property pays for imports. The same examples each time in CI.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the licensed articles and the evaluation data, which no repository may hold."""
    folder = os.environ.get("IPT_RAG_SHARED", "")
    if not folder:
        pytest.skip("IPT_RAG_SHARED is not set: it names the folder that holds articles/ and eval/")
    if not (Path(folder) / "articles").is_dir():
        pytest.skip("the folder that IPT_RAG_SHARED names holds no articles/")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium browser; in CI there must be one."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        if "CI" in os.environ:
            pytest.fail("no Chromium on the path: .ci/run installs it")
        pytest.skip(f"no browser on the path: install one of {', '.join(CHROMIUM_NAMES)}")
    return found
