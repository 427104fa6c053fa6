"""What the handheld says of its lock, in every language side by side."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "locked_for": "locked · {person} was signed in",
        "locked_scan_badge": "locked: scan your badge",
        "reason_hand_over": "taken over",
        "key_help": "HELP",
    },
    "de": {
        "locked_for": "gesperrt · {person} war angemeldet",
        "locked_scan_badge": "gesperrt: Ausweis scannen",
        "reason_hand_over": "übernommen",
        "key_help": "HILFE",
    },
    "fr": {
        "locked_for": "verrouillé · session de {person}",
        "locked_scan_badge": "verrouillé : scannez votre badge",
        "reason_hand_over": "repris",
        "key_help": "AIDE",
    },
    "es": {
        "locked_for": "bloqueado · sesión de {person}",
        "locked_scan_badge": "bloqueado: escanee su tarjeta",
        "reason_hand_over": "relevo",
        "key_help": "AYUDA",
    },
}
