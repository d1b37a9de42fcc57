"""The errors of the package: one type for each thing that a caller can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence


@dataclass(frozen=True)
class Fault:
    """One fault of a model: its place, what is there, and what is allowed.

    >>> Fault(field="training.batch", what="is 0", allowed="must be at least 1").field
    'training.batch'
    """

    file: str = ""
    line: int = 0  # from 1; 0 without a text
    column: int = 0  # from 1; 0 without a text
    field: str = ""
    what: str = ""
    allowed: str = ""
    warning: bool = False
    text: str = ""  # what the program prints


class ModelError(ValueError):
    """A model is not valid. ``faults`` has every fault; ``str(error)`` is what the program prints.

    >>> import locus
    >>> try: locus.run(locus.Model())
    ... except ModelError as error: print(error.faults[0].field, error.faults[0].what)
    network is missing
    """

    faults: list[Fault]

    def __init__(self, faults: Sequence[Fault] | str) -> None:
        if isinstance(faults, str):
            faults = [Fault(what=faults, text=faults)]
        self.faults = list(faults)
        super().__init__(list(faults))

    def __str__(self) -> str:
        return "\n".join(fault.text.rstrip("\n") for fault in self.faults)


class UsageError(ValueError):
    """An argument does not fit: an unknown name, a wrong shape, a rule that cannot run here."""


class OrderError(RuntimeError):
    """A session's function was called at the wrong time."""


class FileError(OSError):
    """A file cannot be opened, read or written."""


class LocalityBroken(RuntimeError):
    """A message broke the locality budget of a session."""


class Defect(RuntimeError):
    """A defect of the library itself, not of the call."""
