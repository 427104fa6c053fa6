"""An independent library reads the same elements from labels that are sound."""

from __future__ import annotations

from datetime import date

import biip
import pytest

from tracking.identifiers.reader import read

GS = "\x1d"


@pytest.mark.parametrize(
    "body",
    [
        f"010952123454321310LOT7{GS}21SN42{GS}17271130",
        "00095212300000000024",
        f"02095212345432133712{GS}00095212300000000024",
        f"0109521234543213310300019539220299{GS}10A",
        f"4149521234000013254DOCK-3{GS}",
        f"800309521234000013SER-1{GS}",
        f"8010952123454{GS}801112",
        f"70040001{GS}010952123454321310X",
    ],
)
def test_biip_agrees(body: str) -> None:
    message = biip.parse("]C1" + body).gs1_message
    assert message is not None
    theirs = {element.ai.ai: element.value for element in message.element_strings}
    assert read(body, "]C1", today=date(2026, 11, 24))[0].elements == theirs
