"""Every refusal of Key Vault and of azure.core, in words that say what to do.

An azure exception holds the whole answer, and its frames hold what was sent. None is ever
passed on, nor chained: `calling` reads status and codes, and raises ours outside the handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pfconn_jupyter.errors import ConnectionExists, ConnectionNotFound, PfconnError, StoreUnavailable
from pfconn_jupyter.stores.keyvault import answers, network, refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.stores.keyvault.doing import Doing

T = TypeVar("T")
_SERVER = "Repeat in a minute; https://status.azure.com tells of outages."


def calling(doing: Callable[[], Doing], ask: Callable[[], T]) -> T:
    """Return ``ask()``.

    Parameters
    ----------
    doing
        Asked only if something fails: it is known then who was asking.

    Raises
    ------
    ConnectionNotFound, ConnectionExists, AccessDenied, StoreUnavailable
    """
    from azure.core.exceptions import AzureError, DeserializationError, SerializationError

    try:
        return ask()
    except PfconnError:
        raise
    # ValueError: the challenge of a host that is no vault, and what cannot be read as JSON.
    except (AzureError, SerializationError, DeserializationError, ValueError, OSError) as error:
        told = in_words(error, doing())
    raise told


def in_words(error: Exception, doing: Doing) -> PfconnError:
    """Return our error for one of azure.core, of the challenge, or of the system."""
    status = getattr(error, "status_code", None)
    for cls in type(error).__mro__:
        # A refusal of the service is told by its status, whatever class came of it.
        if cls.__name__ in WORDS and not (status and cls.__name__ in _BY_STATUS):
            return WORDS[cls.__name__](error, doing)
        if status and cls.__name__ in _BY_STATUS:
            return _by_status(error, doing)
    return _unexpected(error, doing)


def _by_status(error: Any, doing: Doing) -> PfconnError:
    status = int(error.status_code)
    refusal = answers.read(error)
    if say := _SAID.get(status):
        return say(refusal, doing)
    if status >= 500:
        return StoreUnavailable(f"{doing.vault.name} answers with an error of its own (HTTP {status}).", _SERVER)
    if status < 400:
        return (_redirected if status >= 300 else _unreadable)(error, doing)
    return refusals.not_taken(refusal, doing)


def _no_token(error: Any, doing: Doing) -> PfconnError:
    """Without an answer of the vault, it was the credential."""
    return network.sign_in(error, doing.vault)


def _unsent(error: Any, doing: Doing) -> PfconnError:
    return network.unreachable(error, doing.vault, writing=doing.writes)


def _unanswered(error: Any, doing: Doing) -> PfconnError:
    return network.cut(error, doing.vault, writing=doing.writes)


def _unreadable(_: Any, doing: Doing) -> PfconnError:
    return StoreUnavailable(
        f"The answer of {doing.vault.name} cannot be read: it is cut, or something else answers in its place.",
        "Repeat. If it stays, a proxy may answer in its place: compare HTTPS_PROXY and NO_PROXY.",
    )


def _redirected(_: Any, doing: Doing) -> PfconnError:
    return StoreUnavailable(
        f"{doing.vault.name} was led elsewhere; no vault does that, and nothing was sent there.",
        "A proxy or a sign-in page of the network may stand in between: compare HTTPS_PROXY and NO_PROXY.",
    )


def _unsendable(_: Any, doing: Doing) -> PfconnError:
    return StoreUnavailable(
        f"The request to {doing.vault.name} could not be written.",
        "Compare the values; if they are right, report this.",
    )


def _other_domain(error: Any, doing: Doing) -> PfconnError:
    if type(error) is not ValueError:
        return _unreadable(error, doing)
    return StoreUnavailable(
        f"{doing.vault.url} does not answer as a Key Vault of its domain; no token was sent.",
        "Compare the address. A proxy may also answer in its place: compare HTTPS_PROXY and NO_PROXY.",
    )


def _taken(_: Any, doing: Doing) -> PfconnError:
    return ConnectionExists(f"{doing.what or 'It'} exists already in {doing.vault.name}.", "See %pfconn list.")


def _missing(_: Any, doing: Doing) -> PfconnError:
    what = f"There is no connection {doing.what!r} in" if doing.what else "That is not in"
    return ConnectionNotFound(f"{what} {doing.vault.name}.", "See %pfconn list.")


def _unexpected(error: Any, doing: Doing) -> PfconnError:
    return StoreUnavailable(
        f"{doing.vault.name} could not be used ({type(error).__name__}).", "Repeat; if it stays, report this."
    )


_SAID = {
    401: refusals.unauthorized,
    403: refusals.forbidden,
    404: _missing,
    409: refusals.conflict,
    429: refusals.throttled,
}
# Refusals of the service come as these, with a status.
_BY_STATUS = frozenset(
    {
        "HttpResponseError",
        "ClientAuthenticationError",
        "ResourceExistsError",
        "ResourceNotFoundError",
        "ResourceModifiedError",
        "ResourceNotModifiedError",
        "ODataV4Error",
    }
)
WORDS: dict[str, Callable[[Any, Doing], PfconnError]] = {
    "ServiceRequestTimeoutError": _unsent,
    "ServiceRequestError": _unsent,
    "ServiceResponseTimeoutError": _unanswered,
    "ServiceResponseError": _unanswered,
    "IncompleteReadError": _unanswered,
    "DecodeError": _unreadable,
    "ClientAuthenticationError": _no_token,
    "ResourceExistsError": _taken,
    "ResourceNotFoundError": _missing,
    "ResourceModifiedError": _unreadable,
    "ResourceNotModifiedError": _unreadable,
    "TooManyRedirectsError": _redirected,
    "ODataV4Error": _unreadable,
    "HttpResponseError": _unreadable,
    "StreamConsumedError": _unreadable,
    "StreamClosedError": _unreadable,
    "ResponseNotReadError": _unreadable,
    "SerializationError": _unsendable,
    "DeserializationError": _unreadable,
    "AzureError": _unexpected,
    "ValueError": _other_domain,
    "OSError": _unsent,
}
"""Class of azure.core.exceptions, or of Python, to its words where there is no status."""
