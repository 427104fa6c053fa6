"""``scanner labels``: a sheet of the labels that the sample data, or a site file, would be scanned by."""

from __future__ import annotations

import argparse
from pathlib import Path

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, USAGE, Call, Refusal, print_json, read_file
from tracking.site import SITE_BYTES_MAX, Site, SiteError, load


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--site", help="site file (JSON); default: the sample data's site HAM")
    parser.add_argument(
        "--calibration", action="store_true", help="the card that teaches the handheld its scanners"
    )
    parser.add_argument("--document", help="only this document and its goods")
    parser.add_argument(
        "--out", default="labels.html", help="FILE.html, .svg, .pdf or .png (default labels.html)"
    )


def run(call: Call) -> int:
    """Writes the sheet and names its files."""
    from scanner_app.label_calibration import CALIBRATION, calibration_labels
    from scanner_app.label_sheet import write_sheet
    from scanner_app.labels import LabelError, labels

    options = call.options
    site = _site(options.site)
    try:
        made = calibration_labels() if options.calibration else labels(site, options.document)
        if options.json:
            for label in made:
                print_json({name: getattr(label, name) for name in label.__struct_fields__})
            return DONE
        title = CALIBRATION if options.calibration else f"{site.site} {options.document or ''}".strip()
        files = write_sheet(made, Path(options.out), title=title)
    except LabelError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{options.out} cannot be written: {error.strerror}") from error
    print(f"{len(made)} labels: {', '.join(map(str, files))}")
    return DONE


def _site(path: str | None) -> Site:
    if path is None:
        from scanner_app.sample import company

        return company(SystemClock().today()).site("HAM")
    try:
        return load(read_file(path, SITE_BYTES_MAX), path)
    except SiteError as error:
        raise Refusal(str(error), USAGE) from error
