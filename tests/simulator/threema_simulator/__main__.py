# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: python -m threema_simulator."""

from __future__ import annotations

import argparse
import asyncio
import errno
import ipaddress
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .resource import ResourceError
from .resources import RESOURCES
from .server import serve
from .state import DEFAULT_LICENSES, DEFAULT_QUOTA, Start
from .switches import SWITCHES, SwitchError, parse_assignments
from .world import World

DEMO_KEY = "simulator-key-0123456789abcdef"
_NUMBERS = tuple(number for resource in RESOURCES for number in resource.numbers)


def _number(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value


def _milliseconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < 3_600_000:
        raise argparse.ArgumentTypeError("must be between 0 and an hour")
    return value


def _loopback(text: str) -> str:
    """It has no protection worth the name, so it never listens where others can reach it."""
    try:
        inside = text == "localhost" or ipaddress.ip_address(text).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise argparse.ArgumentTypeError(f"{text} is not a loopback address")
    return text


def _parser() -> argparse.ArgumentParser:
    known = "\n".join(f"  {item.name}={'|'.join(item.values)}\n      {item.meaning}" for item in SWITCHES.values())
    parser = argparse.ArgumentParser(
        prog="threema_simulator",
        description="Simulates the Threema Work REST API on this machine.",
        epilog=f"switches (the first value is the default):\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", type=_loopback, default="127.0.0.1", help="loopback address to listen on (default: 127.0.0.1)")
    add("--port", type=_number, default=8025, help="port, 0 for any free one (default: 8025)")
    add("--subscriptions", type=_number, default=1, metavar="N", help="so many, each on a port of its own (default: 1)")
    add("--api-key", default=os.environ.get("THREEMA_SIMULATOR_KEY") or DEMO_KEY, help="the key that is accepted")
    for number in _NUMBERS:
        add("--" + number.name.replace("_", "-"), type=_number, default=None, metavar="N", help=number.help)
    add("--licenses", type=_number, default=DEFAULT_LICENSES, metavar="N", help="licenses of the subscription")
    add("--latency-ms", type=_milliseconds, default=0, metavar="N", help="delay of each answer")
    add("--jitter-ms", type=_milliseconds, default=0, metavar="N", help="up to so much more, at random")
    add("--quota", type=_number, default=DEFAULT_QUOTA, metavar="N", help="requests a day, 0 for no limit")
    add("--no-directory", action="store_true", help="a subscription without the Directory feature")
    add("--switch", action="append", default=[], metavar="NAME=VALUE", help="position of a switch; repeatable")
    add("--seed", type=int, default=1, help="other ids and passwords")
    add("--tls", action="store_true", help="HTTPS, with a certificate authority made for this run")
    add("--tls-dir", type=Path, default=None, metavar="DIR", help="where to write ca.pem (default: temporary)")
    add("--tls-host", default=None, metavar="NAME", help="issue the certificate for another name")
    add("--tls-expired", action="store_true", help="an expired certificate")
    return parser


def _announce(worlds: Sequence[World], authority: Path | None) -> None:
    for world in worlds:
        print(f"THREEMA_WORK_API_URL={world.base_url}", flush=True)
        print(f"THREEMA_WORK_API_KEY={world.api_key}", flush=True)
        if authority is not None:
            print(f"REQUESTS_CA_BUNDLE={authority}", flush=True)


def _run(options: argparse.Namespace, worlds: Sequence[World]) -> None:
    if not options.tls:
        asyncio.run(serve(worlds, options.host, options.port, None, lambda: _announce(worlds, None)))
        return
    from .tls import server_context

    with tempfile.TemporaryDirectory(prefix="threema-simulator-") as temporary:
        directory = options.tls_dir or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        context, authority = server_context(directory, options.tls_host or options.host, expired=options.tls_expired)
        asyncio.run(serve(worlds, options.host, options.port, context, lambda: _announce(worlds, authority)))


def _start(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Start:
    """How to begin; ends the process with the usage when that makes no sense."""
    try:
        switches = parse_assignments(options.switch)
    except SwitchError as error:
        parser.error(str(error))
    given = {number.name: getattr(options, number.name) for number in _NUMBERS}
    numbers = {name: value for name, value in given.items() if value is not None}
    if not options.subscriptions:
        parser.error("--subscriptions must be at least 1")
    if max(numbers.get("credentials", 0), numbers.get("users", 0)) > options.licenses:
        parser.error("more credentials or users than licenses")
    return Start(
        numbers=numbers,
        licenses=options.licenses,
        quota=options.quota,
        latency_ms=options.latency_ms,
        jitter_ms=options.jitter_ms,
        directory=not options.no_directory,
        seed=options.seed,
        switches=switches,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run until told to end; 0 when that went well."""
    parser = _parser()
    options = parser.parse_args(arguments)
    start = _start(parser, options)
    try:
        _run(options, [World(start, api_key=options.api_key) for _each in range(options.subscriptions)])
    except KeyboardInterrupt:
        return 0
    except ResourceError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        print(f"Cannot listen on {options.host}:{options.port}: {os.strerror(error.errno)}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
