"""Why there is no token, by the message of azure.identity."""

from __future__ import annotations

import pytest

from pfconn_jupyter.identity.no_token import NOBODY, why_no_token

FAILED = "DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n"
UNSET = (
    "\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not set.\n"
)
NO_WORKLOAD = "\tWorkloadIdentityCredential: WorkloadIdentityCredential authentication unavailable. The options are.\n"


def environment(code):
    return (
        f"{FAILED}\tEnvironmentCredential: Authentication failed: AADSTS{code}: Sorry, app 5b54bfd4. Trace ID: 8290\n"
    )


@pytest.mark.parametrize(
    ("code", "problem", "hint"),
    [
        (7000215, "client secret of the service principal is wrong", "AZURE_CLIENT_SECRET"),
        (7000222, "client secret of the service principal has expired", "az ad app credential reset"),
        (700016, "does not know the application of AZURE_CLIENT_ID", "not its object id"),
        (7000229, "no service principal in the tenant", "az ad sp create"),
        (7000112, "disabled", "administrator"),
        (90002, "no tenant", "AZURE_TENANT_ID"),
        (700027, "certificate", "certificate"),
        (53003, "Conditional Access", "administrator"),
        (700213, "this workload", "federated-credential"),
        (999999, "refused the sign-in of the service principal", "error?code=999999"),
    ],
)
def test_a_service_principal_is_told_what_failed(code, problem, hint):
    told = why_no_token(environment(code))
    assert problem in told[0]
    assert f"(AADSTS{code})." in told[0]
    assert hint in told[1]
    assert "Trace" not in str(told)
    assert "5b54bfd4" not in str(told)


def test_a_service_principal_that_got_no_answer():
    problem, hint = why_no_token(f"{FAILED}\tEnvironmentCredential: Authentication failed: HTTP Error: 503\n")
    assert "no answer of Microsoft Entra ID" in problem
    assert "HTTPS_PROXY" in hint


def test_nobody_is_signed_in():
    assert why_no_token(f"{FAILED}{UNSET}{NO_WORKLOAD}\tAzureCliCredential: Please run 'az login'") == NOBODY
    assert why_no_token("") == NOBODY


def test_a_refusal_of_another_way_is_not_the_service_principals():
    text = f"{FAILED}{UNSET}\tAzureCliCredential: ERROR: AADSTS50173: The provided grant has expired."
    assert "expired" in why_no_token(text)[0]
    assert "%pfconn login" in why_no_token(text)[1]
