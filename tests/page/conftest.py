"""The page over the small articles, and a browser; both serve every test of this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from page.in_browser import Server, opened, served, watched, words_command
from ports import free_port


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page over the small articles."""
    port = free_port()
    with served(tmp_path_factory.mktemp("page"), words_command(port), port) as running:
        yield running


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        here_alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", here_alone])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The page as it opens, ready to be asked."""
    with watched(browser) as context:
        yield opened(context, server)
