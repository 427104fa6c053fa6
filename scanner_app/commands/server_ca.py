"""``scanner server ca FOLDER``: a certificate authority of the site's own, and the server's certificate from it."""

from __future__ import annotations

import socket
from pathlib import Path

from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage


def run(call: Call, database: Path | str) -> int:
    """Makes them; with an authority that is there already only a new certificate for the server."""
    from server.authority import AuthorityError, make, now_utc

    folder = Path(call.options.target or usage("say where to: scanner server ca FOLDER"))
    named = (call.options.host or "").replace(",", " ").split()
    hosts = list(dict.fromkeys([*named, socket.gethostname(), "localhost", "127.0.0.1"]))
    try:
        made = make(folder, hosts, now_utc())
    except AuthorityError as error:
        raise Refusal(str(error)) from error
    if call.options.json:
        print_json(
            {"ca": str(made.ca), "certificate": str(made.certificate), "key": str(made.key), "pin": made.pin}
        )
        return DONE
    print(f"{'made an authority and' if made.new_ca else 'from the authority that was there,'} a certificate")
    print(f"for {', '.join(hosts)}; start with")
    print(f"  scanner server --certificate {made.certificate} --key {made.key}")
    print(f"keep {folder / 'ca.key'} away from the server; handhelds check the pin {made.pin}")
    return DONE
