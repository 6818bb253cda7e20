"""Connections as Azure Resource Manager keeps them, and back. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import type_name
from pfconn_jupyter.connections.type_words import parted
from pfconn_jupyter.errors import FieldProblem, InvalidConnection
from pfconn_jupyter.stores.azureml.forms import (
    CUSTOM_KEYS,
    FLOW,
    OURS,
    Form,
    form_named,
    form_of_category,
    form_of_type,
    key_of,
)
from pfconn_jupyter.stores.azureml.resource import moment_said

if TYPE_CHECKING:
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.stores.azureml.resource import Resource

_NO_TARGET = "_"
"""What prompt flow writes where there is no address."""
_ENTRA, _KEY = "aad", ("apikey", "customkeys")
# The service says these; sent back, it would refuse them or take them for ours.
_READ_ONLY = ("createdByWorkspaceArmId", "error", "group", "peStatus", "credentials")
_WRITTEN = ("category", "authType", "target", "isSharedToAll", "metadata", "expiryTime")


@dataclass(frozen=True)
class Content:
    """What a workspace connection is to us, without its secrets.

    Attributes
    ----------
    type
        Ours, or the service's own word where we have none.
    auth
        ``key`` or ``meid_token``, or the service's own word.
    problem
        Why it cannot be used here, or ``""``.
    """

    type: str
    auth: str
    configs: dict[str, str] = field(default_factory=dict)
    problem: str = ""


def content_of(resource: Resource) -> Content:
    """Return what ``resource`` is; raises for nothing."""
    form, word = _form(resource)
    if form is None:
        shown = (word or "nothing")[:64]
        problem = f"No connection type here is {shown}: see and change it in Azure ML studio, or with az ml connection."
        return Content(shown, _auth(resource), problem=problem)
    configs = _configs(resource, form)
    auth = configs.get("auth_mode", _auth(resource))
    return Content(form.type, auth, configs, _problem(resource, form, auth))


def secrets_of(resource: Resource, content: Content) -> dict[str, Secret]:
    """Return the secrets by our names of them."""
    if content.type == "custom":
        return dict(resource.secrets)
    if content.auth == "meid_token":
        return {}
    names = {"key": "api_key"} if not _is_custom(resource) else {}
    return {names.get(name, name): secret for name, secret in resource.secrets.items()}


def record_of(resource: Resource, store: str) -> ConnectionRecord:
    """Return the record of a workspace connection in the store of this address."""
    content = content_of(resource)
    return ConnectionRecord(
        name=resource.name,
        type=content.type,
        scope="shared" if resource.shared else "restricted",
        store=store,
        owner=resource.owner,
        auth=content.auth,
        configs=content.configs,
        rev=resource.rev,
        created=resource.created,
        updated=resource.updated,
        expires=resource.expires,
        problem=content.problem,
    )


def properties_of(
    connection: Connection, scope: Scope, expires: datetime | None, before: Resource | None = None
) -> dict[str, Any]:
    """Return the properties to send: plain, but for the secrets, which are still `Secret`.

    Parameters
    ----------
    before
        What is there. What we do not know of it is kept: flow's own metadata, private endpoints, sharing lists.

    Raises
    ------
    InvalidConnection
        A config has a name that is prompt flow's own.
    """
    # One that was opened without its type is written as what it is.
    type_, _ = parted(connection.stored_type)
    form = form_of_type(type_)
    if before is not None and content_of(before).type != type_:
        before = None
    # An old connection of another type in custom keys stays as prompt flow reads it.
    custom = form.category == CUSTOM_KEYS or (before is not None and _is_custom(before))
    kept = {k: v for k, v in before.properties.items() if k not in (*_READ_ONLY, *_WRITTEN)} if before else {}
    written = {
        **kept,
        "category": CUSTOM_KEYS if custom else form.category,
        "target": connection.configs.get(form.target) or _NO_TARGET,
        "isSharedToAll": scope == "shared",
        "metadata": {**_foreign(before, type_), **_metadata(connection, form, custom=custom)},
        **({"expiryTime": moment_said(expires)} if expires else {}),
    }
    secrets = connection.secrets
    # az ml connection writes custom ones with a single key so.
    single = custom and before is not None and before.auth_type.lower() == "apikey" and [*secrets] == ["key"]
    if custom and not single:
        return {**written, "authType": CUSTOM_KEYS, "credentials": {"keys": secrets}}
    if connection.auth == "meid_token":
        return {**written, "authType": "AAD"}
    return {**written, "authType": "ApiKey", "credentials": {"key": secrets.get("api_key") or secrets.get("key")}}


def _form(resource: Resource) -> tuple[Form | None, str]:
    """Return the form, and the service's word for it."""
    # Old connections of every type stand in custom keys; this key says which. It goes before the category.
    if word := resource.meta(f"{FLOW}connection_type"):
        return form_named(word), word
    return form_of_category(resource.category, resource.meta("Kind")), _word(resource)


def _word(resource: Resource) -> str:
    kind = resource.meta("Kind")
    return f"{resource.category} ({kind})" if kind else resource.category


def _is_custom(resource: Resource) -> bool:
    return resource.category.lower() == CUSTOM_KEYS.lower()


def _auth(resource: Resource) -> str:
    word = resource.auth_type.lower()
    return "meid_token" if word == _ENTRA else "key" if word in _KEY else resource.auth_type


def _problem(resource: Resource, form: Form, auth: str) -> str:
    if type_name(form.type) is None:
        return f"The type {form.type} is not known here: install the package that brings it."
    if auth == "meid_token" and not form.entra:
        return f"It signs in with Microsoft Entra ID, which {form.type} connections do not."
    if resource.auth_type.lower() not in (_ENTRA, *_KEY):
        return f"It signs in by {resource.auth_type[:40] or 'no known way'}, which connections here do not."
    return ""


def _configs(resource: Resource, form: Form) -> dict[str, str]:
    if form.type == "custom":
        return {k: v for k, v in resource.metadata.items() if not k.lower().startswith(FLOW)}
    found: dict[str, str] = {}
    if form.target:
        target = resource.meta(form.target) if _is_custom(resource) else ""
        found[form.target] = (target or resource.target).removeprefix(_NO_TARGET).rstrip("/")
    if form.entra:
        found["auth_mode"] = (resource.meta("auth_mode") if _is_custom(resource) else "") or _auth(resource)
    for name in form.fields:
        found[name] = (resource.meta(name) if _is_custom(resource) else "") or resource.meta(key_of(name))
    found |= {k[len(OURS) :]: v for k, v in resource.metadata.items() if k.lower().startswith(OURS)}
    if form.version and not found.get("api_version"):
        found["api_version"] = form.version
    # The studio writes "Azure", prompt flow "azure".
    if found.get("api_type"):
        found["api_type"] = found["api_type"].lower()
    return {name: value for name, value in found.items() if value}


def _metadata(connection: Connection, form: Form, *, custom: bool) -> dict[str, str]:
    """Return the configs as metadata, with what tells the type."""
    configs = connection.configs
    if form.type == "custom":
        for name in configs:
            if name.lower().startswith(FLOW):
                problem = f"is a name of prompt flow's own: what begins with {FLOW} is not a config there."
                raise InvalidConnection([FieldProblem(name, problem, "Give it another name.")])
        return configs
    plain = {name: value for name, value in configs.items() if name not in (form.target, "auth_mode")}
    if custom:
        named = {form.target: configs[form.target]} if form.target in configs else {}
        named |= {"auth_mode": connection.auth} if form.entra else {}
        told = {f"{FLOW}connection_type": form.flow, f"{FLOW}module": form.module, **named}
        return told | {name if name in form.fields else OURS + name: value for name, value in plain.items()}
    told = {"Kind": form.kind} if form.kind else {}
    keys = {name: key_of(name) for name in form.fields}
    return told | {keys.get(name, OURS + name): value for name, value in plain.items()}


def _foreign(before: Resource | None, type: str) -> dict[str, str]:
    """Return the metadata that is not ours to write."""
    if before is None:
        return {}
    if type == "custom":
        return {k: v for k, v in before.metadata.items() if k.lower().startswith(FLOW)}
    form = form_of_type(type)
    ours = {"kind", "auth_mode", form.target, *form.fields, *(key_of(f).lower() for f in form.fields)}
    if _is_custom(before):
        ours |= {f"{FLOW}connection_type", f"{FLOW}module"}
    return {k: v for k, v in before.metadata.items() if k.lower() not in ours and not k.lower().startswith(OURS)}
