"""``scanner config show``: every setting and where its value came from."""

from __future__ import annotations

import argparse

import msgspec

from config.show import rows
from scanner_app.commands.call import DONE, Call, print_json


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("what", choices=["show"])


def run(call: Call) -> int:
    """A line a setting; secrets are masked."""
    shown = rows(call.loaded)
    if call.options.json:
        for row in shown:
            print_json(msgspec.to_builtins(row))
        return DONE
    width = max(len(row.key) for row in shown)
    for row in shown:
        print(f"{row.key:<{width}}  {row.value!s:<24}  {row.origin}")
    return DONE
