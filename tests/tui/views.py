"""One view of each kind of screen, as a session would make them."""

from __future__ import annotations

import msgspec

from scanner_app.view import Banner, HistoryLine, MenuLine, ScreenView, SoftKey, TakenLine

KEYS = (
    SoftKey(key="f2", label="UNDO", command="undo"),
    SoftKey(key="f3", label="LIST", command="list"),
    SoftKey(key="f4", label="DONE", command="done"),
    SoftKey(key="f5", label="MORE", command="more"),
)

RECEIVED = ScreenView(
    n=12,
    site="HAM",
    device="hh-07",
    place="dock 2",
    operator="Ida",
    link="online",
    unsynced=0,
    cache_age_s=130,
    workflow="receiving",
    task="RECEIVING",
    document="PO-4711",
    prompt="Scan the SERIAL",
    prompt_more="PUMP-100  Dosing pump, rev C",
    progress=(12, 40),
    line_text="line 1 of 3",
    next_text="next: MOTOR-7",
    banner=Banner(
        level="ok",
        word="RECEIVED",
        lines=("SN-004712", "lot 26-114 · expires 2028-10", "confirmed here · cache 2 min old"),
    ),
    tone="ok",
    history=(
        HistoryLine(level="ok", text="SN-004711", time="14:02:11", gesture=11),
        HistoryLine(level="ok", text="SN-004710", time="14:02:08", gesture=10),
        HistoryLine(level="note", text="SN-004709", detail="not on the notice", time="14:02:04", gesture=9),
        HistoryLine(level="undone", text="SN-004708", time="14:02:01"),
        HistoryLine(level="ok", text="SN-004707", time="14:01:58", gesture=7),
    ),
    hint="F1 help · hold the label flat",
    soft_keys=KEYS,
    help=("Scan the serial number on the label of each pump.", "A lot or date label may come in any order."),
)

TAKEN = msgspec.structs.replace(
    RECEIVED,
    n=13,
    page="list",
    taken=(
        TakenLine(number=11, text="SN-004711", what="RECEIVED", time="14:02:11"),
        TakenLine(number=10, text="SN-004710", what="RECEIVED", time="14:02:08"),
        TakenLine(
            number=9, text="SN-004709", what="NOT ON THE NOTICE", time="14:02:04", level="note", sent=True
        ),
        TakenLine(number=7, text="SN-004707", what="RECEIVED", time="14:01:58", sent=True),
    ),
)

STOP = ScreenView(
    n=20,
    site="HAM",
    device="hh-07",
    operator="Ida",
    link="offline",
    unsynced=37,
    cache_age_s=840,
    workflow="shipping",
    task="SHIPPING",
    document="SO-3004",
    prompt="Scan the SERIAL",
    prompt_more="PUMP-100  Dosing pump, rev C",
    progress=(3, 8),
    line_text="line 2 of 2",
    banner=Banner(
        level="stop",
        word="ALREADY SHIPPED",
        do="Not this one: put it aside",
        lines=("PUMP-100  SN-004712", "by Ida, dock 2, today 09:14", "on SO-2998 for North Ltd"),
    ),
    stopped=True,
    waiting=2,
    tone="stop",
    history=RECEIVED.history,
    hint="ENTER when you have it",
)

NOTE = ScreenView(
    workflow="receiving",
    task="RECEIVING",
    document="PO-4711",
    link="online",
    unsynced=3,
    cache_age_s=10,
    prompt="Scan the SERIAL",
    prompt_more="PUMP-100  Dosing pump, rev C",
    progress=(13, 40),
    line_text="line 1 of 3",
    banner=Banner(
        level="note",
        word="NOT ON THE SUPPLIER'S NOTICE",
        lines=("SN-004713", "taken, the office is told"),
    ),
    tone="note",
    history=RECEIVED.history,
    soft_keys=KEYS,
)

REPEAT = ScreenView(
    workflow="receiving",
    task="RECEIVING",
    document="PO-4711",
    link="online",
    prompt="Scan the SERIAL",
    progress=(12, 40),
    banner=Banner(level="repeat", word="SAME LABEL AGAIN", lines=("SN-004712",)),
    tone="repeat",
    history=RECEIVED.history,
    soft_keys=KEYS,
)

COMPLETE = ScreenView(
    workflow="receiving",
    task="RECEIVING",
    document="PO-4711",
    link="online",
    unsynced=1,
    cache_age_s=0,
    prompt="Scan the next ORDER",
    progress=(40, 40),
    line_text="3 of 3 lines",
    banner=Banner(level="complete", word="PO-4711 COMPLETE", lines=("40 of 40 received", "last: SN-004751")),
    tone="complete",
    history=RECEIVED.history,
    soft_keys=KEYS,
)

HOME = ScreenView(
    site="HAM",
    place="dock 2",
    operator="Ida",
    link="online",
    cache_age_s=60,
    workflow="home",
    prompt="Scan anything",
    prompt_more="an order opens it, a unit shows it",
    tasks=(MenuLine(key="f4", label="PO-4711 receiving, 12 of 40, yours", command="workflow receiving"),),
    menu=tuple(
        MenuLine(key=str(number), label=label, command=f"workflow {label.lower()}")
        for number, label in enumerate(
            ("Receive", "Ship", "Build", "Count", "Move", "Pack", "Return", "Quality", "More"), 1
        )
    ),
)

LOOK_UP = ScreenView(
    workflow="look_up",
    task="LOOK-UP",
    detour="back: PO-4711 (F3)",
    link="offline",
    unsynced=4,
    cache_age_s=7200,
    prompt="Scan anything to look it up",
    banner=Banner(
        level="none",
        word="PUMP-100 · SN-004712 · rev C",
        lines=(
            "SHIPPED to North Ltd, SO-2998",
            "today 09:14 by Ida, dock 2",
            "warranty to 2028-11-23",
            "lot 26-114 from ACME, PO-4600",
            "inside: 3 parts  F6   in: -",
            "history: 7 events F7",
        ),
    ),
    soft_keys=(SoftKey(key="f3", label="BACK", command="back"),),
)

PIN = ScreenView(
    workflow="home",
    site="HAM",
    place="dock 2",
    link="online",
    prompt="Type your PIN",
    prompt_more="Ida",
    wants_text=True,
    secret=True,
)

BUILD = ScreenView(
    workflow="production",
    task="BUILD",
    document="WO-4001",
    link="online",
    prompt="Scan a VALVE-9 for position B",
    prompt_more="in G-0001\n A MOTOR-7   ✓ M7-00001\n B VALVE-9   ▢ scan now\n C SEAL-KIT  ▢ lot, 1",
    soft_keys=KEYS,
)

ALL = {
    "received": RECEIVED,
    "stop": STOP,
    "note": NOTE,
    "repeat": REPEAT,
    "complete": COMPLETE,
    "home": HOME,
    "look_up": LOOK_UP,
    "pin": PIN,
    "build": BUILD,
}
