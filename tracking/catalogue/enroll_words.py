"""What a handheld says while it belongs to no server yet, in every language side by side."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "enroll_code": "the code is wrong, used or too old",
        "enroll_no_voucher": "{server} names no certificate",
        "enroll_wrong_voucher": "{server} is not this site's server",
        "enroll_scan": "new: scan the server's enrolment code",
        "enroll_under_way": "enrolling at {server} …",
        "enroll_done": "enrolled: {device}, site {site}",
        "enroll_failed": "not enrolled: {why}",
        "enroll_has_events": "has scans of its own: not enrolled",
    },
    "de": {
        "enroll_code": "der Code ist falsch, verbraucht oder zu alt",
        "enroll_no_voucher": "{server} nennt kein Zertifikat",
        "enroll_wrong_voucher": "{server} ist nicht der Server dieses Standorts",
        "enroll_scan": "neu: Anmeldecode des Servers scannen",
        "enroll_under_way": "Anmeldung bei {server} …",
        "enroll_done": "angemeldet: {device}, Standort {site}",
        "enroll_failed": "nicht angemeldet: {why}",
        "enroll_has_events": "hat eigene Scans: nicht angemeldet",
    },
    "fr": {
        "enroll_code": "le code est faux, déjà utilisé ou périmé",
        "enroll_no_voucher": "{server} ne donne aucun certificat",
        "enroll_wrong_voucher": "{server} n'est pas le serveur du site",
        "enroll_scan": "neuf : scannez le code du serveur",
        "enroll_under_way": "inscription sur {server} …",
        "enroll_done": "inscrit : {device}, site {site}",
        "enroll_failed": "non inscrit : {why}",
        "enroll_has_events": "a déjà des scans : non inscrit",
    },
    "es": {
        "enroll_code": "el código es erróneo, usado o caducado",
        "enroll_no_voucher": "{server} no da ningún certificado",
        "enroll_wrong_voucher": "{server} no es el servidor del sitio",
        "enroll_scan": "nuevo: escanee el código del servidor",
        "enroll_under_way": "registrando en {server} …",
        "enroll_done": "registrado: {device}, sitio {site}",
        "enroll_failed": "no registrado: {why}",
        "enroll_has_events": "ya tiene lecturas: no registrado",
    },
}
