"""LangChain with its FAISS store. `build TEXTS STORE MODEL`, `ask STORE MODEL QUESTION`."""

import json
import sys
from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings


def main() -> None:
    """Build the store from a file with a JSON string a line, or print the three closest texts."""
    verb, *rest = sys.argv[1:]
    if verb == "build":
        texts, store, model = rest
        passages = [json.loads(line) for line in Path(texts).read_text(encoding="utf-8").splitlines()]
        FAISS.from_texts(passages, HuggingFaceEmbeddings(model_name=model)).save_local(store)
    else:
        store, model, question = rest
        opened = FAISS.load_local(store, HuggingFaceEmbeddings(model_name=model), allow_dangerous_deserialization=True)
        print(*(found.page_content for found in opened.similarity_search(question, k=3)), sep="\n")


if __name__ == "__main__":
    main()
