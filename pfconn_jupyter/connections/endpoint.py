"""The rules of an address that a secret is sent to."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

MISSING = "is missing."
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def rule(problem: str, hint: str, suggestion: str | None = None, field: str = "") -> PydanticCustomError:
    """Return a validation error that carries its hint; `build` turns it into a `FieldProblem`.

    ``field`` says beside which field it belongs, where the rule looks at several.
    """
    # pydantic fills {braces} in the message from the context: keep the text out of it.
    context = {"problem": problem, "hint": hint, "suggestion": suggestion, "field": field}
    return PydanticCustomError("rule", "{problem}", context)


def check_endpoint(value: str) -> str:
    """Return the address without trailing slashes, if a secret may be sent there."""
    text = _checked(value)
    parts = urlsplit(text)
    if any(c.isspace() for c in text) or parts.query or parts.fragment:
        kept = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
        raise rule("has something behind the address.", f"Keep {kept}.", kept)
    return text


def only_host(value: str) -> str:
    """Like `check_endpoint`, for services whose address has no path."""
    text = _checked(value)
    parts = urlsplit(text)
    if parts.path.strip("/") or parts.query or parts.fragment:
        kept = f"{parts.scheme}://{parts.netloc}"
        raise rule("must be only the resource's address.", f"Keep {kept}.", kept)
    return text


def host_of(url: str) -> str:
    """Return the host and port of ``url``, as said to a person."""
    return urlsplit(url).netloc


def is_known_host(url: str, endings: tuple[str, ...]) -> bool:
    """Tell whether the host of ``url`` is loopback or ends with one of ``endings``."""
    host = urlsplit(url).hostname or ""
    return host in LOOPBACK or any(host == e.lstrip(".") or host.endswith(e) for e in endings)


def _checked(value: str) -> str:
    text = value.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise rule("is not an address.", "It looks like https://contoso.openai.azure.com.") from None
    if "://" not in text and "." in text:
        raise rule("has no https:// before it.", f"Write https://{text}.", f"https://{text}")
    # urllib3 and browsers take a backslash for the end of the host, urlsplit for a part of it.
    if parts.scheme not in ("https", "http") or not host or "\\" in text:
        raise rule("is not an address.", "It looks like https://contoso.openai.azure.com.")
    if "@" in parts.netloc:
        raise rule("has a user name or password in it.", "Keep only https:// and the host; the key has its own field.")
    if parts.scheme == "http" and host not in LOOPBACK:
        secure = "https" + text[4:]
        raise rule("sends the key unencrypted (http).", f"Write {secure}.", secure)
    return text


Endpoint = Annotated[str, AfterValidator(check_endpoint)]
HostEndpoint = Annotated[str, AfterValidator(only_host)]
