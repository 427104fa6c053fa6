"""``scanner decode``: the codes in picture files, a line each."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from tracking.counted import counted
from tracking.printable import printable

if TYPE_CHECKING:
    from drivers.camera.symbol import Symbol

FILES_MAX = 100_000


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="a picture, or a folder of them")
    parser.add_argument("--formats", help="look only for these, like 'Code128,DataMatrix'; default: all")

    parser.add_argument("--camera", metavar="N", help="a live camera: its number or device; until Ctrl-C")


def run(call: Call) -> int:
    """One line a file, in their order; exit 1 when one could not be read as a picture."""
    from drivers.driver import DriverError

    options = call.options
    if options.camera is not None:
        return _camera(options.camera, _formats(options.formats), as_json=options.json)
    if not options.files:
        usage("name a picture to decode (see 'scanner decode --help')")
    try:
        formats = _formats(options.formats)
        paths, refused = _paths(options.files), 0
        for path in paths:
            row = _row(path, formats)
            refused += "error" in row
            if options.json:
                print_json(row)
            else:
                _print_for_people(row)
    except DriverError as error:
        raise Refusal(str(error)) from error
    if refused:
        raise Refusal(f"{refused} of {counted(len(paths), 'file')} could not be read as pictures")
    return DONE


def _formats(given: str | None) -> tuple[str, ...]:
    from drivers.camera.zxing import format_names

    names = [name.strip() for name in (given or "").split(",") if name.strip()]
    try:
        return format_names(names)
    except ValueError:
        usage(f"--formats {printable(str(given), 60)} names a format that is not known")


def _paths(files: list[str]) -> list[Path]:
    """The files, and those in the folders named, by name."""
    paths: list[Path] = []
    for file in files:
        path = Path(file)
        paths += sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
        if len(paths) > FILES_MAX:
            usage(f"more than {FILES_MAX} pictures in one call")
    return paths


def _row(path: Path, formats: tuple[str, ...]) -> dict[str, Any]:
    from drivers.camera.pictures import PictureError, read_picture
    from drivers.camera.still import read_still

    try:
        gray = read_picture(path)
    except PictureError as error:
        return {"file": str(path), "codes": [], "ms": 0.0, "error": str(error)}
    start_s = time.perf_counter()
    found = read_still(gray, formats)
    took_ms = round((time.perf_counter() - start_s) * 1000, 1)
    return {"file": str(path), "codes": [_code(one) for one in found], "ms": took_ms}


def _code(symbol: Symbol) -> dict[str, Any]:
    return {
        "text": symbol.text,
        "bytes_hex": symbol.raw.hex(),
        "symbology": symbol.symbology,
        "symbology_id": symbol.symbology_id,
        "position": [list(point) for point in symbol.position],
    }


def _camera(where: str, formats: tuple[str, ...], *, as_json: bool) -> int:
    """A line for every code that counts, until the camera is gone or the call is interrupted."""
    from drivers.camera.agreement import Agreement
    from drivers.camera.live import LiveReader
    from drivers.camera.sources import open_source
    from drivers.camera.zxing import HANDHELD_FORMATS
    from drivers.driver import DriverError

    try:
        source = open_source(where)
    except DriverError as error:
        raise Refusal(str(error)) from error
    reader, agreement = LiveReader(formats or HANDHELD_FORMATS, whole_label=True), Agreement()
    try:
        start_s = time.monotonic()
        while (gray := source.frame()) is not None:
            for symbol in agreement.accepted(reader.read(gray, time.monotonic()), time.monotonic()):
                took_ms = round((time.monotonic() - start_s) * 1000, 1)
                row = {"file": where, "codes": [_code(symbol)], "ms": took_ms}
                if as_json:
                    print_json(row)
                else:
                    _print_for_people(row)
    finally:
        source.close()
    return DONE


def _print_for_people(row: dict[str, Any]) -> None:
    file = printable(row["file"], None)
    if "error" in row:
        print(f"{file}: {printable(row['error'], None)}")
    elif not row["codes"]:
        print(f"{file}: no code found ({row['ms']} ms)")
    for code in row["codes"]:
        print(f"{file}: {code['symbology']:<12} {code['symbology_id']} {printable(code['text'], None)}")
