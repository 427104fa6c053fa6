"""A million random and damaged codes against the reader: ``python -m tests.fuzz [--inputs N] [--seed N]``.

What must hold of each: no exception, a bounded set of readings, and no more than :data:`READING_MS_MAX` of the
processor's time. The whole run must not grow in memory. The suite plays a short share of it.
"""

from __future__ import annotations

import argparse
import gc
import re
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from functools import _lru_cache_wrapper
from pathlib import Path
from random import Random
from time import perf_counter_ns, thread_time_ns

import msgspec

from scanner_app.commands.standards import EXAMPLES
from scanner_app.scanners.reading import load_all, understood, ways
from tests.tracking.identifiers.cases import CASES
from tracking.identifiers.reader import TEXT_CHARS_MAX, read
from tracking.identifiers.reading import KINDS, NATIVE_KINDS, Reading

TODAY = date(2026, 11, 23)
READING_MS_MAX = 20.0
READINGS_MAX = 12
"""More shapes than one text can have at once."""
REPEATS = 3
"""So often is a slow reading repeated, by a reader with empty caches: what is slow by itself is slow each time."""
GROWTH_MIB_MAX = 16.0
"""What a long run may grow by after its first tenth, which fills the bounded caches."""

AIMS = (
    *("", "", "", "]A0", "]C0", "]C1", "]C2", "]E0", "]E4", "]I1", "]J1", "]Q1", "]Q3", "]X0"),
    *("]d1", "]d2", "]e0", "]z0", "]z1", "]zB", "]"),
)
PIECES = (
    "0123456789AZaz+$/=&,>[]().-:%^ {}|~\x1d\x1e\x04\u241d\u00e8\u00df\uff11\ufffd\r\n\x00\x1b\x9b"
    "\u0130\u200b\u202e\ud800\U0001f4e6"
)
HEADS = (
    *("01", "(01)", "00", "10", "17", "21", "8003", "8020", "+", "+$$", "[)>\x1e06\x1d", "=/", "=,", "&,1"),
    *("https://id.gs1.org/01/", "https://a.b/", "urn:epc:id:sgtin:", "IMEI:", "%CMD:", "1P", "S", "{a:b,"),
)
"""How codes of each standard begin."""


class Slow(msgspec.Struct, frozen=True):
    """The slowest reading."""

    ms: float = 0.0
    text: str = ""
    aim: str = ""


class Found(msgspec.Struct, kw_only=True):
    """What a run found."""

    loading_ms: float = 0.0
    """The processor's time for loading all that reads, which a handheld does in its first pause."""
    inputs: int = 0
    sound: int = 0
    slowest: Slow = Slow()
    over: int = 0
    """Readings that took longer than the bound, in the processor's time, each time that they were read."""
    over_once: int = 0
    """Readings that did so the first time: on a virtual machine, what the host takes away is counted, too."""
    slowest_wall_ms: float = 0.0
    over_wall: int = 0
    """The same by the clock on the wall, which also counts what other programs of the machine took."""
    cpu_us: float = 0.0
    """Mean time of the processor for one code."""
    wall_s: float = 0.0
    peak_mib: float = 0.0
    growth_mib: float = 0.0
    broken: list[str] = []
    """Inputs that broke a promise, as Python writes them, with the promise; at most ten."""

    @property
    def ok(self) -> bool:
        """True when every promise was kept."""
        return not self.broken and not self.over and self.growth_mib <= GROWTH_MIB_MAX


def inputs(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """(text, AIM id): the same for the same seed."""
    chance = Random(seed)
    seeds = [(example.text, example.symbology_id) for example in EXAMPLES]
    seeds += [(case.raw, case.symbology_id) for case in CASES]
    for _ in range(count):
        text, aim = _one(chance, seeds)
        yield text, aim if chance.random() < 0.5 else chance.choice(AIMS)


def _one(chance: Random, seeds: Sequence[tuple[str, str]]) -> tuple[str, str]:
    kind = chance.random()
    if kind < 0.55:
        text, aim = chance.choice(seeds)
        return mutated(text, chance, seeds), aim
    if kind < 0.70:
        return (_retyped if chance.random() < 0.5 else _spliced)(chance, seeds), ""
    if kind < 0.85:
        length = chance.choice((1, 4, 14, 18, 30, 60, 200))
        return chance.choice(HEADS) + "".join(
            chance.choice(PIECES) for _ in range(chance.randint(0, length))
        ), ""
    if kind < 0.999:
        return "".join(chr(chance.choice(_RANGES)(chance)) for _ in range(chance.randint(0, 40))), ""
    piece = chance.choice((*HEADS, *PIECES, chance.choice(seeds)[0]))
    return (piece * TEXT_CHARS_MAX)[: chance.randint(1, TEXT_CHARS_MAX + 1)], ""


_RANGES = (
    lambda chance: chance.randint(0x20, 0x7E),
    lambda chance: chance.randint(0x30, 0x39),
    lambda chance: chance.randint(0, 0xFF),
    lambda chance: chance.randint(0, 0x10FFFF),
)


def _retyped(chance: Random, seeds: Sequence[tuple[str, str]]) -> str:
    """A code as another keyboard layout or caps lock would write it, or nearly so."""
    text = chance.choice(seeds)[0]
    return next(iter(chance.choice(ways().undo)(text)), text.swapcase())


def _spliced(chance: Random, seeds: Sequence[tuple[str, str]]) -> str:
    first, second = chance.choice(seeds)[0], chance.choice(seeds)[0]
    return (
        first[: chance.randint(0, len(first))]
        + chance.choice(("", "\x1d", "|]e0", "\r"))
        + second[chance.randint(0, len(second)) :]
    )


def mutated(text: str, chance: Random, seeds: Sequence[tuple[str, str]]) -> str:
    """One to three small damages: dropped, doubled, swapped, replaced, cut, repeated, changed in case."""
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(text) + 1)
        match chance.randrange(10):
            case 0:
                text = text[:place] + text[place + 1 :]
            case 1:
                text = text[:place] + text[place : place + 1] * 2 + text[place + 1 :]
            case 2:
                text = text[:place] + chance.choice(PIECES) + text[place + 1 :]
            case 3:
                text = text[:place] + chance.choice(PIECES) + text[place:]
            case 4:
                text = (
                    text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]
                )
            case 5:
                text = text[:place]
            case 6:
                text = text[place:]
            case 7:
                text = text + text[:place]
            case 8:
                text = text.swapcase()
            case _:
                text = text[:place] + chance.choice(seeds)[0] + text[place:]
    return text


def fault(readings: tuple[Reading, ...]) -> str:
    """The promise that a set of readings breaks; empty for none."""
    if not 1 <= len(readings) <= READINGS_MAX:
        return f"{len(readings)} readings"
    for one in readings:
        if one.kind not in KINDS and one.kind not in NATIVE_KINDS:
            return f"kind {one.kind}"
        if not one.reason or len(one.error) > 2 * TEXT_CHARS_MAX or len(one.elements) > 100:
            return "a reading without reason or bound"
    return ""


def run(count: int, seed: int) -> Found:
    """Reads ``count`` codes, each as the session reads it and as the bare reader does."""
    found = Found(loading_ms=_loading_ms())
    begin_ns, spent_ns, base_mib = perf_counter_ns(), 0, 0.0
    for number, (text, aim) in enumerate(inputs(count, seed)):
        if number == count // 10:
            gc.collect()
            base_mib = _memory_mib()
        start_ns, start_wall_ns = thread_time_ns(), perf_counter_ns()
        why = ""
        try:
            readings = understood(text, aim, today=TODAY).readings
            took_ns, wall_ns = thread_time_ns() - start_ns, perf_counter_ns() - start_wall_ns
            why = fault(readings) or fault(read(text, aim, today=TODAY))
            found.sound += readings[0].ok
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            took_ns, wall_ns, why = 0, 0, repr(error)
        spent_ns += took_ns
        if took_ns > READING_MS_MAX * 1e6:
            found.over_once += 1
            took_ns = min(_cold_ns(text, aim) for _ in range(REPEATS))
        if took_ns > found.slowest.ms * 1e6:
            found.slowest = Slow(took_ns / 1e6, text, aim)
        found.slowest_wall_ms = max(found.slowest_wall_ms, wall_ns / 1e6)
        found.over += took_ns > READING_MS_MAX * 1e6
        found.over_wall += wall_ns > READING_MS_MAX * 1e6
        if why and len(found.broken) < 10:
            found.broken.append(f"{text!a} {aim!a}: {why}")
    gc.collect()
    found.inputs, found.cpu_us = count, spent_ns / 1e3 / max(count, 1)
    found.wall_s = (perf_counter_ns() - begin_ns) / 1e9
    found.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found.growth_mib = max(_memory_mib() - base_mib, 0.0)
    return found


def _cold_ns(text: str, aim: str) -> int:
    """The processor's time for a reading by a reader that remembers nothing of an earlier one."""
    re.purge()
    for held in gc.get_objects():
        if isinstance(held, _lru_cache_wrapper):
            held.cache_clear()
    load_all()
    start_ns = thread_time_ns()
    understood(text, aim, today=TODAY)
    return thread_time_ns() - start_ns


def _loading_ms() -> float:
    start_ns = thread_time_ns()
    load_all()
    return (thread_time_ns() - start_ns) / 1e6


def _memory_mib() -> float:
    """Memory in use now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> int:
    """Exit code 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Random and damaged codes.")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = run(options.inputs, options.seed)
    slow = found.slowest
    sys.stdout.write(
        f"{found.inputs:,} codes in {found.wall_s:.0f} s, {found.cpu_us:.0f} us each; {found.sound:,} read as sound\n"
        f"exceptions and broken bounds: {len(found.broken)}; readings over {READING_MS_MAX:.0f} ms: {found.over}, "
        f"the first time {found.over_once}\n"
        f"by the clock on the wall: slowest {found.slowest_wall_ms:.1f} ms, over the same: {found.over_wall}\n"
        f"slowest: {slow.ms:.2f} ms, {len(slow.text)} characters: {slow.text[:60]!a} {slow.aim}\n"
        f"loading, once: {found.loading_ms:.0f} ms\n"
        f"memory: peak {found.peak_mib:.0f} MiB, grown by {found.growth_mib:.1f} MiB after the first tenth\n"
    )
    for line in found.broken:
        sys.stdout.write(f"  {line}\n")
    return 0 if found.ok else 1


if __name__ == "__main__":
    sys.exit(main())
