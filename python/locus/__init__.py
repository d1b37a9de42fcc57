"""locus: learning in recurrent networks as messages, every one counted by how far it reaches.

    >>> import locus
    >>> r = locus.run(locus.example("tiny"), rules=["bptt", "rflo"], updates=20)
    >>> list(r)
    ['bptt', 'rflo']

``Model`` builds or loads a model, ``run`` trains it under each rule, ``Result`` says what each rule
learnt and what it sent; ``Session`` drives one rule step by step. docs/python.md shows the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from locus import _core as _core  # before any class of the schema: its library registers them first
from locus import data as data
from locus import errors as errors
from locus import theory as theory
from locus._core import commit, level, version
from locus.errors import Defect, Fault, FileError, LocalityBroken, ModelError, OrderError, UsageError
from locus.model import Model
from locus.outcome import Run
from locus.prediction import Prediction
from locus.result import Result, read
from locus.runs import Progress, resume, run, sweep
from locus.session import Session
from locus.shipped import example
from locus.tensors import from_state_dict, state_dict
from locus.trials import spikes
from locus.weights import aligned, array, gaussian, matrix, normal, one_to_one, sparse_random

if TYPE_CHECKING:
    import pandas as pd

__version__ = version


def rules() -> pd.DataFrame:
    """The rule table: one row a rule.

    >>> "rflo" in rules().index
    True
    """
    from locus import _core, frames

    return frames.pandas().DataFrame(_core.rule_table()).set_index("rule")


__all__ = [
    "Defect", "Fault", "FileError", "LocalityBroken", "Model", "ModelError", "OrderError", "Prediction", "Progress", "Result", "Run",
    "Session", "UsageError", "aligned", "array", "commit", "data", "errors", "example", "from_state_dict", "gaussian", "level", "matrix",
    "normal", "one_to_one", "read", "resume", "rules", "run", "sparse_random", "spikes", "state_dict", "sweep", "theory", "version",
]  # fmt: skip
