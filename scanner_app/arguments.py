"""The options of every verb, read by the standard library's parser: loaded where a call has more than its folders."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from config.version import VERSION
from scanner_app.commands.call import USAGE, Refusal

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


def parsed(
    arguments: Sequence[str],
    texts: Mapping[str, str],
    verb: str,
    add: Callable[[argparse.ArgumentParser], None] | None,
) -> dict[str, Any]:
    """The options that were given, and the verb. Raises :class:`Refusal` for wrong usage.

    ``texts``: verb -> a line of help, of the verbs that are to be known. ``add`` adds the options of the one called.
    """
    parser, verbs = _parser(texts)
    if add is not None:
        add(verbs[verb])
    return vars(parser.parse_args(arguments))


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


def _parser(texts: Mapping[str, str]) -> tuple[_Parser, dict[str, _VerbParser]]:
    """The options that all verbs share, and the verbs named, each with its own parser."""
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
    parsers = {
        name: verbs.add_parser(name, help=text, description=text, parents=[shared])
        for name, text in texts.items()
    }
    return parser, parsers
