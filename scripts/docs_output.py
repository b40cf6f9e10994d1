"""Run the Python that the documentation shows, and write what it prints below it: pages and notebook.

    python scripts/docs_output.py        where `ipt-rag build` has made index/

`tests/test_docs.py` runs the same code and compares; run this where an answer has changed for a good reason.
"""

import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = tuple(DOCS / f"{name}.md" for name in ("python", "mcp", "langchain"))
NOTEBOOK = DOCS / "examples" / "langchain.ipynb"
BLOCK = re.compile(r"^(```python\n(.*?)^```$)(?:\n+^```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


def run(code: str, names: dict[str, object]) -> str:
    """Run a piece of a program among the names that those before it left, and return what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<shown>", "exec"), names)
    return printed.getvalue()


def page_outputs(page: Path) -> Iterator[tuple[str, str]]:
    """Run a page from top to bottom; yield what each block prints, and what the page says it prints."""
    names: dict[str, object] = {"__name__": page.stem}
    for _, code, shown in BLOCK.findall(page.read_text(encoding="utf-8")):
        yield run(code, names), shown


def notebook_outputs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the notebook from top to bottom; yield what each cell of code prints, and the cell."""
    names: dict[str, object] = {"__name__": "notebook"}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield run("".join(cell["source"]), names), cell


def main() -> None:
    """Write every output anew."""
    for page in PAGES:
        outputs = iter([printed for printed, _ in page_outputs(page)])

        def with_output(block: re.Match[str], outputs: Iterator[str] = outputs) -> str:
            printed = next(outputs)
            return f"{block[1]}\n\n```text\n{printed}```" if printed else block[1]

        page.write_text(BLOCK.sub(with_output, page.read_text(encoding="utf-8")), encoding="utf-8")
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    printed_by = {cell["id"]: printed for printed, cell in notebook_outputs()}
    for cell in notebook["cells"]:
        if printed := printed_by.get(cell["id"]):
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": printed.splitlines(keepends=True)}]
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
