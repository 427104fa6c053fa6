"""The command line: one table of verbs, options that all share, and errors in one plain sentence."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from config.errors import ConfigError
from config.loader import Flag, load
from config.version import VERSION
from scanner_app import start_up, streams
from scanner_app.commands.call import DONE, REFUSED, USAGE, Call, Refusal
from scanner_app.storage_errors import StoreError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

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


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence instead of printing a screen of usage."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Help that cannot be written is no success; the original would pass over it."""
        (file or sys.stdout).write(message)

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message} (see '{self.prog} --help')", USAGE)


class _VerbParser(_Parser):
    """Takes options and names in any order: ``audit verify --json PATH`` as well as ``audit verify PATH --json``."""

    _within = False

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Options first, then the names that are left; argparse alone takes names only where they stand together."""
        if self._within or "--" in (args or ()):  # behind that everything is a name anyhow
            return super().parse_known_args(args, namespace)
        self._within = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._within = False


def _parser(named: Iterable[str]) -> _Parser:
    """The options that all verbs share, and the verbs named: making all of them is a part of every start."""
    shared = _VerbParser(add_help=False)
    default = argparse.SUPPRESS
    shared.add_argument(
        "--config", metavar="PATH", default=default, help="settings file in place of the usual ones"
    )
    shared.add_argument("--data", metavar="DIR", default=default, help="data directory of the handheld")
    shared.add_argument("--json", action="store_true", default=default, help="JSON Lines instead of text")
    shared.add_argument("--version", action="version", version=f"scanner {VERSION}")
    parser = _Parser(prog="scanner", description="Follows every serial number.", parents=[shared])
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=_VerbParser)
    for name in named:
        text = VERBS[name][1]
        verbs.add_parser(name, help=text, description=text, parents=[shared])
    return parser


def _verb(arguments: Sequence[str]) -> str:
    """The first word that is no option and no option's value: a data directory may be called like a verb."""
    words = iter(arguments)
    for word in words:
        if word in {"--config", "--data"}:
            next(words, "")
        elif not word.startswith("-"):
            return word
    return ""


def _with_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parses in two steps, so that only the called verb's module is loaded."""
    verb = _verb(arguments)
    # Only who asks for help, or names a verb that there is not, is shown all of them.
    helped = any(word.startswith(("-h", "--h")) for word in arguments)
    known = verb in VERBS or not verb
    parser = _parser(VERBS if helped or not known else [verb or "run"])
    if verb in VERBS:
        module = importlib.import_module(VERBS[verb][0])
        actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        module.add(actions[0].choices[verb])
    options = parser.parse_args(arguments)
    for name, value in (("config", None), ("data", None), ("json", False)):
        if not hasattr(options, name):
            setattr(options, name, value)
    return options


FILES = frozenset(
    (
        *("ca", "camera", "certificate", "config", "csv", "data", "file", "files", "keep", "key"),
        *("out", "path", "picture", "preview", "script", "site", "target"),
    )
)
"""Options that may name files, and a file's name may be any bytes."""


def _refuse_no_text(options: argparse.Namespace) -> None:
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
