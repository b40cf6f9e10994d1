"""The machine interface's bytes: what a program gets of a record, the same at every door."""

import dataclasses
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def to_json(record: "DataclassInstance") -> str:
    """Return the machine interface's object on one line."""
    return json.dumps(dataclasses.asdict(record), ensure_ascii=False)
