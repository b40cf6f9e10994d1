"""What an operator sets, from a file and the environment -> one value for each setting, each of them checked.

Precedence: command line, then environment, then file, then the program's own default; the command line and the default
are click's, which takes what this module returns for the two between them.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ipt_rag.errors import SettingsError

FILE = Path("ipt-rag.toml")  # read from the working folder where it is there and no other is named
NAMES_FILE = "IPT_RAG_CONFIG"
PREFIX = "IPT_RAG_"
NOT_SETTINGS = frozenset({NAMES_FILE, "IPT_RAG_SHARED", "IPT_RAG_PAGES"})  # the last two: of the tests

Value = str | int | bool | list[str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what it takes in words, and how a value as it stands in a file, or in the environment, is taken."""

    takes: str
    of_file: Callable[[Any], Value | None]  # None: not a value for it
    of_environment: Callable[[str], Value | None]
    also: str = ""  # another environment variable that sets it
    is_path: bool = False


def _text(value: Any) -> Value | None:
    return value if isinstance(value, str) and value.strip() else None


def _port(value: Any) -> Value | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65_535 else None


def _switch(value: Any) -> Value | None:
    return value if isinstance(value, bool) else None


def _names(value: Any) -> Value | None:
    return value if isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value) else None


def _one_of(*words: str) -> Callable[[Any], Value | None]:
    return lambda value: value if value in words else None


SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
LOG_FORMS = ("text", "json")
LOG_LEVELS = ("warning", "info")

_folder = Setting("the path of a folder", _text, _text, is_path=True)
_index = Setting("the path of a folder or of a .db file, or the address of a server", _text, _text, is_path=True)
_off_or_on = Setting("true or false", _switch, lambda text: SWITCH.get(text.strip().lower()))

SETTINGS: Mapping[str, Setting] = {
    "corpus": _folder,
    "index": _index,
    "feedback": _folder,
    "host": Setting("an address of this machine", _text, _text, also="GRADIO_SERVER_NAME"),
    "port": Setting(
        "a number from 1 to 65535",
        _port,
        lambda text: _port(int(text)) if re.fullmatch("[0-9]{1,5}", text) else None,
        also="GRADIO_SERVER_PORT",
    ),
    "open_to_network": _off_or_on,
    "host_names": Setting("a list of names", _names, lambda text: _names(text.split())),
    "keep_questions": _off_or_on,
    "keep_on_reload": _off_or_on,
    "log_form": Setting(" or ".join(LOG_FORMS), _one_of(*LOG_FORMS), _one_of(*LOG_FORMS)),
    "log_level": Setting(" or ".join(LOG_LEVELS), _one_of(*LOG_LEVELS), _one_of(*LOG_LEVELS)),
}


def configured(environment: Mapping[str, str], file: Path | None = None) -> dict[str, Value]:
    """Return what is set, by the name of the setting; the environment wins over the file.

    `file` is the one named on the command line; without it the one that IPT_RAG_CONFIG names, or `ipt-rag.toml` in the
    working folder if it is there. Paths in a file are relative to its folder.

    Raises:
        SettingsError: the file cannot be read, a name is no setting, or a value cannot be used.
    """
    named = file or (Path(environment[NAMES_FILE]) if environment.get(NAMES_FILE) else None)
    found = named or (FILE if FILE.is_file() else None)
    return {**(_of_file(found) if found else {}), **_of_environment(environment)}


def index_at(said: str) -> Path | str:
    """Return where an index is, as it was said: a folder or file as a path, a server by its address.

    >>> index_at("index"), index_at("http://host:19530")
    (PosixPath('index'), 'http://host:19530')
    """
    return said if "://" in said else Path(said)


def named(index: Path | str) -> str:
    """Return where an index is as it may be told: without a password.

    >>> named("https://me:secret@host:19530/ipt")
    'https://host:19530/ipt'
    """
    if isinstance(index, Path):
        return str(index)
    parts = urlsplit(index)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _of_file(path: Path) -> dict[str, Value]:
    try:
        loaded = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError) as error:  # no TOML, or no UTF-8
        where = str(error).rpartition("(at ")[2].rstrip(")") if "(at " in str(error) else "somewhere"
        raise SettingsError(f"The settings file {path} is not TOML, {where}. Mend that place.") from None
    read: dict[str, Value] = {}
    for name, value in loaded.items():
        if name not in SETTINGS:
            raise SettingsError(f"{path}: {_unknown(name, SETTINGS)}")
        taken = SETTINGS[name].of_file(value)
        if taken is None:
            raise SettingsError(f"{path}: {name} takes {SETTINGS[name].takes}. Write it so.")
        is_path = SETTINGS[name].is_path and isinstance(index_at(str(taken)), Path)
        read[name] = str(path.parent / str(taken)) if is_path else taken
    return read


def _of_environment(environment: Mapping[str, str]) -> dict[str, Value]:
    read: dict[str, Value] = {}
    own = {f"{PREFIX}{name.upper()}": name for name in SETTINGS}
    others = {setting.also: name for name, setting in SETTINGS.items() if setting.also}
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable not in own and variable not in NOT_SETTINGS:
            raise SettingsError(f"In the environment: {_unknown(variable, (*own, NAMES_FILE))}")
    for variable, name in (*others.items(), *own.items()):  # our own names last: they win
        if not environment.get(variable):
            continue
        taken = SETTINGS[name].of_environment(environment[variable])
        if taken is None:
            raise SettingsError(f"In the environment: {variable} takes {SETTINGS[name].takes}. Set it so, or unset it.")
        read[name] = taken
    return read


def _unknown(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    advice = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(known))}."
    return f"{name} is no setting. {advice}"
