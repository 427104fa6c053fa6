"""Random events of one unit and one order, as several handhelds would write them."""

from __future__ import annotations

from hypothesis import strategies as st

from tracking.events import Event
from tracking.lifecycle import FLAGS, STATUSES, TABLE

ITEM, SERIAL = "PUMP-100", "SN-1"
DEVICES = ("a", "b", "c")
DOCUMENTS = ("PO-1", "SO-1", "")

_STEPS = st.sampled_from(sorted(TABLE))


@st.composite
def event(draw: st.DrawFn, device: str, seq: int) -> Event:
    """One event; its clock may tie with another device's, or run behind its own earlier ones."""
    if draw(st.integers(0, 9)) == 0:
        return Event(
            step="receiving", evidence="imported", status=draw(st.sampled_from(STATUSES[1:])), item=ITEM, serial=SERIAL,
            document=draw(st.sampled_from(DOCUMENTS)), line=1, hlc=draw(st.integers(0, 8)), device=device, epoch=1,
            seq=seq, lot=draw(st.sampled_from(["", "L2", "L3"])), party=draw(st.sampled_from(["", "BOLT"])),
            customer=draw(st.sampled_from(["", "NORTH"])), sold_on=draw(st.sampled_from(["", "2026-01-31"])),
        )  # fmt: skip
    if draw(st.integers(0, 9)) == 0:
        document = draw(st.sampled_from(DOCUMENTS[:2]))
        return Event(step="completing", action="ADD", document=document, hlc=draw(st.integers(0, 8)), device=device,
                     epoch=1, seq=seq)  # fmt: skip
    step, action = draw(_STEPS)
    cancels = ""
    if draw(st.integers(0, 3)) == 0:
        cancels = f"{draw(st.sampled_from(DEVICES))}/1/{draw(st.integers(1, 6))}"
    return Event(
        step=step, action=action, item=ITEM, serial=SERIAL, cancels=cancels,
        flag=draw(st.sampled_from(FLAGS)) if step == "holding" else "",
        lot=draw(st.sampled_from(["", "L1", "L2"])),
        location=draw(st.sampled_from(["", "A-1"])),
        document=draw(st.sampled_from(DOCUMENTS)), line=1, party=draw(st.sampled_from(["", "ACME"])),
        parent_item="G", parent_serial="1", parent_container="C", reason=draw(st.sampled_from(["", "why"])),
        at="2026-11-23T08:00:00.000+01:00", hlc=draw(st.integers(0, 8)), device=device, epoch=1, seq=seq,
    )  # fmt: skip


@st.composite
def history(draw: st.DrawFn) -> list[Event]:
    """The events of up to three devices, each numbering its own."""
    return [
        draw(event(device, seq))
        for device in DEVICES
        for seq in range(1, draw(st.integers(0, 6)) + 1)
    ]  # fmt: skip
