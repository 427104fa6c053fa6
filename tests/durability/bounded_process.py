"""Scans with a bound on the size of files, then without: ``python -m tests.durability.bounded_process DIR``."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, Input
from tests.durability.goods import scan, serial
from tests.durability.test_full_disk import at_work

FILE_BYTES_MAX = 600_000


def say(handheld: Handheld, given: Input, name: str) -> str:
    """Answers one input and prints how."""
    code = handheld.session.handle(given).verdict.code or ""
    os.write(1, json.dumps({"code": code, "serial": name}).encode() + b"\n")
    return code


def main(folder: Path) -> None:
    """Until the fault, then two more."""
    handheld = at_work(folder)
    handheld.journal.checkpoint()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES_MAX, hard))
    number = 1
    while say(handheld, scan(serial(number)), serial(number)) == "received":
        number += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    say(handheld, Command(name="ack"), "")
    for one in (number, number + 1):
        say(handheld, scan(serial(one)), serial(one))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
