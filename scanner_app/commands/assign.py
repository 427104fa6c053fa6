"""``scanner assign``: reserves serial numbers - one, several, a range, a pattern or a CSV - on a handheld's data."""

from __future__ import annotations

import argparse
import sys

from scanner_app import assigning
from scanner_app.assigning import AssignError, Wanted
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, REFUSED, USAGE, Call, Refusal, print_json, read_file, usage
from scanner_app.handheld import Handheld
from tracking.numbering.patterns import Fields
from tracking.serial_range import expand

CSV_BYTES_MAX = 32 * 1024 * 1024
FAULTS_SHOWN_MAX = 20
"""Faults named on stderr; with ``--json`` all of them are on standard output."""


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("serials", nargs="*", metavar="SERIAL", help="the serial numbers themselves")
    parser.add_argument("--item", default="", help="the item whose numbers they are")
    parser.add_argument("--range", nargs=2, metavar=("FIRST", "LAST"), help="all from the first to the last")
    parser.add_argument("--pattern", metavar="TEMPLATE", help="numbers of a template like 'SN-{seq:6}'")
    parser.add_argument("--count", type=int, default=1, help="how many of the pattern (default: 1)")
    parser.add_argument("--first", type=int, help="where the pattern's counter begins; it only ever rises")
    parser.add_argument("--csv", metavar="FILE", help="a CSV with a column 'serial' and, if wanted, 'item'")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be given")


def run(call: Call) -> int:
    """Gives all of them, or none and says why. Exit 1 when one of them cannot be given."""
    handheld = Handheld(call.existing_folder, SystemClock(), call.session_settings)
    try:
        handheld.session.set_today()
        wanted, counter = _wanted(call, handheld)
        if not wanted:
            usage("name what to assign: serial numbers, --range, --pattern or --csv")
        faults = assigning.faults(wanted, handheld.session.knows)
        if faults:
            return _refused(call, wanted, faults)
        if not call.options.dry_run:
            if counter is not None:
                # The counter first: a number that is lost between the two is burnt, never given twice.
                handheld.journal.put_meta(counter[0], str(counter[1]))
            assigning.give(handheld, wanted)
        for one in wanted if call.options.json else ():
            print_json({"item": one.item, "serial": one.serial, "ok": True, "error": None})
        if not call.options.json:
            _told(wanted, dry=call.options.dry_run)
    finally:
        handheld.close()
    return DONE


def _wanted(call: Call, handheld: Handheld) -> tuple[list[Wanted], tuple[str, int] | None]:
    """The numbers, and the pattern's counter with its new value."""
    options = call.options
    given = [bool(options.serials), bool(options.range), bool(options.pattern), bool(options.csv)]
    if sum(given) > 1:
        usage("name either serial numbers, --range, --pattern or --csv, not several of them")
    if not options.item and not options.csv:
        usage("name the item with --item")
    try:
        if options.csv:
            return assigning.from_csv(read_file(options.csv, CSV_BYTES_MAX), options.item), None
        if options.range:
            serials = expand(*options.range)
            if isinstance(serials, str):
                raise AssignError(serials)
            return [Wanted(options.item, serial, "ranged") for serial in serials], None
        if options.pattern:
            fields = Fields(site=handheld.session.knows.site, made=handheld.session.knows.today)
            wanted, name, after = assigning.from_pattern(
                handheld.journal, options.item, options.pattern, options.count, options.first, fields
            )
            return wanted, (name, after)
    except AssignError as error:
        raise Refusal(str(error), USAGE) from error
    return [Wanted(options.item, serial, "typed") for serial in options.serials], None


def _refused(call: Call, wanted: list[Wanted], faults: list[assigning.Faulty]) -> int:
    if call.options.json:
        why = {one.wanted: one.why for one in faults}
        for one in wanted:
            print_json({"item": one.item, "serial": one.serial, "ok": one not in why, "error": why.get(one)})
    else:
        for fault in faults[:FAULTS_SHOWN_MAX]:
            print(f"{fault.wanted.item} {fault.wanted.serial[:60]!r}: {fault.why}")
    sys.stderr.write(
        f"scanner: {len(faults)} of {len(wanted)} serial numbers cannot be given: nothing was assigned\n"
    )
    return REFUSED


def _told(wanted: list[Wanted], *, dry: bool) -> None:
    first, last = wanted[0], wanted[-1]
    done = "would be assigned" if dry else "assigned"
    span = first.serial if len(wanted) == 1 else f"{first.serial} to {last.serial}"
    print(f"{len(wanted)} {done}: {first.item} {span}")
