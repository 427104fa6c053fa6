"""What is said of numbers that are given here and of their labels, in every language side by side."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "key_number": "NEW NO.",
        "key_reprint": "PRINT",
        "need_new_label": "the new label",
        "why_no_template": "the site gives {item} no numbers (numbering)",
        "why_numbers_used": "all free numbers of {template} are given",
        "why_numbers_lent": "none are held here: the server lends more",
        "reason_spoiled": "spoiled label",
        "label_sent": "its label is being printed",
        "labels_sent": "{count} labels are being printed",
        "label_waits": "the label waits for the printer: PRINT AGAIN later",
        "label_none": "no printer is set here: write the number on it",
        "printer_lost": "{detail} Labels wait; PRINT AGAIN prints the last one.",
    },
    "de": {
        "key_number": "NEUE NR.",
        "key_reprint": "DRUCKEN",
        "need_new_label": "das neue Etikett",
        "why_no_template": "für {item} vergibt der Standort keine (numbering)",
        "why_numbers_used": "alle freien Nummern von {template} sind vergeben",
        "why_numbers_lent": "hier liegen keine: der Server verleiht mehr",
        "reason_spoiled": "Etikett verdorben",
        "label_sent": "das Etikett wird gedruckt",
        "labels_sent": "{count} Etiketten werden gedruckt",
        "label_waits": "das Etikett wartet auf den Drucker: später NOCHMAL DRUCKEN",
        "label_none": "hier ist kein Drucker: die Nummer von Hand anschreiben",
        "printer_lost": "{detail} Etiketten warten; NOCHMAL DRUCKEN wiederholt das letzte.",
    },
    "fr": {
        "key_number": "NOUV. N°",
        "key_reprint": "IMPRIMER",
        "need_new_label": "la nouvelle étiquette",
        "why_no_template": "le site n'en donne pas à {item} (numbering)",
        "why_numbers_used": "tous les numéros libres de {template} sont donnés",
        "why_numbers_lent": "aucun ici : le serveur en prête d'autres",
        "reason_spoiled": "étiquette gâchée",
        "label_sent": "son étiquette s'imprime",
        "labels_sent": "{count} étiquettes s'impriment",
        "label_waits": "l'étiquette attend l'imprimante : RÉIMPRIMER plus tard",
        "label_none": "pas d'imprimante ici : écrivez le numéro à la main",
        "printer_lost": "{detail} Des étiquettes attendent ; RÉIMPRIMER refait la dernière.",
    },
    "es": {
        "key_number": "NUEVO N.º",
        "key_reprint": "IMPRIMIR",
        "need_new_label": "la etiqueta nueva",
        "why_no_template": "el centro no da números a {item} (numbering)",
        "why_numbers_used": "todos los números libres de {template} están dados",
        "why_numbers_lent": "aquí no hay: el servidor presta más",
        "reason_spoiled": "etiqueta estropeada",
        "label_sent": "se imprime su etiqueta",
        "labels_sent": "se imprimen {count} etiquetas",
        "label_waits": "la etiqueta espera a la impresora: REIMPRIMIR luego",
        "label_none": "no hay impresora: escriba el número a mano",
        "printer_lost": "{detail} Hay etiquetas en espera; REIMPRIMIR repite la última.",
    },
}
