"""``scanner assign``: reserves serial numbers - one, several, a range, a pattern or a CSV - on a handheld's data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from types import SimpleNamespace

from scanner_app import assigning, leasing, server_calls
from scanner_app.assigning import AssignError, Wanted
from scanner_app.clockwork import SystemClock
from scanner_app.commands.asking import token_of
from scanner_app.commands.call import DONE, REFUSED, USAGE, Call, Refusal, print_json, read_file, usage
from scanner_app.handheld import Handheld
from scanner_app.identity import known
from sync.work_wire import Block, WantedBlock
from tracking import catalogue
from tracking.counted import counted
from tracking.numbering.patterns import Fields
from tracking.serial_range import expand
from tracking.site import Item

Store = Callable[[], None]


def _nothing() -> None:
    """Numbers that are named use nothing up."""


CSV_BYTES_MAX = 32 * 1024 * 1024
FAULTS_SHOWN_MAX = 20
"""Faults named on stderr; with ``--json`` all of them are on standard output."""


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("serials", nargs="*", metavar="SERIAL", help="the serial numbers themselves")
    parser.add_argument("--item", default="", help="the item whose numbers they are")
    parser.add_argument("--range", nargs=2, metavar=("FIRST", "LAST"), help="all from the first to the last")
    parser.add_argument("--pattern", metavar="TEMPLATE", help="numbers of a template like 'SN-{seq:6}'")
    parser.add_argument(
        "--count",
        type=int,
        default=1,
        help="how many of the pattern, or of the item's own numbers (default: 1)",
    )
    parser.add_argument("--first", type=int, help="where the pattern's counter begins; it only ever rises")
    parser.add_argument("--csv", metavar="FILE", help="a CSV with a column 'serial' and, if wanted, 'item'")
    parser.add_argument(
        "--server",
        nargs="?",
        const="",
        metavar="URL",
        help="take the pattern's numbers from a block that the server lends to this handheld alone",
    )
    parser.add_argument(
        "--token", default="", help="the handheld's token, where it is not enrolled here; @FILE: in this file"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be given")


def run(call: Call) -> int:
    """Gives all of them, or none and says why. Exit 1 when one of them cannot be given."""
    handheld = Handheld(call.existing_folder, SystemClock(), call.session_settings)
    try:
        handheld.session.set_today()
        wanted, store = _wanted(call, handheld)
        if not wanted:
            usage("name what to assign: serial numbers, --range, --pattern or --csv")
        faults = assigning.faults(wanted, handheld.session.knows)
        if faults:
            return _refused(call, wanted, faults)
        if not call.options.dry_run:
            # The counter first: a number that is lost between the two is burnt, never given twice.
            store()
            assigning.give(handheld, wanted)
        for one in wanted if call.options.json else ():
            print_json({"item": one.item, "serial": one.serial, "ok": True, "error": None})
        if not call.options.json:
            _told(wanted, dry=call.options.dry_run)
    finally:
        handheld.close()
    return DONE


def _wanted(call: Call, handheld: Handheld) -> tuple[list[Wanted], Store]:
    """The numbers, and what stores that they are used up."""
    options = call.options
    given = [bool(options.serials), bool(options.range), bool(options.pattern), bool(options.csv)]
    if sum(given) > 1:
        usage("name either serial numbers, --range, --pattern or --csv, not several of them")
    if not options.item and not options.csv:
        usage("name the item with --item")
    item = handheld.session.knows.item(options.item)
    own = item if item is not None and item.numbering and options.first is None else None
    try:
        if options.csv:
            return assigning.from_csv(read_file(options.csv, CSV_BYTES_MAX), options.item), _nothing
        if options.range:
            serials = expand(*options.range)
            if isinstance(serials, str):
                raise AssignError(serials)
            return [Wanted(options.item, serial, "ranged") for serial in serials], _nothing
        if own is not None and (options.pattern == own.numbering or not any(given)):
            return _own_numbers(call, handheld, own), _nothing
        if options.pattern:
            return _of_pattern(call, handheld)
    except AssignError as error:
        raise Refusal(str(error), USAGE) from error
    return [Wanted(options.item, serial, "typed") for serial in options.serials], _nothing


def _own_numbers(call: Call, handheld: Handheld, item: Item) -> list[Wanted]:
    """The next numbers of the item's own template, as the tasks give them: the session counts them."""
    options, knows = call.options, handheld.session.knows
    fields = Fields(site=knows.site, made=knows.today)
    if options.server is not None:  # brings in what is missing; nothing is taken out of it yet
        lend = _lender(call, handheld.journal.device, options, item.numbering)
        assigning.from_lease(handheld.journal, item.item, item.numbering, options.count, fields, lend)
    if not 1 <= options.count <= assigning.NUMBERS_MAX:
        raise AssignError(f"a count is a number from 1 to {assigning.NUMBERS_MAX}")
    found = knows.next_serials(item, options.count)
    if not found.serials:
        raise AssignError(f"there are not {options.count} numbers to give: {catalogue.say(found.why)}")
    return [Wanted(item.item, serial, "ranged") for serial in found.serials]


def _of_pattern(call: Call, handheld: Handheld) -> tuple[list[Wanted], Store]:
    """Out of a block, where the server is asked or one is held already; else by this handheld's own counter."""
    options, journal = call.options, handheld.journal
    fields = Fields(site=handheld.session.knows.site, made=handheld.session.knows.today)
    asked = (journal, options.item, options.pattern, options.count)
    if options.server is None and not leasing.was_lent(journal, options.item, options.pattern):
        numbers, name, after = assigning.from_pattern(*asked, options.first, fields)
        return numbers, lambda: journal.put_meta(name, str(after))
    if options.first is not None:
        usage("--first is for a counter of this handheld alone: the server says where its blocks begin")
    lend = _lender(call, journal.device, options, options.pattern) if options.server is not None else None
    wanted, drawn = assigning.from_lease(*asked, fields, lend)
    return wanted, lambda: leasing.keep(journal, options.item, options.pattern, drawn.left)


def _lender(call: Call, device: str, options: SimpleNamespace, pattern: str) -> leasing.Lend:
    identity = known(call.existing_folder)
    url = options.server or (identity.url if identity is not None else "")
    token = token_of(call) or (identity.token if identity is not None else "")
    if not url or not token:
        usage("this handheld is not enrolled: name --server URL and --token TOKEN")
    ca = identity.ca if identity is not None and not options.token else ""

    def lend(size: int, at_least: int) -> Block:
        wanted = WantedBlock(item=options.item, pattern=pattern, size=size, at_least=at_least)
        try:
            return server_calls.lend_block(url, token, device, wanted, ca)
        except server_calls.CallRefused as error:
            raise Refusal(str(error)) from error

    return lend


def _refused(call: Call, wanted: list[Wanted], faults: list[assigning.Faulty]) -> int:
    if call.options.json:
        why = {one.wanted: one.why for one in faults}
        for one in wanted:
            print_json({"item": one.item, "serial": one.serial, "ok": one not in why, "error": why.get(one)})
    else:
        for fault in faults[:FAULTS_SHOWN_MAX]:
            print(f"{fault.wanted.item} {fault.wanted.serial[:60]!r}: {fault.why}")
    sys.stderr.write(
        f"scanner: {len(faults)} of {counted(len(wanted), 'serial number')} cannot be given: nothing was assigned\n"
    )
    return REFUSED


def _told(wanted: list[Wanted], *, dry: bool) -> None:
    first, last = wanted[0], wanted[-1]
    done = "would be assigned" if dry else "assigned"
    span = first.serial if len(wanted) == 1 else f"{first.serial} to {last.serial}"
    print(f"{len(wanted)} {done}: {first.item} {span}")
