"""What ships: the defaults, and the commented scanner.toml that shows them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from config import keys, loader

ROOT = Path(__file__).parents[2]


def test_the_shipped_defaults_are_every_setting_and_nothing_else() -> None:
    shipped = tomllib.loads((ROOT / "config" / "defaults.toml").read_text())
    assert {f"{section}.{name}" for section, table in shipped.items() for name in table} == set(
        keys.by_path()
    )
    assert msgspec.to_builtins(loader.shipped()) == {
        section: {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
        for section, table in shipped.items()
    }


def test_scanner_toml_shows_every_setting_with_its_shipped_value() -> None:
    text = (ROOT / "scanner.toml").read_text()
    without_examples = re.sub(r"^#\n# \[\[.*?(?=\n\n)", "", text, flags=re.MULTILINE | re.DOTALL)
    assert without_examples != text
    uncommented = re.sub(r"^# (\w+ = )", r"\1", without_examples, flags=re.MULTILINE)
    assert tomllib.loads(uncommented) == tomllib.loads((ROOT / "config" / "defaults.toml").read_text())


def test_scanner_toml_works_as_it_is(tmp_path: Path) -> None:
    loaded = loader.load(environ={}, cwd=ROOT, system=tmp_path / "none.toml")
    assert loaded.settings == loader.shipped()
    assert loaded.files == (ROOT / "scanner.toml",)
    assert {str(origin) for origin in loaded.origins.values()} == {"default"}


def test_the_example_of_a_serial_port_in_scanner_toml_is_a_right_one(tmp_path: Path) -> None:
    text = (ROOT / "scanner.toml").read_text()
    _, _, rest = text.partition("# [[serial.ports]]\n")
    example = rest[: rest.index("\n\n")]
    (tmp_path / "scanner.toml").write_text(
        "[[serial.ports]]\n" + re.sub(r"^# ", "", example, flags=re.MULTILINE)
    )
    (port,) = loader.load(environ={}, cwd=tmp_path, system=tmp_path / "none.toml").settings.serial.ports
    assert port.name == "bench-1"
    assert port.baud == 9600


def test_every_example_of_a_table_in_scanner_toml_is_a_right_one(tmp_path: Path) -> None:
    text = (ROOT / "scanner.toml").read_text()
    examples = re.findall(r"^#\n(# \[\[.*?)(?=\n\n)", text, flags=re.MULTILINE | re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        (tmp_path / "scanner.toml").write_text(re.sub(r"^# ", "", example, flags=re.MULTILINE))
        loader.load(environ={}, cwd=tmp_path, system=tmp_path / "none.toml")


def test_a_variable_can_only_mean_one_setting() -> None:
    assert len(keys.by_env()) == len(keys.by_path())
    assert not [section for section in keys.sections() if "_" in section]
    assert keys.by_env()["SCANNER_SYNC_POLL_S"].path == "sync.poll_s"
    assert keys.ENV_CONFIG not in keys.by_env()
