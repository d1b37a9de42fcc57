"""The package's types: mypy in strict mode, and the stub of the module against the module itself."""

import os
import subprocess
import sys

import pytest

import locus
from conftest import ROOT

CONFIG = ROOT / "tests" / "python" / "mypy.ini"


def mypy(tmp_path, *arguments):
    pytest.importorskip("mypy")
    site = os.path.dirname(os.path.dirname(locus.__file__))
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "MYPYPATH": site, "PYTHONPATH": site},
    )  # fmt: skip


def test_the_package_is_typed(tmp_path):
    done = mypy(tmp_path, "mypy", "--config-file", CONFIG, "--cache-dir", tmp_path / "cache", "-p", "locus")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stub_is_that_of_the_module(tmp_path):
    allowed = tmp_path / "allowed"  # pybind11 has a metaclass of its own, and an __init__ that refuses every argument
    allowed.write_text("locus._core.Result\nlocus._core.Result.__init__\nlocus._core.Session\nlocus._core.Spec\n")
    done = mypy(tmp_path, "mypy.stubtest", "--mypy-config-file", CONFIG, "--ignore-missing-stub",
                "--allowlist", allowed, "locus._core")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
