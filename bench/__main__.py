"""``python -m bench [NAME ...] [--json] [--quick] [--folder DIR]``: measures, and prints a table."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from bench import report
from bench.figures import Result
from bench.room import Room, room

BENCHMARKS = {
    "scan": "one durable scan against write + fdatasync",
    "verdict": "scan to verdict without the disk, a million units known",
    "read": "reading a code against biip.parse, and what loading the reader costs",
    "screen": "scan to bytes on the terminal against a bare Textual app",
    "start": "start to the first picture that takes scans against a bare Textual app",
    "lookup": "a unit among ten million against one million, and the cache's bytes per serial",
    "unknown": "a look-up of a code that nobody knows against one of a known unit, over few items and many",
    "receipt": "a receipt of ten thousand serials, each durable",
    "camera": "the camera from frame to result against a bare zxing-cpp call, and how soon it reads",
    "idle": "what three open drivers cost while nobody scans",
    "count": "a count of twenty thousand serials, each durable",
    "recall": "a component lot to the shipped products among a million links against bare recursive SQL",
    "ingest": "events over HTTP against the same storage without HTTP, and bytes per event",
    "sync": "both databases over HTTP, a new handheld among a million units, the feed, a flag on every handheld",
    "fold": "the projections behind a mixed day on both databases, and whether they keep their pace",
    "scale": "one server process against two over one PostgreSQL database",
    "drain": "the backlog of fifty handhelds into one server, its memory, and a live scan meanwhile",
}
"""Name -> what it measures; each is a module of this package with ``run(room)``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when everything ran, whatever it found; 2 for a wrong name or a folder without room."""
    parser = argparse.ArgumentParser(
        prog="./run bench",
        description="Measures speed and memory as ratios to the raw limit of the same run.",
        epilog="\n".join(f"  {name:<9}{text}" for name, text in BENCHMARKS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all where none is named")
    parser.add_argument("--json", action="store_true", help="one JSON line per benchmark")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: shows that it works, no figures to keep"
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="drain: eight hours of scans on each of fifty handhelds, 1.5 million events",
    )
    parser.add_argument("--folder", type=Path, help="a folder on the disk to measure")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"bench: there is no {unknown[0]!r}; there are {', '.join(BENCHMARKS)}\n")
        return 2
    try:
        with room(options.folder, quick=options.quick, full=options.full) as place:
            say = report.as_json if options.json else report.as_table
            print(say.head(place), end="", flush=True)
            for name in options.names or BENCHMARKS:
                print(say.body(_run(name, place)), end="", flush=True)
    except OSError as error:
        sys.stderr.write(f"bench: {error}\n")
        return 2
    return 0


def _run(name: str, place: Room) -> Result:
    run = cast("Callable[[Room], Result]", importlib.import_module(f"bench.{name}").run)
    return run(place)


if __name__ == "__main__":
    sys.exit(main())
