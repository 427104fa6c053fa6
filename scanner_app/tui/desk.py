"""What a person's keys and touches mean. Pure: no terminal, no clock of its own.

A scanner that types is no person: an Enter counts as an acknowledgement only :data:`QUIET_S` after any other key, and a
touch only :data:`SEEN_S` after the stop was first shown.
"""

from __future__ import annotations

import math

import msgspec

from drivers.keys import TypedChar, TypedEnter, TypedKey
from drivers.scan import SCAN_BYTES_MAX, Burst, Scan
from drivers.wedge import Cut, Output
from scanner_app.inputs import Command, Typed
from scanner_app.tui.local import Local
from scanner_app.tui.paint.keys import soft_keys
from scanner_app.tui.port import Input, command
from scanner_app.view import ScreenView
from tracking.catalogue import word

QUIET_S = 0.5
SEEN_S = 0.3
"""A stop must have been on the screen this long, seconds, before it can be acknowledged."""
TOUCH_BOUNCE_S = 0.25
"""A second touch within this time is the same touch of a glove."""
HELD_KEY_S = (0.015, 0.06)
"""A function key that comes for the third time with both gaps between these, seconds, is held down: it repeats."""
ENTRY_CHARACTERS_MAX = 64
_NUMBER_DIGITS_MAX = 9


class Own(msgspec.Struct, frozen=True):
    """Something that the screens do themselves: ``leave``, ``bell``."""

    name: str


Act = Input | Own


class Desk:
    """Turns keys, scans and touches into inputs for the session and changes of the screens' own state."""

    def __init__(self) -> None:
        self._last_s = -math.inf  # any key or scan
        self._last_key = ("", -math.inf, 0)  # name, time, how often it came at the speed of a held key
        self._touched, self._touched_s = "", -math.inf
        self._stop_since_s: float | None = None

    def shown(self, view: ScreenView, now_s: float) -> None:
        """A view has come to the screen."""
        if not view.stopped:
            self._stop_since_s = None
        elif self._stop_since_s is None:
            self._stop_since_s = now_s

    def take(self, given: Output, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
        """One scan or key."""
        if isinstance(given, Scan | Burst):
            last = given if isinstance(given, Scan) else given.scans[-1]
            self._last_s = last.mono_ns / 1e9
            return _changed(local, page=""), [given]
        if isinstance(given, Cut):
            return self._cut(given, view, local)
        quiet_s = given.time_s - self._last_s
        self._last_s = given.time_s
        if isinstance(given, TypedEnter):
            return self._enter(min(quiet_s, given.quiet_s), given.time_s, view, local)
        if isinstance(given, TypedChar):
            return self._character(given.character, view, local)
        return self._key(given, quiet_s, view, local)

    def touch(self, action: str, now_s: float, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
        """A finger on a part of the screen with this action."""
        same = action == self._touched or not action.startswith(":type")
        bounced = same and now_s - self._touched_s < TOUCH_BOUNCE_S
        self._touched, self._touched_s = action, now_s
        if bounced or not action or (action == "ack" and not self._seen(now_s)):
            return local, []
        return self._do(action, view, local)

    def _seen(self, now_s: float) -> bool:
        return self._stop_since_s is not None and now_s - self._stop_since_s >= SEEN_S

    def _cut(self, cut: Cut, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
        text = word("left_out", view.language, count=str(cut.left_out), most=str(SCAN_BYTES_MAX))
        return _changed(local, refused=local.refused + 1, refused_last=text), [Own("bell")]

    def _character(self, character: str, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
        if character == "?" and not local.entry and not view.wants_text:
            return self._do(_action("f1", local.page, view), view, local)
        if local.page == "list" and not view.stopped and character.isdecimal():
            return _number(character, view, local)
        if len(local.entry) >= ENTRY_CHARACTERS_MAX:
            return local, [Own("bell")]
        return _changed(local, entry=local.entry + character, page=""), []

    def _enter(self, quiet_s: float, now_s: float, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
        if local.entry and local.page == "list" and not view.stopped:
            return self._do(":undo", view, local)
        if local.entry:
            return self._entered(view, local)
        if quiet_s < QUIET_S:
            return local, []
        if view.stopped:
            return local, [Command(name="ack")] if self._seen(now_s) else []
        if local.refused:
            return self._do(":taken_note", view, local)
        if view.symbol:
            return local, [Command(name="more")]
        if local.page:
            return self._do(":undo" if local.page == "list" else ":close", view, local)
        return local, []

    def _entered(self, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
        """The typed line is complete."""
        chosen = [line.command for line in view.menu if line.key == local.entry]
        entered: Input = command(chosen[0]) if chosen and not view.wants_text else Typed(text=local.entry)
        return _changed(local, entry=""), [entered]

    def _key(
        self, pressed: TypedKey, quiet_s: float, view: ScreenView, local: Local
    ) -> tuple[Local, list[Act]]:
        key = pressed.key
        repeats = self._repeats(key, pressed.time_s)
        page = "" if view.stopped else local.page
        if key == "backspace":
            return _changed(local, entry=local.entry[:-1]), []
        if key == "escape":
            return self._escape(quiet_s, pressed.time_s, page, view, local)
        if key in ("up", "down"):
            return self._do(f":{key}" if page == "list" else ":list", view, local)
        if not _is_function_key(key):
            return local, []
        if repeats >= 2:
            return local, []
        return self._do(_action(key, page, view), view, local)

    def _escape(
        self, quiet_s: float, now_s: float, page: str, view: ScreenView, local: Local
    ) -> tuple[Local, list[Act]]:
        """One thing after the other: the typed line, the page, the task's last step."""
        if local.entry:
            return _changed(local, entry=""), []
        if page:
            return _changed(local, page=""), []
        if view.stopped and (quiet_s < QUIET_S or not self._seen(now_s)):
            return local, []  # going back clears a stop, so it must be a person's wish as well
        return local, [Command(name="back")]

    def _repeats(self, key: str, time_s: float) -> int:
        last_key, last_s, repeats = self._last_key
        held = key == last_key and HELD_KEY_S[0] < time_s - last_s < HELD_KEY_S[1]
        self._last_key = (key, time_s, repeats + 1 if held else 0)
        return self._last_key[2]

    def _do(self, action: str, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
        """Carry out an action: those that begin with ``:`` are the screens' own."""
        if action in ("list", "help"):
            action = ":" + action
        if not action.startswith(":"):
            return _changed(local, page=""), [command(action)]
        name, _, argument = action[1:].partition(" ")
        if name == "type":
            return self._character(argument, view, local)
        if name == "erase":
            return _changed(local, entry=local.entry[:-1]), []
        if name == "enter":
            return self._entered(view, local) if local.entry else (local, [])
        return _own(name, argument, view, local)


def _is_function_key(key: str) -> bool:
    return key.startswith("f") and key[1:].isdecimal()


def _action(key: str, page: str, view: ScreenView) -> str:
    """What a function key does now."""
    if key == "f1":
        return {"help": ":keys", "keys": ":close"}.get(page, ":help")
    if key == "f8":
        return ":theme"
    if key == "f10":
        return ":leave" if page == "device" else ":device"
    if key == "f9" and view.workflow != "home" and not page and not view.stopped:
        return "hand_over"
    if page == "device":
        return ":sound" if key == "f6" else ":close"
    for soft_key in soft_keys(view):
        if soft_key.key == key:
            return soft_key.command
    for task in () if view.stopped else view.tasks:
        if task.key == key:
            return task.command
    return ":list" if key == "f6" else f"key {key}"


def _number(digit: str, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
    """A digit of a line's number on the session list: the cursor goes to the line that has it."""
    entry = (local.entry + digit)[:_NUMBER_DIGITS_MAX]
    at = next((at for at, line in enumerate(view.taken) if str(line.number) == entry), local.cursor)
    return _changed(local, entry=entry, cursor=at), []


def _take_back(view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
    """The chosen line of the session list, or the one whose number was typed."""
    chosen = view.taken[local.cursor : local.cursor + 1]
    if local.entry:
        chosen = tuple(line for line in view.taken if str(line.number) == local.entry)
    if not chosen:
        return _changed(local, entry=""), [Own("bell")]
    return _changed(local, page="", entry=""), [Command(name="undo", argument=str(chosen[0].number))]


def _own(name: str, argument: str, view: ScreenView, local: Local) -> tuple[Local, list[Act]]:
    if name == "list" and local.page != "list":
        # What was done stands in the journal: the session's answer opens the page.
        return local, [] if view.stopped else [Command(name="list")]
    if name in ("help", "keys", "list", "device"):
        return _changed(local, page="" if local.page == name else name, cursor=0), []
    if name == "close":
        return _changed(local, page=""), []
    if name == "theme":
        return _changed(local, theme="night" if local.theme == "sun" else "sun"), []
    if name == "sound":
        return _changed(local, sound=not local.sound), []
    if name in ("up", "down", "choose"):
        wanted = int(argument) if argument else local.cursor + (1 if name == "down" else -1)
        return _changed(local, cursor=max(0, min(wanted, len(view.taken) - 1)), entry=""), []
    if name == "undo":
        return _take_back(view, local)
    if name == "taken_note":
        return _changed(local, refused=0, refused_last=""), []
    return local, [Own(name)]


def _changed(local: Local, **fields: object) -> Local:
    return msgspec.structs.replace(local, **fields)
