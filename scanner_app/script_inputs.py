"""A script's lines as the session's inputs: what replay and the demonstration have in common."""

from __future__ import annotations

import msgspec

from drivers import replay_lines as lines
from drivers.scan import Burst
from scanner_app.clockwork import Clock
from scanner_app.inputs import Command, Input, LinkChanged, SignIn, Typed


def given_by(line: lines.AnyLine, clock: Clock) -> Input | None:
    """The input that a line stands for, at the clock's time; None for a line that is none, a key included."""
    now = {"mono_ns": clock.mono_ns(), "wall_ms": clock.wall_ms()}
    match line:
        case lines.ScanLine():
            return msgspec.structs.replace(line.scan, **now)
        case lines.BurstLine():
            return Burst(scans=tuple(msgspec.structs.replace(scan, **now) for scan in line.burst.scans))
        case lines.CommandLine():
            return Command(name=line.name, argument=line.argument)
        case lines.WorkflowLine():
            return Command(name="workflow", argument=line.name)
        case lines.OperatorLine():
            return SignIn(badge=line.badge, pin=line.pin)
        case lines.TypeLine():
            return Typed(text=line.typed)
        case lines.Offline() | lines.Online():
            return LinkChanged(online=isinstance(line, lines.Online))
    return None


def unmet(expect: lines.Expect, code: str | None) -> str:
    """What an ``expect`` line misses, in a sentence; empty where it is met."""
    met = (code or "none") in expect.codes or (code is None and "null" in expect.codes)
    return "" if met else f"line {expect.line}: expected {'|'.join(expect.codes)}, got {code or 'none'}"
