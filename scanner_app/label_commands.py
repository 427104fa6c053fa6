"""The command card: every command as a label, for a hand that has no keyboard, named in the handheld's language."""

from __future__ import annotations

from scanner_app.labels import Label, symbology_for
from scanner_app.workflows.registry import ANNOUNCED
from tracking import catalogue
from tracking.prefix_rules import COMMAND_PREFIX

KEYED = (
    "undo",
    "ack",
    "done",
    "confirm",
    "back",
    "remove",
    "hold",
    "release",
    "lock",
    "override",
    "hand_over",
    "tasks",
)
"""Commands that a soft key or a field gives too: the card says the word that stands there."""
NAMED = ("help", "list", "theme", "reprint")
DECIDED = ("pass", "fail", "stock", "repair", "scrap", "destroy", "replace", "range", "number")
"""What is decided about the unit in the hand."""
QUANTITIES = range(1, 13)


def command_labels(language: str) -> list[Label]:
    """The card: what every task understands, quantities, what is decided of a unit, and the tasks by name."""
    return [
        *(_label(name, catalogue.choice(name, language)) for name in KEYED),
        *(_label(name, catalogue.word(f"card_{name}", language)) for name in NAMED),
        *(
            _label(f"quantity={count}", catalogue.word("card_quantity", language, count=str(count)))
            for count in QUANTITIES
        ),
        *(_label(name, catalogue.choice(name, language)) for name in DECIDED),
        _label("workflow=home", catalogue.choice("start", language)),
        *(_label(f"workflow={name}", catalogue.task(name, language)) for name in ANNOUNCED),
    ]


def _label(command: str, title: str) -> Label:
    text = COMMAND_PREFIX + command.upper()
    return Label(kind="command", title=title, human_readable=text, text=text, symbology=symbology_for(text))
