"""Where the server stands with a device, and the chain at any event of it: what a handheld compares its own with."""

from __future__ import annotations

from server import ingest
from tests.server.fleet import Handheld, Office, receiving


def test_the_chain_at_an_event(office: Office, handheld: Handheld) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(5)))
    handheld.send()
    for seq in range(1, 6):
        there = handheld.hwm(epoch=1, seq=seq)
        assert (there.epoch, there.hwm, there.chain) == (1, seq, handheld.link(seq).hex())
        assert there.epochs == {1: 5}, "the marks are the server's, whatever was asked"


def test_beyond_what_it_has_it_says_how_far_it_is(office: Office, handheld: Handheld) -> None:
    assert (handheld.hwm(seq=3).hwm, handheld.hwm(seq=3).chain) == (0, "")
    handheld.write(receiving("A"), receiving("B"))
    handheld.send()
    beyond = handheld.hwm(seq=7)
    assert (beyond.hwm, beyond.chain) == (2, handheld.link(2).hex())
    assert handheld.hwm(seq=0).hwm == 0
    assert handheld.hwm(epoch=9, seq=1).hwm == 0


def test_of_a_lost_event_it_has_no_chain(office: Office, handheld: Handheld) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(8)))
    storage = office.running.central.storage
    word = ingest.receipt(
        storage.receipt_key, handheld.device, 1, 5, handheld.link(5).hex(), 1_795_000_000_000
    )
    assert handheld.send(handheld.batch(6, lost=5, proof=word)).json()["status"] == "stored"
    assert (handheld.hwm(seq=4).hwm, handheld.hwm(seq=4).chain) == (0, "")
    assert handheld.hwm(seq=6).chain == handheld.link(6).hex()
