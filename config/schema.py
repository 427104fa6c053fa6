"""Every setting there is: section, key, type and bounds. The values ship in ``defaults.toml``.

Units stand last in a name (``gap_ms_max``). Section names hold no underscore, so that the variable
``SCANNER_SYNC_POLL_S`` can only mean ``poll_s`` in ``[sync]``.
"""

# No postponed annotations here: every start reads the types of all sections, and would compile each of them anew.
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

SERIAL_PORTS_MAX: Final = 16
USB_RULES_MAX: Final = 32

_NO_CONTROL: Final = r"^[^\x00-\x1f\x7f-\x9f]*\Z"

Text = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=_NO_CONTROL,
        description="text of at most 200 characters, none of them control characters",
    ),
]
Name = Annotated[
    str,
    Meta(
        max_length=64,
        pattern=r"^[A-Za-z0-9._-]*\Z",
        description="at most 64 letters, digits, dots, hyphens and underscores",
    ),
]
Place = Annotated[
    str,
    Meta(max_length=4000, pattern=_NO_CONTROL, description="a path, or empty", extra={"path": True}),
]
Url = Annotated[
    str,
    Meta(
        max_length=2000,
        pattern=r"^(https?://[^\s/?#]+[^\s]*)?\Z",
        description="an address that begins with https:// or http://, or empty",
    ),
]
Secret = Annotated[
    str,
    Meta(
        max_length=4000,
        pattern=r"^[\x21-\x7e]*\Z",
        description="a token without blanks, or empty",
        extra={"secret": True},
    ),
]

BurstGap = Annotated[int, Meta(ge=0, le=120)]
"""Longest pause, milliseconds, between the codes that an imager sends for one pull of the trigger. 0: it sends one,
or the calibration card has told otherwise."""

Terminator = Literal["CR", "LF", "TAB"]
SerialTerminator = Literal["CR", "LF", "CRLF", "TAB"]
TERMINATOR_BYTES: Final[dict[str, bytes]] = {
    "CR": b"\r",
    "LF": b"\n",
    "CRLF": b"\r\n",
    "TAB": b"\t",
}
Answer = Literal["stop", "note"]


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scope of a handheld."""

    code: Name


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """This handheld, as events and the office's pages name it."""

    name: Name
    """Empty: the host name."""
    location: Text
    """Code of the location where it usually works; may be empty."""
    lock_after_minutes: Annotated[int, Meta(ge=0, le=1440)]
    """Nobody touched it for so long: it asks for a badge. 0: never."""


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the journal and the cache live."""

    dir: Place
    """Empty: ``scanner`` in the XDG state directory."""


class Sync(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How this handheld reaches the central server."""

    url: Url
    """Empty: works alone and keeps everything."""
    token: Secret
    token_file: Place
    """Read when ``token`` is empty; the better place for it."""
    poll_s: Annotated[int, Meta(ge=1, le=3600)]
    timeout_s: Annotated[int, Meta(ge=1, le=300)]
    retry_s_max: Annotated[int, Meta(ge=1, le=3600)]
    batch_events_max: Annotated[int, Meta(ge=1, le=1000)]
    """The protocol allows at most 1000."""
    batch_bytes_max: Annotated[int, Meta(ge=4096, le=262_144)]
    """Before compression. The protocol allows at most 256 KiB."""
    keep_days: Annotated[int, Meta(ge=1, le=3650)]
    """An event stays on the handheld so long at least, also where a verified backup of the server holds it."""


class Wedge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scanner that types into the terminal: what tells a burst of it from a person's typing."""

    chars_min: Annotated[int, Meta(ge=1, le=64)]
    gap_ms_max: Annotated[int, Meta(ge=1, le=1000)]
    end_silence_ms: Annotated[int, Meta(ge=1, le=2000)]
    terminators: Annotated[tuple[Terminator, ...], Meta(min_length=1, max_length=3)]
    burst_gap_ms: BurstGap


class ScanSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for scans from every driver."""

    repeat_ms: Annotated[int, Meta(ge=0, le=60_000)]
    """The same label again within this time is a bounce of the trigger, not a second scan."""
    queue_scans_max: Annotated[int, Meta(ge=16, le=65_536)]
    """Scans that wait for the session; one more is refused loudly."""


class SerialPort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scanner on RS-232 or USB-CDC."""

    name: Annotated[Name, Meta(min_length=1)]
    path: Annotated[Place, Meta(min_length=1)]
    """Use ``/dev/serial/by-id/...``: it stays the same when the cable is plugged in again."""
    baud: Annotated[int, Meta(ge=300, le=4_000_000)] = 9600
    terminator: SerialTerminator = "CR"
    profile: Literal["generic", "honeywell", "zebra-ssi", "datalogic", "newland"] = "generic"
    """What it understands from the host: beep, trigger, inhibit."""
    inhibit: bool = True
    """Whether it is kept from reading while a stop waits, where its profile knows how."""
    burst_gap_ms: BurstGap = 0


class Serial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The serial ports that are read, each in its own thread."""

    ports: Annotated[tuple[SerialPort, ...], Meta(max_length=SERIAL_PORTS_MAX)]


KeyboardLayout = Literal["us", "uk", "de", "fr", "es", "it", "ch"]
Affix = Annotated[
    str,
    Meta(
        max_length=64,
        pattern=r"^([^\\\x00-\x1f\x7f]|\\\\|\\x[0-9A-Fa-f]{2})*\Z",
        description="text in which \\x02 stands for a control character and \\\\ for a backslash",
    ),
]


class UsbDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for one USB scanner, or for several that it fits."""

    match: Annotated[Text, Meta(min_length=1)]
    """``vendor:product``, a serial number, a port or a product name; ``*`` and ``?`` stand for any characters."""
    name: Name = ""
    use: Literal["scanner", "ignore"] = "scanner"
    layout: KeyboardLayout | None = None
    """None: that of the section."""
    terminators: Annotated[tuple[Terminator, ...], Meta(max_length=3)] | None = None
    prefix: Affix = ""
    suffix: Affix = ""
    inhibit: bool = True
    """Whether it is kept from reading while a stop waits, where it knows how (HID-POS)."""
    burst_gap_ms: BurstGap = 0


class Usb(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scanners on USB that type like a keyboard or speak HID-POS; found when they are plugged in."""

    scanners: Literal["auto", "off"]
    """``off``: what they type goes to the terminal like a person's keys."""
    layout: KeyboardLayout
    """The keyboard that the scanners are set to, whatever this machine is set to."""
    terminators: Annotated[tuple[Terminator, ...], Meta(max_length=3)]
    """None: silence ends a code."""
    gap_ms_max: Annotated[int, Meta(ge=10, le=2000)]
    devices: Annotated[tuple[UsbDevice, ...], Meta(max_length=USB_RULES_MAX)]


class CameraSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The camera as a scanner."""

    source: Text
    """A number, ``/dev/v4l/by-id/...``, a video, a picture or a folder of pictures. Empty: no camera."""
    read: Literal["aimed", "all"]
    """``aimed``: the code in the middle. ``all``: every code of a label, answered once."""
    width: Annotated[int, Meta(ge=160, le=4096)]
    height: Annotated[int, Meta(ge=120, le=4096)]
    formats: Annotated[tuple[Name, ...], Meta(max_length=32)]
    """zxing-cpp's names. Fewer are read faster."""
    by_prompt: bool
    """Leave out, at a prompt for a badge or a serial number, what only carries trade item numbers."""
    itf_lengths: Annotated[tuple[Annotated[int, Meta(ge=2, le=80)], ...], Meta(max_length=8)]
    """Interleaved 2 of 5 is believed at these lengths only: a part of such a code is a code as well."""


class PrinterSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The label printer."""

    target: Text
    """``tcp://HOST:9100``, a device file like ``/dev/usb/lp0``, or a folder. Empty: no printer."""
    language: Literal["zpl", "tspl", "escpos"]
    dpi: Annotated[int, Meta(ge=100, le=1200)]
    templates: Place
    """A folder with templates of the site's own; those that ship stand behind them."""


class Sound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What sounds and shines besides the terminal's own bell."""

    outputs: Annotated[tuple[Literal["card", "speaker", "gun"], ...], Meta(max_length=3)]
    """Of these, whichever exist are used."""
    lamp_green: Place
    """A folder below ``/sys/class/leds``; empty for none."""
    lamp_yellow: Place
    lamp_red: Place


class Screen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the handheld looks."""

    theme: Literal["sun", "night"]
    language: Literal["en", "de", "fr", "es"]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the floor allows where the site's own data says nothing."""

    over_receipt: Answer
    unknown_serial_at_shipping: Answer
    complete_on_last_scan: bool
    expires_soon_days: Annotated[int, Meta(ge=0, le=3650)]
    overridable: tuple[
        Literal[
            "over_quantity",
            "not_on_document",
            "expired",
            "booked_elsewhere",
            "wrong_item",
            "not_shipped_to_customer",
        ],
        ...,
    ]
    """Stops that somebody with ``override_role`` may take upon himself."""
    override_role: Annotated[Name, Meta(min_length=1)]


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The central server, on the machine that runs it."""

    host: Annotated[Text, Meta(min_length=1)]
    port: Annotated[int, Meta(ge=1, le=65_535)]
    database: Place
    """Path of the SQLite file, or ``postgresql://...``. Empty: ``server.db`` in the data directory."""
    workers: Annotated[int, Meta(ge=1, le=64)]
    """Server processes side by side; more than one needs PostgreSQL."""
    certificate: Place
    key: Place
    """PEM files of the server's own certificate and its key. Empty: no TLS, for a proxy or a demonstration."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings, checked. ``config.loader.load`` makes them; ``shipped`` there gives the defaults."""

    site: Site
    device: Device
    data: Data
    sync: Sync
    wedge: Wedge
    scan: ScanSettings
    serial: Serial
    usb: Usb
    camera: CameraSection
    printer: PrinterSection
    sound: Sound
    screen: Screen
    policy: Policy
    server: Server
