"""A YAML text to mappings of texts: nothing is guessed, and nothing of it is quoted."""

from __future__ import annotations

from typing import Any

from pfconn_jupyter.errors import UsageProblem


def documents(text: str, source: str) -> list[dict[str, Any]]:
    """Return the mappings that a YAML text holds, at least one; every value is a text.

    Raises
    ------
    UsageProblem
        It is not YAML, not mappings, or names a key twice. Never quotes the text.
    """
    import yaml

    class Texts(yaml.BaseLoader):
        """All values as written: 1.10 stays 1.10, and 2024-10-21 is no date."""

    def mapping(loader: yaml.BaseLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(k) for k, _ in node.value]
        # PyYAML would keep the last of two equal keys and say nothing.
        for key in keys:
            if keys.count(key) > 1:
                raise UsageProblem(f"{source} names {key} twice.", "Keep one of them.")
        return loader.construct_mapping(node, deep=True)

    Texts.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        contents = list(yaml.load_all(text, Texts))  # knows no types at all
    except yaml.YAMLError as error:
        # Its text quotes the line, which may hold a key.
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise UsageProblem(
            f"{source} is not YAML{line}.", "Each line is FIELD: VALUE; see %pfconn help create."
        ) from None
    contents = [content for content in contents if content not in (None, "")]
    if not contents or not all(isinstance(content, dict) for content in contents):
        raise UsageProblem(f"{source} holds no connection.", "Each line is FIELD: VALUE; see %pfconn help create.")
    return contents
