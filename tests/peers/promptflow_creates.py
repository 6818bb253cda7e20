"""Run by the real prompt flow: ``pf connection create --file`` for many files in one process; prints what it reads."""

import json
import sys

from promptflow._cli._pf.entry import main
from promptflow.client import PFClient

told = {}
for file, settings in json.load(sys.stdin):
    sys.argv = ["pf", "connection", "create", "--file", file, *(["--set", *settings] if settings else [])]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
for each in PFClient().connections.list(all_results=True):
    read = PFClient().connections.get(each.name, with_secrets=True)
    told[read.name] = {"type": read.type, "configs": dict(read.configs), "secrets": dict(read.secrets)}
print()
print(json.dumps(told))
