"""``scanner import SITE.json --server URL``: loads a site file into a server."""

from __future__ import annotations

import argparse

import msgspec

from scanner_app import server_calls
from scanner_app.commands.call import DONE, USAGE, Call, Refusal, print_json, read_file, usage
from tracking.site import SITE_BYTES_MAX, SiteError, load


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("file", help="site file (JSON)")
    parser.add_argument("--server", help="address of the server; default: sync.url")
    parser.add_argument("--token", default="", help="the office token")


def run(call: Call) -> int:
    """Checks the file here first, so that every error is named before anything is sent."""
    options = call.options
    url = options.server or call.loaded.settings.sync.url or usage("name the server with --server URL")
    data = read_file(options.file, SITE_BYTES_MAX)
    try:
        site = load(data, options.file)
        done = server_calls.import_site(url, options.token, site.site, data)
    except SiteError as error:
        raise Refusal(str(error), USAGE) from error
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error
    counts = msgspec.to_builtins(done)
    if options.json:
        print_json(counts)
    else:
        print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return DONE
