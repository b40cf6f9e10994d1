"""A text -> its tokens as the encoder numbers them, without the encoder itself; the door to tokenizers."""

from collections.abc import Callable, Collection

from tokenizers import Tokenizer as Backend

from ipt_rag.embed.files import verified_folder

WINDOW = 256  # tokens, [CLS] and [SEP] among them; what lies beyond is not read

Window = tuple[list[int], tuple[tuple[int, int], ...]]


class Tokenizer:
    """The encoder's tokenizer, from the verified file alone."""

    def __init__(self, tokenizer: Backend) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def open(cls) -> "Tokenizer":
        """Return the tokenizer after its file was verified.

        Raises:
            EncoderError: the package is missing, or the file is not the one we know.
        """
        backend = Backend.from_file(str(verified_folder("tokenizer.json") / "tokenizer.json"))
        backend.no_truncation()
        backend.no_padding()  # the file asks for 128 tokens at least
        return cls(backend)

    @property
    def vocabulary(self) -> Collection[str]:
        """Words that are one token, lower case; no pieces, signs or single letters."""
        return frozenset(word for word in self._tokenizer.get_vocab() if word.isalpha() and len(word) > 1)

    def count(self, text: str) -> int:
        """Return how many tokens a text has, the encoder's own two marks not counted."""
        return len(self._tokenizer.encode(encodable(text)).ids) - 2

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where each token stands in a text, without the encoder's own two marks."""
        return tuple(self._tokenizer.encode(encodable(text)).offsets[1:-1])

    def window(self, text: str) -> Window:
        """Return the numbers of the tokens that the encoder reads, its two marks too, and where the rest stand."""
        encoded = self._tokenizer.encode(encodable(text))
        first, *own, last = encoded.ids
        return [first, *own[: WINDOW - 2], last], tuple(encoded.offsets[1:-1][: WINDOW - 2])


def token_counter() -> Callable[[str], int]:
    """Return what counts the encoder's tokens in a text, without loading the encoder.

    Raises:
        EncoderError: the package is missing, or the file is not the one we know.
    """
    return Tokenizer.open().count


def encodable(text: str) -> str:
    """Return the text with a question mark for each lone surrogate, which bytes from a terminal may turn into."""
    return text.encode("utf-8", "replace").decode()
