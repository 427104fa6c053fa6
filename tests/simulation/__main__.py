"""``./run soak [--seeds N] [--steps N] [--minutes N]``: seeds on all processors, and the figures."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

from tests.simulation.play import Played, again, play
from tests.simulation.tally import Seen

STEPS = 10_000_000
EACH = 2000
SEEDS_A_ROUND = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 where a seed failed."""
    options = _options(arguments)
    if options.seed is not None:
        return _one(options.seed, options.each)
    begun_s, deadline_s = time.monotonic(), options.minutes * 60 if options.minutes else float("inf")
    seen, steps, failed = Seen(), 0, list[Played]()
    seeds = (
        iter(range(options.first, options.first + options.seeds))
        if options.seeds
        else _for_ever(options.first)
    )
    done = 0
    with ProcessPoolExecutor(options.processes or os.cpu_count()) as pool:
        while steps < options.steps and time.monotonic() - begun_s < deadline_s:
            round_ = list(islice(seeds, SEEDS_A_ROUND))
            if not round_:
                break
            for played in pool.map(play, round_, [options.each] * len(round_), chunksize=4):
                done, steps = done + 1, steps + played.steps
                seen.add(played.seen)
                if played.failure:
                    failed.append(played)
                    _say(f"seed {played.seed}: {played.failure}\n  again: {again(played.seed, options.each)}")
    _figures(seen, steps, done, failed, time.monotonic() - begun_s)
    return 1 if failed else 0


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
    parser.add_argument("--seed", type=int, help="this one alone, exactly as it was")
    return parser.parse_args(arguments)


def _for_ever(first: int) -> Iterator[int]:
    while True:
        yield first
        first += 1


def _one(seed: int, each: int) -> int:
    played = play(seed, each)
    _say(f"seed {seed}: {played.steps} steps, {played.seen.events} events, trace {played.seen.digest}")
    _say(played.failure or "everything held")
    return 1 if played.failure else 0


def _figures(seen: Seen, steps: int, seeds: int, failed: list[Played], took_s: float) -> None:
    lost = sum("lost:" in one.failure for one in failed)
    doubled = sum("doubled:" in one.failure for one in failed)
    _say(f"faults:  {_listed(seen.faults)}")
    _say(f"answers: {_listed(seen.answers)}")
    _say(
        f"soak: {seeds:,} seeds, {steps:,} steps, {sum(seen.faults.values()):,} faults, {seen.events:,} events, "
        f"lost {lost}, doubled {doubled}, failed {len(failed)}; {took_s:.0f} s, {steps / took_s:,.0f} steps/s"
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items(), key=lambda one: -one[1]))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
