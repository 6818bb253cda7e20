"""Who am I to Azure: the credential of this process, whom it speaks for, and how a person signs in.

What other rooms use stands here; `device_code` is the sign-in, `no_token` and `refusals`
say what Microsoft Entra ID refuses.
"""

from pfconn_jupyter.identity.clouds import MANAGERS, default_authority, resource_manager
from pfconn_jupyter.identity.credentials import Current, Remembering, credential, me, sign_out, token_text, use
from pfconn_jupyter.identity.holder import MANAGED, PERSON, PRINCIPAL, Identity, identity_of

__all__ = [
    "MANAGED",
    "MANAGERS",
    "PERSON",
    "PRINCIPAL",
    "Current",
    "Identity",
    "Remembering",
    "credential",
    "default_authority",
    "identity_of",
    "me",
    "resource_manager",
    "sign_out",
    "token_text",
    "use",
]
