"""What the server writes about itself: one JSON object a line, and no secret in it.

On standard error; into a file where a screen has the terminal, as in the demonstration.

Nothing is logged that a person or a handheld proves itself with: no header, no body, no query, and of an address only
its pattern (``/v1/devices/{device}/events``). Names of devices are in it, names of people are not.
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
import time
from pathlib import Path
from typing import Any

FIELDS = "fields"
"""The attribute of a record that carries what belongs to its text: ``LOG.info("request", extra=fields(ms=3))``."""
TEXT_CHARS_MAX = 2000
_SECRET = re.compile(r"(?i)(bearer\s+|token[=:\s]\s*|password=|://[^/\s:@]+:)[^\s&@,;'\"]+")
"""A second net under the rule above: what an exception's text of another library might carry."""


def fields(**values: object) -> dict[str, Any]:
    """The ``extra`` of a log call."""
    return {FIELDS: values}


def without_secrets(text: str) -> str:
    """The text with whatever looks like a token or a password left out."""
    return _SECRET.sub(lambda found: found[1] + "***", text)


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """``{"at": ..., "level": ..., "from": ..., "what": ..., fields ...}``."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "at": f"{moment}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "from": record.name.lstrip("_"),
            "process": record.process,
            "what": without_secrets(record.getMessage())[:TEXT_CHARS_MAX],
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            line["fault"] = without_secrets(self.formatException(record.exc_info))[-TEXT_CHARS_MAX:]
        return json.dumps(line, ensure_ascii=True, default=str)


CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": JsonLines}},
    "handlers": {
        "errors": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}
    },
    "root": {"handlers": ["errors"], "level": "WARNING"},
    "loggers": {
        "server": {"level": "INFO"},
        "_granian": {"handlers": ["errors"], "level": "WARNING", "propagate": False},
        "granian.access": {"handlers": ["errors"], "level": "WARNING", "propagate": False},
    },
}


def begin() -> None:
    """Write in this way from now on, in this process."""
    logging.config.dictConfig(CONFIG)


FILE_BYTES_MAX = 4 * 1024 * 1024


def begin_in_file(path: Path) -> None:
    """The same into a file, and nothing of it on the terminal; warnings and worse only."""
    errors = {
        "class": "logging.handlers.RotatingFileHandler",
        "formatter": "lines",
        "filename": str(path),
        "maxBytes": FILE_BYTES_MAX,
        "backupCount": 1,
        "delay": True,
        "encoding": "utf-8",
    }
    logging.config.dictConfig(CONFIG | {"handlers": {"errors": errors}, "loggers": {}})


def newest(path: Path) -> str:
    """What the last line of such a file says; empty where nothing was written."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ""
    return str(json.loads(lines[-1])["what"]) if lines else ""
