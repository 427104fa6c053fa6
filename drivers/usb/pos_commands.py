"""What a HID-POS scanner can be told: the reports that its descriptor takes from the host. Pure.

The usages are those of the HID Point of Sale usage tables, page 0x8C: ``Prevent Read of Barcodes`` is a flag that
stays until it is taken back, ``Initiate Barcode Read`` is the trigger.
"""

from __future__ import annotations

from drivers.usb.hid_descriptor import Descriptor, Field

PREVENT_READ, INITIATE_READ = 0x8C005F, 0x8C0060


def command(descriptor: Descriptor, usage: int, *, on: bool = True) -> bytes:
    """The report that sets a flag and leaves its other flags at nothing; empty where the scanner does not have it.

    The first byte is the report's number, 0 where the device numbers none, as a write to hidraw wants it.
    """
    for field in descriptor.outputs:
        if field.size == 1 and usage in field.usages[: field.count]:
            bit = field.bit + field.usages.index(usage)
            data = bytearray(_size([one for one in descriptor.outputs if one.report == field.report]))
            data[bit // 8] |= on << bit % 8
            return bytes([field.report, *data])
    return b""


def _size(fields: list[Field]) -> int:
    """Bytes of a report's data."""
    return max(-(-(field.bit + field.size * field.count) // 8) for field in fields)
