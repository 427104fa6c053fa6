"""From the session's state and its last answer to what a screen shows."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from scanner_app import sign_in
from scanner_app.answer import Answer, dressed, words
from scanner_app.clockwork import clock_time, local_iso
from scanner_app.conflicts import SHOWN_MAX, sentence
from scanner_app.session_state import decode_gesture, workflow_state
from scanner_app.view import HISTORY_LINES_MAX, Banner, HistoryLine, ListedLine, MenuLine, ScreenView, SoftKey
from scanner_app.workflows.flow import Prompt
from scanner_app.workflows.lines import current_line
from scanner_app.workflows.registry import WORKFLOWS
from tracking import catalogue

if TYPE_CHECKING:
    from scanner_app.session import Session

MENU = (
    MenuLine(key="1", label="Receive", command="workflow receiving"),
    MenuLine(key="2", label="Ship", command="workflow shipping"),
    MenuLine(key="3", label="Build", command="workflow production"),
    MenuLine(key="4", label="Count", command="workflow stocktake"),
    MenuLine(key="5", label="Move", command="workflow move"),
    MenuLine(key="6", label="Pack", command="workflow pack"),
    MenuLine(key="7", label="Return", command="workflow returns"),
    MenuLine(key="8", label="Quality", command="workflow quality"),
    MenuLine(key="9", label="Look up", command="look_up"),
)

_UNDO = SoftKey(key="f2", label="UNDO", command="undo")
_LOOK = SoftKey(key="f3", label="LOOK UP", command="look_up")
_DONE = SoftKey(key="f4", label="DONE", command="done")
_HOLD = SoftKey(key="f5", label="HOLD", command="hold")
_CONFIRM = SoftKey(key="f4", label="CONFIRM", command="confirm")
_START = SoftKey(key="f5", label="START", command="workflow home")
_LOCK = SoftKey(key="f5", label="LOCK", command="lock")
_ACK = SoftKey(key="enter", label="I HAVE IT", command="ack")
_BACK = SoftKey(key="escape", label="BACK", command="back")


class Presenter:
    """Keeps the session list and makes one picture after every answer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._n = 0
        self._banner: Banner | None = None
        self._tone = ""
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
                Answer(verdict=dressed(stopped.verdict, session.knows, session.zone))
            )

    def observe(self, answer: Answer) -> None:
        """An answer was given."""
        self._n += 1
        self._tone = answer.tone
        if answer.tone == "held":
            return
        self._list(answer)
        if answer.verdict.code or answer.message:
            self._banner = self._banner_of(answer)

    def _list(self, answer: Answer) -> None:
        session, said = self._session, answer.verdict
        if not said.code or not (answer.accepted or answer.noted or answer.stopped or answer.events):
            return
        named = (said.fields.get(name) for name in ("container", "raw", "document", "location"))
        text = said.serial or next(filter(None, named), said.item)
        word = words(said, session.settings.language).word
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
                text=text,
                detail="" if said.level == "ok" and said.code in {"received", "shipped", "picked"} else word,
                time=clock_time(local_iso(session.clock.wall_ms(), session.zone)),
                gesture=session.state.gestures if answer.events and said.level in {"ok", "note"} else 0,
            )
        )

    def _banner_of(self, answer: Answer) -> Banner:
        said = answer.verdict
        if not said.code:
            return Banner(level="none", word=answer.message)
        message = words(said, self._session.settings.language)
        level = "complete" if answer.tone == "complete" else "repeat" if said.code == "repeat" else said.level
        lines = message.clauses
        if answer.tone == "complete" and answer.progress is not None:
            lines = (*lines, f"order complete: {answer.progress[0]} of {answer.progress[1]}")
        if answer.events:
            lines = (*lines, self._standing())
        return Banner(level=level, word=message.word, do=message.do, lines=lines)

    def _standing(self) -> str:
        """On what the verdict stands: the server's word, or local knowledge and its age."""
        age = self._cache_age_s()
        if age is None:
            return "judged here, no server yet"
        if self._session.online and age < 60:
            return "judged here, cache is fresh"
        return f"judged here, cache {_spoken_age(age)} old"

    def _cache_age_s(self) -> int | None:
        confirmed = self._session.cache.meta("confirmed_ms")
        if not confirmed:
            return None
        now = self._session.stamper.believed_server_ms() or self._session.clock.wall_ms()
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
        resume, resume_command = self._resume() if state.workflow == "home" and not blocked else ("", "")
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
            task=flow.task,
            document=self._document(),
            detour=self._detour(),
            prompt=session.prompt_text(),
            prompt_more="" if blocked else prompt.more,
            wants_text=bool(state.pin_for) or (prompt.wants_text and not blocked),
            secret=bool(state.pin_for),
            progress=session.progress() or self._blind_count(prompt),
            line_text=line_text,
            next_text=next_text,
            listing=self._listing() if not blocked else (),
            banner=self._banner,
            stopped=state.stopped is not None,
            waiting=len(state.held),
            tone=self._tone,
            history=tuple(self._history),
            hint=self._hint(exceptions),
            exceptions=exceptions,
            soft_keys=self._soft_keys(prompt),
            menu=self._menu(prompt) if not blocked else (),
            resume=resume,
            resume_command=resume_command,
            help=flow.help,
        )

    def _menu(self, prompt: Prompt) -> tuple[MenuLine, ...]:
        """The tasks on the start screen; elsewhere what may be chosen beside a scan, each with a digit."""
        state = self._session.state
        if state.workflow == "home":
            return MENU
        if state.stopped is not None:
            return ()
        language = self._session.settings.language
        return tuple(
            MenuLine(key=str(place), label=catalogue.choice(command, language), command=command)
            for place, command in enumerate(prompt.choices, 1)
        )

    def _listing(self) -> tuple[ListedLine, ...]:
        """What the task lists: a bill's positions, what is in the carton."""
        state = self._session.state
        flow = WORKFLOWS[state.workflow]
        if flow.listing is None:
            return ()
        lines = flow.listing(workflow_state(state, state.workflow), self._session.knows)
        return tuple(ListedLine(text=line.text, state=line.state) for line in lines)

    def _document(self) -> str:
        state = self._session.state
        return "" if state.workflow in {"home", "look_up"} else state.document

    def _detour(self) -> str:
        state = self._session.state
        if state.workflow != "look_up":
            return ""
        task = WORKFLOWS[state.back_to].task if state.back_to in WORKFLOWS else ""
        return f"back: {task.lower() or 'start'} (F3)"

    def _lines(self) -> tuple[str, str]:
        """``line 1 of 3`` and what comes after it."""
        session = self._session
        document = session.knows.document(session.state.document)
        if document is None or document.blind or session.state.workflow in {"home", "look_up"}:
            return "", ""
        tally = session.knows.tally(document.number)
        line = current_line(document, tally)
        if line is None:
            return "all lines complete", ""
        place = document.lines.index(line)
        after = document.lines[place + 1 : place + 2]
        return f"line {place + 1} of {len(document.lines)}", f"next: {after[0].item}" if after else ""

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
        return tuple(sentence(record, session.knows, session.zone) for record in own)

    def _hint(self, exceptions: tuple[str, ...]) -> str:
        news = self._session.device_news
        if news is not None and news.state in {"lost", "denied"}:
            return f"{news.name} {news.state}: {news.detail}"
        if self._session.fault is not None:
            return str(self._session.fault)
        return self._session.trouble or next(iter(exceptions), "F1 help")

    def _resume(self) -> tuple[str, str]:
        """The task that waits with an order open, in words, and the command that goes on with it."""
        state = self._session.state
        for name in state.states:
            there = workflow_state(state, name) if name in WORKFLOWS else None
            if there is not None and there.document:
                tally = self._session.knows.tally(there.document)
                document = self._session.knows.document(there.document)
                known = document is not None and not document.blind
                total = f", {tally.total} of {document.total}" if document is not None and known else ""
                return f"{there.document} {name}{total}", f"workflow {name}"
        return "", ""

    def _soft_keys(self, prompt: Prompt) -> tuple[SoftKey, ...]:
        session = self._session
        state = session.state
        if state.stopped is not None:
            sure = state.stopped.verdict.code == "confirm_required"
            return (_ACK, _CONFIRM) if sure else (_ACK,)
        if state.pin_for or sign_in.needed(session):
            return (_BACK,)
        if state.workflow == "home":
            return (_UNDO, _LOOK, _LOCK)
        if state.workflow == "look_up":
            return (SoftKey(key="f3", label="BACK", command="back"), _START)
        there = workflow_state(state, state.workflow)
        if prompt.keys:
            language = session.settings.language
            own = zip(("f4", "f5"), prompt.keys, strict=False)
            labelled = tuple(
                SoftKey(key=key, label=catalogue.choice(name, language), command=name) for key, name in own
            )
            return (_UNDO, _LOOK, *labelled)
        if getattr(there, "confirming", ""):
            return (_UNDO, _LOOK, _CONFIRM, _BACK)
        if there.document or getattr(there, "blind", False):
            return (_UNDO, _LOOK, _DONE, _HOLD)
        if state.workflow == "receiving":
            return (_UNDO, _LOOK, SoftKey(key="f4", label="NO ORDER", command="confirm"), _START)
        return (_UNDO, _LOOK, _START)


def _spoken_age(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"
