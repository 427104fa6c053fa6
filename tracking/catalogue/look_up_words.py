"""What a look-up says of lots, places, parties and orders, in every language side by side."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "why_no_lot": "no lot of that name is known here",
        "thing_customer": "customer {name}",
        "thing_supplier": "supplier {name}",
        "thing_owner": "owner {name}",
        "thing_party": "business partner {name}",
        "lookup_items": "{count} items: {items} - scan the part number",
        "lookup_pieces": "{count} pieces received here",
        "lookup_by_quantity": "counted by quantity",
        "lookup_cartons": "cartons: {count}",
        "lookup_orders": "open: {count} ({orders})",
        "lookup_announced": "announced, not here yet",
        "lookup_not_all": "at least; there may be more",
    },
    "de": {
        "why_no_lot": "hier ist keine Charge dieses Namens bekannt",
        "thing_customer": "Kunde {name}",
        "thing_supplier": "Lieferant {name}",
        "thing_owner": "Eigentümer {name}",
        "thing_party": "Geschäftspartner {name}",
        "lookup_items": "{count} Artikel: {items} - Artikelnummer scannen",
        "lookup_pieces": "{count} Teile hier eingegangen",
        "lookup_by_quantity": "nach Menge geführt",
        "lookup_cartons": "Kartons: {count}",
        "lookup_orders": "offen: {count} ({orders})",
        "lookup_announced": "angekündigt, noch nicht hier",
        "lookup_not_all": "mindestens; vielleicht mehr",
    },
    "fr": {
        "why_no_lot": "aucun lot de ce nom n'est connu ici",
        "thing_customer": "client {name}",
        "thing_supplier": "fournisseur {name}",
        "thing_owner": "propriétaire {name}",
        "thing_party": "partenaire {name}",
        "lookup_items": "{count} articles : {items} - scannez la référence",
        "lookup_pieces": "{count} pièces reçues ici",
        "lookup_by_quantity": "suivi par quantité",
        "lookup_cartons": "cartons : {count}",
        "lookup_orders": "en cours : {count} ({orders})",
        "lookup_announced": "annoncé, pas encore arrivé",
        "lookup_not_all": "au moins ; peut-être plus",
    },
    "es": {
        "why_no_lot": "aquí no se conoce ningún lote con ese nombre",
        "thing_customer": "cliente {name}",
        "thing_supplier": "proveedor {name}",
        "thing_owner": "propietario {name}",
        "thing_party": "socio {name}",
        "lookup_items": "{count} artículos: {items} - escanee la referencia",
        "lookup_pieces": "{count} piezas recibidas aquí",
        "lookup_by_quantity": "se lleva por cantidad",
        "lookup_cartons": "cajas: {count}",
        "lookup_orders": "pendientes: {count} ({orders})",
        "lookup_announced": "anunciado, aún no ha llegado",
        "lookup_not_all": "al menos; puede haber más",
    },
}
