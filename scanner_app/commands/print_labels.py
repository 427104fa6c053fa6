"""``scanner print``: labels on a label printer or as pictures, the jobs that wait, the check of what was printed."""

from __future__ import annotations

import argparse
from pathlib import Path
from threading import Thread

import msgspec

from config import own_files
from config.paths import data_dir
from drivers.driver import DriverError, DriverState
from drivers.printing.jobs import Job, Jobs, JobsFull
from drivers.printing.printer import Printer, PrinterSettings, submit, wait_until_printed
from drivers.printing.render import rendered
from drivers.printing.template import SHIPPED, TemplateError, named_template
from drivers.scan import Burst, Scan
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.commands.inputs import PRINT_FOLDER, printer_settings
from tracking.printable import printable

WAIT_S = 10.0
"""How long the command waits for the printer; the label is printed later all the same."""

COPIES_MAX = 1000


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("template", nargs="?", help="name of a label template")
    parser.add_argument(
        "--value", action="append", default=[], metavar="NAME=TEXT", help="a value of the label; repeat it"
    )
    parser.add_argument("--copies", type=int, default=1, metavar="NUMBER", help="how many; default: 1")
    parser.add_argument(
        "--preview", metavar="FILE", help="draw it as .png, .pdf or .svg in place of printing"
    )
    parser.add_argument(
        "--templates", action="store_true", help="the templates and the values that they need"
    )
    parser.add_argument("--jobs", action="store_true", help="what waits and what was printed")
    parser.add_argument("--reprint", type=int, metavar="JOB", help="print a job once more")
    parser.add_argument(
        "--verify", nargs=2, metavar=("JOB", "SCAN"), help="check a printed label by what its scan says"
    )


def run(call: Call) -> int:
    """One of the things that can be done with labels."""
    options = call.options
    settings = printer_settings(call.loaded.settings.printer)
    try:
        if options.templates:
            return _templates(settings, as_json=options.json)
        if options.preview:
            path = Path(options.preview)
            _preview(settings, _named(options.template), _values(options.value), path)
            print_json({"file": str(path)}) if options.json else print(path)
            return DONE
        jobs = Jobs(data_dir(call.loaded.settings) / PRINT_FOLDER)
        if options.jobs:
            return _list(jobs, as_json=options.json)
        if options.verify:
            return _verify(jobs, *options.verify, as_json=options.json)
        return _print(call, settings, jobs)
    except (TemplateError, DriverError, JobsFull) as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"the print jobs cannot be kept: {error.strerror}") from error


def _named(template: str | None) -> str:
    if not template:
        usage("name a label template (see 'scanner print --templates')")
    return template


def _values(given: list[str]) -> dict[str, str]:
    values = {}
    for one in given:
        name, equals, text = one.partition("=")
        if not equals:
            usage(f"--value {printable(one, 40)} is no NAME=TEXT")
        values[name] = text
    return values


def _print(call: Call, settings: PrinterSettings, jobs: Jobs) -> int:
    options = call.options
    if not settings.target:
        usage("no label printer is set: name it in [printer], or draw the label with --preview FILE")
    if options.reprint is not None:
        old = jobs.find(options.reprint)
        if old is None:
            raise Refusal(f"there is no print job {options.reprint}")
        job = submit(settings, jobs, old.template, old.values, copies=old.copies, reprint_of=old.id)
    else:
        if not 1 <= options.copies <= COPIES_MAX:
            usage(f"--copies is from 1 to {COPIES_MAX}")
        job = submit(settings, jobs, _named(options.template), _values(options.value), copies=options.copies)
    return _until_printed(settings, jobs, job, as_json=options.json)


def _until_printed(settings: PrinterSettings, jobs: Jobs, job: Job, *, as_json: bool) -> int:
    """Print it from here unless the handheld does; say how far it got."""
    heard: list[str] = []

    def sink(item: Scan | Burst | DriverState, /) -> bool:
        if isinstance(item, DriverState) and item.detail:
            heard.append(item.detail)
        return True

    printer = Printer(settings, jobs.folder)
    thread = Thread(target=printer.run, args=(sink,), daemon=True)
    thread.start()
    printed = wait_until_printed(jobs, job, WAIT_S)
    printer.close()
    thread.join(WAIT_S)
    if as_json:
        print_json({"job": job.id, "printed": printed, "said": heard})
    else:
        for sentence in heard:
            print(sentence)
        print(
            f"label {job.id} " + ("printed" if printed else "is kept and printed as soon as the printer can")
        )
    return DONE


def _templates(settings: PrinterSettings, *, as_json: bool) -> int:
    folders = [folder for folder in (settings.templates, SHIPPED) if folder is not None]
    names = sorted({path.stem for folder in folders for path in folder.glob("*.toml")})
    for name in names:
        template = named_template(name, settings.templates)
        if as_json:
            size_mm = [template.width, template.height]
            print_json({"template": name, "size_mm": size_mm, "values": sorted(template.fields)})
            continue
        size = f"{template.width:g} x {template.height:g} mm"
        print(f"{name:<14} {size:<14} {' '.join(sorted(template.fields))}")
    return DONE


def _preview(settings: PrinterSettings, name: str, values: dict[str, str], path: Path) -> None:
    image = rendered(named_template(name, settings.templates), values, settings.dpi)
    suffix = path.suffix.lower()
    try:
        with own_files.asked_for():
            if suffix == ".svg":
                path.write_text(_svg(image.tobytes(), image.size, settings.dpi), encoding="utf-8")
            elif suffix in {".png", ".pdf"}:
                image.save(path, suffix[1:].upper(), **_resolution(suffix, settings.dpi))
            else:
                usage(f"{path.name} has no ending that says how to draw it: use .png, .pdf or .svg")
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}") from error


def _resolution(suffix: str, dpi: int) -> dict[str, object]:
    return {"dpi": (dpi, dpi)} if suffix == ".png" else {"resolution": dpi}


def _svg(bits: bytes, size: tuple[int, int], dpi: int) -> str:
    """The dots as one path of runs: what a printer prints, at its size."""
    width, height = size
    row_bytes = (width + 7) // 8
    runs = []
    for y in range(height):
        row = "".join(f"{byte:08b}" for byte in bits[y * row_bytes : (y + 1) * row_bytes])[:width]
        start = row.find("0")
        while start >= 0:
            end = row.find("1", start)
            end = width if end < 0 else end
            runs.append(f"M{start} {y}h{end - start}v1h-{end - start}z")
            start = row.find("0", end)
    millimetres = " ".join(
        f'{name}="{side * 25.4 / dpi:.2f}mm"' for name, side in (("width", width), ("height", height))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {millimetres} viewBox="0 0 {width} {height}">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<path shape-rendering="crispEdges" d="{"".join(runs)}"/></svg>\n'
    )


def _list(jobs: Jobs, *, as_json: bool) -> int:
    for state, job in jobs.every():
        if as_json:
            print_json({"state": state} | msgspec.to_builtins(job))
            continue
        words = " ".join(f"{name}={printable(text, 30)}" for name, text in job.values.items())
        marks = [f"copy of {job.reprint_of}"] if job.reprint_of else []
        marks += ["verified"] if job.verified_ms else []
        print(f"{job.id:>6} {state:<8} {job.template:<12} {words} {' '.join(marks)}".rstrip())
    return DONE


def _verify(jobs: Jobs, number: str, scan: str, *, as_json: bool) -> int:
    if not number.isdigit():
        usage(f"{printable(number, 20)} is no number of a print job")
    raw = scan.replace("\\x1d", "\x1d")
    aim, text = (raw[:3], raw[3:]) if raw.startswith("]") else ("", raw)
    if jobs.find(int(number)) is None:
        raise Refusal(f"there is no print job {number}")
    right = jobs.verify(int(number), aim, text.encode("utf-8"))
    if as_json:
        print_json({"job": int(number), "ok": right})
    if right:
        if not as_json:
            print(f"label {number} says what it should")
        return DONE
    raise Refusal(f"this is not what label {number} should say: put it aside and print it again")
