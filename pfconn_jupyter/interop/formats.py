"""What a connection looks like in a file: secrets are references, never values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.interop.sdk_variables import names_of, variable_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pfconn_jupyter.interop.described import Described

    Reference = Callable[[str], str]


def as_yaml(described: Described) -> str:
    """Return our YAML, as ``%pfconn create --file`` reads it; secrets as ``${env:NAME_FIELD}``."""
    content: dict[str, object] = {"name": described.name, "type": described.record.type}
    secrets = {field: f"${{env:{variable_name(described.name, field)}}}" for field in described.secrets}
    if described.custom:
        content |= {"configs": dict(described.configs), "secrets": secrets}
    else:
        content |= {**described.configs, **secrets}
    return f"# {_origin(described)}\n{_dumped(content)}"


def _dumped(content: dict[str, object]) -> str:
    import yaml

    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)


def as_dotenv(everything: Sequence[Described], reference: Callable[[Described, str], str]) -> str:
    """Return an example of a ``.env`` file: the variables that SDKs read, secrets left open.

    Parameters
    ----------
    reference
        Returns what stands for a secret: ``""``, or where a deployed app finds it.

    Raises
    ------
    UsageProblem
        Two connections need the same variable.
    """
    owners: dict[str, str] = {}
    parts = []
    for described in everything:
        lines = [f"# {_origin(described)}"]
        for name, field in _names(described):
            if name in owners:
                raise UsageProblem(
                    f"{owners[name]} and {described.name} both need {name}: one .env file cannot hold both.",
                    "Export them to two files, or to a folder: --to FOLDER/.",
                )
            owners[name] = described.name
            value = reference(described, field) if field in described.secrets else described.configs[field]
            lines.append(f"{name}={_quoted(value)}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _names(described: Described) -> list[tuple[str, str]]:
    """Return (variable, field) of what the connection has; the first name that SDKs read."""
    has = [*described.configs, *described.secrets]
    fields = has if described.custom else [field for field in described.cls.asks() if field in has]
    return [(names[0], field) for field in fields if (names := names_of(described.cls, described.name, field))]


def _quoted(value: str) -> str:
    plain = all(c.isalnum() or c in "-_./:@()=;,+%" for c in value)
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _origin(described: Described) -> str:
    record = described.record
    return f"{record.name} ({record.type}), {record.scope}, from {record.store}"
