"""The emulator for shells and for pytest, and what it costs to import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

MODULE = [sys.executable, "-W", "error", "-m", "pfconn_jupyter.testing.keyvault"]


def test_a_shell_runs_a_command_with_it(unmodified):
    run = subprocess.run(
        [*MODULE, "--identity", "carol=get,list,set", "--", sys.executable, "-c", unmodified],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout.split()) == (0, ["from-the-child"])
    assert "test double" in run.stderr
    assert subprocess.run([*MODULE, "--", "sh", "-c", "exit 3"], capture_output=True, timeout=60).returncode == 3


def test_a_shell_is_told_what_to_export(unmodified):
    with subprocess.Popen(
        [*MODULE, "--vault", "contoso"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as emulator:
        try:
            lines = [emulator.stdout.readline() for _ in range(8)]
            assert all(line.startswith("export ") for line in lines)
            shell = "".join(lines) + f"exec \"{sys.executable}\" -c '{unmodified}'"
            run = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60)
            assert (run.stdout.split(), run.returncode) == (["from-the-child"], 0)
        finally:
            emulator.send_signal(signal.SIGTERM)
        assert emulator.wait(10) == 0
        (ca_file,) = {line.partition("=")[2].strip() for line in lines if "CA_BUNDLE" in line}
        assert not os.path.exists(ca_file)  # noqa: PTH110


def test_pytest_has_a_fixture_for_it(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "def test_it(keyvault):\n    assert keyvault.client().set_secret('a', '1').value == '1'\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "pfconn_jupyter.testing.keyvault.fixture", str(tmp_path)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert "1 passed" in run.stdout


def test_the_package_imports_nothing_heavy():
    heavy = ("trustme", "cryptography", "azure", "pytest")
    code = f"import sys, pfconn_jupyter.testing.keyvault; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "[]"
