"""What a look-up says of what is inside and what happened, and a count of a bare shelf, in every language."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "count_vacant": "{vacant} empty? CONFIRM",
        "key_inside": "INSIDE",
        "key_history": "HISTORY",
        "what_inside": "what is inside",
        "what_history": "what happened",
        "lookup_parts": "{count:# part/# parts}",
        "lookup_no_inside": "nothing is in it, as far as is known here",
        "lookup_no_history": "nothing was recorded here",
        "lookup_more": "and {count} more: the same key",
        "lookup_taken_back": "(taken back)",
    },
    "de": {
        "count_vacant": "{vacant} leer? JA",
        "key_inside": "INHALT",
        "key_history": "VERLAUF",
        "what_inside": "was darin ist",
        "what_history": "was geschah",
        "lookup_parts": "{count:# Teil/# Teile}",
        "lookup_no_inside": "nichts darin, soweit hier bekannt",
        "lookup_no_history": "hier wurde nichts erfasst",
        "lookup_more": "und {count:# weiteres/# weitere}: gleiche Taste",
        "lookup_taken_back": "(storniert)",
    },
    "fr": {
        "count_vacant": "{vacant} vide ? OUI",
        "key_inside": "CONTENU",
        "key_history": "HISTOIRE",
        "what_inside": "ce qu'il contient",
        "what_history": "ce qui s'est passé",
        "lookup_parts": "{count:# pièce/# pièces}",
        "lookup_no_inside": "rien dedans, pour autant qu'on sache",
        "lookup_no_history": "rien n'a été saisi ici",
        "lookup_more": "et {count} de plus : même touche",
        "lookup_taken_back": "(annulé)",
    },
    "es": {
        "count_vacant": "¿{vacant} vacía? SÍ",
        "key_inside": "CONTENIDO",
        "key_history": "HISTORIA",
        "what_inside": "lo que contiene",
        "what_history": "lo que pasó",
        "lookup_parts": "{count:# pieza/# piezas}",
        "lookup_no_inside": "nada dentro, que se sepa aquí",
        "lookup_no_history": "aquí no se registró nada",
        "lookup_more": "y {count} más: la misma tecla",
        "lookup_taken_back": "(anulado)",
    },
}
