"""Microsoft Entra tokens of one run: asked for once per scope, also when the answer is no."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from pfconn_jupyter.checks.outcome import Verdict
from pfconn_jupyter.connections.probe import EntraToken
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from pfconn_jupyter.connections.probe import Probe

TOKEN_BUDGET = 60.0
"""Seconds that signing in may take: DefaultAzureCredential tries one way after the other."""


class Tokens:
    """Fetches tokens and remembers them, or the refusal, for the time of a run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Secret | Verdict] = {}

    @staticmethod
    def needed_by(probe: Probe) -> bool:
        """Tell whether ``probe`` cannot be sent without a token."""
        return any(isinstance(value, EntraToken) for value in probe.headers.values())

    def fill(self, probe: Probe) -> tuple[Probe, list[Secret]] | Verdict:
        """Return ``probe`` with its tokens in place, and the tokens; or why there is none."""
        headers = dict(probe.headers)
        tokens = []
        for name, value in headers.items():
            if isinstance(value, EntraToken):
                token = self._token(value.scope)
                if isinstance(token, Verdict):
                    return token
                headers[name] = token.prefixed("Bearer ")
                tokens.append(token)
        return replace(probe, headers=headers), tokens

    def give_up(self, probe: Probe) -> Verdict:
        """Return the verdict on a token that did not come in time; the rest of the run does not wait for it again."""
        late = no_token("no answer in time")
        for value in probe.headers.values():
            if isinstance(value, EntraToken):
                self._known.setdefault(value.scope, late)
        return late

    def _token(self, scope: str) -> Secret | Verdict:
        if (known := self._known.get(scope)) is not None:
            return known
        # Held while asking: a hundred connections wait for one answer instead of asking a hundred times.
        with self._lock:
            if scope not in self._known:
                self._known[scope] = _ask(scope)
            return self._known[scope]


def _ask(scope: str) -> Secret | Verdict:
    from pfconn_jupyter import identity

    try:
        return Secret(identity.token_text(scope))
    except PfconnError as error:
        return Verdict("not_checked", error.problem, error.hint)
    except Exception as error:  # noqa: BLE001  azure.core's, of every kind
        return no_token(type(error).__name__)


def no_token(why: str) -> Verdict:
    """Return the verdict where Entra ID was asked in vain."""
    return Verdict(
        "not_checked",
        f"Microsoft Entra ID gave no token ({why})",
        "Sign in with %pfconn login or az login, and compare the network and proxy settings.",
    )
