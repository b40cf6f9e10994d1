"""What one writes by hand: sentence-transformers and FAISS. `build TEXTS STORE MODEL`, `ask STORE MODEL QUESTION`."""

import json
import sys
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer


def main() -> None:
    """Build the store from a file with a JSON string a line, or print the three closest texts."""
    verb, *rest = sys.argv[1:]
    if verb == "build":
        texts, store, model = rest
        passages = [json.loads(line) for line in Path(texts).read_text(encoding="utf-8").splitlines()]
        vectors = SentenceTransformer(model, device="cpu").encode(passages, normalize_embeddings=True)
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        Path(store).mkdir(parents=True, exist_ok=True)
        faiss.write_index(flat, f"{store}/vectors.faiss")
        (Path(store) / "texts.json").write_text(json.dumps(passages), encoding="utf-8")
    else:
        store, model, question = rest
        passages = json.loads((Path(store) / "texts.json").read_text(encoding="utf-8"))
        vector = SentenceTransformer(model, device="cpu").encode([question], normalize_embeddings=True)
        _, rows = faiss.read_index(f"{store}/vectors.faiss").search(vector, 3)
        print(*(passages[row] for row in rows[0]), sep="\n")


if __name__ == "__main__":
    main()
