"""The calibration card in the session: the scanner is learned, and the screen says what of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.bursts import GAP_MS, GAP_MS_MAX
from scanner_app.scanners import card
from scanner_app.scanners.profile import Profile
from tracking import catalogue
from tracking.printable import printable
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from drivers.scan import Scan
    from scanner_app.answer import Answer
    from scanner_app.session import Session

PAUSE_MS_MAX = 60.0
"""Between the card's two codes, milliseconds: no hand pulls the trigger twice within it. Twice the pause that was
measured then joins, so that a slower label does as well."""

_ENDINGS = {"\r": "CR", "\n": "LF", "\r\n": "CR LF", "\t": "TAB"}


def taught(session: Session, scans: Sequence[Scan]) -> Answer:
    """What the card says of the scanner that read it; kept durably before it is said.

    ``scans`` is one of the card's two codes, or both in one burst. A card that came only in part, or whose separator
    cannot be undone, changes nothing and says what to do.
    """
    language, scanners = session.settings.language, session.scanners
    last, scanners.last_card = scanners.last_card, scans[-1]
    source, gap_ms = scans[0].source, _burst_gap_ms(last, scans)
    lessons = [_lesson(scan) for scan in sorted(scans, key=_length, reverse=True)]
    profile = next((lesson.profile for lesson in lessons if lesson.profile), None)
    if gap_ms and last is not None and len(scans) == 1 and len(last.raw) > len(scans[0].raw):
        profile = scanners.of(source)  # what the square code has told a moment ago: the line has fewer signs
    if profile is None:
        why = catalogue.prompt(lessons[0].fault, language)
        return session.refuse(verdict("unreadable", raw=catalogue.prompt("card", language), why=why), scans)
    profile = replace(profile, burst_gap_ms=gap_ms)
    scanners.keep(source, profile)
    told = learned(profile, source, language)
    return session.answer(verdict("command", what=catalogue.prompt("card_learned", language), **told))


def _lesson(scan: Scan) -> card.Lesson:
    return card.learn(scan.text, symbology_id=scan.symbology_id, terminator=scan.terminator)


def _length(scan: Scan) -> int:
    return len(scan.raw)


def _burst_gap_ms(last: Scan | None, scans: Sequence[Scan]) -> int:
    """The pause within this scanner's bursts: its two codes came from one pull. 0 where only one of them came."""
    heard = [scan for scan in (last, *scans) if scan is not None and scan.source == scans[0].source]
    pauses = [
        (after.began_ns - before.mono_ns) / 1e6
        for before, after in pairwise(heard)
        if before.text != after.text and before.mono_ns and after.began_ns
    ]
    within = [pause_ms for pause_ms in pauses if 0 <= pause_ms <= PAUSE_MS_MAX]
    return min(max(GAP_MS, math.ceil(2 * max(within))), GAP_MS_MAX) if within else 0


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
    if profile.burst_gap_ms:
        fields["bursts"] = catalogue.prompt("card_bursts", language)
    return {name: text for name, text in fields.items() if text}
