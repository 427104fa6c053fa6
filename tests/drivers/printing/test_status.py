"""How a printer says it is, over a real line, in each of the languages; and what the doctor makes of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from config import loader
from drivers.printing import status
from drivers.printing.connection import NotSent
from drivers.printing.languages import Language
from drivers.printing.status import asked
from scanner_app.doctor_devices import device_checks

ZPL_READY = b"\x02030,0,0,0587,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,6,0,00000000,1,000\x03\r\n"
ZPL_REST = b"\x021234,0\x03\r\n"

TOLD: dict[str, tuple[Language, bytes, bytes, tuple[str, ...] | None]] = {
    "zpl ready": ("zpl", b"~HS", ZPL_READY + ZPL_REST, ()),
    "zpl paper": ("zpl", b"~HS", ZPL_READY.replace(b"030,0,", b"030,1,"), ("out of paper",)),
    "zpl head, paused": (
        "zpl",
        b"~HS",
        ZPL_READY.replace(b"030,0,0", b"030,0,1").replace(b"000,0,0,0,0,2", b"000,0,1,0,0,2"),
        ("paused", "its head is open"),
    ),
    "tspl ready": ("tspl", b"\x1b!?", b"\x00", ()),
    "tspl paper": ("tspl", b"\x1b!?", b"\x04", ("out of paper",)),
    "tspl printing, ribbon": ("tspl", b"\x1b!?", b"\x28", ("out of ribbon",)),
    "escpos ready": ("escpos", b"\x10\x04\x02\x10\x04\x04", b"\x12\x12", ()),
    "escpos paper": ("escpos", b"\x10\x04\x02\x10\x04\x04", b"\x32\x72", ("out of paper",)),
    "escpos cover": ("escpos", b"\x10\x04\x02\x10\x04\x04", b"\x16\x12", ("its cover is open",)),
    "something else answers": ("escpos", b"\x10\x04\x02\x10\x04\x04", b"HTTP/1.0 400", None),
    "half an answer": ("zpl", b"~HS", ZPL_READY[:30], None),
}


@contextmanager
def printer(question: bytes, answer: bytes) -> Iterator[str]:
    """One that answers its question byte by byte, and nothing else."""

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                got = b""
                while question != got and (more := line.recv(64)):
                    got += more
                for at in range(len(answer) if got == question else 0):
                    line.sendall(answer[at : at + 1])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.mark.parametrize("name", TOLD)
def test_a_printer_says_how_it_is(name: str) -> None:
    language, question, answer, faults = TOLD[name]
    with printer(question, answer) as target:
        assert asked(target, language) == faults


def test_one_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "ANSWER_S_MAX", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert asked(f"tcp://127.0.0.1:{listener.getsockname()[1]}", "zpl") is None


def test_one_that_is_off_is_not_reached_and_a_folder_is_not_asked(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent):
        asked(f"tcp://127.0.0.1:{port}", "zpl")
    assert asked(str(tmp_path), "zpl") is None


def test_the_doctor_names_what_a_printer_lacks(tmp_path: Path) -> None:
    for name, state, said in (
        ("tspl paper", "fault", "out of paper"),
        ("zpl ready", "ok", "is ready"),
        ("half an answer", "ok", "does not say how it is"),
    ):
        language, question, answer, _ = TOLD[name]
        with printer(question, answer) as target:
            shipped = loader.shipped()
            settings = msgspec.structs.replace(
                shipped,
                printer=msgspec.structs.replace(shipped.printer, target=target, language=language),
                data=msgspec.structs.replace(shipped.data, dir=str(tmp_path)),
            )
            (check,) = [one for one in device_checks(settings) if one.name == "printer"]
        assert check.state == state
        assert said in check.detail
