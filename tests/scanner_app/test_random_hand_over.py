"""Two handhelds without a network, and tasks that go from one to the other and back, at any moment.

Whatever is scanned and given: one answer each, a way on, the figures of an order and of a count equal to a plain
recount of what its handheld did and heard of, nothing done twice, and everything taken back is as it was.
"""

from __future__ import annotations

import shutil

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.scanner_app.floor import Floor, site_named
from tests.scanner_app.random_handheld import (
    MOSTLY,
    played,
    recount,
    standing,
    undo_everything,
    way_out,
)
from tests.scanner_app.random_pair import BOTH, NEW, PAPERS, RandomPair
from tracking.events import Event

Heard = dict[str, int]
"""Document -> how many events of the other handheld came with it."""


class RandomHandOver(RandomPair):
    """Random inputs into two sessions, and what is on the screen of one scanned by the other."""

    @initialize(complete=st.booleans())
    def open(self, complete: bool) -> None:
        site = site_named("depot", policy={"complete_on_last_scan": complete})
        self.floors = [Floor(self.folder / name, site) for name in ("one", "other")]
        self.units = [(unit.item, unit.serial) for unit in site.units] + NEW
        self.was = {unit: self.floors[0].session.knows.unit(*unit) for unit in self.units}
        self.heard: list[Heard] = [{}, {}]

    def _elsewhere(self, who: int, code: str) -> bool:
        """A unit is in one place: it is not scanned here while the other has it and has not said so."""
        events = self.floors[1 - who].events()
        known = max(self.heard[who].values(), default=0)
        return any(event.serial == code for event in standing(events) if event in events[known:])

    @rule(who=BOTH, whole=MOSTLY, confirm=MOSTLY, crash=st.booleans())
    def hand_over(self, who: int, whole: bool, confirm: bool, crash: bool) -> None:
        """What is on the one's screen is scanned by the other: all of it or not, and confirmed or not."""
        giver, taker = self.floors[who], self.floors[1 - who]
        self._acknowledge(who)
        if self._command(who, "hand_over").verdict.code != "handed_over":
            return
        given = giver.session.state.handing.given[-1]
        showing = giver.session.state.handing.showing
        assert showing is not None
        assert giver.presenter.view().symbol
        self._acknowledge(1 - who)
        for text in showing.texts if whole else showing.texts[:-1]:
            self._answered(1 - who, taker.scan(text))
        if crash:
            taker.crash()
        if not confirm:
            return
        code = self._command(1 - who, "confirm").verdict.code
        if code == "taken_over":
            assert whole
            assert taker.session.state.workflow == given.workflow
            self.heard[1 - who][given.subject] = self.seen[who]

    @rule(who=BOTH, confirm=MOSTLY)
    def take_back(self, who: int, confirm: bool) -> None:
        self._acknowledge(who)
        self._command(who, "take_back")
        if confirm:
            self._command(who, "confirm")

    def _known(self, who: int, paper: str) -> list[Event]:
        """What the other did on this paper, as far as it was told here, and what was done here."""
        told = self.floors[1 - who].events()[: self.heard[who].get(paper, 0)]
        return [*(event for event in told if event.step != "completing"), *self.floors[who].events()]

    @precondition(lambda self: hasattr(self, "floors"))
    @invariant()
    def counts_are_those_of_the_events(self) -> None:
        for who, floor in enumerate(self.floors):
            knows = floor.session.knows
            for paper in PAPERS:
                known = self._known(who, paper)
                tally = knows.tally(paper)
                assert (tally.total, tally.closed) == recount(known, paper), (who, paper)
            counted = [event for event in standing(self._known(who, "CS-1")) if event.step == "stock_taking"]
            assert sum(knows.counted("CS-1", 0).here.values()) == sum(
                event.quantity for event in counted if not event.recount
            )

    def teardown(self) -> None:
        if hasattr(self, "floors"):
            for who, floor in enumerate(self.floors):
                way_out(floor)
                # A task that is away is taken back first: the handheld asks.
                undo_everything(floor, stays=("sighting", "handing_over"))
                if not self.heard[who]:
                    floor.session.knows.forget_scan()
                    assert {unit: floor.session.knows.unit(*unit) for unit in self.units} == self.was
                floor.close()
        shutil.rmtree(self.folder)


RandomHandOver.TestCase.settings = played(20, 1000, 20)
TestRandomHandOver = RandomHandOver.TestCase
