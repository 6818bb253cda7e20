"""Run by the real prompt flow: its own tools, given our connections; prints what they answer."""

import json
import sys

from promptflow.client import PFClient
from promptflow.tools.aoai import chat
from promptflow.tools.azure_content_safety import analyze_text
from promptflow.tools.openai import chat as openai_chat

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import InvalidConnection
from pfconn_jupyter.interop.promptflow import from_promptflow, to_promptflow

asked = json.load(sys.stdin)
told = []


def made(kind, **fields):
    return build(connection_type(kind), fields)


def given(kind, **fields):
    return to_promptflow(made(kind, **fields), name="x", notify=told.append)


azure = given("azure_openai", api_base=asked["openai"], api_key=asked["openai_key"], deployment="gpt-4o")
openai = given("openai", base_url=asked["openai"] + "/v1", api_key=asked["openai_key"])
safety = given("azure_content_safety", endpoint=asked["safety"], api_key=asked["safety_key"])
answers = {
    "chat": chat(azure, prompt="user:\nhi", deployment_name="gpt-4o"),
    "openai_chat": openai_chat(openai, prompt="user:\nhi", model="gpt-4o"),
    "peace": analyze_text(safety, text="peace"),
    "kill": analyze_text(safety, text="kill"),
    "told": list(told),
}

back, stored = {}, {}
for name, fields in asked["connections"].items():
    ours = made(name.partition(" ")[0], **fields)
    theirs = to_promptflow(ours, name=name, notify=lambda note: None)
    again = from_promptflow(theirs, notify=lambda note: None)
    back[name] = (again.TYPE, again.configs, again.secrets) == (ours.TYPE, ours.configs, ours.secrets)
    PFClient().connections.create_or_update(theirs)
    kept = from_promptflow(PFClient().connections.get(name, with_secrets=True), notify=lambda note: None)
    stored[name] = (kept.TYPE, kept.configs, kept.secrets) == (ours.TYPE, ours.configs, ours.secrets)

sys.path.insert(0, asked["package"])
from my_tool_package.connections import MyFirstConnection  # noqa: E402

strong = MyFirstConnection(name="strong", configs={"api_base": "x"}, secrets={"api_key": asked["openai_key"]})
ours = from_promptflow(strong)
theirs = to_promptflow(ours, name="strong")
answers["strong"] = [type(theirs).__name__, theirs.api_key == asked["openai_key"], theirs.api_base]
answers["strong configs"] = ours.configs
del sys.modules["my_tool_package.connections"]
told.clear()
answers["strong, not imported"] = type(to_promptflow(ours, notify=told.append)).__name__
answers["strong told"] = list(told)
try:
    from_promptflow(PFClient().connections.get("serp", with_secrets=False))
except InvalidConnection as error:
    answers["masked"] = str(error)
print(json.dumps({**answers, "back": back, "stored": stored}))
