r"""Why a code is refused or doubted, as an operator reads it.

The readers say it in English and in detail, for programs and for whoever looks into a label (``scanner read``). The
handheld says the same shorter, in each language: a fault's sentence is matched, what it names fills the words.

>>> told("(17) with 271332 holds no date")
Phrase(name='fault_date', fields={'field': '(17)', 'value': '271332'})
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tracking.phrases import Phrase, Said, phrase

_F = r"(?P<field>\([^()]*\)|[0-9]{0,3}[A-Z]|lot|serial|expiry|made|quantity|[&=][^ ]{0,2}|[A-Z]{3}|.{1,12}?)"

_NINE = r"(?: in place 9)?"

TABLE: Final = (
    ("nothing", r"nothing was read"),
    ("long", r"is longer than \d+ characters|\d+ (?:characters|fields) are more than a label holds"),
    ("long", r"longer than a HIBC label can be"),
    ("bytes", r"some of its bytes are no text"),
    ("control", r"(?:it )?contains (?:the|a) control character.*|contains U\+.*: scan it again.*"),
    ("ascii", r"contains U\+.*: only ASCII.*"),
    ("digits", r"its digits are (?:not those of a code|no ASCII digits)"),
    ("command", r"no command is called (?P<name>.*)"),
    ("layout", r"keyboard layout changed it: scan the calibration card"),
    ("separator", r"a separator may be missing"),
    ("two_labels", r"two labels look like this"),
    ("check_is", rf"the check (?:character|digit){_NINE} is '?(?P<found>.*?)'?, '?(?P<wanted>.*?)'? would fit"),
    ("check_of", rf"{_F} has (?:a check digit that does|check characters that do) not fit"),
    ("check_of", r".*\((?P<field>8P|9N)\).* do(?:es)? not fit"),
    ("check_of", rf"{_F} holds an IBAN whose check digits do not fit"),
    ("check", r"the (?:two )?check (?:digit|digits|character|characters)(?: in place 9)? do(?:es)? not fit"),
    ("date", rf"{_F} with (?P<value>.*?) holds no (?:date|time of day|second)"),
    ("date", rf"{_F} has day (?P<value>.*?), which is not allowed there"),
    ("date", r"(?P<field>[0-9]{0,2}D) (?P<value>.*?)(?: is no date|: there is no week .*)"),
    ("no_date", r"(?P<value>.*) is no (?:date|hour|month and year)"),
    ("no_number", r"(?:quantity )?(?P<value>.*) is no number.*"),
    ("year", r"'(?P<value>.*)' in place 10 is no model year"),
    ("needs", rf"{_F} needs (?P<needed>.*) on the same label"),
    ("needs", rf"{_F} needs its serial part beside the signature (?P<needed>.*)"),
    ("beside", rf"{_F} must not stand beside (?P<other>.*)"),
    ("empty", rf"{_F} is empty"),
    ("twice", rf"{_F} is there twice.*"),
    ("twice_product", r"it names the product twice.*"),
    ("nothing", r"is empty"),
    ("length", rf"{_F} (?:is too (?:long|short)|has \d+ characters, \d+ are allowed).*"),
    ("character", rf"{_F} has (?:a (?:character|percent sign)|something other|padding) .*"),
    ("unknown_field", rf"{_F} is no (?:application identifier|element)"),
    ("unknown_field", r"no element begins with (?P<field>.*)"),
    ("unknown_field", r"'(?P<field>.*)' (?:begins (?:like|with|no)|is no text element).*"),
    ("place", rf"{_F} (?:belongs in the path|cannot stand in the query)"),
    ("value", rf"{_F} (?:with .* )?(?:holds|ends in|is zero|must|does not begin|is too) .*"),
    ("coupon", r"holds a coupon .*"),
    ("strange", r"(?P<value>.*) is no character of a HIBC label.*"),
    ("lines", r"the link character does not fit.*|the first line is no primary line"),
    ("flag", r"the flag \+ in front is missing"),
    ("two_ways", r"it is compressed and can be read in two ways"),
    ("web", r"an address(?:,| without| has a host).*|it has a character that an address cannot have"),
    ("mac", r"an address (?:has 6|of).*|an address has .* hexadecimal digits"),
    ("group", r"this (?:is .*address|address stands for all).*"),
    ("vin", r"a VIN has .*"),
    ("imei", r"an IMEI has .*"),
    ("list", r"a distributor's own list of fields.*"),
    ("gtin_length", r"it has no GTIN's length"),
    ("form", r"an empty element string|no standard of ours begins so|an EPC URN has .*|no EPC scheme .*"),
    ("form", r"(?:a company prefix has|company prefix and reference have) .*|a part of it is missing"),
    ("form", r"too short for a HIBC label|after \[\)> come .*|.* of ISO/IEC 15434|format .* holds no .*"),
    ("form", r"the qualifiers in the path .*|it has (?:brackets, but|a null character|a character that must) .*"),
    ("form", r"square brackets are .*|nothing stands in .*|it holds no (?:field|GS1 element)"),
    ("form", r"'.*' is no date flag of HIBC|an (?:MEID|ICCID) .*"),
    ("begins", r"begins with (?P<found>.*?), which .*"),
    ("blank", r"begins or ends with a blank.*"),
)  # fmt: skip


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The table, compiled when the first fault is told: a start would wait for it."""
    return tuple((name, re.compile(pattern, re.DOTALL)) for name, pattern in TABLE)


UNTOLD: Final = "form"
"""What is said of every other fault: the code is not as its standard writes it."""

_FIELDS = frozenset({"lot", "serial", "expiry", "made", "quantity"})


def told(error: str) -> Phrase:
    """A fault in words of the catalogue."""
    return matched(error) or phrase(f"fault_{UNTOLD}")


def matched(error: str) -> Phrase | None:
    """The words for a fault; None for one that the table does not know."""
    for name, pattern in _patterns():
        found = pattern.fullmatch(error)
        if found is not None:
            return phrase(
                f"fault_{name}", **{key: _value(key, text) for key, text in found.groupdict().items()}
            )
    return None


def _value(key: str, text: str) -> Said:
    if key == "field" and text in _FIELDS:
        return phrase(f"field_{text}")
    return text.replace(" or ", " / ").replace(" with ", "+") if key == "needed" else text


WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "fault_gtin_length": "no GTIN has this length",
        "fault_ascii": "characters that not every device can type",
        "fault_form": "not as its standard writes it",
        "fault_nothing": "nothing was read",
        "fault_long": "too long for a label",
        "fault_bytes": "some of its bytes are no text",
        "fault_control": "it contains a control character",
        "fault_digits": "its digits are not those of a code",
        "fault_command": "no command is called {name}",
        "fault_layout": "keyboard layout changed it: scan the calibration card",
        "fault_separator": "a separator may be missing",
        "fault_two_labels": "two labels look like this",
        "fault_check_is": "check character is {found}, {wanted} would fit",
        "fault_check_of": "{field}: the check digit does not fit",
        "fault_check": "the check digit does not fit",
        "fault_date": "{field}: {value} is no date",
        "fault_no_date": "{value} is no date",
        "fault_no_number": "{value} is no number",
        "fault_year": "{value} is no model year",
        "fault_needs": "{field} needs {needed} on the same label",
        "fault_beside": "{field} must not stand beside {other}",
        "fault_empty": "{field} is empty",
        "fault_twice": "{field} is there twice",
        "fault_twice_product": "it names the product twice",
        "fault_length": "{field} is too short or too long",
        "fault_character": "{field} has a character not allowed there",
        "fault_unknown_field": "{field} begins no known field",
        "fault_place": "{field} stands in the wrong place",
        "fault_value": "{field} has a value that cannot be",
        "fault_coupon": "the coupon cannot be so",
        "fault_strange": "{value} is no character of a HIBC label",
        "fault_lines": "the two lines are of two labels",
        "fault_flag": "the + in front is missing",
        "fault_two_ways": "compressed, and can be read in two ways",
        "fault_web": "a web address, but no GS1 Digital Link",
        "fault_mac": "no MAC address has this length",
        "fault_group": "the address of a group, no device's",
        "fault_vin": "a VIN has 17 characters without I, O, Q",
        "fault_imei": "an IMEI has 14 to 16 digits",
        "fault_list": "a distributor's own list: scan the part or serial number",
        "fault_begins": "begins with {found}, which is reserved",
        "fault_blank": "begins or ends with a blank",
    },
    "de": {
        "fault_gtin_length": "keine GTIN ist so lang",
        "fault_ascii": "Zeichen, die nicht jedes Gerät tippen kann",
        "fault_form": "nicht so, wie sein Standard es schreibt",
        "fault_nothing": "nichts gelesen",
        "fault_long": "zu lang für ein Etikett",
        "fault_bytes": "manche Bytes sind kein Text",
        "fault_control": "enthält ein Steuerzeichen",
        "fault_digits": "seine Ziffern sind keine eines Codes",
        "fault_command": "kein Befehl heißt {name}",
        "fault_layout": "Tastaturbelegung hat ihn verändert: Kalibrierkarte scannen",
        "fault_separator": "vielleicht fehlt ein Trennzeichen",
        "fault_two_labels": "zwei Etiketten sehen so aus",
        "fault_check_is": "Prüfzeichen ist {found}, {wanted} würde passen",
        "fault_check_of": "{field}: die Prüfziffer passt nicht",
        "fault_check": "die Prüfziffer passt nicht",
        "fault_date": "{field}: {value} ist kein Datum",
        "fault_no_date": "{value} ist kein Datum",
        "fault_no_number": "{value} ist keine Zahl",
        "fault_year": "{value} ist kein Modelljahr",
        "fault_needs": "{field} braucht {needed} auf demselben Etikett",
        "fault_beside": "{field} darf nicht neben {other} stehen",
        "fault_empty": "{field} ist leer",
        "fault_twice": "{field} steht zweimal da",
        "fault_twice_product": "nennt die Ware zweimal",
        "fault_length": "{field} ist zu kurz oder zu lang",
        "fault_character": "{field} hat ein unerlaubtes Zeichen",
        "fault_unknown_field": "{field} beginnt kein bekanntes Feld",
        "fault_place": "{field} steht an falscher Stelle",
        "fault_value": "{field} hat einen unmöglichen Wert",
        "fault_coupon": "der Gutschein kann nicht stimmen",
        "fault_strange": "{value} ist kein Zeichen eines HIBC-Etiketts",
        "fault_lines": "die Zeilen gehören zu zwei Etiketten",
        "fault_flag": "das + davor fehlt",
        "fault_two_ways": "komprimiert und auf zwei Arten lesbar",
        "fault_web": "eine Webadresse, aber kein GS1 Digital Link",
        "fault_mac": "keine MAC-Adresse ist so lang",
        "fault_group": "die Adresse einer Gruppe, keines Geräts",
        "fault_vin": "eine FIN hat 17 Zeichen ohne I, O, Q",
        "fault_imei": "eine IMEI hat 14 bis 16 Ziffern",
        "fault_list": "eine Liste des Händlers: Artikel- oder Seriennummer scannen",
        "fault_begins": "beginnt mit {found}, das ist reserviert",
        "fault_blank": "beginnt oder endet mit einem Leerzeichen",
    },
    "fr": {
        "fault_gtin_length": "aucun GTIN n'a cette longueur",
        "fault_ascii": "des caractères que tout appareil ne sait pas saisir",
        "fault_form": "pas écrit comme le veut sa norme",
        "fault_nothing": "rien n'a été lu",
        "fault_long": "trop long pour une étiquette",
        "fault_bytes": "certains octets ne sont pas du texte",
        "fault_control": "contient un caractère de contrôle",
        "fault_digits": "ces chiffres ne sont pas ceux d'un code",
        "fault_command": "aucune commande ne s'appelle {name}",
        "fault_layout": "clavier mal réglé : scannez la carte d'étalonnage",
        "fault_separator": "un séparateur manque peut-être",
        "fault_two_labels": "deux étiquettes ont cet aspect",
        "fault_check_is": "clé {found}, {wanted} conviendrait",
        "fault_check_of": "{field} : la clé de contrôle est fausse",
        "fault_check": "la clé de contrôle est fausse",
        "fault_date": "{field} : {value} n'est pas une date",
        "fault_no_date": "{value} n'est pas une date",
        "fault_no_number": "{value} n'est pas un nombre",
        "fault_year": "{value} n'est pas une année-modèle",
        "fault_needs": "{field} exige {needed} sur la même étiquette",
        "fault_beside": "{field} ne va pas avec {other}",
        "fault_empty": "{field} est vide",
        "fault_twice": "{field} figure deux fois",
        "fault_twice_product": "nomme le produit deux fois",
        "fault_length": "{field} est trop court ou trop long",
        "fault_character": "{field} a un caractère interdit",
        "fault_unknown_field": "{field} ne commence aucun champ connu",
        "fault_place": "{field} est mal placé",
        "fault_value": "{field} a une valeur impossible",
        "fault_coupon": "le coupon est incohérent",
        "fault_strange": "{value} n'existe pas sur une étiquette HIBC",
        "fault_lines": "les deux lignes sont de deux étiquettes",
        "fault_flag": "il manque le + devant",
        "fault_two_ways": "compressé, et lisible de deux façons",
        "fault_web": "une adresse web, mais pas un GS1 Digital Link",
        "fault_mac": "aucune adresse MAC n'a cette longueur",
        "fault_group": "l'adresse d'un groupe, pas d'un appareil",
        "fault_vin": "un VIN a 17 caractères sans I, O, Q",
        "fault_imei": "un IMEI a de 14 à 16 chiffres",
        "fault_list": "une liste du distributeur : scannez la référence ou le n° de série",
        "fault_begins": "commence par {found}, qui est réservé",
        "fault_blank": "commence ou finit par un blanc",
    },
    "es": {
        "fault_gtin_length": "ningún GTIN tiene esta longitud",
        "fault_ascii": "caracteres que no todo aparato puede escribir",
        "fault_form": "no está escrito como dice su norma",
        "fault_nothing": "no se leyó nada",
        "fault_long": "demasiado largo para una etiqueta",
        "fault_bytes": "algunos bytes no son texto",
        "fault_control": "contiene un carácter de control",
        "fault_digits": "sus cifras no son las de un código",
        "fault_command": "ningún comando se llama {name}",
        "fault_layout": "lo cambió el teclado: escanee la tarjeta de calibración",
        "fault_separator": "quizá falte un separador",
        "fault_two_labels": "dos etiquetas se ven así",
        "fault_check_is": "carácter de control {found}, debería ser {wanted}",
        "fault_check_of": "{field}: el dígito de control no cuadra",
        "fault_check": "el dígito de control no cuadra",
        "fault_date": "{field}: {value} no es una fecha",
        "fault_no_date": "{value} no es una fecha",
        "fault_no_number": "{value} no es un número",
        "fault_year": "{value} no es un año de modelo",
        "fault_needs": "{field} exige {needed} en la misma etiqueta",
        "fault_beside": "{field} no puede ir con {other}",
        "fault_empty": "{field} está vacío",
        "fault_twice": "{field} aparece dos veces",
        "fault_twice_product": "nombra el producto dos veces",
        "fault_length": "{field} es demasiado corto o largo",
        "fault_character": "{field} tiene un carácter no permitido",
        "fault_unknown_field": "{field} no inicia ningún campo conocido",
        "fault_place": "{field} está en un lugar equivocado",
        "fault_value": "{field} tiene un valor imposible",
        "fault_coupon": "el cupón es incoherente",
        "fault_strange": "{value} no existe en una etiqueta HIBC",
        "fault_lines": "las dos líneas son de dos etiquetas",
        "fault_flag": "falta el + delante",
        "fault_two_ways": "comprimido, y se lee de dos maneras",
        "fault_web": "una dirección web, pero no un GS1 Digital Link",
        "fault_mac": "ninguna dirección MAC tiene esta longitud",
        "fault_group": "la dirección de un grupo, no de un aparato",
        "fault_vin": "un VIN tiene 17 caracteres sin I, O, Q",
        "fault_imei": "un IMEI tiene de 14 a 16 cifras",
        "fault_list": "una lista del distribuidor: escanee la referencia o la serie",
        "fault_begins": "empieza por {found}, que está reservado",
        "fault_blank": "empieza o acaba con un espacio",
    },
}
