"""Label templates as files: what stands where, in millimetres, with places for the values of one label.

Values are put in where the template says and are nothing but values there: they cannot begin a command of a printer's
language, because what is sent to a printer is the drawn picture.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

import config

TEMPLATE_BYTES_MAX = 65_536
ELEMENTS_MAX = 64
VALUE_CHARS_MAX = 500

Millimetres = Annotated[float, Meta(ge=0, le=300)]
CodeKind = Literal["code128", "gs1-128", "qr", "datamatrix", "gs1-datamatrix", "gs1-qr"]

_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}|\{\{|\}\}")
_FIXED_AIS = frozenset(
    {
        "00",
        "01",
        "02",
        "03",
        "04",
        *(str(ai) for ai in range(11, 21)),
        *(str(ai) for ai in range(31, 37)),
        "41",
    }
)
"""First two digits of the application identifiers whose length is fixed (GS1 GenSpecs figure 7.8.5-2): no
separator follows them."""

SHIPPED = Path(config.__file__).with_name("labels")


class TemplateError(ValueError):
    """A template or a value that makes no label; the text says what is wrong with it."""


class Words(msgspec.Struct, frozen=True, kw_only=True, tag="text", forbid_unknown_fields=True):
    """A line of text; too long a one is cut in its middle."""

    x: Millimetres
    y: Millimetres
    height: Annotated[float, Meta(ge=1, le=60)]
    width: Annotated[float, Meta(ge=1, le=300)]
    text: str


class Code(msgspec.Struct, frozen=True, kw_only=True, tag="code", forbid_unknown_fields=True):
    """A symbol; ``x`` and ``y`` are its upper left corner without the quiet zone."""

    x: Millimetres
    y: Millimetres
    kind: CodeKind
    data: str | tuple[str, ...]
    """For GS1 kinds a list: application identifier and value together, ``["01{gtin}", "21{serial}"]``."""
    module: Annotated[float, Meta(ge=0.1, le=5)]
    """Width of the narrowest bar or square."""
    height: Annotated[float, Meta(ge=0, le=150)] = 0.0
    """Of a linear symbol; square ones have their own."""


class Line(msgspec.Struct, frozen=True, kw_only=True, tag="line", forbid_unknown_fields=True):
    """A filled rectangle: a rule between the parts of a label."""

    x: Millimetres
    y: Millimetres
    width: Annotated[float, Meta(ge=0.1, le=300)]
    height: Annotated[float, Meta(ge=0.1, le=300)]


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of label."""

    name: str
    width: Annotated[float, Meta(ge=10, le=220)]
    height: Annotated[float, Meta(ge=5, le=320)]
    elements: Annotated[tuple[Words | Code | Line, ...], Meta(min_length=1, max_length=ELEMENTS_MAX)]

    @property
    def fields(self) -> frozenset[str]:
        """The names of the values that a label needs."""
        texts: list[str] = []
        for element in self.elements:
            if isinstance(element, Words):
                texts.append(element.text)
            elif isinstance(element, Code):
                texts += [element.data] if isinstance(element.data, str) else element.data
        return frozenset(found[1] for text in texts for found in _PLACE.finditer(text) if found[1])


def load_template(path: Path) -> Template:
    """The template in a file. Raises :class:`TemplateError`."""
    try:
        raw = path.read_bytes()
        if len(raw) > TEMPLATE_BYTES_MAX:
            raise TemplateError(f"{path} is too large for a label template")
        return msgspec.convert(tomllib.loads(raw.decode("utf-8")), Template)
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise TemplateError(f"{path} is no label template: {error}") from error


def named_template(name: str, folder: Path | None = None) -> Template:
    """A template by its name, from the site's folder, else of those that ship. Raises :class:`TemplateError`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise TemplateError(f"{name!r} is no name of a template")
    for place in (folder, SHIPPED):
        if place is not None and (path := place / f"{name}.toml").is_file():
            return load_template(path)
    known = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.toml")))
    raise TemplateError(f"there is no label template {name!r}; there are {known}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its places filled. Raises :class:`TemplateError` for a value that is missing or too long."""

    def value(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0][0]
        given = values.get(found[1])
        if given is None:
            raise TemplateError(f"the label needs a value for {found[1]!r}")
        if len(given) > VALUE_CHARS_MAX:
            raise TemplateError(f"the value for {found[1]!r} is too long for a label")
        return given

    return _PLACE.sub(value, text)


def code_text(code: Code, values: Mapping[str, str]) -> str:
    """What a scanner delivers of a code, without its AIM id: GS1 parts with GS where a length is open.

    A GS1 part whose value is empty is left out: a label without a lot has no (10).
    """
    if isinstance(code.data, str):
        return filled(code.data, values)
    parts = gs1_parts(code.data, values)
    text = ""
    for number, (part, whole) in enumerate(parts):
        text += whole
        if part[:2] not in _FIXED_AIS and number < len(parts) - 1:
            text += "\x1d"
    if any(ord(character) < 0x20 for _, whole in parts for character in whole):
        raise TemplateError("a value with control characters cannot stand in a GS1 code")
    return text


def gs1_parts(data: tuple[str, ...], values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The parts of a GS1 code that have a value, as written and as filled."""
    return [
        (part, whole)
        for part in data
        if (whole := filled(part, values)) != _PLACE.sub("", part) or not _PLACE.search(part)
    ]
