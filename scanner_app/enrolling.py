"""A handheld that belongs to no server yet: the scan of an invitation makes it one of a site's."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

from drivers.scan import Burst, Scan
from scanner_app.inputs import Typed
from scanner_app.storage_errors import StoreError
from tracking.invitation import Invitation, read
from tracking.phrases import Said, phrase

if TYPE_CHECKING:
    from scanner_app.running import RunningHandheld
    from scanner_app.session import Session


def invited(given: object) -> Invitation | None:
    """The invitation that was scanned or typed; None where it was anything else."""
    match given:
        case Scan():
            texts = [given.raw.decode("utf-8", "replace")]
        case Burst():
            texts = [one.raw.decode("utf-8", "replace") for one in given.scans]
        case Typed():
            texts = [given.text]
        case _:
            return None
    return next((found for text in texts if (found := read(text.strip())) is not None), None)


def is_new(session: Session) -> bool:
    """True where there is nothing on this handheld that another identity could claim."""
    return not session.journal.seq and not session.cache.meta("site")


class Enrolling:
    """At most one attempt at a time, beside the session: a server that does not answer stops no scan."""

    def __init__(self, running: RunningHandheld) -> None:
        self._running = running
        self._busy = threading.Lock()

    def invite(self) -> None:
        """Say on the screen of a new handheld what it waits for."""
        self._running.thread.run(
            lambda session: self._say(session, phrase("enroll_scan")) if is_new(session) else None
        )

    def take(self, invitation: Invitation) -> None:
        """Begin to join; the screen tells how it goes."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._work, args=(invitation,), name="enrolling", daemon=True).start()

    def _work(self, invitation: Invitation) -> None:
        # Only a new handheld needs these, once.
        from scanner_app.identity import keep, server_of
        from scanner_app.joining import join
        from scanner_app.server_calls import CallRefused

        running = self._running
        try:
            if running.thread.run(lambda session: session.journal.seq):
                self._tell(phrase("enroll_has_events"))
                return
            self._tell(phrase("enroll_under_way", server=invitation.url))
            settings, clock = running.settings, running.handheld.clock
            name = settings.device.name or socket.gethostname()
            identity = join(invitation, name, settings.site.code, clock.wall_ms())
            folder = running.handheld.folder
            # The name first: an identity beside a journal of another name would be refused at the next start.
            running.thread.run(lambda session: session.journal.adopt(identity.device))
            keep(folder, identity)
            self._tell(phrase("enroll_done", site=identity.site, device=identity.device))
            server = server_of(folder, settings)
            if server is not None:
                running.connect(server)
        except CallRefused as refused:
            self._tell(phrase("enroll_failed", why=refused.why))
        except StoreError as error:
            self._tell(phrase("enroll_failed", why=error.said))
        except OSError as error:
            self._tell(phrase("enroll_failed", why=str(error)))
        finally:
            self._busy.release()

    def _tell(self, said: Said) -> None:
        self._running.thread.run(lambda session: self._say(session, said))

    @staticmethod
    def _say(session: Session, said: Said) -> None:
        session.trouble = said
