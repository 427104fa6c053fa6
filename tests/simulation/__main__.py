"""``./run soak [--seeds N] [--steps N] [--minutes N]``: seeds on all processors, and the figures."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import count

from tests.simulation.bugs import BUGS
from tests.simulation.hunt import BROKEN, hunt
from tests.simulation.play import Played, again, play
from tests.simulation.tally import Seen

STEPS = 10_000_000
EACH = 2000


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 where a seed failed."""
    options = _options(arguments)
    logging.disable(logging.CRITICAL)  # a server that is ill-treated says so on every line
    if options.seed is not None:
        return _one(options.seed, options.each)
    if options.bugs:
        return _bugs()
    soak = Soak(options.each)
    last = options.first + options.seeds if options.seeds else None
    with ProcessPoolExecutor(processes := options.processes or os.cpu_count() or 1) as pool:
        playing: set[Future[Played]] = set()
        for seed in count(options.first):
            enough = soak.steps >= options.steps or 0 < options.minutes * 60 < soak.took_s
            if enough or seed == last:
                break
            playing.add(pool.submit(play, seed, options.each))
            if len(playing) > 2 * processes:
                done, playing = wait(playing, return_when=FIRST_COMPLETED)
                soak.take(done)
        soak.take(wait(playing).done)
    soak.tell()
    return 1 if soak.failed else 0


class Soak:
    """What all runs come to."""

    def __init__(self, each: int) -> None:
        self._each, self._begun_s = each, time.monotonic()
        self.seen, self.seeds, self.steps = Seen(), 0, 0
        self.failed: list[Played] = []

    @property
    def took_s(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._begun_s

    def take(self, done: Iterable[Future[Played]]) -> None:
        """Runs that have ended; a failed one is told at once."""
        for played in (future.result() for future in done):
            self.seeds, self.steps = self.seeds + 1, self.steps + played.steps
            self.seen.add(played.seen)
            if played.failure:
                self.failed.append(played)
                _say(f"seed {played.seed}: {played.failure}\n  again: {again(played.seed, self._each)}")

    def tell(self) -> None:
        """The figures."""
        lost = sum("lost:" in one.failure for one in self.failed)
        doubled = sum("doubled:" in one.failure for one in self.failed)
        faults = sum(self.seen.faults.values())
        _say(f"faults:  {_listed(self.seen.faults)}")
        _say(f"answers: {_listed(self.seen.answers)}")
        _say(
            f"soak: {self.seeds:,} seeds, {self.steps:,} steps, {faults:,} faults, {self.seen.events:,} events, "
            f"lost {lost}, doubled {doubled}, failed {len(self.failed)}; "
            f"{self.took_s:.0f} s, {self.steps / self.took_s:,.0f} steps/s"
        )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run soak", description="The long simulation of handhelds and server."
    )
    parser.add_argument(
        "--seeds", type=int, default=0, help="so many runs; without it as many as the steps take"
    )
    parser.add_argument("--steps", type=int, default=STEPS, help=f"so many steps in all ({STEPS:,})")
    parser.add_argument("--minutes", type=float, default=0.0, help="so long at most")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    parser.add_argument(
        "--each", type=int, default=EACH, help=f"steps of a run before all is healed ({EACH})"
    )
    parser.add_argument("--processes", type=int, default=0, help="as many as there are processors")
    parser.add_argument(
        "--bugs", action="store_true", help="known bugs put in on purpose, and what finds them"
    )
    parser.add_argument("--seed", type=int, help="this one alone, exactly as it was")
    return parser.parse_args(arguments)


def _one(seed: int, each: int) -> int:
    played = play(seed, each)
    _say(f"seed {seed}: {played.steps} steps, {played.seen.events} events, trace {played.seen.digest}")
    _say(played.failure or "everything held")
    return 1 if played.failure else 0


def _bugs() -> int:
    """A table: each bug, how long it took on one processor, the seed, and the promise that it broke."""
    missed, took_s = 0, 0.0
    _say(f"{'put in on purpose':<30}{'found in':>9}  {'seed':>4}  what it broke")
    for name in BUGS:
        begun_s = time.process_time()
        found = hunt(name)
        each_s = time.process_time() - begun_s
        took_s = max(took_s, each_s)
        missed += found is None
        seed, what = (str(found.seed), found.failure) if found else ("-", "NOT FOUND")
        _say(f"{name:<30}{each_s:7.1f} s  {seed:>4}  {what.removeprefix(BROKEN + ': ')[:90]}")
    _say(f"bugs: {len(BUGS)} put in, {len(BUGS) - missed} found, the slowest in {took_s:.1f} s")
    return 1 if missed else 0


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items(), key=lambda one: -one[1]))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
