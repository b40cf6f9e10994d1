"""Hold one session of the official MCP client, and one of LangChain's retriever, over two articles that are not ours.

    python scripts/real_session.py FOLDER      with pages to import in it; docs/mcp.md shows what came

Prints what a quote is known by (article, characters, sources, provenance), never its words.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from ipt_rag import Chatbot, QuestionRefusedError
from ipt_rag.build import build_index
from ipt_rag.intake import add_page
from ipt_rag.langchain import ArticleRetriever

QUESTIONS = (
    "How many sessions does IPT take?",
    "Which four problem areas does IPT work on?",
    "Who developed IPT, and when?",
    "Which spark plugs fit a lawn mower?",
    "Call her at 555-010-0199: is it grief?",
)
PROGRAM = "import sys; from ipt_rag.cli import main; main(sys.argv[1:], prog_name='ipt-rag')"


def main() -> None:
    """Import, build, ask twice, print."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder) / "corpus", Path(folder) / "index"
        for page in sorted(Path(sys.argv[1]).glob("*.txt")):
            add_page(page, corpus)
        build_index(corpus, index)
        print("MCP:")
        asyncio.run(over_mcp(index))
        print("LangChain:")
        over_langchain(index)


async def over_mcp(index: Path) -> None:
    """Ask over standard input and output, and check a quote that came back, as printed and with a word changed."""
    server = StdioServerParameters(command=sys.executable, args=["-c", PROGRAM, "mcp", "--index", str(index)])
    async with Client(stdio_client(server)) as client:
        print("tools:", *(tool.name for tool in (await client.list_tools()).tools))
        quotes: list[dict[str, Any]] = []
        for question in QUESTIONS:
            told: Any = (await client.call_tool("ask_articles", {"question": question})).structured_content
            print(f"{'(a message with a telephone number)' if told['kinds'] else question} {told['status']}")
            for quote in told.get("quotes", ()):
                quotes.append(quote)
                print(f"  {quote['article']} {quote['start']}–{quote['end']} {quote['sources']} {quote['provenance']}")
        text = quotes[0]["text"]
        for said, name in ((text, "as printed"), (text.replace(" ", " not ", 1), "with a word put in")):
            checked: Any = (await client.call_tool("check_quote", {"quote": said})).structured_content
            print(f"the first quote {name}: {checked['check']['verdict']}")
        for resource in (await client.list_resources()).resources:
            read: Any = await client.read_resource(resource.uri)
            print(f"{resource.uri}: {len(read.contents[0].text)} characters")


def over_langchain(index: Path) -> None:
    """Retrieve for the same questions."""
    retriever = ArticleRetriever(chatbot=Chatbot.open(index), k=3)
    for question in QUESTIONS:
        try:
            documents = retriever.invoke(question)
        except QuestionRefusedError as refused:
            print(f"(a message with a telephone number) refused: {', '.join(refused.kinds)}")
            continue
        print(f"{question} {len(documents)} documents")
        for each in documents:
            tiers = [source["tier"] for source in each.metadata["references"]]
            print(f"  {each.id} {tiers} {each.metadata['provenance']}")


if __name__ == "__main__":
    main()
