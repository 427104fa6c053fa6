"""What befalls handhelds and server beside the network: each as a thing that begins, and mostly ends again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scanner_app import outbox
from server.api import device_calls
from server.enrollment import EnrollmentError
from server.storage import StorageError
from sync import wire
from sync.credentials import public_key
from sync.outbox import Delivered
from sync.wire import BATCH_BYTES_MAX
from tests.durability.goods import serial
from tests.simulation import checks
from tests.simulation.centre import OFFICE_TOKEN
from tests.simulation.terminal import Fact, Terminal
from tracking import chain
from tracking.events import Event, encode_body

if TYPE_CHECKING:
    from tests.simulation.world import World

HOUR_MS = 3_600_000
CLOCK_STEPS_MS = (-26 * HOUR_MS, -HOUR_MS, -5000, 5000, HOUR_MS, 400 * 24 * HOUR_MS)
LIES_MS = (HOUR_MS // 6, 26 * HOUR_MS, 400 * 24 * HOUR_MS, 75 * 365 * 24 * HOUR_MS)
SMALL_BYTES = 2048
COPIES_MAX = 2
NEWCOMERS_MAX = 2
WHILE = 5
"""What ends by itself does so before the sixth misfortune after it, in the mean."""


class Misfortunes:
    """The seed's share of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._copies = self._newcomers = 0
        self._tokens: dict[str, str] = {}
        """Device -> the newest one that the office made."""

    def begin(self) -> None:
        """From now on."""
        if self._world.plan.misfortunes:
            self._later()

    def _later(self) -> None:
        world = self._world
        pause_ms = round(world.dice.expovariate(1 / world.plan.between_ms))
        world.timeline.after(pause_ms, self._strike)

    def _strike(self) -> None:
        world = self._world
        if world.healed:
            return
        kind = world.dice.choice(world.plan.misfortunes)
        terminal = world.dice.choice(world.terminals)
        if getattr(self, "_" + kind.replace(" ", "_"))(terminal):
            world.seen.fault(kind)
        self._later()

    def _for_a_while(self, ends: Callable[[], object]) -> None:

        def end() -> None:
            if not self._world.healed:
                ends()

        most_ms = WHILE * self._world.plan.between_ms
        self._world.timeline.after(self._world.dice.randint(1, most_ms), end)

    def heal(self) -> None:
        """The end of all of them."""
        world = self._world
        _bound(BATCH_BYTES_MAX)
        if world.centre.full:
            world.centre.empty()
        self._server_up()
        for terminal in world.terminals:
            terminal.empty()
            if not terminal.on:
                terminal.start()
        self._papers()

    def _papers(self) -> None:
        """Whoever is not known to the server any more gets a token from the office."""
        for terminal in self._world.terminals:
            path = f"/v1/devices/{terminal.device}/hwm"
            if self._world.centre.ask("GET", path, terminal.token, b"", {}).status in {401, 403}:
                self._renew(terminal, 0)

    # -- handhelds --------------------------------------------------------------------------------------------------

    def _partition(self, terminal: Terminal) -> bool:
        away = self._world.network.away
        away.add(terminal.name)
        self._for_a_while(lambda: away.discard(terminal.name))
        return True

    def _handheld_crash(self, terminal: Terminal) -> bool:
        if not terminal.on:
            return False
        terminal.crash()
        self._for_a_while(lambda: None if terminal.on else terminal.start())
        return True

    def _handheld_disk_full(self, terminal: Terminal) -> bool:
        if not terminal.on or terminal.full:
            return False
        terminal.fill()
        self._for_a_while(terminal.empty)
        return True

    def _cache_lost(self, terminal: Terminal) -> bool:
        if not self._handheld_crash(terminal):
            return False
        terminal.lose_cache()
        return True

    def _clock_step(self, terminal: Terminal) -> bool:
        terminal.clock.ahead_ms += self._world.dice.choice(CLOCK_STEPS_MS)
        return True

    def _lying_clock(self, terminal: Terminal) -> bool:
        """A broken or forged program writes times to come, for hours or for a century, and the journal takes them."""
        world = self._world
        if not terminal.on:
            return False
        terminal.lying_ms = world.dice.choice(LIES_MS)
        terminal.lying_at = world.dice.random() < 0.5
        goes_back = world.dice.random() < 0.5

        def end() -> None:
            terminal.lying_ms = 0
            if goes_back and terminal.on:  # no journal of ours does that
                terminal.handheld.journal.hlc = 0
                world.going_back.add(terminal.device)

        self._for_a_while(end)
        return True

    def _newer_program(self, terminal: Terminal) -> bool:
        if not terminal.on:
            return False
        terminal.of_the_future()
        return True

    def _clone(self, terminal: Terminal) -> bool:
        """A second handheld from the files of the first, switched on now or later."""
        world = self._world
        if not terminal.on or self._copies >= COPIES_MAX:
            return False
        name = self._copied(terminal)
        identity = (terminal.device, terminal.token)
        folder = world.folder / name
        twin = Terminal(name, folder, world.network, world.dice, world.seen, identity, terminal.key)
        twin.facts = set(terminal.facts)
        twin.clock.ahead_ms = world.dice.randint(-2000, 2000)
        terminal.standing.clear()  # what both remember, either may take back
        if world.dice.random() < 0.5:
            world.join(twin)
        else:
            self._for_a_while(lambda: world.join(twin))
        return True

    def _old_image(self, terminal: Terminal) -> bool:
        """Its disk dies, and a copy of an earlier moment takes its place: what was not sent since then is gone."""
        world = self._world
        if not terminal.on or self._copies >= COPIES_MAX:
            return False
        image = world.folder / self._copied(terminal)

        def put_back() -> None:
            terminal.crash()
            terminal.folder = image
            terminal.standing.clear()
            terminal.start()
            journal = terminal.handheld.journal
            kept = {Fact(journal.device, epoch, seq, link.hex()) for epoch, seq, _, link in journal.rows()}
            world.perhaps |= terminal.facts - kept
            terminal.facts &= kept

        self._for_a_while(put_back)
        return True

    def _copied(self, terminal: Terminal) -> str:
        self._copies += 1
        terminal.crash()
        name = f"{terminal.name}-copy{self._copies}"
        terminal.copy_to(self._world.folder / name)
        terminal.start()
        return name

    # -- the server -------------------------------------------------------------------------------------------------

    def _server_crash(self, terminal: Terminal) -> bool:
        centre = self._world.centre
        if not centre.up:
            return False
        centre.stop()
        self._world.network.cut_off()
        self._for_a_while(self._server_up)
        return True

    def _server_up(self) -> None:
        if not self._world.centre.up:
            self._world.centre.start()
            checks.promises_kept(self._world)

    def _server_disk_full(self, terminal: Terminal) -> bool:
        centre = self._world.centre
        if not centre.up or centre.full:
            return False
        centre.fill()
        self._for_a_while(lambda: centre.empty() if centre.up and centre.full else None)
        return True

    def _backup(self, terminal: Terminal) -> bool:
        if not self._world.centre.up:
            return False
        try:
            self._world.centre.back_up()
        except StorageError:
            return False
        return True

    def _restore(self, terminal: Terminal) -> bool:
        return self._put_back(older=False) if self._world.centre.backed_up else False

    def _older_restore(self, terminal: Terminal) -> bool:
        """The last copy is of no use: the one before it has less than the handhelds were told."""
        return self._put_back(older=True) if self._world.centre.older else False

    def _put_back(self, *, older: bool) -> bool:
        self._world.network.promised.clear()
        self._world.centre.put_back(older=older)
        self._world.network.cut_off()
        return True

    def _small_server(self, terminal: Terminal) -> bool:
        """A bound of its own, as of a proxy in front of it: 413 for what is larger."""
        _bound(SMALL_BYTES)
        self._for_a_while(lambda: _bound(BATCH_BYTES_MAX))
        return True

    # -- papers -----------------------------------------------------------------------------------------------------

    def _newcomer(self, terminal: Terminal) -> bool:
        """One more handheld. A backup of an earlier moment does not know it."""
        world = self._world
        if not world.centre.up or self._newcomers >= NEWCOMERS_MAX:
            return False
        try:
            world.enroll(f"new{self._newcomers}")
        except StorageError:
            return False
        self._newcomers += 1
        return True

    def _new_token(self, terminal: Terminal) -> bool:
        """The office makes a new one; the handheld hears of it later."""
        return self._renew(terminal, self._world.dice.randint(1, 60_000))

    def _revoked(self, terminal: Terminal) -> bool:
        """The office ends its rights, and thinks better of it later."""
        centre = self._world.centre
        path = f"/v1/devices/{terminal.device}/revoke"
        if not centre.up or centre.ask("POST", path, OFFICE_TOKEN, b"", {}).status != 200:
            return False
        self._for_a_while(lambda: self._thought_better(terminal))
        return True

    def _thought_better(self, terminal: Terminal) -> None:
        """First the events that the handheld handed in meanwhile count, or first it gets its rights back."""
        first = self._world.dice.random() < 0.5
        if first:
            self._decide(terminal.device)
        self._renew(terminal, 0)
        if not first:
            self._decide(terminal.device)

    def _decide(self, device: str) -> bool:
        """The office accepts what waits."""
        if not self._world.centre.up:
            return False
        body = b'{"accept": true, "reason": "it was in the van"}'
        reply = self._world.centre.ask("POST", f"/v1/rescues/{device}/decision", OFFICE_TOKEN, body, {})
        self._world.seen.met["accepted"] += reply.status == 200
        return reply.status == 200

    def _renew(self, terminal: Terminal, later_ms: int) -> bool:
        world = self._world
        if not world.centre.up:
            return False
        try:
            key = public_key(terminal.key) if terminal.key else ""
            token = world.centre.enroll(terminal.site, terminal.device, key)[1]
        except (EnrollmentError, StorageError):
            return False
        self._tokens[terminal.device] = token
        for one in world.terminals:
            if one.device == terminal.device and not later_ms:
                self._take(one)
            elif one.device == terminal.device:
                world.timeline.after(later_ms, partial(self._take_late, one))
        return True

    def _take_late(self, terminal: Terminal) -> None:
        if not self._world.healed:  # by then the office has made another one where it was needed
            self._take(terminal)

    def _take(self, terminal: Terminal) -> None:
        """Enrolled again, with the newest token that there is: the program starts anew with it."""
        if terminal.token == self._tokens[terminal.device]:
            return
        terminal.token = self._tokens[terminal.device]
        if terminal.on:
            terminal.crash()
            terminal.start()

    def _file(self, terminal: Terminal) -> bool:
        """What waits on it travels as a file: handed in now, or when the network was there before it, or twice."""
        if not terminal.on:
            return False
        journal, dice = terminal.handheld.journal, self._world.dice
        data, events = outbox.sealed(
            journal,
            terminal.token,
            terminal.clock.wall_ms(),
            terminal.credentials,
            everything=dice.random() < 0.3,
        )
        if not events:
            return False
        if dice.random() < 0.6:
            self._hand_in(data)
        if dice.random() < 0.6:
            self._for_a_while(lambda: self._hand_in(data))
        return True

    def _hand_in(self, data: bytes) -> None:
        centre = self._world.centre
        if not centre.up:
            return
        reply = centre.ask("POST", "/v1/outbox", OFFICE_TOKEN, data, {})
        if reply.status == 200:
            done = msgspec.json.decode(reply.body, type=Delivered)
            self._world.seen.met["by file"] += done.stored > 0
            self._world.seen.met["known by file"] += done.known > 0

    def _thief(self, terminal: Terminal) -> bool:
        """Somebody has got hold of its token, and hands in goods that nobody received. The key he has not."""
        centre = self._world.centre
        if not (terminal.key and centre.up):
            return False
        event = Event(step="receiving", item="PUMP", serial=serial(1), document="PO-HAM", line=1)
        epoch = terminal.handheld.journal.epoch + 7 if terminal.on else 99
        begin = chain.first_link(terminal.device, epoch, "thief")
        batch = wire.batch_of(epoch=epoch, first=1, prev_chain=begin, bodies=[encode_body(event)])
        path = f"/v1/devices/{terminal.device}/events"
        return centre.ask("POST", path, terminal.token, msgspec.json.encode(batch), {}).status == 403


def _bound(bytes_max: int) -> None:
    """What the server takes at most in one request."""
    vars(device_calls)["BATCH_BYTES_MAX"] = bytes_max
