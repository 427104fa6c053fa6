"""The session: one thread's worth of state, the only place where scans become events.

Every input goes through :meth:`Session.handle` and has exactly one answer. What an answer says is in the journal
before it is returned; where the journal cannot be written the answer says so and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from drivers.scan import Burst, Scan
from scanner_app import (
    asking,
    faults,
    feeding,
    locking,
    overriding,
    second_person,
    session_list,
    sign_in,
    stops,
    taking_back,
)
from scanner_app.answer import Answer, dressed, tone_of
from scanner_app.cache import Cache
from scanner_app.clockwork import Clock, local_date, zone
from scanner_app.gestures import credits_of, effect_of, gesture_of
from scanner_app.handing import desk, mine
from scanner_app.inputs import (
    PRINTER,
    Command,
    DeviceNews,
    Input,
    LinkChanged,
    PageArrived,
    SignIn,
    TimePassed,
    Typed,
)
from scanner_app.journal import Effect, Journal
from scanner_app.knowledge import HandheldKnowledge
from scanner_app.repeats import Repeats
from scanner_app.revoked import standing_said
from scanner_app.scanners import card
from scanner_app.scanners.learned import LearnedScanners
from scanner_app.scanners.reading import Understood, understood
from scanner_app.scanners.settling import settled
from scanner_app.scanners.teaching import taught
from scanner_app.session_state import (
    SessionState,
    decode,
    encode,
    with_hand,
    with_workflow_state,
    workflow_state,
)
from scanner_app.stamp import Stamper, repaired
from scanner_app.storage_errors import StoreError
from scanner_app.switching import Switching
from scanner_app.view import TakenLine
from scanner_app.workflows import home
from scanner_app.workflows.flow import Asked, Label, Scanned, Step
from scanner_app.workflows.registry import WORKFLOWS
from tracking import catalogue
from tracking.events import Event
from tracking.identifiers.reader import read
from tracking.phrases import Said, phrase
from tracking.site import Policy
from tracking.units import UnitState
from tracking.verdicts import NOTHING, Verdict, verdict

_NO_GESTURE = frozenset({"sighting", "handing_over"})
"""Steps that UNDO passes over: they moved nothing, or have a way back of their own."""


class SessionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a session needs of the settings."""

    place: str = ""
    repeat_ms: int = 1500
    expires_soon_days: int = 30
    language: str = "en"
    lock_after_minutes: int = 15
    """Nobody touched it for so long: locked; 0 for never."""
    app: str = ""
    policy: Policy = Policy()
    """For a site whose own data says nothing."""


class Session:
    """Judges inputs one after the other. Not thread-safe on purpose: one thread owns it."""

    def __init__(
        self,
        journal: Journal,
        cache: Cache,
        clock: Clock,
        settings: SessionSettings,
        scanners: LearnedScanners | None = None,
    ) -> None:
        self.journal, self.cache, self.clock, self.settings = journal, cache, clock, settings
        self.scanners = scanners or LearnedScanners()
        feeding.match_overlay(journal, cache)
        self.knows = HandheldKnowledge(
            cache, journal, expires_soon_days=settings.expires_soon_days, policy=settings.policy
        )
        self.zone = zone(cache.meta("timezone"))
        self.stamper = Stamper(
            clock, journal, site=self.knows.site, zone=self.zone, app=settings.app, place=settings.place
        )
        self.state: SessionState = decode(journal.session())
        self._written = self.state
        self.pending = journal.pending()
        self.input_n = 0
        """Inputs since the start."""
        self.online: bool | None = None
        self.trouble: Said = standing_said(journal)
        self.device_news: DeviceNews | None = None
        self.printer: DeviceNews | None = None
        """What the label printer said last; None where none is set."""
        self.fault: StoreError | None = None
        self.observers: list[Callable[[Answer], None]] = []
        self.idle = locking.Idle(self)
        self._repeats = Repeats(settings.repeat_ms)
        self._switching = Switching(self)
        if self.state.workflow not in WORKFLOWS:
            self.state = msgspec.structs.replace(self.state, workflow="home")
        self.set_today()

    # -- one input --------------------------------------------------------------------------------------------------

    def handle(self, given: Input) -> Answer:
        """The answer to one input; whatever it says is written already."""
        self.input_n += 1
        self.knows.forget_scan()
        self.knows.who = self.state.operator
        self.set_today()
        try:
            answer = self._dispatch(given)
            self.fault = None
        except Exception as error:  # noqa: BLE001 - whatever a scan brings up, the next one is judged
            answer = faults.answered(self, error)
        for observer in self.observers:
            observer(answer)
        return answer

    def _dispatch(self, given: Input) -> Answer:
        if isinstance(given, Scan | Burst | Command | Typed | SignIn):
            self.idle.woken()
            # Left by a crash between an acknowledgement and the scans that waited for it.
            earlier = stops.release(self)
            if earlier and self.state.stopped is not None and not isinstance(given, Scan | Burst):
                return stops.joined(earlier)
            return stops.joined([*earlier, self._one(given)])
        match given:
            case PageArrived():
                feeding.take_page(self, given)
            case LinkChanged():
                self._link(given)
            case DeviceNews():
                self.device_news = given
                self.printer = given if given.name == PRINTER else self.printer
            case TimePassed():
                return self.idle.ended() or self.answer(NOTHING)
        return self.answer(NOTHING)

    def _one(self, given: Scan | Burst | Command | Typed | SignIn) -> Answer:
        match given:
            case Scan():
                return self.scans((given,))
            case Burst():
                return self.scans(given.scans)
            case Command():
                return self.command(given.name, given.argument)
            case Typed():
                return self._typed(given.text)
            case SignIn():
                return sign_in.sign_in(self, given.badge, given.pin)

    def set_today(self) -> None:
        """The date at the site; a site file for tests may fix it."""
        self.knows.today = self.knows.fixed_today or local_date(self.stamper.now_ms(), self.zone)

    # -- scans ------------------------------------------------------------------------------------------------------

    def _typed(self, text: str) -> Answer:
        if self.state.pin_for:
            return sign_in.sign_in(self, self.state.pin_for, text)
        scan = Scan(
            raw=text.encode(),
            source="typed",
            typed=True,
            mono_ns=self.clock.mono_ns(),
            wall_ms=self.clock.wall_ms(),
        )
        return self.scans((scan,))

    def scans(self, scans: Sequence[Scan]) -> Answer:
        """One scan, or the codes of one label: a command, held behind a stop, a repeat, or judged."""
        cards = [scan for scan in scans if card.is_card(scan.text)] if self.state.stopped is None else []
        if cards:
            return taught(self, cards)
        scanned = self.read_scans(scans)
        first = scanned.readings[0][0]
        if len(scans) == 1 and first.kind == "command" and first.ok:
            return self.command(first.command, first.argument)
        if self.state.override is not None and not self.signed_out:
            return overriding.given(self, scanned)
        if self.state.stopped is not None and not sign_in.is_awaited(self, scanned):
            return stops.hold(self, scans, scanned)
        # A person who types the same reason or number twice means it twice.
        if not scanned.typed and self._repeats.seen(scanned.texts, self.clock.mono_ns()):
            return self.answer(verdict("repeat", serial=scanned.texts[0]), noted=1)
        return self.judge(scans, scanned)

    def read_scans(self, scans: Sequence[Scan]) -> Scanned:
        """The readings of one scan, or of the codes of one label."""
        # Prefix, suffix, layout and separators of this scanner are undone; the raw bytes keep what came.
        found = [self._understood(scan) for scan in scans]
        return Scanned(
            tuple(one.readings for one in found), tuple(one.text for one in found), typed=scans[0].typed
        )

    def _understood(self, scan: Scan) -> Understood:
        if scan.typed:
            return Understood(scan.text, read(scan.text, today=self.knows.today))
        profile = self.scanners.of(scan.source)
        found = understood(scan.text, scan.symbology_id, profile, today=self.knows.today)
        return settled(found, scan.symbology_id, self.knows)

    def accepted_now(self, texts: Sequence[str]) -> None:
        """This label was taken; the same again within a moment is a bounce."""
        self._repeats.accepted(texts, self.clock.mono_ns())

    @property
    def signed_out(self) -> bool:
        """True where the site has people and none of them is signed in."""
        return sign_in.needed(self)

    def judge(self, scans: Sequence[Scan], scanned: Scanned) -> Answer:
        """A scan that is neither held nor a repeat: by whoever is in charge of it."""
        refused = sign_in.gate(self, scans, scanned)
        if refused is not None:
            return refused
        desk.away(self)
        if self.state.removing:
            return taking_back.remove(self, scans, scanned)
        if self.state.workflow != "home":
            return self.advance(scans, scanned)
        if self.state.operator and sign_in.is_other(self, scanned):
            return sign_in.sign_in(self, scanned.texts[0], "")
        start = self.state
        self._switching.open_document(home.document_scanned(scanned, self.knows))
        try:
            return self.advance(scans, scanned)
        except Exception:
            self.state = start
            raise

    def foreseen(self, given: Scanned | Asked) -> Step:
        """What the task would do; nothing of it happens."""
        name = self.state.workflow
        there = workflow_state(self.state, name)
        return overriding.judged_under(self, lambda: WORKFLOWS[name].advance(there, given, self.knows))

    def advance(self, scans: Sequence[Scan], given: Scanned | Asked) -> Answer:
        """What the task makes of a scan or a command."""
        if isinstance(given, Scanned) and second_person.is_pin(self, given):
            return second_person.tried(self, given)
        step = desk.watched(self, self.foreseen(given))
        if isinstance(given, Asked) and step.quiet:
            return self.answer(NOTHING, text=phrase("nothing_here", name=given.name))
        if step.afresh:
            self._repeats.clear()
        if isinstance(given, Scanned):
            now = self.clock.mono_ns()
            unit = (step.verdict.item, step.verdict.serial)
            if (step.verdict.code or "").startswith("already_") and self._repeats.seen(unit, now):
                return self.answer(verdict("repeat", item=unit[0], serial=unit[1]), noted=1)
            if step.verdict.level in {"ok", "note"}:
                self._repeats.accepted(given.texts, now)
            if step.events:
                self._repeats.accepted(unit, now)
            if any(readings[0].repaired for readings in given.readings):
                step = msgspec.structs.replace(step, events=tuple(map(repaired, step.events)))
        if isinstance(given, Asked):
            return self.apply(step, scans, asked=given)
        return self.apply(step, scans, given.texts)

    # -- writing ----------------------------------------------------------------------------------------------------

    def apply(
        self, step: Step, scans: Sequence[Scan], texts: Sequence[str] = (), asked: Asked | None = None
    ) -> Answer:
        """Writes what a step led to, then answers it."""
        name = self.state.workflow
        events = step.events
        if step.verdict.stops and scans and not any(event.step == "sighting" for event in events):
            events = (*events, self._sighting(step.verdict, getattr(step.state, "document", "")))
        events = overriding.signed(events, self.state.taken_over)
        after = overriding.after_events(with_workflow_state(self.state, name, step.state), events)
        document = getattr(step.state, "document", "") or getattr(step.state, "finished", "")
        after = msgspec.structs.replace(after, document=document)
        if texts:
            after = with_hand(after, step.verdict)
        if step.leave:
            after = self._switching.left(after)
        if step.verdict.stops:
            after = msgspec.structs.replace(
                after, stopped=stops.stopped(step.verdict, scans, texts, asked, self.state)
            )
        written = self.write(after, events, scans, step.verdict)
        judged = step.verdict.level if texts else ""
        return self.answer(
            step.verdict,
            events=tuple(written),
            labels=step.labels,
            accepted=int(judged == "ok"),
            noted=int(judged == "note"),
            stopped=int(judged == "stop"),
        )

    def refuse(self, said: Verdict, scans: Sequence[Scan] = (), texts: Sequence[str] = ()) -> Answer:
        """A stop that no workflow gave: it waits for its acknowledgement like any other."""
        return self.apply(
            Step(state=workflow_state(self.state, self.state.workflow), verdict=said), scans, texts
        )

    def _sighting(self, stop: Verdict, document: str) -> Event:
        return Event(
            step="sighting", item=stop.item, serial=stop.serial, document=document, code=stop.code or ""
        )

    def write(
        self,
        after: SessionState,
        events: Sequence[Event],
        scans: Sequence[Scan] = (),
        shown: Verdict = NOTHING,
        *,
        effects: Sequence[Effect] | None = None,
        undone: Sequence[int] = (),
        kept: tuple[int, bytes] | None = None,
    ) -> list[Event]:
        """Events, overlay, gesture and session in one durable transaction; memory follows only then."""
        after = mine.kept(self, after)
        if not events:
            # Also where memory went ahead of the file: a full disk's stop goes only when something can be written.
            if after != self._written or self.state != self._written:
                self.journal.save_session(encode(after))
                self.state = self._written = after
            return []
        known = [self._before(event) for event in events]
        if effects is None:
            effects = [effect_of(event, unit) for event, unit in zip(events, known, strict=True)]
        stamped = self.stamper.stamp(
            events, scans, last_hlc=self.journal.hlc, operator=self.state.operator, task=self.state.workflow
        )
        gesture = kept
        if not undone and any(event.step not in _NO_GESTURE for event in events):
            after = msgspec.structs.replace(after, gestures=self.state.gestures + 1)
            credited = credits_of(self.journal.epoch, self.journal.seq + 1, effects, known)
            name = self.state.workflow
            before = gesture_of(stamped, credited, shown, name, self.state.states.get(name, b""))
            gesture = (after.gestures, encode(before))
        written = self.journal.append(
            list(zip(stamped, effects, strict=True)),
            session=encode(after),
            gesture=gesture,
            undone=undone,
            notes=self.knows.numbers_given(events),
        )
        self.state = self._written = after
        self.pending += len(written)
        for event, effect in zip(written, effects, strict=True):
            if event.document and (effect.delta or effect.closes):
                self.knows.credited(event.document, event.line, effect.delta, effect.closes)
        self.knows.written(written)
        self.knows.forget_scan()
        for event in written:
            self.knows.wrote(event)
        return written

    def _before(self, event: Event) -> UnitState | None:
        return (
            self.knows.unit(event.item, event.serial) if event.serial and event.step != "sighting" else None
        )

    # -- commands ---------------------------------------------------------------------------------------------------

    def command(self, name: str, argument: str = "") -> Answer:
        """A command card, soft key or script line. The last accepted label may be scanned again after it."""
        self._repeats.clear()
        if name == "ack":
            return stops.acknowledge(self)
        if self.state.override is not None and name == "back":
            return overriding.cancel(self)
        waits = stops.barred(self, name)
        if waits is not None:
            return waits
        if self.state.stopped is None or name in stops.HARMLESS:
            return self._command(name, argument)
        # Such a command acknowledges too. What was scanned before it counts before it.
        stops.clear(self)
        answers = stops.release(self)
        if not answers or not answers[-1].verdict.stops:
            answers.append(self._command(name, argument))
        return stops.joined(answers)

    def _command(self, name: str, argument: str) -> Answer:
        answered = sign_in.gate_command(self, name) or desk.command(self, name, argument)
        if answered is not None:
            return answered
        self.state = overriding.ended_by(self.state, name)
        if name in WORKFLOWS[self.state.workflow].own_commands:
            step = self.foreseen(asked := Asked(name, argument))
            if not step.quiet:
                return self.apply(step, (), asked=asked)
        match name:
            case "undo":
                return taking_back.undo(self, argument)
            case "remove" | "back" if name == "remove" or self.state.removing:
                return taking_back.toggle_remove(self)
            case "hold" | "release" if name not in WORKFLOWS[self.state.workflow].own_commands:
                return taking_back.flag_last(self, name, argument)
            case "override":
                return overriding.begin(self)
            case "lock":
                return locking.lock(self)
            case "workflow" | "look_up":
                return self._switching.to(argument if name == "workflow" else "look_up")
            case "key":
                return self.answer(NOTHING)  # a function key that means nothing on this screen
            case "help" | "reprint" | "list" | "theme":
                return session_list.asked_for(self, name)
        return self.advance((), Asked(name, argument))

    # -- news from the server ---------------------------------------------------------------------------------------

    def _link(self, news: LinkChanged) -> None:
        self.online = news.online
        self.trouble = news.trouble if news.online else standing_said(self.journal) or news.trouble
        self.pending = self.journal.pending()

    # -- answering --------------------------------------------------------------------------------------------------

    def answer(
        self,
        said: Verdict,
        *,
        text: Said = "",
        events: tuple[Event, ...] = (),
        tone: str = "",
        accepted: int = 0,
        noted: int = 0,
        stopped: int = 0,
        page: str = "",
        taken: tuple[TakenLine, ...] = (),
        labels: tuple[Label, ...] = (),
    ) -> Answer:
        """An answer in words, with the prompt that now stands."""
        return Answer(
            verdict=dressed(said, self.knows, self.zone, self.settings.language),
            text=catalogue.say(text, self.settings.language),
            language=self.settings.language,
            asks=partial(asking.asked_after, self, self.input_n),
            progress=self.progress(),
            events=events,
            tone="" if page else tone or tone_of(said, events),
            accepted=accepted,
            noted=noted,
            stopped=stopped,
            page=page,
            taken=taken,
            labels=labels,
        )

    def prompt_text(self) -> str:
        """What the screen asks for now."""
        return asking.prompt_text(self)

    def progress(self) -> tuple[int, int] | None:
        """Done and total of the document at hand or just closed."""
        return asking.progress(self)
