"""``scanner read`` beside a site's items, orders and prefix rules: ``--explain`` and ``--rules``."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner_app.cache_feed import load_site
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, USAGE, Call, Refusal, print_json
from scanner_app.commands.site_file import site_of
from scanner_app.explaining import explained, rules_report
from scanner_app.handheld import Handheld
from scanner_app.scanners.reading import Understood
from scanner_app.scanners.settling import settled
from scanner_app.streams import mark
from scanner_app.workflows.deciding import Case
from scanner_app.workflows.parts import Parts
from tracking.identifiers.reading import Reading
from tracking.printable import printable

COLUMNS_MAX = 100
STEP_COLUMNS = 24


@contextlib.contextmanager
def handheld(call: Call) -> Iterator[Handheld]:
    """What is known at the site: of a site file, or of a handheld's data."""
    options = call.options
    if not options.site:
        opened = Handheld(call.existing_folder, SystemClock(), call.session_settings)
        try:
            yield opened
        finally:
            opened.close()
        return
    site = site_of(options.site)
    with tempfile.TemporaryDirectory(prefix="scanner-read-") as folder:
        opened = Handheld(Path(folder), SystemClock(), call.session_settings)
        try:
            load_site(opened.cache, site)
            opened.renew_session()
            yield opened
        finally:
            opened.close()


class AtSite:
    """Explains readings in one context: an order that is open, an item that is in hand, a prompt."""

    def __init__(self, opened: Handheld, *, document: str, item: str) -> None:
        """Raises :class:`Refusal` for an order or item that the site does not have."""
        self._knows = opened.session.knows
        self.scanners = opened.scanners.all()
        """The profiles learned by this handheld, by source."""
        self.today = self._knows.today
        self._document = self._knows.document(document) if document else None
        if document and self._document is None:
            raise Refusal(f"the site has no document {document[:40]!r}", USAGE)
        if item and self._knows.item(item) is None:
            raise Refusal(f"the site has no item {item[:40]!r}", USAGE)
        self._held = Parts(item=item)

    def settled(self, found: Understood, symbology_id: str) -> Understood:
        """A damaged code as the site's items, orders and units prove it, where they do."""
        self._knows.forget_scan()
        return settled(found, symbology_id, self._knows)

    def explained(self, readings: tuple[Reading, ...], text: str, want: list[str]) -> dict[str, Any]:
        """See :func:`scanner_app.explaining.explained`."""
        self._knows.forget_scan()
        wanted = frozenset(want)
        return explained(Case(readings, text, self._held, self._document, self._knows, wanted))


def for_people(told: dict[str, Any]) -> Iterator[str]:
    """The steps up to the winner, and what steps behind it would have said; the rules that fit."""
    asked = True
    for step in told["steps"]:
        wins = step.get("wins", False)
        if not asked and (step["says"] is None or step["step"] == "nothing"):
            continue
        sign = ">" if wins else " "
        says = _words(step["says"]) if step["says"] else "-"
        says = says if asked else f"(not asked) {says}"
        asked = asked and not wins
        yield f"     {sign} {step['step']:<{STEP_COLUMNS}} {printable(says, COLUMNS_MAX)}"
        for rule in step.get("rules", ()):
            text = f"rule {rule['rule']}: {rule['prefix']} is {rule['kind']}, here {rule['value']}"
            yield f"       {'':<{STEP_COLUMNS}} {printable(text, COLUMNS_MAX)}"


def _words(says: dict[str, Any]) -> str:
    rest = {name: value for name, value in says.items() if name != "kind"}
    return f"{says['kind']} " + json.dumps(rest, ensure_ascii=False)[1:-1]


def report(call: Call) -> int:
    """Prints the site's rules. Exit 1 where one of them can never fire."""
    with handheld(call) as opened:
        knows = opened.session.knows
        numbers = tuple(key for key, _ in opened.cache.records("item"))
        told = rules_report(knows.prefix_rules, knows, numbers)
    if call.options.json:
        print_json(told)
    else:
        for rule in told["rules"]:
            limit = f", {rule['chars']} characters" if rule["chars"] else ""
            strip = ", without the prefix" if rule["strip"] else ""
            print(printable(f"{rule['rule']:>3}  {rule['prefix']:<12} {rule['kind']}{strip}{limit}"))
            for overlap in rule["overlaps"]:
                print(f"       {mark('✖' if overlap['never'] else '!')} {printable(overlap['why'], 200)}")
        if not told["rules"]:
            print("The site has no prefix rules.")
    never = sum(bool(rule["never"]) for rule in told["rules"])
    if never:
        raise Refusal(f"{never} of the rules can never be the one that decides")
    return DONE
