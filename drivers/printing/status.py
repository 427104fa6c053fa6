"""How a printer on the network says it is: asked in its own language, its answer in words. For the doctor.

Asked only when nothing is being printed: what a printer answers in the middle of a job is about that job.
"""

from __future__ import annotations

import socket
import time

from drivers.printing.connection import CONNECT_S_MAX, connected
from drivers.printing.languages import Language

ANSWER_S_MAX = 2.0
"""Longest wait for an answer, seconds. Many printers never give one; that is no fault."""

ANSWER_BYTES_MAX = 1024

_STX, _ETX = b"\x02", b"\x03"
_QUESTIONS: dict[Language, bytes] = {"zpl": b"~HS", "tspl": b"\x1b!?", "escpos": b"\x10\x04\x02\x10\x04\x04"}
"""ZPL host status; TSPL status byte; ESC/POS why it is offline, and its paper sensors."""

_TSPL = {0x01: "its head is open", 0x02: "paper jam", 0x04: "out of paper", 0x08: "out of ribbon"}
_TSPL |= {0x10: "paused", 0x80: "it has another fault"}
_OFFLINE = {0x04: "its cover is open", 0x20: "out of paper", 0x40: "it has another fault"}
_PAPER = {0x60: "out of paper"}
_FIXED_MASK, _FIXED = 0x93, 0x12
"""Bits of every ESC/POS status byte, and what they always are."""


def asked(target: str, language: Language) -> tuple[str, ...] | None:
    """What keeps it from printing, nothing where it is ready; None where it does not say, or is no TCP printer.

    Raises :class:`drivers.printing.connection.NotSent` where it does not answer at all.
    """
    if not target.startswith("tcp://"):
        return None
    with connected(target) as line:
        line.settimeout(CONNECT_S_MAX)
        try:
            line.sendall(_QUESTIONS[language])
            answer = _answer(line, language)
        except OSError:
            return None
    return understood(language, answer)


def _answer(line: socket.socket, language: Language) -> bytes:
    """What it says until the answer is whole, or for as long as is waited."""
    answer, due_s = b"", time.monotonic() + ANSWER_S_MAX
    while understood(language, answer) is None and len(answer) < ANSWER_BYTES_MAX:
        line.settimeout(max(0.01, due_s - time.monotonic()))
        try:
            more = line.recv(ANSWER_BYTES_MAX)
        except TimeoutError:
            break
        if not more:
            break
        answer += more
    return answer


def understood(language: Language, answer: bytes) -> tuple[str, ...] | None:
    r"""The faults that an answer tells; None where it is not whole, or is none.

    >>> understood("tspl", b"\x05")
    ('its head is open', 'out of paper')
    """
    if language == "zpl":
        return _zpl(answer)
    if language == "tspl":
        return _flags(answer[0], _TSPL) if answer else None
    if len(answer) < 2 or any(byte & _FIXED_MASK != _FIXED for byte in answer[:2]):
        return None
    faults = _flags(answer[0], _OFFLINE) + _flags(answer[1], _PAPER)
    return tuple(dict.fromkeys(faults))


def _zpl(answer: bytes) -> tuple[str, ...] | None:
    lines = [part.partition(_ETX) for part in answer.split(_STX)[1:]]
    if len(lines) < 2 or not all(end for _, end, _ in lines[:2]):
        return None
    first, second = (text.decode("ascii", "replace").split(",") for text, _, _ in lines[:2])
    if len(first) < 3 or len(second) < 4:
        return None
    told = (
        (first[1], "out of paper"),
        (first[2], "paused"),
        (second[2], "its head is open"),
        (second[3], "out of ribbon"),
    )
    return tuple(fault for flag, fault in told if flag == "1")


def _flags(byte: int, meanings: dict[int, str]) -> tuple[str, ...]:
    return tuple(fault for bits, fault in meanings.items() if byte & bits)
