"""Answers scans one by one, for counting its flushes: ``python -m tests.durability.flush_process DIR``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scanner_app.clockwork import SystemClock
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, Input
from scanner_app.session import SessionSettings
from tests.durability.goods import fill, scan, serial, site_file


def main(folder: Path) -> None:
    """Prints a line after each answer: its verdict, and how many events it wrote."""
    handheld = Handheld(folder, SystemClock(), SessionSettings())
    fill(handheld.cache, site_file())
    session = handheld.renew_session()
    inputs: list[Input | str] = [
        scan("OP-7"),
        scan("PO-HAM"),
        *(scan(serial(number)) for number in range(1, 11)),
        scan(serial(10)),
        Command(name="undo"),
        scan(serial(11)),
        scan("not ours"),
        Command(name="ack"),
        "idle",
        *(scan(serial(number)) for number in range(12, 15)),
    ]
    for given in inputs:
        if isinstance(given, str):
            handheld.journal.checkpoint()
            os.write(1, b"answer idle 0\n")
            continue
        answer = session.handle(given)
        os.write(1, f"answer {answer.verdict.code} {len(answer.events)}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
