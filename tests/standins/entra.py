"""The device-code endpoints of Microsoft Entra ID, for the unmodified azure.identity."""

from __future__ import annotations

import base64
import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import trustme

from pfconn_jupyter.identity import credentials
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

TENANT = "72f988bf-0000-4000-8000-2d7cd011db47"
OBJECT_ID = "0b1e0c1e-0000-4000-8000-00000000a11a"
CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
USER_CODE, DEVICE_CODE = "QX7T9KPLM", "dev1ce-c0de-AAQABAAEAAAD-Zx81"
REFRESH_TOKEN = "0.refresh-AXoA-Kq93-secret-part"
LINK = "https://microsoft.com/devicelogin"


def jwt(**claims: Any) -> str:
    def part(found: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(found).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.c2lnbmF0dXJlLW9mLWVudHJh"


def access_token(audience: str = "https://vault.azure.net", **claims: Any) -> str:
    told = {"aud": audience, "tid": TENANT, "oid": OBJECT_ID, "upn": "ana@contoso.com", "scp": "user_impersonation"}
    return jwt(**told, exp=4102444800, **claims)


def refusal(error: str, code: int, text: str = "Sorry. ana@contoso.com 10.1.2.3") -> Reply:
    """Return a refusal as Entra ID words it, with ids and a name in its text."""
    description = f"AADSTS{code}: {text} Trace ID: 255d1aef-8c98 Correlation ID: d0ec3f27"
    return Reply(400, {"error": error, "error_description": description, "error_codes": [code]})


PENDING = refusal("authorization_pending", 70016)
DECLINED = refusal("authorization_declined", 70018000)


class Entra(Service):
    """Signs ana in when ``token`` was answered; what it says then can be scripted with ``answers``."""

    def __init__(self, certificate: trustme.LeafCert, tenant: str = "organizations") -> None:
        super().__init__(certificate)
        self.authority = self.url.removeprefix("https://")
        self.tenant(tenant)

    def tenant(self, tenant: str) -> None:
        root = f"{self.url}/{tenant}"
        configuration = {
            "issuer": f"{self.url}/{TENANT}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
        }
        self.on(f"/{tenant}/v2.0/.well-known/openid-configuration", Reply(200, configuration))
        self.codes(Reply(200, self.code()), tenant=tenant)
        self.answers(Reply(200, self.tokens()), tenant=tenant)

    def codes(self, *replies: Reply, tenant: str = "organizations") -> None:
        self.on(f"/{tenant}/oauth2/v2.0/devicecode", *replies)

    def answers(self, *replies: Reply, tenant: str = "organizations") -> None:
        self.on(f"/{tenant}/oauth2/v2.0/token", *replies)

    @staticmethod
    def code(seconds: int = 900) -> dict[str, Any]:
        told = f"To sign in, use a web browser to open the page {LINK} and enter the code {USER_CODE}."
        return {
            "user_code": USER_CODE,
            "device_code": DEVICE_CODE,
            "verification_uri": LINK,
            "expires_in": seconds,
            "interval": 1,
            "message": told,
        }

    def tokens(self, **claims: Any) -> dict[str, Any]:
        now = int(time.time())
        info = base64.urlsafe_b64encode(json.dumps({"uid": OBJECT_ID, "utid": TENANT}).encode()).decode()
        person = {"iss": f"{self.url}/{TENANT}/v2.0", "aud": CLIENT, "tid": TENANT, "oid": OBJECT_ID, "sub": "s"}
        return {
            "token_type": "Bearer",
            "scope": "https://vault.azure.net/user_impersonation https://vault.azure.net/.default",
            "expires_in": 3600,
            "access_token": access_token(**claims),
            "refresh_token": REFRESH_TOKEN,
            "id_token": jwt(**person, preferred_username="ana@contoso.com", iat=now, exp=now + 3600),
            "client_info": info.rstrip("="),
        }


@contextmanager
def running(ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Entra]:
    """Yield the stand-in; azure.identity, unmodified, is led to it whatever the cloud, and trusts ``ca_file``."""
    real, authority = credentials.device_code_credential, trustme.CA()
    authority.cert_pem.write_to_path(str(ca_file))
    with Entra(authority.issue_cert("127.0.0.1")) as service:

        def led(prompt: Any, _authority: str, tenant: str | None = None) -> Any:
            options = {"disable_instance_discovery": True, "connection_verify": str(ca_file), "retry_total": 0}
            # With a port, Python 3.10 takes a bare host for a scheme.
            return real(prompt, f"https://{service.authority}", tenant, **options)

        monkeypatch.setattr(credentials, "device_code_credential", led)
        yield service
    credentials.sign_out()
