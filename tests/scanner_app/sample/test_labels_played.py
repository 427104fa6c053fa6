"""Somebody who scans the sample's labels, one after the other, gets every receipt and every order done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from drivers.scan import Scan
from scanner_app.answer import Answer
from scanner_app.cache import Cache
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import ReplayClock
from scanner_app.inputs import Command, SignIn
from scanner_app.journal import Journal
from scanner_app.labels import GS1_128, next_labels
from scanner_app.sample import SITES, company
from scanner_app.session import Session, SessionSettings

NOON_MS = 1_795_431_600_000
WORKFLOW = {"purchase_order": "receiving", "asn": "receiving", "sales_order": "shipping"}
SAMPLE = company(date(2026, 11, 23))


class Handheld:
    """A session at one of the sample's sites, with somebody signed in who takes half a second a label."""

    def __init__(self, directory: Path, code: str) -> None:
        self.site = SAMPLE.site(code)
        self.clock = ReplayClock(NOON_MS)
        cache, journal = (
            Cache(directory / "cache.db"),
            Journal(directory / "journal.db", device="sample-test"),
        )
        load_site(cache, self.site)
        self.session = Session(journal, cache, self.clock, SessionSettings())
        self.session.handle(SignIn(badge=next(one.badge for one in self.site.operators if not one.pin)))

    def scan(self, text: str) -> Answer:
        self.clock.advance(500)
        symbology_id = GS1_128 if text.startswith(GS1_128) else ""
        raw = text.removeprefix(symbology_id).encode()
        return self.session.handle(Scan(raw=raw, symbology_id=symbology_id, mono_ns=self.clock.mono_ns()))


@pytest.fixture(params=SITES)
def handheld(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Handheld]:
    handheld = Handheld(tmp_path, request.param)
    yield handheld
    handheld.session.journal.close()
    handheld.session.cache.close()


def test_the_last_label_completes_the_document(handheld: Handheld) -> None:
    played = 0
    for document in handheld.site.documents:
        if document.type not in WORKFLOW:
            continue
        handheld.session.handle(Command(name="workflow", argument=WORKFLOW[document.type]))
        for text in next_labels(handheld.site, document.number):
            answer = handheld.scan(text)
            assert answer.verdict.level == "ok", (document.number, text, answer.message)
        assert answer.progress == (document.total, document.total)
        assert answer.events[-1].step == "completing"
        played += 1
    assert played >= 11
