"""Parsers are loaded when a code of theirs comes, and a glance never holds back what a parser would read."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest

from tests import fuzz
from tracking.identifiers.parsers import PARSERS, beginning
from tracking.identifiers.reader import TERMINATORS, split_aim
from tracking.identifiers.symbologies import EAN_SYMBOLOGIES, GS1_SYMBOLOGIES

TODAY = date(2026, 11, 23)

_LOADED = """
import json, sys
from datetime import date
import {module}
before = [name for name in sys.modules if name.startswith("tracking.identifiers.")]
from tracking.identifiers.reader import read
for text in {texts!r}:
    read(text, today=date(2026, 11, 23))
print(json.dumps([before, [name for name in sys.modules if name.startswith("tracking.identifiers.")]]))
"""


def loaded(module: str, *texts: str) -> tuple[set[str], set[str]]:
    """Parser modules in a fresh process after importing a module, and after reading these."""
    script = _LOADED.format(module=module, texts=texts)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    names = {parser.module for parser in PARSERS}
    before, after = ({name.rpartition(".")[2] for name in found} & names for found in json.loads(done.stdout))
    return before, after


@pytest.mark.parametrize("module", ["tracking.identifiers.reader", "scanner_app.session", "scanner_app.cli"])
def test_no_parser_is_loaded_before_the_first_code(module: str) -> None:
    before, _ = loaded(module)
    assert before <= {"commands"}


def test_a_plain_serial_number_loads_next_to_nothing() -> None:
    _, after = loaded("tracking.identifiers.reader", "SN-000001", "PO-4711")
    assert after <= {"commands", "single_identifier"}
    _, after = loaded("tracking.identifiers.reader", "]C10109521234543213")
    assert "gs1" in after
    assert not after & {"hibc", "envelope", "mobile", "digital_link"}


def test_a_glance_never_holds_back_what_its_parser_reads() -> None:
    wrong = []
    for text, aim in fuzz.inputs(6000, seed=7):
        body, symbology_id = split_aim(text.rstrip(TERMINATORS), aim)
        if symbology_id in GS1_SYMBOLOGIES | EAN_SYMBOLOGIES:
            continue  # there nobody glances
        for parser in PARSERS:
            given = body if parser.untrimmed else body.strip(" ")
            if not parser.glance(given) and parser.parse(given, symbology_id, TODAY):
                wrong.append((parser.module, given, symbology_id))
    assert wrong == []


def test_a_beginning_never_holds_back_what_a_glance_lets_through() -> None:
    texts = [text for text, _ in fuzz.inputs(3000, seed=11)]
    texts += [chr(first) + rest for first in range(33, 0x250) for rest in ("", "rn:x", "1(01)", "RN:")]
    wrong = [
        (parser.module, text)
        for text in texts
        for parser in PARSERS
        if text and parser.glance(text) and parser not in beginning(text[0])
    ]
    assert wrong == []


_AFTER_ALL = """
import json, sys
from scanner_app.scanners.reading import load_all, understood
from tests import fuzz
from tracking import later
load_all()
later.load_all()
before = set(sys.modules)
for text, aim in fuzz.inputs(3000, seed=3):
    understood(text, aim, today=fuzz.TODAY)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_what_is_loaded_in_a_pause_is_all_that_reads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AFTER_ALL], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == []
