"""Ours, from an index that `ipt-rag build` made; the guard, MaxSim and the decision included."""

from collections.abc import Callable
from pathlib import Path

from ipt_rag import Chatbot


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with up to three quotes; the model is named in the index."""
    chatbot = Chatbot.open(Path(store))
    chatbot.find_phi("Did Okonkwo improve?")  # a word on no list: waits until the guard has loaded its model
    return lambda question: [quote.text for quote in chatbot.ask(question).quotes]
