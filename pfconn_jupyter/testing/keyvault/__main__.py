"""The emulator for a shell.

::

    python -m pfconn_jupyter.testing.keyvault -- jupyter lab     # a command that finds the vault
    python -m pfconn_jupyter.testing.keyvault >env.sh & . ./env.sh   # or what to export
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from pfconn_jupyter.testing.keyvault.emulator import KeyVaultEmulator

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the emulator, and ``command`` with it; return the command's exit code."""
    args = _parser().parse_args(argv)
    emulator = KeyVaultEmulator(args.vault, lag=args.lag, round_trip=args.round_trip, port=args.port)
    for spec in args.identity:
        name, _, permissions = spec.partition("=")
        emulator.identity(name, tuple(permissions.split(",")) if permissions else None)
    name = args.identity[0].partition("=")[0] if args.identity else "alice"
    with emulator:
        environment = emulator.environment(name)
        sys.stderr.write(f"# A test double of {emulator.url}, as {name}. Nothing in it is protected or kept.\n")
        if args.command:
            return subprocess.run(args.command, env={**os.environ, **environment}, check=False).returncode  # noqa: S603
        for variable, value in environment.items():
            sys.stdout.write(f"export {variable}={shlex.quote(value)}\n")
        sys.stdout.flush()
        _wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m pfconn_jupyter.testing.keyvault", description=__doc__.split("\n")[0])
    parser.add_argument("--vault", default="contoso", help="its name (contoso)")
    parser.add_argument(
        "--identity",
        action="append",
        default=[],
        metavar="NAME[=get,list,…]",
        help="who there is, and what they may; the first one is signed in (alice, who may do everything)",
    )
    parser.add_argument("--lag", type=float, default=0.0, help="seconds that a deletion takes to show")
    parser.add_argument("--round-trip", type=float, default=0.0, help="seconds that every request takes")
    parser.add_argument("--port", type=int, default=0, help="a port of this machine (a free one)")
    parser.add_argument("command", nargs="*", help="what to run with it; without, the variables are printed")
    return parser


def _wait() -> None:
    # The default of SIGTERM would leave the folder with the CA behind.
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    over.wait()


if __name__ == "__main__":
    sys.exit(main())
