"""A shift in Hamburg as a replay script: goods in until noon, orders out after it, and what goes wrong."""

from __future__ import annotations

from scanner_app.label_goods import Goods
from scanner_app.sample.places import bin_name
from scanner_app.sample.script import PAUSE, Script, split, whole
from tracking.site import Site

SHIPPED = "shipped|picked"
NOT_THIS = "not_on_document|wrong_item"


def shift(site: Site) -> str:
    """The script of a shift at the sample's plant (site HAM), in the format of ``scanner replay``.

    More than 230 of its scans are accepted. Raises KeyError for a site that lacks the plant's documents.
    """
    script = Script(site)
    script.comment("The shift begins: Ida signs in at the dock.")
    script.line("operator OP-7", "signed_in")
    _motors_and_valves(script)
    _drives_and_sensors(script)
    _meters(script)
    _seals(script)
    _boards_without_network(script)
    _announced_goods(script)
    _gears_built(script)
    _pumps_out(script)
    _other_orders_out(script)
    return script.text()


def _motors_and_valves(script: Script) -> None:
    script.comment("A small delivery of several kinds; in the middle somebody asks what a pump is.")
    script.line("workflow receiving")

    def look_up() -> None:
        script.line("workflow look_up")
        script.scan(script.full_label("PUMP-100", script.unit("PUMP-100", status=("shipped",))), "looked_up")
        script.line("workflow receiving")

    script.document("PO-4711", whole("received"), between={5: look_up})


def _drives_and_sensors(script: Script) -> None:
    script.comment(
        "Drives and sensors: one carton is damaged, one scan taken back, and some are the wrong label."
    )
    goods = [script.label(one) for one in script.goods["PO-4712"]]

    def damaged() -> None:
        script.command("hold damaged", "hold_placed")

    def taken_back() -> None:
        script.command("undo", "undone")
        script.line(PAUSE)
        script.scan(goods[8], "received")

    def bounced() -> None:
        script.scan(goods[11], "repeat")

    def again() -> None:
        script.line(PAUSE)
        script.stopped(goods[2], "already_received")

    def wrong_labels() -> None:
        script.stopped("https://example.com/manuals/drive-3", "unknown_code|wrong_kind|serial_pattern")
        script.stopped(script.full_label("PUMP-100", "SN-000001"), NOT_THIS)

    between = {5: damaged, 9: taken_back, 12: bounced, 15: again, 20: wrong_labels}
    script.document("PO-4712", whole("received"), between=between)


def _meters(script: Script) -> None:
    script.comment("Meters with lot and calibration date on the label; Jannik takes over half way.")
    handover = {16: lambda: script.line("operator OP-8", "signed_in")}
    script.document("PO-4713", whole("received"), between=handover)


def _seals(script: Script) -> None:
    script.comment(
        "Seals carry two or three symbols each, in whatever order the gun meets them. The battery fails."
    )
    script.document("PO-4714", split("received"), between={9: lambda: script.line("crash")})


def _boards_without_network(script: Script) -> None:
    script.comment("No network behind the tall racks; the delivery is six boards short.")
    script.line("offline")
    script.document("PO-4715", whole("received"), last=34)
    script.command("done")
    script.command("confirm", "completed")
    script.document("PO-4716", whole("received"))
    script.line("online")


def _announced_goods(script: Script) -> None:
    script.comment("Two deliveries that the supplier announced, serial by serial.")
    script.document("ASN-9001", whole("received"))
    script.document("ASN-9002", whole("received"))


def _gears_built(script: Script) -> None:
    script.comment("At the bench two gear pumps are built; one valve is one too many and stays out.")
    script.line("workflow production")
    products: list[str] = []

    def bench(script: Script, goods: Goods) -> None:
        if goods.item == "GEAR-500":
            products.append(script.label(goods))
        script.scan(script.label(goods), "product_selected" if goods.item == "GEAR-500" else "installed")

    script.scan("WO-4001", "document_opened")
    for place, goods in enumerate(script.goods["WO-4001"], start=1):
        bench(script, goods)
        if place == 4:
            spare = script.unit("VALVE-9", status=("received",))
            script.stopped(script.full_label("VALVE-9", spare), "bom_complete")
    script.comment("They go onto the packing bench and into one carton, which gets a number of ours.")
    script.line("workflow move")
    for product in products:
        script.scan(product, "taken")
    script.scan(bin_name(script.site.site, "A", 0), "moved")
    script.line("workflow pack")
    script.command("confirm", "container_selected")
    for product in products:
        script.scan(product, "packed")
    script.command("done", "container_closed")


def _pumps_out(script: Script) -> None:
    script.comment("After lunch Marek packs. Four things must not leave with this order.")
    script.line("operator OP-11 1357", "signed_in")
    script.line("workflow shipping")
    pump, stock = "PUMP-100", ("received", "produced")

    def held() -> None:
        script.stopped(script.full_label(pump, script.unit(pump, status=stock, flag="held")), "held")

    def wrong_item() -> None:
        drive = script.goods["SO-3005"][0]
        script.stopped(script.full_label(drive.item, drive.serial), NOT_THIS)

    def gone_already() -> None:
        script.stopped(script.full_label(pump, script.unit(pump, status=("shipped",))), "already_shipped")

    def stolen() -> None:
        script.stopped(script.full_label(pump, script.unit(pump, status=stock, flag="stolen")), "stolen")

    script.document("SO-3004", whole(SHIPPED), between={2: held, 4: wrong_item, 6: gone_already, 8: stolen})


def _other_orders_out(script: Script) -> None:
    script.comment("The truck waits in the yard, out of reach of the network.")
    script.line("offline")
    script.document("SO-3005", whole(SHIPPED))
    script.document("SO-3006", whole(SHIPPED))
    script.line("online")
    script.comment("Trailers by VIN, meters by IMEI, and a seal whose shelf life is over.")
    script.document("SO-3007", whole(SHIPPED))

    def expired_seal() -> None:
        script.stopped(_expired_label(script, "MSEAL-30"), "expired")

    script.document("SO-3008", whole(SHIPPED), between={13: expired_seal})
    script.document("SO-3009", whole(SHIPPED))
    script.comment("Where is the first pump of the afternoon now?")
    script.line("workflow look_up")
    script.scan(script.label(script.goods["SO-3004"][0]), "looked_up")


def _expired_label(script: Script, item: str) -> str:
    """A sound unit of the stock, if its shelf life were not over."""
    for unit in script.site.units:
        if (unit.item, unit.status, unit.flags) == (item, "received", ()) and unit.expiry < script.site.today:
            return script.full_label(item, unit.serial)
    raise ValueError(f"the sample has no expired {item}")
