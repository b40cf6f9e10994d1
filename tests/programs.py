"""Programs that are no Python packages and that some tests run: browsers, proxies, compose."""

import os
import shutil

import pytest


def installed(*names: str) -> str:
    """Return the path of the first of these programs that is here; without one, fail in CI and skip elsewhere."""
    path = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"  # where Debian puts servers, and not everybody looks
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    if "CI" in os.environ:
        pytest.fail(f"no {names[0]} on the path: .ci/run installs it")
    pytest.skip(f"no {' or '.join(names)} on the path: apt-get install {names[0]}")
