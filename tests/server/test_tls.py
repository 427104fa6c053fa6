"""A site's own certificate authority, from one command to a handheld that scans its way in and trusts nobody else."""

from __future__ import annotations

import io
import json
import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import segno

from config.loader import shipped
from drivers.scan import Scan
from scanner_app import joining
from scanner_app.cli import main
from scanner_app.clockwork import SystemClock
from scanner_app.identity import known, server_of
from scanner_app.running import RunningHandheld
from scanner_app.server_calls import CallRefused
from scanner_app.session import SessionSettings
from server.authority import authority_in
from server.pages.devices import invitation_svg
from sync.line import Line, Unreachable
from tests.server.fleet import Office, site_file
from tests.server.test_production import Process, server, until
from tracking.invitation import Invitation, read, written
from tracking.phrases import Phrase


class Site(NamedTuple):
    process: Process
    office: Office
    ca: Path
    pin: str


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """``scanner server ca``, then ``scanner server`` with what it made."""
    assert main(["server", "ca", str(folder / "tls"), "--json"]) == 0
    tls = folder / "tls"
    files = ("--certificate", str(tls / "server.pem"), "--key", str(tls / "server.key"))
    context = ssl.create_default_context(cafile=tls / "ca.pem")
    with (
        server(folder / "central.db", folder, *files) as process,
        httpx.Client(base_url=process.url, verify=context, trust_env=False, timeout=60) as http,
    ):
        yield Site(process, process.office(http), tls / "ca.pem", authority_in(tls / "server.pem")[1])


def test_a_new_handheld_scans_the_invitation_and_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with site(tmp_path) as there:
        there.office.load(site_file(operators=[]))
        http, ca = there.office.http, there.ca.read_text()
        http.post("/sign-in", data={"token": there.process.token, "next": "/"})
        shown = http.post("/devices/codes", data={"site": "HAM"}).text
        code = shown.partition('big mono">')[2].partition("<")[0]
        invitation = Invitation(there.process.url, code, there.pin)
        assert str(invitation_svg(invitation)) in shown, "the page draws exactly this"
        handheld = RunningHandheld(
            tmp_path / "handheld", SystemClock(), SessionSettings(app="test"), shipped()
        )
        handheld.start()
        try:
            says = handheld.thread.run(lambda session: session.trouble)
            assert isinstance(says, Phrase)
            assert says.name == "enroll_scan"
            assert handheld.submit(Scan(raw=written(invitation).encode()))
            until(lambda: handheld.thread.run(lambda session: session.knows.document("PO-1") is not None))
            for text in ("PO-1", "A-1"):
                handheld.thread.run(lambda session, text=text: session.handle(Scan(raw=text.encode())))  # type: ignore[misc]
            until(lambda: not handheld.thread.run(lambda session: session.journal.pending()))
        finally:
            handheld.close()
        kept = known(tmp_path / "handheld")
        assert kept is not None
        assert (kept.ca, bool(kept.key), kept.site) == (ca, True, "HAM")
        assert there.process.url.startswith("https://")
        found = http.get("/v1/units?serial=A-1", headers=there.office.auth).json()["units"]
        assert [one["status"] for one in found] == ["received"]
        again = server_of(tmp_path / "handheld", shipped())
        assert again is not None
        assert Path(again.ca).read_text() == ca
        log = there.process.log.read_text()
    for secret in (kept.token, kept.key, code):
        assert secret not in log


def test_whoever_stands_in_the_servers_place_is_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "false").mkdir()
    with site(tmp_path / "real") as real, site(tmp_path / "false") as false:
        code = real.office.code(site="HAM")
        for invitation in (
            Invitation(false.process.url, code, real.pin),
            Invitation(real.process.url, code, "0" * 64),
        ):
            with pytest.raises(CallRefused, match="something else answers"):
                joining.join(invitation, "x", "HAM", 0)
        for ca, url, well in (
            (real.ca, real.process.url, True),
            (real.ca, false.process.url, False),
            (real.ca, real.process.url.replace("127.0.0.1", "127.0.0.2"), False),
            ("", real.process.url, False),
        ):
            line = Line(url, "", 5, str(ca))
            try:
                if well:
                    assert line.ask("GET", "/v1/health")[0] == 200
                else:
                    with pytest.raises(Unreachable):
                        line.ask("GET", "/v1/health")
            finally:
                line.close()
        identity = joining.join(Invitation(real.process.url, code, real.pin), "x", "HAM", 0)
        assert identity.site == "HAM", "the code was not spent on the wrong one"


def test_the_authority_stays_and_the_servers_certificate_is_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tls"
    assert main(["server", "ca", str(folder), "--host", "central.site.example,10.0.0.7"]) == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "central.site.example, 10.0.0.7" in capsys.readouterr().out
    assert main(["server", "ca", str(folder)]) == 0
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in before if before[name] == after[name]} == {"ca.key", "ca.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_scanner_reads_the_invitation() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    invitation = Invitation("https://central.example:8470", "7KQM-2XWD-R9", "a1" * 32)
    picture = io.BytesIO()
    segno.make(written(invitation), micro=False, error="m").save(picture, kind="png", scale=4)
    (found,) = zxingcpp.read_barcodes(image.open(picture).convert("L"))
    assert read(found.text) == invitation


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%CMD:UNDO",
        "%CMD:ENROLL=",
        "%CMD:ENROLL=https://x",
        "%CMD:ENROLL=ftp://x CODE",
        "%CMD:ENROLL=https://x CODE short",
        "%CMD:ENROLL=https://x CODE " + "g" * 64,
        "%CMD:ENROLL=http://x CODE " + "a" * 64,
        "%CMD:ENROLL=https://x CODE " + "a" * 64 + " more",
        "%CMD:ENROLL=https://é CODE",
        "%CMD:ENROLL=https://x " + "C" * 600,
    ],
)
def test_what_is_no_invitation_is_none(text: str) -> None:
    assert read(text) is None


def test_the_office_asks_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.json").write_text(json.dumps(site_file(operators=[])))
    (tmp_path / "stranger.pem").write_text("no certificate")
    with site(tmp_path) as there:
        url, asking = there.process.url, ("--token", there.process.token)
        load = ["import", str(tmp_path / "site.json"), "--server", url, *asking]
        capsys.readouterr()
        assert main(load) == 1
        assert "name the site's own authority with --ca FILE" in capsys.readouterr().err
        assert main([*load, "--ca", str(tmp_path / "stranger.pem")]) == 2
        ours = ("--ca", str(there.ca))
        assert main([*load, *ours]) == 0
        wrong = site_file(
            operators=[], items=[{"item": "NEW", "gtins": ["09521234543210"]}, {"item": "OTHER"}]
        )
        (tmp_path / "wrong.json").write_text(json.dumps(wrong))
        capsys.readouterr()
        assert main(["import", str(tmp_path / "wrong.json"), *load[2:], *ours]) == 1
        said = capsys.readouterr()
        assert said.out.startswith("2 items, 0 parties, ")
        assert (
            "wrong.json: row 1 of items, NEW: GTIN 09521234543210 ends in 0, its check digit is 3" in said.err
        )
        assert "scanner: 1 row not taken as written, everything else was" in said.err
        assert main(["trace", "NOBODY", "--server", url, *asking, *ours]) == 1
        assert main(["recall", "--lot", "NONE", "--server", url, *asking, *ours]) == 1
        assert main(["audit", "verify", url, *asking, *ours]) == 0
        said = capsys.readouterr()
        assert "is known" in said.err, "they were asked and answered"
        data = ("--data", str(tmp_path / "handheld"))
        code = there.office.code(site="HAM")
        assert main(["enroll", "--server", url, "--code", code, *data]) == 1
        assert main(["enroll", "--server", url, "--code", code, "--pin", there.pin, *data]) == 0
        capsys.readouterr()
        assert main(["doctor", "--json", *data]) == 0
        checks = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [one["state"] for one in checks if one["name"] == "server"] == ["ok"]
        # Whoever is enrolled there knows already whom to believe.
        assert main(["audit", "verify", url, *asking, *data]) == 0
