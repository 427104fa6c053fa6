"""``scanner recall``: every unit that a recalled lot, component or range of serials is in today."""

from __future__ import annotations

import argparse

import msgspec

from scanner_app import server_calls
from scanner_app.clockwork import SystemClock
from scanner_app.commands import asking
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.handheld import Handheld
from scanner_app.recall import recall
from tracking.printable import printable
from tracking.recall import Recall, RecallError, Wanted, wanted


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--lot", help="a lot; of one supplier with --supplier")
    parser.add_argument("--supplier", metavar="PARTY", help="whose lot it is")
    parser.add_argument("--component", metavar="ITEM/SERIAL", help="one component")
    parser.add_argument("--item", help="item of a range of serial numbers")
    parser.add_argument("--from", dest="first", metavar="SERIAL", help="first serial number of the range")
    parser.add_argument("--to", dest="last", metavar="SERIAL", help="last serial number of the range")
    asking.add(parser, "ask this server instead of the handheld's data")


def run(call: Call) -> int:
    """Exit 1 where nothing that is asked for is known, 2 where the options do not make a question."""
    options = call.options
    names = ("lot", "supplier", "component", "item", "first", "last")
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    empty = [name for name, value in given.items() if not value]
    if empty:
        usage("an option of 'scanner recall' was given without a value")
    try:
        question = wanted(**given)
    except RecallError as error:
        usage(printable(str(error)))
    found = _asked(call, question) if options.server else _here(call, question)
    if options.json:
        print_json(msgspec.to_builtins(found or Recall()))
    if found is None:
        raise Refusal(f"no {printable(str(question))} is known")
    if not options.json:
        _show(found)
    return DONE


def _asked(call: Call, question: Wanted) -> Recall | None:
    try:
        return server_calls.recall(*asking.asked(call, call.options.server), question)
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error


def _here(call: Call, question: Wanted) -> Recall | None:
    handheld = Handheld(call.existing_folder, SystemClock(), call.session_settings)
    try:
        return recall(handheld, question)
    finally:
        handheld.close()


def _show(found: Recall) -> None:
    print(f"{len(found.affected)} affected")
    for name, counts in (("by status", found.by_status), ("by customer", found.by_customer)):
        if counts:
            print(f"  {name}: " + ", ".join(f"{printable(word)} {count}" for word, count in counts.items()))
    for one in found.affected:
        where = " ".join(printable(text) for text in (one.customer or one.location,) if text)
        via = f"  via {' > '.join(printable(step) for step in one.via)}" if one.via else ""
        print(f"{printable(one.item)}  {printable(one.serial)}  {one.status}  {where}{via}".rstrip())
