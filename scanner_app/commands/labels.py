"""``scanner labels``: a sheet of the labels that the sample data, or a site file, would be scanned by."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from config import own_files
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, Refusal, print_json
from scanner_app.commands.site_file import site_of
from tracking.catalogue import word
from tracking.counted import counted
from tracking.site import Site

if TYPE_CHECKING:
    from scanner_app.labels import Label


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--site", help="site file (JSON); default: the sample data's site HAM")
    parser.add_argument(
        "--calibration", action="store_true", help="the card that teaches the handheld its scanners"
    )
    parser.add_argument(
        "--commands", action="store_true", help="the card with every command, in the handheld's language"
    )
    parser.add_argument("--document", help="only this document and its goods")
    parser.add_argument(
        "--out", default="labels.html", help="FILE.html, .svg, .pdf or .png (default labels.html)"
    )


def run(call: Call) -> int:
    """Writes the sheet and names its files."""
    from scanner_app.label_sheet import write_sheet
    from scanner_app.labels import LabelError

    options = call.options
    try:
        title, made = _sheet(call)
        with own_files.asked_for():
            files = [] if options.json else write_sheet(made, Path(options.out), title=title)
    except LabelError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{options.out} cannot be written: {error.strerror}") from error
    if options.json:
        for label in made:
            print_json({name: getattr(label, name) for name in label.__struct_fields__})
        return DONE
    print(f"{counted(len(made), 'label')}: {', '.join(map(str, files))}")
    return DONE


def _sheet(call: Call) -> tuple[str, list[Label]]:
    """The title and the labels that are asked for."""
    from scanner_app.label_calibration import CALIBRATION, calibration_labels
    from scanner_app.label_commands import command_labels
    from scanner_app.labels import labels

    options = call.options
    if options.calibration:
        return CALIBRATION, calibration_labels()
    if options.commands:
        language = call.loaded.settings.screen.language
        return word("card_commands", language), command_labels(language)
    site = _site(options.site)
    return f"{site.site} {options.document or ''}".strip(), labels(site, options.document)


def _site(path: str | None) -> Site:
    if path is None:
        from scanner_app.sample import company

        return company(SystemClock().today()).site("HAM")
    return site_of(path)
