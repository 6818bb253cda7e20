"""Run by the real prompt flow: the code of ``%pfconn snippet --for promptflow``, and its chat; prints what came."""

import json
import sys

from promptflow.tools.aoai import chat

asked = json.load(sys.stdin)
told = {}
for name, code in asked["codes"].items():
    cell = {}
    exec(code, cell)
    ours, theirs = cell["conn"], cell["connection"]
    plain = {field: secret.reveal() for field, secret in ours.secrets.items()}
    # With Microsoft Entra ID it has a key of None.
    kept = {field: value for field, value in theirs.secrets.items() if value}
    told[name] = [type(theirs).__module__, type(theirs).__name__, kept == plain]
    if name == "azure_openai":
        told["answer"] = chat(theirs, prompt="user:\nhi", deployment_name="gpt-4o")
print(json.dumps(told))
