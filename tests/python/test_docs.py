"""Every docstring's example, and the code blocks of docs/python.md, in order."""

import doctest
import importlib
import pathlib
import pkgutil
import re

import pytest

import locus
from conftest import CONSTANTS, NEURONS, ROOT, needs_neurons

MODULES = ["locus", *(f"locus.{each.name}" for each in pkgutil.iter_modules(locus.__path__) if each.name not in ("_core", "v1"))]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    if (name == "locus.model" and not NEURONS) or (name == "locus.tensors" and not CONSTANTS):
        pytest.skip("examples with synaptic currents and constant inputs")
    if name == "locus.data" and not (ROOT / "models" / "digits").exists():
        pytest.skip("the digits are not here")
    module = importlib.import_module(name)
    failed, tried = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0, name


def test_every_public_function_has_a_docstring():
    for name in locus.__all__:
        thing = getattr(locus, name)
        if callable(thing):
            assert thing.__doc__, name
        if isinstance(thing, type):
            for member, value in vars(thing).items():
                if callable(value) and not member.startswith("_"):
                    assert value.__doc__, f"{name}.{member}"


@needs_neurons
def test_the_page_of_documentation_runs(tmp_path, monkeypatch):
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 5
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
