"""The command line: one table of verbs, options that all share, and errors in one plain sentence."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace as Options
from typing import Any

from config.errors import ConfigError
from config.loader import Flag, load
from scanner_app import start_up, streams
from scanner_app.commands.call import DONE, REFUSED, USAGE, Call, Refusal
from scanner_app.storage_errors import StoreError

VERBS = {
    "run": ("scanner_app.commands.run", "start the handheld (what 'scanner' alone does)"),
    "demo": ("scanner_app.commands.demo", "handheld and central server with sample data, no hardware"),
    "server": ("scanner_app.commands.server", "run the central server"),
    "enroll": ("scanner_app.commands.enroll", "give this handheld its identity on a server"),
    "read": ("scanner_app.commands.read", "what the terminal understands of codes on standard input"),
    "decode": ("scanner_app.commands.decode", "read the codes in picture files"),
    "replay": ("scanner_app.commands.replay", "run a script of scans through the real session"),
    "trace": ("scanner_app.commands.trace", "the whole story of a serial number"),
    "recall": ("scanner_app.commands.recall", "every unit that a lot, a component or a range is in today"),
    "import": ("scanner_app.commands.import_site", "load a site file into a server"),
    "export": ("scanner_app.commands.export", "events, units or documents as JSON Lines"),
    "assign": ("scanner_app.commands.assign", "reserve serial numbers: one, a range, a pattern or a CSV"),
    "labels": ("scanner_app.commands.labels", "a sheet of the labels of the sample data, or of a site file"),
    "print": (
        "scanner_app.commands.print_labels",
        "print labels on a label printer, look at the jobs, verify",
    ),
    "sync": ("scanner_app.commands.sync", "bring this handheld and its server up to date"),
    "audit": (
        "scanner_app.commands.audit",
        "verify the hash chains and receipts of a handheld's data, or of a server",
    ),
    "doctor": ("scanner_app.commands.doctor", "check data, clock, disk, libraries, scanners and server"),
    "config": ("scanner_app.commands.config_show", "show every setting and its origin"),
}
"""Verb -> the module that does it, loaded only when it is called, and one line of help."""


def _verb(arguments: Sequence[str]) -> str:
    """The first word that is no option and no option's value: a data directory may be called like a verb."""
    words = iter(arguments)
    for word in words:
        if word in {"--config", "--data"}:
            next(words, "")
        elif not word.startswith("-"):
            return word
    return ""


def _with_options(arguments: Sequence[str]) -> Options:
    """The options of a call, parsed in two steps, so that only the called verb's module is loaded."""
    given = _plain(arguments)
    if given is None:
        from scanner_app.arguments import parsed  # a handheld's start goes without

        verb = _verb(arguments)
        # Only who asks for help, or names a verb that there is not, is shown all of them.
        helped = any(word.startswith(("-h", "--h")) for word in arguments)
        known = verb in VERBS or not verb
        texts = {name: VERBS[name][1] for name in (VERBS if helped or not known else [verb or "run"])}
        add = importlib.import_module(VERBS[verb][0]).add if verb in VERBS else None
        given = parsed(arguments, texts, verb, add)
    return Options(**{"verb": "", "config": None, "data": None, "json": False, **given})


def _plain(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The options of a start that names no more than its folders: as a parser would read it, which then need not be
    loaded. None for everything else.
    """
    given = dict(zip(arguments[::2], arguments[1::2], strict=False))
    plain = len(arguments) % 2 == 0 and all(name in {"--data", "--config"} for name in arguments[::2])
    if not plain or any(value.startswith("-") for value in given.values()):
        return None
    return {name[2:]: value for name, value in given.items()}


FILES = frozenset(
    (
        *("ca", "camera", "certificate", "config", "csv", "data", "file", "files", "keep", "key"),
        *("out", "path", "picture", "preview", "script", "site", "target"),
    )
)
"""Options that may name files, and a file's name may be any bytes."""


def _refuse_no_text(options: Options) -> None:
    """Raises :class:`Refusal` for a folder without a name, and for bytes where a text is wanted."""
    for name in ("config", "data"):
        if getattr(options, name) == "":
            raise Refusal(f"--{name} names nothing", USAGE)
    for name, value in vars(options).items():
        for text in value if isinstance(value, list) else [value]:
            if (
                isinstance(text, str)
                and name not in FILES
                and any("\ud800" <= char <= "\udfff" for char in text)
            ):
                raise Refusal(f"{text!a} is no text: its bytes are no UTF-8", USAGE)


def _run(arguments: Sequence[str]) -> int:
    options = _with_options(arguments)
    _refuse_no_text(options)
    flags = [Flag(option="--data", key="data.dir", value=options.data)] if options.data else []
    loaded = load(flags=flags, config_path=Path(options.config) if options.config else None)
    module = importlib.import_module(VERBS[options.verb or "run"][0])
    if module.__name__ != VERBS["run"][0]:  # that one's start ends with its first picture
        start_up.end()
    code: int = module.run(Call(options, loaded))
    return code


def _code(arguments: Sequence[str]) -> int:
    """The exit code; what went wrong is said."""
    try:
        return _run(arguments)
    except Refusal as refusal:
        streams.complain(str(refusal))
        return refusal.code
    except ConfigError as error:
        streams.complain(str(error))
        return USAGE
    except StoreError as error:
        streams.complain(str(error))
        return REFUSED
    except BrokenPipeError:  # the reader has seen enough
        return REFUSED
    except OSError as error:
        streams.complain(streams.refusal_of(error))
        return REFUSED
    except KeyboardInterrupt:
        return REFUSED
    except SystemExit as ended:  # of --help and --version
        return ended.code if isinstance(ended.code, int) else DONE


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of one call; never a traceback for what a person, a file or the system did wrong."""
    code = _code(sys.argv[1:] if arguments is None else arguments)
    error = streams.finish_output()
    if error is not None and code == DONE:
        if not isinstance(error, BrokenPipeError):
            streams.complain(streams.refusal_of(error))
        return REFUSED
    return code
