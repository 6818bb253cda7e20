"""Where Microsoft Entra ID signs in: service principals by a secret, people by a device code.

Enough of it for azure.identity as it is. Words and codes of the refusals are those that
learn.microsoft.com/entra/identity-platform/reference-error-codes gives.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pfconn_jupyter.testing.keyvault.tokens import encode
from pfconn_jupyter.testing.keyvault.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.testing.keyvault.identities import Identity
    from pfconn_jupyter.testing.keyvault.tokens import Tokens
    from pfconn_jupyter.testing.keyvault.wire import Request

LINK = "https://microsoft.com/devicelogin"
_ANY_TENANT = ("organizations", "common")
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_LIFETIME = 900


class Refused(Exception):
    """Entra ID's no: an OAuth error, the number behind AADSTS and its words."""

    def __init__(self, error: str, code: int, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error, self.code, self.status = error, code, status

    def answer(self) -> Answer:
        """Return it as it is sent."""
        trace = str(uuid.uuid4())
        told = {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {self} Trace ID: {trace} Correlation ID: {uuid.uuid4()}",
            "error_codes": [self.code],
            "trace_id": trace,
        }
        return Answer(self.status, json.dumps(told).encode())


@dataclass
class Code:
    """A device code: who used it, ``""`` for nobody yet, and the OAuth error where it was declined."""

    user_code: str
    used_by: str = ""
    declined: bool = False


class Login:
    """Signs in the identities of one directory."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.host = urlsplit(tokens.cloud.authority).hostname or ""
        self.codes: dict[str, Code] = {}
        self._refreshing: dict[str, str] = {}

    def operation(self, request: Request) -> str:
        """Return what is asked: ``token``, ``device_code`` or ``discovery``."""
        return {"token": "token", "devicecode": "device_code"}.get(
            request.path[-1] if request.path else "", "discovery"
        )

    def answer(self, request: Request) -> tuple[Answer, str]:
        """Return the answer, and who signed in or ``""``."""
        try:
            found, name = self._found(request)
        except Refused as refused:
            return refused.answer(), ""
        return Answer(200, json.dumps(found).encode()), name

    def _found(self, request: Request) -> tuple[dict[str, Any], str]:
        tenant, *rest = request.path or ("",)
        if rest == ["discovery", "instance"]:
            return self._instance(), ""
        self._check_tenant(tenant)
        if rest == ["v2.0", ".well-known", "openid-configuration"]:
            return self._configuration(tenant), ""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if rest == ["oauth2", "v2.0", "devicecode"]:
            return self._new_code(), ""
        grants: dict[str, Callable[[dict[str, str]], Identity]] = {
            "client_credentials": self._by_secret,
            _DEVICE: self._by_code,
            "refresh_token": self._by_refresh,
        }
        grant = grants.get(form.get("grant_type", ""))
        if rest != ["oauth2", "v2.0", "token"] or grant is None:
            raise Refused("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        identity = grant(form)
        return self._signed_in(identity, form), identity.name

    def _check_tenant(self, tenant: str) -> None:
        if tenant not in (*_ANY_TENANT, self._tokens.directory.tenant, "contoso.onmicrosoft.com"):
            raise Refused("invalid_tenant", 90002, f"Tenant '{tenant}' not found.")

    def _instance(self) -> dict[str, Any]:
        root = f"https://{self.host}/{self._tokens.directory.tenant}"
        return {
            "tenant_discovery_endpoint": f"{root}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": self.host, "preferred_cache": self.host, "aliases": [self.host]}],
        }

    def _configuration(self, tenant: str) -> dict[str, Any]:
        root = f"https://{self.host}/{tenant}"
        return {
            "issuer": f"https://{self.host}/{self._tokens.directory.tenant}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
        }

    def _by_secret(self, form: dict[str, str]) -> Identity:
        client = form.get("client_id", "")
        identity = self._tokens.directory.find(client)
        if identity is None or identity.kind != "service_principal":
            tenant = self._tokens.directory.tenant
            text = f"Application with identifier '{client}' was not found in the directory '{tenant}'."
            raise Refused("unauthorized_client", 700016, text)
        if not hmac.compare_digest(form.get("client_secret", "").encode(), identity.client_secret.encode()):
            text = (
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
                f"value, not the client secret ID, for a secret added to app '{client}'."
            )
            raise Refused("invalid_client", 7000215, text, 401)
        if identity.secret_expired:
            text = f"The provided client secret keys for app '{client}' are expired."
            raise Refused("invalid_client", 7000222, text, 401)
        return identity

    def _new_code(self) -> dict[str, Any]:
        device = secrets.token_urlsafe(24)
        code = self.codes[device] = Code("".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(9)))
        return {
            "user_code": code.user_code,
            "device_code": device,
            "verification_uri": LINK,
            "expires_in": _LIFETIME,
            "interval": 1,
            "message": f"To sign in, use a web browser to open the page {LINK} and enter the code {code.user_code}.",
        }

    def _by_code(self, form: dict[str, str]) -> Identity:
        code = self.codes.get(form.get("device_code", ""))
        if code is None:
            raise Refused("bad_verification_code", 70018, "Invalid verification code.")
        if code.declined:
            raise Refused("authorization_declined", 65004, "User declined to consent to access the app.")
        if not code.used_by:
            raise Refused("authorization_pending", 70016, "OAuth 2.0 device flow: authorization is pending.")
        return self._tokens.directory.get(code.used_by)

    def _by_refresh(self, form: dict[str, str]) -> Identity:
        name = self._refreshing.get(form.get("refresh_token", ""))
        if name is None:
            raise Refused("invalid_grant", 700082, "The refresh token has expired due to inactivity.")
        return self._tokens.directory.get(name)

    def _signed_in(self, identity: Identity, form: dict[str, str]) -> dict[str, Any]:
        scopes = form.get("scope", "").split()
        resource = next((s.removesuffix("/.default") for s in scopes if s.endswith("/.default")), "")
        token, expires = self._tokens.mint(identity, resource)
        answer = {"token_type": "Bearer", "expires_in": expires - self._tokens.now(), "access_token": token}
        return answer if identity.kind != "user" else {**answer, **self._of_person(identity, form, resource)}

    def _of_person(self, identity: Identity, form: dict[str, str], resource: str) -> dict[str, Any]:
        now = self._tokens.now()
        claims = {
            "iss": f"https://{self.host}/{identity.tenant}/v2.0",
            "aud": form.get("client_id", ""),
            "tid": identity.tenant,
            "oid": identity.oid,
            "sub": identity.oid,
            "preferred_username": f"{identity.name}@contoso.com",
            "iat": now,
            "exp": now + 3600,
        }
        info = {"uid": identity.oid, "utid": identity.tenant}
        refresh = secrets.token_urlsafe(32)
        self._refreshing[refresh] = identity.name
        parts = [encode(json.dumps(part).encode()) for part in ({"alg": "none", "typ": "JWT"}, claims)]
        return {
            "scope": f"{resource}/user_impersonation {resource}/.default",
            "refresh_token": refresh,
            "id_token": f"{'.'.join(parts)}.{encode(b'of-a-test-double')}",
            "client_info": base64.urlsafe_b64encode(json.dumps(info).encode()).rstrip(b"=").decode(),
        }
