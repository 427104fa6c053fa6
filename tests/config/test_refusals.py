"""Whatever is wrong with a setting: one plain sentence that names the place, the key and the remedy."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import keys
from config.errors import ConfigError
from config.loader import Flag

if TYPE_CHECKING:
    from tests.config.conftest import Machine

FILE_MISTAKES = [
    ("[sync]\npoll_s = '5'", ["line 2", "sync.poll_s", "a whole number from 1 to 3600, not '5'"]),
    ("[sync]\npoll_s = 0", ["line 2", "sync.poll_s", "a whole number from 1 to 3600, not 0"]),
    ("[sync]\npoll_s = true", ["sync.poll_s", "not True"]),
    ("[sync]\npoll_s = nan", ["sync.poll_s", "not nan"]),
    ("[sync]\npoll_s = 99999999999999999999999", ["sync.poll_s", "a whole number"]),
    ("[sync]\npoll_s = 2026-01-01", ["sync.poll_s", "a whole number"]),
    ("[sync]\nurl = 'ftp://x'", ["line 2", "sync.url", "begins with https:// or http://", "'ftp://x'"]),
    ('[sync]\nurl = "https://x\\n"', ["sync.url"]),
    ("[sync]\nulr = 'x'", ["line 2", "'sync.ulr'", "perhaps sync.url is meant"]),
    ("[snyc]\nurl = 'x'", ["line 1", "'snyc'", "perhaps sync is meant"]),
    ("[sync]\ntheme = 'sun'", ["line 2", "'sync.theme'", "perhaps screen.theme is meant"]),
    ("[entirely]\nelse = 1", ["line 1", "'entirely'", "remove it"]),
    ("theme = 'sun'", ["line 1", "'theme'", "perhaps screen.theme is meant"]),
    ("sync = 3", ["line 1", "sync must be a table"]),
    ("[screen]\ntheme = 'dark'", ["line 2", "screen.theme", '"night" or "sun", not \'dark\'']),
    ("[policy]\ncomplete_on_last_scan = 1", ["line 2", "true or false, not 1"]),
    ("[wedge]\nterminators = []", ["wedge.terminators", "not empty"]),
    ("[wedge]\nterminators = ['EOT']", ["wedge.terminators", '"CR" or "LF" or "TAB"']),
    ("[wedge]\nterminators = 'CR'", ["wedge.terminators", "a list"]),
    ("[wedge]\nend_silence_ms = 20", ["line 2", "wedge.end_silence_ms", "wedge.gap_ms_max"]),
    ("[device]\nname = 'a b'", ["line 2", "device.name", "letters, digits"]),
    ('[device]\nname = "a\\n"', ["device.name", r"'a\n'"]),
    ('[device]\nlocation = "\\u001b[2J"', ["device.location", r"'\x1b[2J'"]),
    ("[site]\ncode = {}", ["site.code", "a table"]),
    ("[serial]\nports = 'x'", ["serial.ports", "[[serial.ports]]"]),
    ("[serial]\nports = ['x']", ["serial.ports", "[[serial.ports]]"]),
    ("[[serial.ports]]\nname = 'a'", ["line 1", "serial.ports[1] has no path"]),
    ("[[serial.ports]]\nname = ''\npath = '/dev/x'", ["serial.ports[1].name"]),
    (
        "[[serial.ports]]\nname = 'a'\npath = '/dev/x'\nbuad = 1",
        ["'serial.ports[1].buad'", "perhaps serial.ports[1].baud"],
    ),
    ("[[serial.ports]]\nname = 'a'\npath = '/dev/x'\nbaud = 1", ["serial.ports[1].baud", "from 300"]),
    ("[[serial.ports]]\nname='a'\npath='/x'\n" * 2, ["serial.ports", "named 'a'"]),
    ("[[serial.ports]]\nname='a'\npath='/x'\n" * 17, ["serial.ports", "at most 16"]),
    ("[sync\n", ["line 1", "not valid TOML"]),
    ("x = " + "[" * 5000, ["not valid TOML"]),
    (b"\n\n\xff\xfe", ["line 3", "UTF-8"]),
    (b"#" * 300_000, ["larger than 262144 bytes"]),
]


def one_sentence(message: str) -> bool:
    """A line that may stand on any terminal, and ends as a sentence does."""
    return message.isprintable() and message.endswith(".") and len(message) < 600


@pytest.mark.parametrize(("text", "words"), FILE_MISTAKES)
def test_a_mistake_in_a_file_is_named(machine: Machine, text: str | bytes, words: list[str]) -> None:
    path = machine.write(text)
    with pytest.raises(ConfigError) as refused:
        machine.load()
    message = str(refused.value)
    assert one_sentence(message)
    assert message.startswith(str(path))
    assert [word for word in words if word not in message] == []


def test_a_mistake_is_refused_even_where_something_stronger_overrides_it(machine: Machine) -> None:
    machine.write("[sync]\npoll_s = 'often'", machine.system)
    with pytest.raises(ConfigError, match=r"sync\.poll_s"):
        machine.load({"SCANNER_SYNC_POLL_S": "5"})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("SCANNER_SYNC_POLL_S", " 7 ", 7),
        ("SCANNER_POLICY_COMPLETE_ON_LAST_SCAN", "no", False),
        ("SCANNER_POLICY_COMPLETE_ON_LAST_SCAN", "TRUE", True),
        ("SCANNER_WEDGE_TERMINATORS", "CR, LF", ("CR", "LF")),
        ("SCANNER_WEDGE_TERMINATORS", '["TAB"]', ("TAB",)),
        ("SCANNER_SITE_CODE", "HAM", "HAM"),
        ("SCANNER_SITE_CODE", "", ""),
    ],
)
def test_a_variable_is_read_as_its_type(machine: Machine, name: str, text: str, value: object) -> None:
    section, key = keys.by_env()[name].path.split(".")
    assert getattr(getattr(machine.load({name: text}).settings, section), key) == value


def test_serial_ports_can_come_from_a_variable(machine: Machine) -> None:
    text = '[{name = "a", path = "/dev/ttyS0", terminator = "LF"}]'
    (port,) = machine.load({"SCANNER_SERIAL_PORTS": text}).settings.serial.ports
    assert (port.name, port.path, port.baud, port.terminator) == ("a", "/dev/ttyS0", 9600, "LF")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("SCANNER_SYNC_POLL_S", "often", ["sync.poll_s", "a whole number", "'often'"]),
        ("SCANNER_SYNC_POLL_S", "", ["sync.poll_s"]),
        ("SCANNER_SYNC_POLL_S", "1_0", ["sync.poll_s"]),
        ("SCANNER_SYNC_POLL_S", "\u0663", ["sync.poll_s"]),
        ("SCANNER_SYNC_POLL_S", " " * 20_000 + "5", ["sync.poll_s"]),
        ("SCANNER_SYNC_POLL_S", "9" * 5000, ["sync.poll_s"]),
        ("SCANNER_POLICY_COMPLETE_ON_LAST_SCAN", "perhaps", ["true or false", "'perhaps'"]),
        ("SCANNER_SITE_CODE", "HAM\x1b[2J", ["site.code", r"\x1b"]),
        ("SCANNER_SITE_CODE", "\udcff", ["site.code"]),
        ("SCANNER_SERIAL_PORTS", "[{", ["serial.ports"]),
        ("SCANNER_SERIAL_PORTS", "/dev/ttyS0", ["serial.ports", "[[serial.ports]]"]),
        ("SCANNER_SYNC_URI", "https://x", ["perhaps SCANNER_SYNC_URL is meant"]),
    ],
)
def test_a_mistake_in_a_variable_is_named(machine: Machine, name: str, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        machine.load({name: text})
    assert one_sentence(str(refused.value))
    assert str(refused.value).startswith(name)
    assert [word for word in words if word not in str(refused.value)] == []


def test_variables_of_other_programs_are_left_alone(machine: Machine) -> None:
    assert machine.load({"SCANNER_OPTS": "-Xmx1g", "SCANNERS": "2"}).settings == machine.load().settings


def test_a_mistake_in_an_option_is_named(machine: Machine) -> None:
    with pytest.raises(ConfigError, match=r"^--poll: sync\.poll_s must be a whole number"):
        machine.load(flags=[Flag("--poll", "sync.poll_s", "x")])


def test_a_refused_token_is_not_quoted(machine: Machine) -> None:
    machine.write("[sync]\ntoken = 'hunter2 hunter2'")
    with pytest.raises(ConfigError, match=r"sync\.token must be") as refused:
        machine.load()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_not_a_file_is_refused_and_not_waited_for(machine: Machine, kind: str) -> None:
    path = machine.here / "scanner.toml"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(ConfigError, match="it is not a file"):
        machine.load()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(machine: Machine) -> None:
    machine.write("").chmod(0)
    with pytest.raises(ConfigError, match=r"cannot be read \(Permission denied\)"):
        machine.load()


def test_a_file_behind_a_circle_of_links_is_refused(machine: Machine) -> None:
    path = machine.here / "scanner.toml"
    path.symlink_to(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        machine.load()


@given(
    section=st.sampled_from([*keys.sections(), "nope"]),
    name=st.sampled_from([path.split(".")[1] for path in keys.by_path()]),
    value=st.recursive(
        st.text(max_size=30).map(lambda text: '"' + "".join(f"\\U{ord(char):08X}" for char in text) + '"')
        | st.integers().map(str)
        | st.sampled_from(["true", "inf", "2026-01-01", "10:00:00", '"CR"', "''", "=", "\x00", "1979"]),
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda parts: "[" + ", ".join(parts) + "]")
            | inner.map(lambda part: "{ name = " + part + " }")
        ),
        max_leaves=5,
    ),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_either_loads_or_is_refused_in_a_sentence(
    machine: Machine, section: str, name: str, value: str
) -> None:
    path = machine.write(f"[{section}]\n{name} = {value}\n".encode("utf-8", "replace"))
    try:
        loaded = machine.load()
    except ConfigError as error:
        assert one_sentence(str(error))
        assert str(error).startswith(str(path))
    else:
        given_value = tomllib.loads(path.read_text())[section][name]
        held = getattr(getattr(loaded.settings, section), name)
        assert (list(held) if isinstance(held, tuple) else held) == given_value or keys.by_path()[
            f"{section}.{name}"
        ].is_path
