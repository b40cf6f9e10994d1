"""Install the PyTorch release that pyproject.toml names into the running environment, as a CPU build.

    python scripts/install_torch.py [INDEX]

INDEX is the address of a package index with CPU builds, for machines whose usual index has none. Nothing is downloaded
when the release is already there, nor when the file that pip would take depends on CUDA packages (several gigabytes):
then one sentence says what to set.
"""

import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from pip._vendor.packaging.markers import Marker  # pip's own copy: nothing else is installed yet

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
CUDA = re.compile(r"(nvidia|cuda|triton)\b", re.IGNORECASE)  # nvidia-cublas, cuda-bindings, triton …


def wanted_release() -> str:
    """Return the exact requirement on PyTorch in pyproject.toml, such as `torch==2.13.0`."""
    dependencies: list[str] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    return next(requirement for requirement in dependencies if requirement.startswith("torch=="))


def installed_release() -> str:
    """Return the requirement that the installed PyTorch meets, its local label (`+cpu`) left out; "" without one."""
    try:
        return "torch==" + importlib.metadata.version("torch").split("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return ""


def cuda_packages(requirements: list[str]) -> list[str]:
    """Return those requirements that this machine would need for CUDA.

    >>> cuda_packages(["sympy>=1.13", "nvidia-cublas==13.0; python_version > '3'", "triton; sys_platform == 'none'"])
    ["nvidia-cublas==13.0; python_version > '3'"]
    """
    pairs = [(requirement, requirement.partition(";")[2].strip()) for requirement in requirements]
    return [
        requirement
        for requirement, marker in pairs
        if CUDA.match(requirement) and (not marker or Marker(marker).evaluate({"extra": ""}))
    ]


def pip_install(*arguments: str) -> str:
    """Run `pip install` and return what it prints; its own messages go to the reader."""
    command = [sys.executable, "-m", "pip", "install", "-qq", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(index: str) -> None:
    """Install the wanted release from `index`, or from pip's own where it is empty."""
    wanted = wanted_release()
    if installed_release() == wanted:
        return
    # Its dependencies are in the locks; without them pip reads one metadata file instead of a graph.
    options = ["--no-deps", *(["--index-url", index] if index else []), wanted]
    try:
        report = json.loads(pip_install("--dry-run", "--report", "-", *options))
        candidate = report["install"][0]["metadata"]
        if cuda_packages(candidate.get("requires_dist", [])):
            sys.exit(
                f"The {wanted} that pip would take here needs several gigabytes of CUDA packages, and this project "
                "runs on the CPU: set TORCH_INDEX to the address of PyTorch's CPU builds, as in "
                "`make run TORCH_INDEX=ADDRESS`; it is the --index-url that https://pytorch.org/get-started/locally/ "
                "shows for pip and CPU."
            )
        print(f"Installing torch {candidate['version']} (CPU)", flush=True)
        pip_install(*options)
    except subprocess.CalledProcessError:
        sys.exit(f"pip could not install {wanted} (its message is above); once the cause is mended, run make again.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
