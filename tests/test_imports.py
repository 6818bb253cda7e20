"""Loading costs next to nothing, and the public names are there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pfconn_jupyter as pfconn

HEAVY = ("pydantic", "pandas", "azure", "cryptography", "anywidget", "requests", "ipywidgets", "keyring", "yaml")
LOAD = (
    "from IPython.core.interactiveshell import InteractiveShell as S;"
    " S.instance().run_line_magic('load_ext', 'pfconn_jupyter')"
)


@pytest.mark.parametrize("what", ["import pfconn_jupyter", LOAD], ids=["import", "load_ext"])
def test_nothing_heavy_is_imported(what, tmp_path):
    script = f"import sys; {what}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={"IPYTHONDIR": str(tmp_path), "PATH": ""}
    )
    assert done.stdout.strip().splitlines()[-1] == "[]", done.stderr


def test_no_metadata_of_packages_is_read(tmp_path):
    script = (
        f"import importlib.metadata as m, sys; found = m.entry_points; read = [];"
        f" m.entry_points = lambda **k: read.append(k.get('group')) or found(**k); {LOAD};"
        f" print('pfconn_jupyter.connections' in read); S.instance().run_line_magic('pfconn', 'types');"
        f" print('pfconn_jupyter.connections' in read)"
    )
    env = {"IPYTHONDIR": str(tmp_path), "PATH": "", "PFCONN_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env)
    # The second answer shows that the first could have been another.
    assert [line for line in done.stdout.splitlines() if line in ("True", "False")] == ["False", "True"], done.stderr


def test_the_check_sees_a_heavy_import(tmp_path):
    script = f"import sys, pandas; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "pandas" in done.stdout


def test_every_public_name_resolves():
    for name in dir(pfconn):
        assert getattr(pfconn, name) is not None
    assert "list" not in pfconn.__all__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        pfconn.no_such_name  # noqa: B018


def test_connections_is_a_function_beside_the_package_of_that_name():
    from pfconn_jupyter.connections.secret import Secret

    assert Secret is pfconn.Secret
    assert pfconn.connections("local:").store.address == "local:"
