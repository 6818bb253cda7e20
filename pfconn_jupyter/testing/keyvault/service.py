"""From a request to an answer: token, limits, permission, then the operation."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING

from pfconn_jupyter.testing.keyvault import identity_endpoint, operations, refusals
from pfconn_jupyter.testing.keyvault.backups import Backups
from pfconn_jupyter.testing.keyvault.counters import Requests, Seen
from pfconn_jupyter.testing.keyvault.faults import Fault, Faults
from pfconn_jupyter.testing.keyvault.limits import API_VERSIONS
from pfconn_jupyter.testing.keyvault.login import Login
from pfconn_jupyter.testing.keyvault.refusals import Refusal
from pfconn_jupyter.testing.keyvault.wire import Answer

if TYPE_CHECKING:
    from pfconn_jupyter.testing.keyvault.identities import Identity
    from pfconn_jupyter.testing.keyvault.operations import Target
    from pfconn_jupyter.testing.keyvault.throttle import Throttle
    from pfconn_jupyter.testing.keyvault.tokens import Tokens
    from pfconn_jupyter.testing.keyvault.vault import Vault
    from pfconn_jupyter.testing.keyvault.wire import Request

_HEADERS = (
    ("Cache-Control", "no-cache"),
    ("x-ms-keyvault-region", "westeurope"),
    ("x-ms-keyvault-service-version", "0.0.0-test-double"),
    ("x-ms-keyvault-network-info", "conn_type=Ipv4;addr=203.0.113.7;act_addr_fam=InterNetwork;"),
)


class ConnectionLost(Exception):
    """The connection is to be reset instead of an answer."""


class Service:
    """Answers for all vaults; the first one also for any other host name, such as ``localhost``."""

    def __init__(self, vaults: dict[str, Vault], tokens: Tokens, throttle: Throttle) -> None:
        self.vaults, self.tokens, self.throttle = vaults, tokens, throttle
        self.faults, self.requests, self.round_trip = Faults(), Requests(), 0.0
        self.access: str = "rbac"
        self.login = Login(tokens)
        self._backups = Backups()

    def knows(self, host: str) -> bool:
        """Tell whether a vault, or who signs in, has this host name; there is no other one in the world."""
        if host.lower() == self.login.host:
            return True
        name, _, domain = host.lower().partition(".")
        return domain == self.tokens.cloud.domain and name in self.vaults

    def answer(self, request: Request) -> Answer:
        """Return the answer to ``request``.

        Raises
        ------
        ConnectionLost
        """
        if self.round_trip:
            time.sleep(self.round_trip)
        if self._host(request) == self.login.host:
            return self._sign_in(request)
        vault, base = self._vault(request)
        what = operations.target(request)
        identity, refusal = self._caller(request)
        name = what.operation if identity else "challenge"
        fault = self.faults.take(name, what.name)
        try:
            self._before(fault)
            if refusal is not None:
                raise refusal
            assert identity is not None
            answer = self._carry_out(vault, base, what, request, identity)
        except Refusal as refused:
            answer = self._refused(refused)
        except ConnectionLost:
            self.requests.add(Seen(name, vault.name, what.name, identity.name if identity else "", 0))
            raise
        self.requests.add(Seen(name, vault.name, what.name, identity.name if identity else "", answer.status))
        if fault is not None and fault.how == "lost":
            raise ConnectionLost
        return answer._replace(cut=fault is not None and fault.how == "truncated")

    def plain(self, request: Request) -> Answer:
        """Return the answer to a request that came without TLS: for a token."""
        answer, name = identity_endpoint.answer(request, self.tokens)
        self.requests.add(Seen("token", "", "", name, answer.status))
        return answer

    def _sign_in(self, request: Request) -> Answer:
        operation = self.login.operation(request)
        try:
            self._before(self.faults.take(operation, ""))
            answer, name = self.login.answer(request)
        except Refusal as refused:
            answer, name = self._refused(refused), ""
        self.requests.add(Seen(operation, "", "", name, answer.status))
        return answer

    def _carry_out(self, vault: Vault, base: str, what: Target, request: Request, identity: Identity) -> Answer:
        self.throttle.take(vault.name, what.operation)
        version = request.query.get("api-version")
        if not version:
            raise refusals.bad("api-version must be specified")
        if version not in API_VERSIONS:
            raise refusals.bad(f"The specified version ({version}) is not recognized.")
        if not what.operation:
            raise Refusal(
                405 if request.path[:1] == ("secrets",) else 404, "BadParameter", "There is no such operation."
            )
        if vault.firewall:
            raise refusals.behind_firewall(vault.name)
        self._check_permission(vault, what, identity)
        found = operations.Operations(vault, base, self._backups).carry_out(what, request)
        if found is None:
            return Answer(204, headers=self._headers())
        return Answer(200, json.dumps(found, ensure_ascii=False).encode(), self._headers())

    def _vault(self, request: Request) -> tuple[Vault, str]:
        host = self._host(request)
        if self.knows(host):
            return self.vaults[host.partition(".")[0]], f"https://{host}"
        return next(iter(self.vaults.values())), f"https://{host}"

    @staticmethod
    def _host(request: Request) -> str:
        return request.headers.get("host", "").lower().removesuffix(":443")

    def _caller(self, request: Request) -> tuple[Identity | None, Refusal | None]:
        try:
            return self.tokens.read(request.headers.get("authorization", "")), None
        except Refusal as refusal:
            return None, refusal

    def _before(self, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.how == "call" and fault.call is not None:
            fault.call()
        elif fault.how == "slow":
            time.sleep(fault.seconds)
        elif fault.how == "reset":
            raise ConnectionLost
        elif fault.how == "status":
            wait = () if fault.retry_after is None else (("Retry-After", f"{fault.retry_after:g}"),)
            raise Refusal(fault.status, fault.code, fault.message, fault.inner, wait)

    def _check_permission(self, vault: Vault, what: Target, identity: Identity) -> None:
        permission = operations.NEEDS[what.operation][0]
        if identity.may(permission, vault.name, what.name):
            return
        caller = f"appid={identity.appid};oid={identity.oid};iss=https://sts.windows.net/{identity.tenant}/"
        if self.access == "policy":
            raise refusals.forbidden(
                f"The user, group or application '{caller}' does not have secrets {permission} permission on key vault "
                f"'{vault.name};location=westeurope'. For help resolving this issue, please see "
                "https://go.microsoft.com/fwlink/?linkid=2125287",
                "AccessDenied",
            )
        resource = f"/subscriptions/0/resourcegroups/test/providers/microsoft.keyvault/vaults/{vault.name}"
        if what.name:
            resource += f"/secrets/{what.name}"
        raise refusals.forbidden(
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role "
            "definitions were changed recently, please observe propagation time.\r\n"
            f"Caller: {caller}\r\nAction: '{operations.action(what.operation)}'\r\nResource: '{resource}'\r\n"
            "Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: 'DeniedWithNoValidRBAC' \r\n"
            f"Vault: {vault.name};location=westeurope\r\n",
            "ForbiddenByRbac",
        )

    def _refused(self, refusal: Refusal) -> Answer:
        return Answer(refusal.status, refusal.body(), (*self._headers(), *refusal.headers))

    def _headers(self) -> tuple[tuple[str, str], ...]:
        return (*_HEADERS, ("x-ms-request-id", str(uuid.uuid4())))
