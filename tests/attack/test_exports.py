"""What leaves the house and is opened by another program: tables, labels, pages. Nothing of it may act there.

No export is a table of comma separated cells, in which ``=1+1`` would be a formula: all of them are JSON. Should one
ever be, the first test fails, and its cells have to be made harmless.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from starlette.routing import Route

from drivers.printing.languages import encoded
from drivers.printing.render import rendered
from drivers.printing.template import SHIPPED, TemplateError, named_template
from scanner_app.label_sheet import write_sheet
from scanner_app.labels import LabelError, labels
from server.app import PAGES
from server.openapi import CALLS
from tests.attack.conftest import Town
from tests.drivers.printing.test_labels import VALUES
from tests.scanner_app.scanner_process import scanner
from tests.server.fleet import receiving
from tracking.site import SiteError, load

SPOKEN = {
    "application/json",
    "application/zstd",
    "application/octet-stream",
    "text/html",
    "text/plain",
    "text/css",
    "application/openmetrics-text",
}
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1+1)", '=HYPERLINK("http://x")', "\t=1+1", "\r=1+1")
LABEL_COMMANDS = (
    "^XZ^XA^FDx^FS",
    "~JA",
    "~DGR:X.GRF,1,1,FF",
    '"\r\nCLS\r\nPRINT 9',
    '\r\nN\r\nA50,0,0,1,1,1,N,"x"\r\nP9\r\n',
    "\x1b@\x1dV\x00",
    "\x10\x14\x01",
    "{serial}",
    "}}{{",
    "</text><script>alert(1)</script>",
    "]]><x/>",
    "&lt;&#0;",
    "\x00",
    "a\u202eb",
    "\ud7ff\ufffe",
)


def kind(content_type: str) -> str:
    """Without its parameters."""
    return content_type.partition(";")[0]


def test_no_answer_is_a_table_that_a_spreadsheet_would_calculate(town: Town) -> None:
    http, office = town.office.http, town.office.auth
    http.post("/sign-in", data={"token": town.office.running.office_token, "next": "/"})
    paths = {re.sub(r"{(item|site)}", lambda found: {"item": "PUMP", "site": "HAM"}[found[1]], call.path)
             for call in CALLS if call.method == "get"}  # fmt: skip
    paths |= {re.sub(r"{\w+:path}", "PUMP/A", route.path) for route in PAGES if isinstance(route, Route)}
    for path in paths:
        answer = http.get(re.sub(r"{\w+}", "A", path), headers=office)
        assert kind(answer.headers.get("content-type", "text/html")) in SPOKEN, path
        assert "attachment" not in answer.headers.get("content-disposition", ""), path


@pytest.mark.parametrize("export", ["events", "units", "documents"])
def test_an_export_is_json_in_which_a_formula_is_a_text(export: str, tmp_path: Path) -> None:
    site = {
        "site": "HAM",
        "items": [{"item": "PUMP"}],
        "documents": [
            {"type": "purchase_order", "number": "=PO", "lines": [{"item": "PUMP", "quantity": 9}]}
        ],
        "units": [{"item": "PUMP", "serial": f"={number}+1", "status": "received"} for number in range(3)],
    }
    (tmp_path / "site.json").write_text(json.dumps(site))
    (tmp_path / "script").write_text("scan =PO\nscan =1+1\n")
    data = str(tmp_path / "data")
    scanner(
        "replay", "--site", str(tmp_path / "site.json"), str(tmp_path / "script"), "--data", data, "--json"
    )
    ended = scanner("export", export, "--json", "--data", data)
    assert ended.code == 0, ended.err
    assert ended.rows
    assert all(isinstance(row, dict) for row in ended.rows)


def test_a_formula_comes_back_from_the_server_as_the_text_that_it_is(town: Town) -> None:
    town.device.write(*(receiving(serial) for serial in FORMULAS[:5]))
    assert town.device.send(town.device.batch(2)).status_code == 200
    town.office.settle()
    for serial in FORMULAS[:5]:
        found = town.office.http.get("/v1/units", params={"serial": serial}, headers=town.office.auth)
        assert found.json()["units"][0]["serial"] == serial


# -- labels ----


def frame(job: bytes, language: str) -> bytes:
    """A job without the picture in it."""
    if language == "zpl":
        return re.sub(
            rb":Z64:[A-Za-z0-9+/=]+:[0-9A-F]{4}", b":picture", re.sub(rb"\^GFA,[0-9,]+", b"^GFA,", job)
        )
    picture = job.index(b"BITMAP") if language == "tspl" else 0
    return job[: picture + 12] + job[-12:] if language == "tspl" else len(job).to_bytes(4, "big")


@pytest.mark.parametrize("template", sorted(path.stem for path in SHIPPED.glob("*.toml")))
@pytest.mark.parametrize("language", ["zpl", "tspl", "escpos"])
def test_no_value_of_any_field_is_a_command_of_a_printer(template: str, language: str) -> None:
    found = named_template(template)
    blank = Image.new("1", rendered(found, VALUES, 203).size, 1)
    honest = frame(encoded(blank, language, dpi=203), language)  # type: ignore[arg-type]
    for field in sorted(found.fields):
        for value in LABEL_COMMANDS:
            try:
                image = rendered(found, VALUES | {field: value}, 203)
            except TemplateError:
                continue  # a code cannot carry it, and the label is not printed
            job = encoded(image, language, dpi=203)  # type: ignore[arg-type]
            assert frame(job, language) == honest, (field, value)
            assert image.size == blank.size


@pytest.mark.parametrize("value", LABEL_COMMANDS)
@pytest.mark.parametrize("ending", ["html", "svg"])
def test_a_sheet_of_labels_is_a_picture_whatever_the_names_are(
    value: str, ending: str, tmp_path: Path
) -> None:
    file = {
        "site": "HAM",
        "items": [{"item": "PUMP", "description": value}],
        "parties": [{"party": "ACME", "name": value}],
        "operators": [{"badge": "OP-1", "name": value}],
        "documents": [
            {"type": "purchase_order", "number": "PO-1", "party": "ACME",
             "lines": [{"item": "PUMP", "quantity": 2, "serials": [value, "SN-1"]}]},
        ],
    }  # fmt: skip
    try:
        site = load(json.dumps(file).encode())
    except SiteError:
        file["documents"][0]["lines"][0]["serials"] = ["SN-1", "SN-2"]  # type: ignore[index]
        site = load(json.dumps(file).encode())
    try:
        written = write_sheet(labels(site), tmp_path / f"sheet.{ending}", value)
    except LabelError:
        return
    for path in written:
        assert path.parent == tmp_path
        text = path.read_text("utf-8")
        body = text if ending == "svg" else text[text.index("<svg") : text.rindex("</svg>") + len("</svg>")]
        root = ElementTree.fromstring(f"<all>{body}</all>")
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"all", "svg", "rect", "path", "text"}
        assert "<script" not in text
