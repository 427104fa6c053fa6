"""The demonstration has server and screens in one process: what the server has to say must not be on the screens."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from tests.free_port import free_port
from tests.tui.pseudo_terminal import PseudoTerminal


def test_a_fault_of_the_server_is_written_into_a_file_and_leaves_the_screens_alone(tmp_path: Path) -> None:
    folder, port = tmp_path / "demo", free_port()
    arguments = ["-m", "scanner_app", "demo", "--keep", str(folder), "--port", str(port)]
    demo = PseudoTerminal(arguments, columns=80, rows=24)
    try:
        demo.wait_output("F7 next label")
        begun = len(demo.output)
        with closing(sqlite3.connect(folder / "server.db", timeout=30)) as database, database:
            database.execute("UPDATE replica SET body = x'7b' WHERE tbl = 'document'")
        answers = [httpx.get(f"http://127.0.0.1:{port}/counts", trust_env=False) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [500] * 3
        log = folder / "server.log"
        demo.wait(lambda: log.exists() and log.read_text().count("\n") >= 6, "the server's own words")
        said = [json.loads(line)["what"] for line in log.read_text().splitlines()]
        assert "a request ended in a fault" in said
        shown = bytes(demo.output[begun:])
        assert b"Traceback" not in shown
        assert b"fault" not in shown
        demo.process.send_signal(signal.SIGTERM)
        assert demo.wait_end() == 0
        demo.wait_output("demo: the server's last warning was: ")
        demo.wait_output(str(log))
    finally:
        demo.close()
