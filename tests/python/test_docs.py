"""Every docstring's example, and the code blocks of docs/python.md, in order."""

import doctest
import functools
import importlib
import pkgutil
import re
import types

import pytest

import locus
from conftest import ROOT

MODULES = ["locus", *(f"locus.{each.name}" for each in pkgutil.iter_modules(locus.__path__) if each.name not in ("_core", "v1"))]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    module = importlib.import_module(name)
    failed, tried = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0, name


def public_things():
    """Every function, class and method of the package that has a name without an underscore, with its name."""
    for name in locus.__all__:
        thing = getattr(locus, name)
        inside = vars(thing) if isinstance(thing, (type, types.ModuleType)) else {}
        parts = [part for base in getattr(thing, "__mro__", ()) if base.__module__.startswith("locus") for part in vars(base).items()]
        if not isinstance(thing, types.ModuleType):
            yield name, thing
        for member, value in parts or inside.items():
            own = isinstance(thing, type) or getattr(value, "__module__", "") == thing.__name__
            if own and not member.startswith("_"):
                yield f"{name}.{member}", value


def test_every_public_function_has_a_docstring_with_an_example():
    for name, thing in public_things():
        if isinstance(thing, (property, functools.cached_property)):
            assert thing.__doc__, name
        elif callable(thing):
            assert thing.__doc__, name
            assert ">>>" in thing.__doc__ or (isinstance(thing, type) and issubclass(thing, Exception)), f"{name} has no example"


def test_the_page_of_documentation_runs(tmp_path, monkeypatch):
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 5
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
