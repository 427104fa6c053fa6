"""A bill of materials and what of it is in a product."""

from __future__ import annotations

from tracking.assembly import Inside, bill_of, complete, next_slot, slot_for, slots_of
from tracking.documents import BomLine, Document

BOM = (
    BomLine(item="MOTOR-7", position="A", alternates=("MOTOR-8",)),
    BomLine(item="VALVE-9", quantity=2, position="B"),
    BomLine(item="VALVE-9", quantity=1, position="C"),
    BomLine(item="SEAL-KIT", quantity=3),
)


def inside(item: str, serial: str = "", position: str = "", quantity: int = 1, lot: str = "") -> Inside:
    return Inside(item=item, serial=serial, lot=lot, position=position, quantity=quantity)


def test_a_part_fills_the_position_that_it_names_and_one_without_a_name_the_first_with_room() -> None:
    within = [
        inside("VALVE-9", "1", "C"),
        inside("VALVE-9", "2"),
        inside("VALVE-9", "3"),
        inside("VALVE-9", "4"),
    ]
    slots = slots_of(BOM, within)
    assert [[one.serial for one in slot.filled] for slot in slots] == [[], ["2", "3"], ["1", "4"], []]
    assert [slot.missing for slot in slots] == [1, 0, 0, 3]


def test_a_position_without_a_name_has_its_number() -> None:
    slots = slots_of(BOM, [inside("SEAL-KIT", position="4", quantity=2, lot="L")])
    assert (slots[3].position, slots[3].done, slots[3].missing) == ("4", 2, 1)


def test_what_is_no_part_of_the_bill_fills_nothing() -> None:
    assert all(not slot.filled for slot in slots_of(BOM, [inside("SCREW", "1", "A"), inside("SCREW")]))


def test_a_part_goes_where_there_is_room_its_own_place_before_one_that_it_may_stand_in_for() -> None:
    bom = (BomLine(item="X", position="1", alternates=("Y",)), BomLine(item="Y", position="2"))
    found = slot_for(slots_of(bom, ()), "Y")
    assert found is not None
    assert found.position == "2"
    found = slot_for(slots_of(bom, [inside("Y", "1", "2")]), "Y")
    assert found is not None
    assert found.position == "1"
    found = slot_for(slots_of(bom, [inside("Y", "1", "2"), inside("Y", "2", "1")]), "Y")
    assert found is not None
    assert not found.missing, "all full: the place that it belongs to"
    assert slot_for(slots_of(bom, ()), "Z") is None


def test_the_next_position_is_the_first_that_lacks_something_and_a_full_bill_is_complete() -> None:
    slots = slots_of(BOM, [inside("MOTOR-8", "1", "A")])
    following = next_slot(slots)
    assert following is not None
    assert following.position == "B"
    assert not complete(slots)
    full = [
        inside("MOTOR-7", "1"),
        *(inside("VALVE-9", str(n)) for n in range(3)),
        inside("SEAL-KIT", quantity=3),
    ]
    assert complete(slots_of(BOM, full))
    assert complete(())


def test_the_rules_are_asked_about_a_line_a_position() -> None:
    order = Document(type="work_order", number="WO-1", product="GEAR", bom=BOM)
    bill, tally = bill_of(order, slots_of(BOM, [inside("VALVE-9", "1", "B")]), "MOTOR-8")
    assert [(line.line, line.item, line.quantity) for line in bill.lines] == [
        (1, "MOTOR-8", 1), (2, "VALVE-9", 2), (3, "VALVE-9", 1), (4, "SEAL-KIT", 3),
    ]  # fmt: skip
    assert [tally.of(line) for line in (1, 2, 3, 4)] == [0, 1, 0, 0]
