"""Where the emulator runs: its port, its CA's file, and what a process must know to find it."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pfconn_jupyter.testing.keyvault import certificates, identity_endpoint
from pfconn_jupyter.testing.keyvault.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.testing.keyvault.server import Respond


class Host:
    """The running part; all of it is gone after `stop`."""

    def __init__(self, api: Respond, plain: Respond, leads: Callable[[str], bool], port: int) -> None:
        self._api, self._plain, self._leads, self._wanted = api, plain, leads, port
        self._port = 0
        self._ca_file = ""
        self._life = ExitStack()
        self._environ: dict[str, str | None] = {}

    def start(self) -> None:
        """Begin to answer."""
        with ExitStack() as life:
            folder = life.enter_context(tempfile.TemporaryDirectory(prefix="pfconn-keyvault-"))
            ca_file = Path(folder) / "ca.pem"
            server = Server(certificates.make(ca_file), self._api, self._plain, self._leads, self._wanted)
            server.start()
            life.callback(server.stop)
            self._ca_file, self._port = str(ca_file), server.port
            self._life = life.pop_all()

    def stop(self) -> None:
        """Stop to answer; put the environment back."""
        self.sign_out()
        self._port, self._ca_file = 0, ""
        self._life.close()

    @property
    def port(self) -> int:
        """The one port: API, proxy and identity endpoint."""
        if not self._port:
            raise RuntimeError("The emulator does not run: use it as a context manager, or start() it.")
        return self._port

    @property
    def proxy(self) -> str:
        """The proxy that leads to the vaults, and nowhere else."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> str:
        """The file with the CA's certificate."""
        assert self.port
        return self._ca_file

    def environment(self, identity: str) -> dict[str, str]:
        """Return variables with which a process, unmodified, finds the vaults and is ``identity``."""
        endpoint = f"{self.proxy}{identity_endpoint.PATH}"
        return {**self.way(), "IDENTITY_ENDPOINT": endpoint, "IDENTITY_HEADER": identity}

    def way(self) -> dict[str, str]:
        """Return variables with which a process finds the vaults, and where one signs in."""
        here = "127.0.0.1,localhost"
        return {
            # requests takes the lower case first, so a proxy of the machine's own would win.
            "HTTPS_PROXY": self.proxy,
            "https_proxy": self.proxy,
            "NO_PROXY": here,
            "no_proxy": here,
            "REQUESTS_CA_BUNDLE": self.ca_file,
            "SSL_CERT_FILE": self.ca_file,
        }

    def sign_in(self, identity: str) -> None:
        """Put `environment` into this process."""
        for name, value in self.environment(identity).items():
            self._environ.setdefault(name, os.environ.get(name))
            os.environ[name] = value

    def sign_out(self) -> None:
        """Put the environment back as it was before the first `sign_in`."""
        for name, value in self._environ.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._environ.clear()
