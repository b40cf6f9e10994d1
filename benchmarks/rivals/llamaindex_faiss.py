"""LlamaIndex with its FAISS store."""

from collections.abc import Callable

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write the store."""
    encoder = HuggingFaceEmbedding(model_name=model, device="cpu")
    vectors = FaissVectorStore(faiss_index=faiss.IndexFlatIP(len(encoder.get_query_embedding("width"))))
    context = StorageContext.from_defaults(vector_store=vectors)
    VectorStoreIndex([TextNode(text=text) for text in texts], storage_context=context, embed_model=encoder)
    context.persist(store)


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts."""
    context = StorageContext.from_defaults(vector_store=FaissVectorStore.from_persist_dir(store), persist_dir=store)
    encoder = HuggingFaceEmbedding(model_name=model, device="cpu")
    retriever = load_index_from_storage(context, embed_model=encoder).as_retriever(similarity_top_k=3)
    return lambda question: [each.node.get_content() for each in retriever.retrieve(question)]
