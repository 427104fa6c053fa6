"""What the handheld says of its lock and of its session list, in every language side by side."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "camera_aim": "code into the frame · F11 back",
        "stop_first": "acknowledge the stop first",
        "card_list": "WHAT WAS DONE",
        "card_theme": "LIGHT OR DARK",
        "undo_newer": "{serial} went on since ({step}): take that back first",
        "undo_not_empty": "{serial} is not empty: take {inside} back first",
        "page_list": "DONE HERE  ↑ not sent yet",
        "list_empty": "nothing to take back here",
        "locked_for": "locked · {person} was signed in",
        "locked_scan_badge": "locked: scan your badge",
        "reason_hand_over": "taken over",
        "key_help": "HELP",
    },
    "de": {
        "camera_aim": "Code in den Rahmen · F11 zurück",
        "stop_first": "erst den Halt bestätigen",
        "card_list": "WAS GETAN IST",
        "card_theme": "HELL ODER DUNKEL",
        "undo_newer": "{serial} ging seither weiter ({step}): das zuerst stornieren",
        "undo_not_empty": "{serial} ist nicht leer: zuerst {inside} stornieren",
        "page_list": "HIER ERLEDIGT  ↑ noch nicht gesendet",
        "list_empty": "hier ist nichts zu stornieren",
        "locked_for": "gesperrt · {person} war angemeldet",
        "locked_scan_badge": "gesperrt: Ausweis scannen",
        "reason_hand_over": "übernommen",
        "key_help": "HILFE",
    },
    "fr": {
        "camera_aim": "code dans le cadre · F11 retour",
        "stop_first": "validez d'abord l'arrêt",
        "card_list": "CE QUI EST FAIT",
        "card_theme": "CLAIR OU SOMBRE",
        "undo_newer": "{serial} a avancé depuis ({step}) : annulez d'abord cela",
        "undo_not_empty": "{serial} n'est pas vide : annulez d'abord {inside}",
        "page_list": "FAIT ICI  ↑ pas encore envoyé",
        "list_empty": "rien à annuler ici",
        "locked_for": "verrouillé · session de {person}",
        "locked_scan_badge": "verrouillé : scannez votre badge",
        "reason_hand_over": "repris",
        "key_help": "AIDE",
    },
    "es": {
        "camera_aim": "código en el marco · F11 volver",
        "stop_first": "confirme primero la parada",
        "card_list": "LO HECHO",
        "card_theme": "CLARO U OSCURO",
        "undo_newer": "{serial} siguió adelante ({step}): deshaga antes eso",
        "undo_not_empty": "{serial} no está vacío: deshaga antes {inside}",
        "page_list": "HECHO AQUÍ  ↑ sin enviar aún",
        "list_empty": "nada que deshacer aquí",
        "locked_for": "bloqueado · sesión de {person}",
        "locked_scan_badge": "bloqueado: escanee su tarjeta",
        "reason_hand_over": "relevo",
        "key_help": "AYUDA",
    },
}
