"""`Connections`, as a script uses it: no notebook in sight."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timezone

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter import api, errors

HOST = "https://contoso.openai.azure.com"
KEY = "k3y-0123456789"


@pytest.fixture
def stored():
    pfconn.create("azure_openai", "my_aoai", api_base=HOST, api_key=KEY)
    return pfconn.connections()


def test_create_returns_a_record_without_the_secret():
    record = pfconn.create("azure_openai", "my_aoai", endpoint=HOST, api_key=KEY)
    assert (record.name, record.scope, record.store) == ("my_aoai", "private", "local:")
    assert KEY not in repr(record)


def test_a_script_is_warned_of_what_was_changed():
    with pytest.warns(pfconn.PfconnWarning, match="blanks or line ends"):
        pfconn.create("openai", "x", api_key=f"{KEY}\n")


def test_get_finds_a_name_by_its_fold(stored):
    assert pfconn.get("My-Aoai").name == "my_aoai"


def test_a_missing_name_tells_the_nearest(stored):
    with pytest.raises(errors.ConnectionNotFound, match="Did you mean my_aoai"):
        pfconn.get("my_aoia")


def test_an_empty_store_tells_where_it_looked_and_how_to_say_where():
    with pytest.raises(errors.ConnectionNotFound, match="PFCONN_STORE") as caught:
        pfconn.get("my_aoai")
    assert "local:" in str(caught.value)


def test_a_deleted_name_tells_how_to_bring_it_back(stored):
    pfconn.delete("my_aoai")
    with pytest.raises(errors.ConnectionNotFound, match="%pfconn restore my_aoai"):
        pfconn.get("my_aoai")
    with pytest.raises(errors.ConnectionExists, match="restore"):
        pfconn.create("openai", "my_aoai", api_key=KEY)


def test_an_open_form_is_named_as_the_reason(monkeypatch):
    monkeypatch.setattr(api, "open_forms", ["my_aoai"])
    with pytest.raises(errors.ConnectionNotFound, match="form is still open"):
        pfconn.get("my_aoai")


def test_refresh_reads_what_is_stored_now(stored):
    connection = pfconn.get("my_aoai")
    pfconn.update("my_aoai", deployment="gpt-4o")
    assert connection.deployment is None
    assert connection.refresh().deployment == "gpt-4o"


def test_update_with_an_old_rev_is_refused(stored):
    old = pfconn.get("my_aoai").record.rev
    pfconn.update("my_aoai", deployment="a")
    with pytest.raises(errors.ConnectionChanged):
        pfconn.update("my_aoai", expect=old, deployment="b")


def test_a_kept_key_never_goes_to_another_address(stored):
    with pytest.raises(errors.InvalidConnection, match="address changes"):
        pfconn.update("my_aoai", api_base="https://elsewhere.openai.azure.com")
    assert pfconn.get("my_aoai").api_base == HOST


def test_update_to_entra_drops_the_key_and_back_needs_one(stored):
    pfconn.update("my_aoai", auth_mode="meid_token")
    assert pfconn.get("my_aoai").secrets == {}
    with pytest.raises(errors.InvalidConnection, match="api_key"):
        pfconn.update("my_aoai", auth_mode="key")


def test_update_merges_the_parts_of_a_custom_connection():
    pfconn.create("custom", "c", configs={"a": "1", "b": "2"}, secrets={"k": KEY})
    pfconn.update("c", configs={"b": "3"}, secrets={"a": "now-secret"})
    connection = pfconn.get("c")
    assert connection.configs == {"b": "3"}
    assert {k: v.reveal() for k, v in connection.secrets.items()} == {"k": KEY, "a": "now-secret"}


def test_none_takes_a_field_or_a_key_away(stored):
    pfconn.update("my_aoai", deployment="gpt-4o", api_version="2025-01-01")
    pfconn.update("my_aoai", deployment=None, api_version=None)
    assert "deployment" not in pfconn.get("my_aoai").configs
    assert pfconn.get("my_aoai").api_version == "2024-10-21"
    pfconn.create("custom", "c", configs={"a": "1", "b": "2"}, secrets={"k": KEY, "l": KEY})
    pfconn.update("c", configs={"a": None}, secrets={"l": None})
    connection = pfconn.get("c")
    assert (connection.configs, list(connection.secrets)) == ({"b": "2"}, ["k"])
    with pytest.raises(errors.InvalidConnection, match="at least one secret"):
        pfconn.update("c", secrets={"k": None})


def test_an_expiry_stays_until_it_is_moved_or_taken_away(stored):
    day = datetime(2099, 1, 1, tzinfo=timezone.utc)
    assert pfconn.update("my_aoai", expires=day).expires == day
    assert pfconn.update("my_aoai", deployment="x").expires == day
    assert pfconn.rotate("my_aoai", api_key="n3w-0123456789", test=False).expires == day
    assert pfconn.update("my_aoai", expires="never").expires is None


def test_rotate_with_an_old_rev_is_refused(stored):
    old = pfconn.get("my_aoai").record.rev
    pfconn.update("my_aoai", deployment="a")
    with pytest.raises(errors.ConnectionChanged):
        pfconn.rotate("my_aoai", expect=old, test=False, api_key="n3w-0123456789")


def test_rotate_takes_secrets_only(stored):
    with pytest.raises(errors.InvalidConnection, match="not a secret"):
        pfconn.rotate("my_aoai", api_base=HOST, test=False)


def test_rotate_keeps_the_old_key_if_the_service_refuses_the_new_one(monkeypatch, stored):
    # Nobody listens there: the new key cannot be proven.
    pfconn.create("openai", "here", api_key=KEY, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(errors.CheckFailed, match="The stored one stays"):
        pfconn.rotate("here", api_key="n3w-0123456789")
    assert pfconn.get("here").api_key.reveal() == KEY


def test_list_filters_by_type_and_tool(stored):
    pfconn.create("custom", "c", secrets={"k": KEY})
    assert [r.name for r in pfconn.list()] == ["c", "my_aoai"]
    assert [r.name for r in pfconn.list(tool="LLM")] == ["my_aoai"]
    assert [r.name for r in pfconn.list(type="Custom")] == ["c"]


def test_a_scope_the_store_has_not_is_refused():
    with pytest.raises(errors.NotSupported, match="no shared"):
        pfconn.create("openai", "x", api_key=KEY, scope="shared")


def test_another_store_is_opened_by_its_address(tmp_path):
    other = pfconn.connections(f"local:{tmp_path}/other.db")
    other.create("openai", "x", api_key=KEY)
    assert pfconn.list() == []
    assert [r.name for r in other.list()] == ["x"]


def _full_disk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pfconn_jupyter.stores.local.LocalStore.put", lambda *_, **__: 1 / 0)
        pfconn.create("openai", "x", api_key=SECRET)


SECRET = "Zs5-plain-text-of-a-user-31"
FAULTS = {
    "unknown type": lambda: pfconn.create("azure_opnai", "x", api_key=SECRET),
    "illegal name": lambda: pfconn.create("openai", "a b", api_key=SECRET),
    "taken name": lambda: pfconn.create("azure_openai", "my_aoai", api_base=HOST, api_key=SECRET),
    "broken rule": lambda: pfconn.create("openai", "x", api_key=f"ä{SECRET}"),
    "another broken rule": lambda: pfconn.create("azure_openai", "x", api_base="http://x.y", api_key=SECRET),
    "custom": lambda: pfconn.create("custom", "x", configs={"k": "v"}, secrets={"k": SECRET}),
    "update": lambda: pfconn.update("my_aoai", api_base="nonsense", api_key=SECRET),
    "rotate": lambda: pfconn.rotate("my_aoai", api_key=f"{SECRET} ä"),
    "rotate another": lambda: pfconn.rotate("my_aoai", other=SECRET),
    "test": lambda: pfconn.connections().build("openai", api_key=f"{SECRET}ä"),
    "full disk": _full_disk,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_frame_of_an_error_holds_plain_text(stored, fault):
    with pytest.raises(Exception) as caught:  # whatever it is, it must be clean
        FAULTS[fault]()
    assert_clean(SECRET, caught.value)


def test_a_traceback_in_a_script_holds_no_key(tmp_path):
    script = "import pfconn_jupyter as p; key = chr(75) * 9; p.create('openai', 'x', api_key=key + chr(10) + 'b')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "InvalidConnection" in done.stderr
    assert "K" * 9 not in done.stderr + done.stdout
