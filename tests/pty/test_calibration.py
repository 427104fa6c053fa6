"""The calibration card on the running handheld: typed through a German host, and by a serial gun."""

from __future__ import annotations

from pathlib import Path

from config.keyboard_text import Retyping, typed
from scanner_app.scanners import card
from scanner_app.scanners.learned import LearnedScanners
from tests.pty.floor import Floor
from tests.pty.test_serial_gun import Plug

GERMAN = Retyping("us", "de")
LABEL = "]C10109521234543213\x1d21SN-000042"


def through_german_keys(text: str) -> str:
    return typed(text.replace("\x1d", "{GS}"), GERMAN)


def test_a_wedge_is_taught_and_its_labels_are_received(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.open_order()
    floor.scan(through_german_keys("]d2" + card.text_of(card.SQUARE)))
    floor.terminal.wait_output("SCANNER LEARNED")
    floor.terminal.wait_output("us > de")
    floor.scan(through_german_keys(LABEL))
    floor.wait_received(1)
    (event,) = [event for event in floor.journal() if event.step == "receiving"]
    assert (event.serial, event.raw) == ("SN-000042", through_german_keys(LABEL))
    floor.terminal.process.kill()
    learned = LearnedScanners(floor.data).of("wedge")
    assert (learned.host, learned.gs, learned.terminator) == ("de", "ÜGS*", "\r")


def test_a_serial_gun_is_taught_apart_from_the_wedge(tmp_path: Path) -> None:
    link = tmp_path / "gun"
    plug = Plug(link)
    floor = Floor(tmp_path, serial_port=str(link))
    floor.open_order()
    plug.send(("]C1" + card.text_of(card.LINE).replace("\x1d", "|") + "\r\n").encode())
    floor.terminal.wait_output("SCANNER LEARNED")
    plug.send(("]C10109521234543213|21SN-000043" + "\r\n").encode())
    floor.wait_received(1)
    assert floor.received() == ["SN-000043"]
    floor.terminal.process.kill()
    learned = LearnedScanners(floor.data)
    assert (learned.of("serial:gun").gs, learned.of("serial:gun").aim) == ("|", True)
    assert learned.of("wedge").aim is None
