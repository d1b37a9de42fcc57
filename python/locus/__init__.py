"""locus: learning in recurrent networks as messages, every one counted by how far it reaches.

    >>> import locus
    >>> r = locus.run(locus.example("tiny"), rules=["bptt", "rflo"], updates=20)
    >>> list(r)
    ['bptt', 'rflo']

Where to look:

    Model              builds a network by name, or Model.load(path); trials, training, records, a chip
    locus.local        rules of your own, as equations of a synapse: Rule("mine", signal="feedback")
    from_state_dict    a network of PyTorch or snnTorch; state_dict(run) goes back
    locus.nir          import locus.nir: nir.read(path, dt=..., reset=...) and nir.write, for NIR files
    run                trains a model under each rule: a Result, with a Run for each rule
    Result             frames: summary, losses, ledger (who sent what, how far back), evaluations, ranks, packets
    Run                arrays: weights, changes, records; forward(x) shows what was learnt, model() goes on from it
    Session            one rule, driven from outside: update, learn(x, y), or tick by tick
    fits               which chips' learning engines can hold the rules; learn_on_engine: with their integers
    sweep, resume, read    many runs; on from a checkpoint; results that were written
    rules(), theory    the table of rules; modes and exact expectations of linear networks
    data, example      the digits; models that come with the program

help(locus.Model), help(locus.Result) and so on show every function with an example. docs/python.md is the
page to read, and docs/tutorial.ipynb the notebook to run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from locus import _core as _core  # before any class of the schema: its library registers them first
from locus import data as data
from locus import errors as errors
from locus import local as local
from locus import theory as theory
from locus._core import commit, level, version
from locus.engines import Fits, fits, learn_on_engine
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
    "Defect", "Fault", "FileError", "Fits", "LocalityBroken", "Model", "ModelError", "OrderError", "Prediction", "Progress", "Result", "Run",
    "Session", "UsageError", "aligned", "array", "commit", "data", "errors", "example", "fits", "from_state_dict", "gaussian",
    "learn_on_engine", "level", "local", "matrix",
    "normal", "one_to_one", "read", "resume", "rules", "run", "sparse_random", "spikes", "state_dict", "sweep", "theory", "version",
]  # fmt: skip
