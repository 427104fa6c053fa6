"""The hardware tests run inside the virtual machine of ``./run hil`` and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drivers.driver import start
from drivers.usb.driver import UsbScanners
from drivers.usb.settings import UsbSettings
from tests.drivers.usb.bench import Heard
from tests.hil.host import LINE, Host
from tests.hil.waiting import WAIT_S

if TYPE_CHECKING:
    from tests.hil.gadget import Gadget

_FIGURES: list[str] = []


def pytest_ignore_collect() -> bool | None:
    """True outside the machine: there are no devices to plug in."""
    return None if os.environ.get("SCANNER_HIL") else True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was counted, behind the results."""
    for line in _FIGURES:
        terminalreporter.write_line(f"  {line}")


@pytest.fixture
def figure() -> Callable[[str], None]:
    """Takes a line of figures."""
    return _FIGURES.append


@pytest.fixture(scope="session")
def host() -> Host:
    if not Path(LINE).exists():
        pytest.fail("the machine has no second serial line to ask for devices")
    return Host()


@pytest.fixture
def gadget() -> Iterator[Gadget]:
    from tests.hil.gadget import Gadget

    with Gadget() as made:
        yield made


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def usb(heard: Heard) -> Iterator[UsbScanners]:
    driver = UsbScanners(UsbSettings())
    thread = start(driver, heard)
    yield driver
    driver.close()
    thread.join(WAIT_S)
