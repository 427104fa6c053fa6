"""The calibration card in the session: the scanner is learned, and the screen says what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app.scanners import card
from scanner_app.scanners.profile import Profile
from tracking import catalogue
from tracking.printable import printable
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from drivers.scan import Scan
    from scanner_app.answer import Answer
    from scanner_app.session import Session

_ENDINGS = {"\r": "CR", "\n": "LF", "\r\n": "CR LF", "\t": "TAB"}


def taught(session: Session, scan: Scan) -> Answer:
    """What the card says of the scanner that read it; kept durably before it is said.

    A card that came only in part, or whose separator cannot be undone, changes nothing and says what to do.
    """
    language = session.settings.language
    lesson = card.learn(scan.text, symbology_id=scan.symbology_id, terminator=scan.terminator)
    if lesson.profile is None:
        why = catalogue.prompt(lesson.fault, language)
        return session.refuse(verdict("unreadable", raw=catalogue.prompt("card", language), why=why), (scan,))
    session.scanners.keep(scan.source, lesson.profile)
    return session.answer(
        verdict(
            "command",
            what=catalogue.prompt("card_learned", language),
            **learned(lesson.profile, scan.source, language),
        )
    )


def learned(profile: Profile, source: str, language: str) -> dict[str, str]:
    """A profile in words: the fields of the message, those that need no words left out."""
    separator = catalogue.prompt("card_gs_lost", language) if profile.gs_lost else printable(profile.gs, 16)
    fields = {
        "source": source,
        "separator": separator,
        "ending": _ENDINGS.get(profile.terminator, printable(profile.terminator, 16))
        or catalogue.prompt("card_no_ending", language),
        "prefix": printable(profile.prefix, 16),
        "suffix": printable(profile.suffix, 16),
        "aim": catalogue.prompt("card_aim" if profile.aim else "card_no_aim", language),
    }
    if profile.scanner != profile.host:
        fields["layout"] = f"{profile.scanner} > {profile.host}"
    if profile.caps:
        fields["caps"] = catalogue.prompt("card_caps", language)
    return {name: text for name, text in fields.items() if text}
