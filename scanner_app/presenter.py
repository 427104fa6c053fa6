"""From the session's state and its last answer to what a screen shows."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from scanner_app import label_news, locking, overriding, sign_in, start_screen
from scanner_app.answer import Answer, dressed, words
from scanner_app.clockwork import clock_time, local_iso
from scanner_app.conflicts import SHOWN_MAX, sentence
from scanner_app.inputs import PRINTER
from scanner_app.session_state import decode_gesture, workflow_state
from scanner_app.view import (
    HISTORY_LINES_MAX,
    Banner,
    HistoryLine,
    ListedLine,
    MenuLine,
    ScreenView,
    SoftKey,
    TakenLine,
)
from scanner_app.workflows.flow import Prompt
from scanner_app.workflows.lines import current_line
from scanner_app.workflows.registry import WORKFLOWS
from tracking import catalogue
from tracking.later import Later
from tracking.phrases import Phrase, Said, phrase, task_named

if TYPE_CHECKING:
    from scanner_app.handing import giving
    from scanner_app.session import Session
else:
    giving = Later("scanner_app.handing.giving")

_KEYS = {
    "undo": ("f2", "undo"),
    "look_up": ("f3", "look_up"),
    "done": ("f4", "done"),
    "hold": ("f5", "hold"),
    "confirm": ("f4", "confirm"),
    "no_order": ("f4", "confirm"),
    "start": ("f5", "workflow home"),
    "lock": ("f5", "lock"),
    "ack": ("enter", "ack"),
    "override": ("f9", "override"),
    "back": ("escape", "back"),
    "help": ("f1", "help"),
    "return": ("f3", "back"),
    "inside": ("f6", "inside"),
    "history": ("f7", "history"),
    "next": ("f3", "more"),
    "reclaim": ("f2", "take_back"),
}
"""Soft key -> the terminal's key and the command it gives; its word is the catalogue's."""

_BESIDE_OWN = ("undo", "look_up")
"""What stays beside the keys that a task asks for."""


class Presenter:
    """Keeps the session list and makes one picture after every answer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._language = session.settings.language
        self._n = 0
        self._banner: Banner | None = None
        self._tone = ""
        self._page = ""
        self._taken: tuple[TakenLine, ...] = ()
        self._history: deque[HistoryLine] = deque(maxlen=HISTORY_LINES_MAX)
        self._remembered()
        session.observers.append(self.observe)

    def _remembered(self) -> None:
        """After a restart: the list as the journal has it, and the stop that still waits."""
        session = self._session
        for number, body in reversed(session.journal.gestures(HISTORY_LINES_MAX)):
            gesture = decode_gesture(body)
            if gesture is not None:
                self._history.appendleft(
                    HistoryLine(level=gesture.level, text=gesture.text, time=gesture.time, gesture=number)
                )
        stopped = session.state.stopped
        if stopped is not None:
            self._banner = self._banner_of(
                Answer(verdict=dressed(stopped.verdict, session.knows, session.zone, self._language))
            )

    def observe(self, answer: Answer) -> None:
        """An answer was given."""
        self._n += 1
        self._tone = answer.tone
        self._page = answer.page
        if answer.page or answer.verdict.code or answer.text:
            self._taken = answer.taken  # news of the server leave an open list as it is
        if answer.tone == "held" or answer.page:
            return
        self._list(answer)
        if answer.verdict.code or answer.message not in {"", answer.prompt}:
            # A question is the prompt's; what was answered before it stays: a supervisor sees the stop he judges.
            self._banner = self._banner_of(answer)

    def _list(self, answer: Answer) -> None:
        session, said = self._session, answer.verdict
        if not said.code or not (answer.accepted or answer.noted or answer.stopped or answer.events):
            return
        of_lot = ("lot",) if said.code == "looked_up" else ()
        names = ("container", "raw", "document", *of_lot, "location", "loose")
        named = (said.fields.get(name) for name in names)
        text = said.serial or next(filter(None, named), said.item)
        word = words(said, self._language).word
        level = (
            "undone"
            if said.code in {"undone", "removed"}
            else "repeat"
            if said.code == "repeat"
            else said.level
        )
        self._history.appendleft(
            HistoryLine(
                level=level,
                text=text or word,
                detail=word if text and said.code not in {"received", "shipped", "picked"} else "",
                time=clock_time(local_iso(session.stamper.now_ms(), session.zone)),
                gesture=session.state.gestures if answer.events and said.level in {"ok", "note"} else 0,
            )
        )

    def _banner_of(self, answer: Answer) -> Banner | None:
        said = answer.verdict
        if not said.code:
            return Banner(level="none", word=answer.message)
        message = words(said, self._language)
        lines = message.clauses
        if said.code == "command" and not lines and self._session.state.workflow == "home":
            return None  # where it led to is on the screen, and the menu has the room
        level = _light(answer, lines)
        if answer.tone == "complete" and said.code != "completed" and answer.progress is not None:
            done, total = answer.progress
            lines = (*lines, self._word("order_complete", done=str(done), total=str(total)))
        labels = catalogue.say(label_news.of_answer(answer, self._session.printer), self._language)
        lines = (*lines, labels) if labels else lines
        if answer.events:
            lines = (*lines, self._standing())
        return Banner(level=level, word=message.word, do=message.do, lines=lines)

    def _standing(self) -> str:
        """On what the verdict stands: the server's word, or local knowledge and its age."""
        age = self._cache_age_s()
        if age is None:
            return self._word("judged_alone")
        if self._session.online and age < 60:
            return self._word("judged_fresh")
        return self._word("judged_old", age=_spoken_age(age))

    def _cache_age_s(self) -> int | None:
        confirmed = self._session.cache.meta("confirmed_ms")
        if not confirmed:
            return None
        now = self._session.stamper.server_ms()
        return max(0, (now - int(confirmed)) // 1000)

    # -- the picture ------------------------------------------------------------------------------------------------

    def view(self) -> ScreenView:
        """Everything that a screen shows now."""
        session = self._session
        state, knows = session.state, session.knows
        flow = WORKFLOWS[state.workflow]
        prompt = flow.prompt(workflow_state(state, state.workflow), knows)
        operator = knows.operator(state.operator)
        blocked = bool(state.pin_for) or sign_in.needed(session)
        line_text, next_text = self._lines()
        exceptions = self._exceptions()
        showing = state.handing.showing
        at_start = state.workflow == "home" and not blocked
        return ScreenView(
            n=self._n,
            site=knows.site,
            device=session.journal.device,
            place=session.settings.place,
            operator=(operator.name or operator.badge) if operator is not None else "",
            link={True: "online", False: "offline", None: "none"}[session.online],
            unsynced=session.pending,
            cache_age_s=self._cache_age_s(),
            workflow=state.workflow,
            language=self._language,
            task=catalogue.task(flow.name, self._language) or flow.task,
            document=self._document(),
            detour=self._detour(),
            asks="badge" if blocked else "" if state.override or state.removing else prompt.name,
            prompt=session.prompt_text() if showing is None else catalogue.prompt("symbol", self._language),
            prompt_more=self._more(prompt, blocked=blocked),
            wants_text=bool(state.pin_for)
            or overriding.asks_for_text(state)
            or (prompt.wants_text and not blocked),
            secret=bool(state.pin_for)
            or overriding.prompt_name(state) == "pin"
            or (prompt.secret and not blocked),
            progress=session.progress() or self._blind_count(prompt),
            line_text=line_text,
            next_text=next_text,
            listing=self._listing() if not blocked else (),
            symbol=showing.texts[showing.place] if showing is not None and not blocked else "",
            symbol_of=catalogue.say(giving.place_of(showing), self._language) if showing is not None else "",
            banner=self._shown_banner(),
            stopped=state.stopped is not None and state.override is None,
            waiting=len(state.held),
            tone=self._tone,
            history=tuple(self._history),
            hint=self._hint(exceptions),
            exceptions=exceptions,
            page=self._page,
            taken=self._taken,
            soft_keys=self._soft_keys(prompt),
            menu=self._menu(prompt) if not blocked else (),
            tasks=start_screen.waiting(session) if at_start else (),
            help=catalogue.help_lines(flow.name, self._language) or flow.help,
        )

    def _shown_banner(self) -> Banner | None:
        """The banner; over a supervisor's number pad only the stop's name and what it is about."""
        banner = self._banner
        if banner is None or not overriding.asks_for_text(self._session.state):
            return banner
        return msgspec.structs.replace(banner, lines=banner.lines[:1])

    def _more(self, prompt: Prompt, *, blocked: bool) -> str:
        """Under the prompt: the item, the line, or the reasons that a supervisor may choose by number."""
        state = self._session.state
        if state.override is not None:
            return self._word("override_reasons") if state.override.proven else ""
        if blocked:
            return catalogue.say(locking.said(self._session) or "", self._language)
        return catalogue.say(prompt.more, self._language)

    def _menu(self, prompt: Prompt) -> tuple[MenuLine, ...]:
        """The tasks on the start screen; elsewhere what may be chosen beside a scan, each with a digit."""
        state = self._session.state
        if state.workflow == "home":
            return start_screen.menu(self._session)
        if state.stopped is not None:
            return ()
        return tuple(
            MenuLine(key=str(place), label=catalogue.choice(command, self._language), command=command)
            for place, command in enumerate(prompt.choices, 1)
        )

    def _listing(self) -> tuple[ListedLine, ...]:
        """What the task lists: a bill's positions, what is in the carton."""
        state = self._session.state
        flow = WORKFLOWS[state.workflow]
        if flow.listing is None:
            return ()
        lines = flow.listing(workflow_state(state, state.workflow), self._session.knows)
        return tuple(
            ListedLine(text=catalogue.say(line.text, self._language), state=line.state) for line in lines
        )

    def _document(self) -> str:
        state = self._session.state
        return "" if state.workflow in {"home", "look_up"} else state.document

    def _detour(self) -> str:
        state = self._session.state
        if state.workflow != "look_up":
            return ""
        return self._word("back_to", task=task_named(state.back_to if state.back_to in WORKFLOWS else "home"))

    def _lines(self) -> tuple[str, str]:
        """``line 1 of 3`` and what comes after it."""
        session = self._session
        document = session.knows.document(session.state.document)
        if document is None or document.blind or session.state.workflow in {"home", "look_up"}:
            return "", ""
        tally = session.knows.tally(document.number)
        if tally.closed:
            return "", ""
        line = current_line(document, tally)
        if line is None:
            return self._word("all_lines"), ""
        place = document.lines.index(line)
        after = document.lines[place + 1 : place + 2]
        here = self._word("line_of", line=str(place + 1), lines=str(len(document.lines)))
        return here, self._word("next_line", item=after[0].item) if after else ""

    def _blind_count(self, prompt: Prompt) -> tuple[int, int] | None:
        """What was counted here, or on a blind document, without what is expected."""
        session = self._session
        if prompt.here >= 0:
            return prompt.here, 0
        document = session.knows.document(session.state.document)
        counting = document is not None and document.type == "count_sheet"
        if (
            document is None
            or not document.blind
            or counting
            or session.state.workflow in {"home", "look_up"}
        ):
            return None
        return session.knows.tally(document.number).total, 0

    def _exceptions(self) -> tuple[str, ...]:
        session = self._session
        own = session.knows.own_exceptions()[:SHOWN_MAX]
        return tuple(sentence(record, session.knows, session.zone, self._language) for record in own)

    def _hint(self, exceptions: tuple[str, ...]) -> str:
        news = self._session.device_news
        labels = catalogue.say(label_news.of_printer(self._session.printer), self._language)
        if news is None or news.name == PRINTER or news.state not in {"lost", "denied"}:
            news = None
        if news is not None:
            return self._word(f"driver_{news.state}", name=news.name, detail=news.detail)
        if self._session.fault is not None:
            return catalogue.say(self._session.fault.said, self._language)
        trouble = labels or catalogue.say(self._session.trouble, self._language)
        return trouble or next(iter(exceptions), self._word("hint_help"))

    def _soft_keys(self, prompt: Prompt) -> tuple[SoftKey, ...]:
        names = self._key_names(prompt)
        own = self._own_keys(prompt) if names == _BESIDE_OWN else ()
        return (*(self._key(name) for name in names), *own)

    def _key(self, name: str) -> SoftKey:
        key, command = _KEYS[name]
        return SoftKey(key=key, label=self._word(f"key_{name}"), command=command)

    def _own_keys(self, prompt: Prompt) -> tuple[SoftKey, ...]:
        """The keys that the task asks for here."""
        own = zip(("f4", "f5"), prompt.keys, strict=False)
        return tuple(
            SoftKey(key=key, label=catalogue.choice(name, self._language), command=name) for key, name in own
        )

    def _key_names(self, prompt: Prompt) -> tuple[str, ...]:
        """The keys of this moment, at most four; the task's own come after these."""
        session = self._session
        state = session.state
        if state.override is not None:
            return ("back",)
        if state.stopped is not None:
            other = "confirm" if state.stopped.verdict.code == "confirm_required" else ""
            other = "override" if overriding.possible(session) else other
            return ("ack", other) if other else ("ack",)
        if state.pin_for or sign_in.needed(session):
            return ("back",) if state.pin_for else ("help",)
        if state.handing.showing is not None:
            return (
                ("reclaim", "next", "done") if len(state.handing.showing.texts) > 1 else ("reclaim", "done")
            )
        if state.workflow == "home":
            return ("undo", "look_up", "back" if start_screen.turned(session) else "lock")
        if state.workflow == "look_up":
            pages = getattr(workflow_state(state, "look_up"), "pages", ())
            return ("return", "start", *pages)
        there = workflow_state(state, state.workflow)
        if prompt.keys:
            return _BESIDE_OWN
        if getattr(there, "confirming", ""):
            return ("undo", "look_up", "confirm", "back")
        if there.document or getattr(there, "blind", False):
            return ("undo", "look_up", "done", "hold")
        if state.workflow == "receiving":
            return ("undo", "look_up", "no_order", "start")
        return ("undo", "look_up", "start")

    def _word(self, name: str, /, **fields: Said) -> str:
        return catalogue.word(name, self._language, **fields)


def _light(answer: Answer, lines: tuple[str, ...]) -> str:
    """The level of the banner: green only for what was taken, and never over a note."""
    said = answer.verdict
    if said.code == "looked_up" or (said.code == "command" and not lines):
        return "none"
    if answer.tone == "complete" and said.level == "ok":
        return "complete"
    return "repeat" if said.code == "repeat" else said.level


def _spoken_age(seconds: int) -> Phrase:
    if seconds < 60:
        return phrase("age_s", count=str(seconds))
    if seconds < 3600:
        return phrase("age_min", count=str(seconds // 60))
    if seconds < 172_800:
        return phrase("age_h", count=str(seconds // 3600))
    return phrase("age_days", count=str(seconds // 86_400))
