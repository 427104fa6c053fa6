"""Why an enrolment failed, as a phrase that the handheld says in its own language."""

from __future__ import annotations

import pytest

from scanner_app import server_calls
from scanner_app.joining import authority
from scanner_app.server_calls import CallRefused
from tests.free_port import free_port
from tests.server.fleet import Office
from tracking.catalogue import say


def nobody() -> str:
    """An address where nobody listens."""
    return f"127.0.0.1:{free_port()}"


def test_a_wrong_code_is_said_in_every_language(office: Office) -> None:
    with pytest.raises(CallRefused) as refused:
        server_calls.enroll(office.running.url, "WRONG-CODE", "dock 1", "HAM")
    assert say(refused.value.why) == "the code is wrong, used or too old"
    assert say(refused.value.why, "de") == "der Code ist falsch, verbraucht oder zu alt"


def test_nobody_there() -> None:
    with pytest.raises(CallRefused) as refused:
        server_calls.enroll(f"http://{nobody()}", "CODE", "dock 1", "HAM")
    assert say(refused.value.why, "fr").startswith("pas de connexion à")
    assert str(refused.value).startswith("no connection to"), "the command line's sentence stays English"


def test_nobody_vouches() -> None:
    url = f"https://{nobody()}"
    with pytest.raises(CallRefused) as refused:
        authority(url, "0" * 64)
    assert say(refused.value.why, "es") == f"{url} no da ningún certificado"
