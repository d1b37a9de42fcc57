"""Files that come with the program: models and data."""

from __future__ import annotations

import pathlib

from locus.errors import UsageError


def example(name: str) -> str:
    """The path of a model that comes with the program: "tiny", "student_teacher", ...

    >>> example("tiny").endswith("tiny.txtpb")
    True
    """
    return shipped(name)


def shipped(name: str, folder: bool = False) -> str:
    """The path of a model, or of a folder of data, that comes with the program."""
    file = name if folder else f"{name}.txtpb"
    for root in pathlib.Path(__file__).resolve().parents:
        for models in (root / "share" / "locus" / "models", root / "models"):
            if (models / file).exists():
                return str(models / file)
    raise UsageError(f"no {'data are' if folder else 'model is'} named {name} among those that come with the program")
