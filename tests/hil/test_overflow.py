"""More events than the kernel has room for: it says SYN_DROPPED, and the code that was hit is thrown away loudly."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.driver import start
from drivers.usb.driver import UsbScanners
from drivers.usb.key_events import KEY_ENTER
from drivers.usb.settings import Rule, UsbSettings
from tests.drivers.usb.bench import Heard
from tests.hil.uinput import MadeUpKeyboard
from tests.hil.waiting import WAIT_S, until

SOURCE = "usb:flood"
ONE, TWO = 2, 3
CODE = [ONE] * 50 + [KEY_ENTER]


def test_events_that_the_kernel_had_no_room_for_cost_their_code_loudly(
    heard: Heard, figure: Callable[[str], None]
) -> None:
    driver = UsbScanners(UsbSettings(rules=(Rule(match="1234:*", name="flood"),)))
    thread = start(driver, heard)
    try:
        with MadeUpKeyboard("Made up barcode scanner", 0x1234, 1) as keyboard:
            until(lambda: (SOURCE, "ready") in heard.states, lambda: str(heard.items))
            keyboard.press(CODE * 80)
            until(lambda: bool(heard.discarded), lambda: f"said nothing: {heard.states}")
            time.sleep(0.5)  # the rest of what was hit ends with a silence
            before = len(heard.codes)
            keyboard.press([ONE, TWO, KEY_ENTER])
            until(lambda: len(heard.codes) == before + 1, lambda: str(heard.items[-3:]))
            assert heard.codes[-1] == (SOURCE, b"12")
            assert all(raw == b"1" * 50 for _, raw in heard.codes[:before])
            figure(
                f"a flood of 80 codes that overran the kernel: {before} whole, {len(heard.discarded)} times said that "
                "codes were lost, nothing half delivered, the next one whole"
            )
    finally:
        driver.close()
        thread.join(WAIT_S)
