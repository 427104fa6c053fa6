"""Labels of cartons: on paper with the very number that was given, and no second one for what has a label."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.printing.render import rendered
from drivers.printing.template import named_template
from scanner_app.workflows.flow import Label
from scanner_app.workflows.own_labels import unit_label
from tests.drivers.printing.test_labels import read_back
from tests.scanner_app.floor import Floor, site_named
from tracking.site import Item


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    opened = Floor(tmp_path / "data", site_named("assembly"))
    yield opened
    opened.close()


def _read(label: Label) -> list[tuple[str, bytes]]:
    """What a camera reads of the printed label."""
    return read_back(rendered(named_template(label.template), label.values, 203))


def test_the_printed_label_is_the_carton_that_was_packed(floor: Floor) -> None:
    floor.command("workflow", "pack")
    code = floor.command("confirm").verdict.fields["container"]
    floor.scan("SN-000001")
    (label,) = floor.command("done").labels
    assert _read(label) == [("]C1", b"00" + code.encode())]
    opened = floor.scan(f"00{code}", symbology_id="]C1")
    assert (opened.verdict.code, opened.verdict.fields["container"]) == ("container_selected", code)
    floor.scan("SN-000002")
    assert floor.command("done").labels == (), "it has its label"
    (again,) = floor.command("reprint").labels
    assert again.again
    assert again.values["contents"] == "2 x VALVE-9"


def test_a_plate_of_somebody_else_is_printed_as_it_is(floor: Floor) -> None:
    floor.command("workflow", "pack")
    floor.scan("CARTON-7")
    (label,) = floor.command("reprint").labels
    assert _read(label) == [("]C0", b"CARTON-7")]


@pytest.mark.parametrize(
    ("item", "serial", "read"),
    [
        (Item(item="P", gtins=("9521234543213",)), "SN-1", ("]d2", b"010952123454321321SN-1")),
        (Item(item="P"), "SN-1", ("]C0", b"SN-1")),
        (Item(item="P", gtins=("09521234543213",)), "SN 1#", ("]C0", b"SN 1#")),
        (Item(item="P", gtins=("09521234543213",)), "S" * 21, ("]C0", b"S" * 21)),
    ],
)
def test_a_units_label_is_one_that_can_carry_its_number(
    item: Item, serial: str, read: tuple[str, bytes]
) -> None:
    assert _read(unit_label(item, serial)) == [read]


def test_lot_and_expiry_are_on_it_where_they_are_known() -> None:
    item = Item(item="P", gtins=("09521234543213",))
    label = unit_label(item, "SN-1", lot="L1", expiry="2028-10-31")
    assert _read(label) == [("]d2", b"01095212345432131728103110L1\x1d21SN-1")]
