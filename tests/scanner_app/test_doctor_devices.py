from __future__ import annotations

from pathlib import Path

import pytest

from drivers.usb.makers import MAKERS
from drivers.usb.settings import UsbSettings
from drivers.usb.sysfs import attached
from scanner_app.doctor_devices import RULES, usb_check
from tests.drivers.usb.bench import Bench


def test_a_scanner_is_named_with_its_driver_and_the_reason(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.plug_keyboard(3)
    (device,) = attached(bench.sys, bench.dev)
    check = usb_check(device, UsbSettings().choice(device))
    bench.clear()
    assert check.state == "ok"
    assert "as keyboard, layout us, made by Honeywell" in check.detail


def test_a_scanner_that_may_not_be_opened_comes_with_the_exact_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    bench.plug_keyboard(3)
    (device,) = attached(bench.sys, bench.dev)
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("getpass.getuser", lambda: "ida")
    check = usb_check(device, UsbSettings().choice(device))
    bench.clear()
    assert check.state == "fault"
    assert "usermod -aG scanner ida" in check.fix
    assert str(RULES) in check.fix


def test_the_rules_cover_every_maker_that_is_recognised() -> None:
    text = RULES.read_text()
    for vendor in MAKERS:
        for subsystem in ("input", "hidraw"):
            assert any(
                f'SUBSYSTEM=="{subsystem}"' in line and f'"{vendor:04x}"' in line
                for line in text.splitlines()
            )
