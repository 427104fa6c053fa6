"""The verdict codes and their levels. Others script against the names: they may be added to, never renamed."""

from __future__ import annotations

_OK = """signed_in document_opened item_selected location_selected container_selected product_selected received shipped
picked packed unpacked moved counted booked installed removed produced inspected hold_placed released collected returned
repaired replaced scrapped destroyed assigned registered lot_recorded quantity_recorded completed undone looked_up
command checked restocked in_service in_hand taken container_closed
handed_over taken_over"""

_NOTE = """repeat on_hold already_counted misplaced unexpected not_expected_serial check_digit_warning expires_soon
new_serial out_of_warranty in_warranty substitution_confirmed over_receipt_noted unverified
already_collected not_on_hold being_done"""

_STOP = """unknown_code unreadable ambiguous wrong_kind wrong_item not_on_document over_quantity already_received
already_picked already_packed already_shipped already_installed already_returned not_received consumed booked_elsewhere
written_off held recalled stolen expired missing_lot missing_expiry serial_pattern bad_check_digit wrong_component
bom_complete not_shipped_to_customer sign_in_required role_required document_unknown document_closed confirm_required
disk_full journal_fault already_assigned
not_in_range no_company_prefix no_numbers wrong_label"""

LEVELS: dict[str, str] = (
    dict.fromkeys(_OK.split(), "ok")
    | dict.fromkeys(_NOTE.split(), "note")
    | dict.fromkeys(_STOP.split(), "stop")
    | {"waiting_for_partner": "none", "second_person": "none"}
)
"""Code -> ``ok``, ``note``, ``stop`` or ``none``."""
