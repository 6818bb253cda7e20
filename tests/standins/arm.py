"""Azure Resource Manager's answer about an Azure ML workspace."""

from __future__ import annotations

from typing import Any

from standins.service import Reply

SUBSCRIPTION = "6b1f6dd5-1111-4222-8333-c0ffee000001"
GROUP, NAME = "rg-ml.team_1", "ml-team"
_OF = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers"
ID = f"{_OF}/Microsoft.MachineLearningServices/workspaces/{NAME}"
CONFIG = {"subscription_id": SUBSCRIPTION, "resource_group": GROUP, "workspace_name": NAME}
VAULT_ID = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/{GROUP}/providers/Microsoft.Keyvault/vaults/Contoso"


def workspace(vault: Any = VAULT_ID) -> Reply:
    properties = {
        "friendlyName": NAME,
        "keyVault": vault,
        "discoveryUrl": "https://westeurope.api.azureml.ms/discovery",
    }
    return Reply(200, {"id": ID, "name": NAME, "location": "westeurope", "kind": "Default", "properties": properties})


def refused(status: int, code: str, **headers: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": f"The client 'ana' {code} over scope {ID}"}}, headers)
