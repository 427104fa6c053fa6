"""The scanner's own processor: a program that writes what it gets, piece by piece, as fast as the bus takes it.

``python sender.py DEVICE BYTES``: standard input in pieces of so many bytes. A process of its own, so that who reads
does not take turns with who sends. A scanner takes no time from the computer that it is plugged into; this one has to
share the machine's only processor, so it steps back.
"""

from __future__ import annotations

import os
import sys
import time


def main(device: str, size: int) -> None:
    """Send it all, and say how many seconds that took."""
    os.nice(5)
    data = sys.stdin.buffer.read()
    fd = os.open(device, os.O_RDWR | os.O_NOCTTY)
    start_s = time.monotonic()
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        while piece:
            try:
                piece = piece[os.write(fd, piece) :]
            except BlockingIOError:
                time.sleep(0.001)
    sys.stdout.write(f"{time.monotonic() - start_s}\n")
    os.close(fd)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
