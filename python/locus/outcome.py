"""Run: what one rule leaves."""

from __future__ import annotations

import pathlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, Sequence

import numpy as np

from locus import _core, frames
from locus.errors import UsageError
from locus.model import Model
from locus.neurobench import metrics
from locus.v1 import result_pb2
from locus.weights import Array, array, read_blocks

if TYPE_CHECKING:
    import pandas as pd


class Run:
    """One rule's run.

    Arrays are views of the result and read-only; they keep it alive.

    >>> import locus
    >>> run = locus.run(locus.example("tiny"), rules=["rflo"], updates=5)["rflo"]
    >>> run.status, len(run.losses)
    ('COMPLETED', 5)
    """

    def __init__(self, message: Any, model: Model | None, core: _core.Result | None, index: int, seed: int) -> None:
        self.proto = message  # a locus.v1.Run
        self._seed = seed
        self._model = model
        self._core = core
        self._index = index
        self._folder = pathlib.Path()  # where files of weights lie

    @property
    def rule(self) -> str:
        """The rule's name in the model, or the short form that was asked for."""
        return str(self.proto.rule)

    @property
    def kind(self) -> str:
        """The row of the rule table, whatever the name."""
        return str(self.proto.kind)

    @property
    def status(self) -> str:
        """COMPLETED, DIVERGED, LOCALITY_BROKEN or INTERRUPTED."""
        return str(result_pb2.Run.Status.Name(self.proto.status))

    @property
    def message(self) -> str:
        """The reason for an early end; otherwise empty."""
        return str(self.proto.message)

    @property
    def updates(self) -> int:
        """Updates committed."""
        return int(self.proto.updates)

    @property
    def fingerprint(self) -> str:
        """16 hex digits over losses, weights and counts."""
        return str(self.proto.fingerprint)

    @cached_property
    def losses(self) -> Array:
        """Loss of each update (updates)."""
        if self._core is not None:
            return self._core.losses(self._index)
        return np.asarray(self.proto.losses, dtype=float)

    @cached_property
    def accuracies(self) -> Array:
        """Part of the trials of each update whose class was predicted (updates); empty without classes."""
        if self._core is not None:
            return self._core.accuracies(self._index)
        return np.asarray(self.proto.accuracies, dtype=float)

    @property
    def accuracy(self) -> float:
        """Accuracy of the last updates, as many as the mean loss at the end has; NaN without classes."""
        return float(self.proto.accuracy) if self.proto.HasField("accuracy") else float("nan")

    @property
    def confusion(self) -> pd.DataFrame:
        """Trials of the last evaluation by class (rows) and predicted class (columns); without
        evaluations, the trials of the last updates."""
        evaluated = self.proto.HasField("evaluation_confusion")
        return frames.confusion(self.proto.evaluation_confusion if evaluated else self.proto.confusion)

    @cached_property
    def weights(self) -> dict[str, Any]:
        """Weights after the last commit, by projection: arrays (targets x sources), or for a sparse
        projection the tuple (rows, cols, row, col, values)."""
        if self._core is not None:
            return self._core.weights(self._index)
        return {each.projection: _stored(each, self._folder) for each in self.proto.weights}

    @cached_property
    def initial_weights(self) -> dict[str, Any]:
        """Weights before the first update, by projection."""
        model = self._require_model("initial_weights")
        session = _core.Session(model._spec(rules=["none"], seed=self._seed), "none", "batched", 1, 1, None)
        return {name: session.weights(name) for name in self.weights}

    @property
    def changes(self) -> dict[str, Array]:
        """What was learnt: weights less initial weights, by projection; values of the entries where it is sparse."""
        before = self.initial_weights
        return {
            name: after[4] - before[name][4] if isinstance(after, tuple) else after - before[name]
            for name, after in self.weights.items()
        }

    @property
    def singular_values(self) -> dict[str, Array]:
        """Singular values of each projection's change, descending."""
        return {each.projection: np.asarray(each.singular_values, dtype=float) for each in self.proto.rank}

    @cached_property
    def records(self) -> dict[str, Any]:
        """Recorded quantities by name: an xarray.DataArray, or an array where xarray is missing.

        Dimensions: update, then tick (of quantities of ticks), then those of a sample; updates count from
        0, ticks from 1. Attributes of a DataArray: rule, seed, fingerprint. Empty for a result that was read:
        its recordings are files beside it (docs/recording.md).

        >>> import locus, numpy as np
        >>> m = locus.Model.load(locus.example("tiny")); m.record("weights", "W")
        >>> np.asarray(locus.run(m, rules=["rflo"], updates=2)["rflo"].records["W-weights"]).shape
        (2, 2, 2)
        """
        if self._core is None:
            return {}
        about = {"rule": self.rule, "seed": self._seed, "fingerprint": self.fingerprint}
        return {name: _labelled(name, *seen, about) for name, seen in self._core.records(self._index).items()}

    def spiketrains(self, record: str) -> list[list[Any]]:
        """Spikes of a recorded activity as neo.SpikeTrain (Debian: python3-neo): a list for each recorded trial,
        update by update, with a train for each neuron. The spike of tick t is at t * dt_ms.

        >>> import locus
        >>> run = locus.run(locus.example("evidence"), rules=["none"], updates=1)["none"]
        >>> trains = run.spiketrains("lif-activity")  # doctest: +SKIP
        """
        try:
            import neo
        except ImportError:
            raise ImportError("spiketrains need neo (Debian: python3-neo)") from None
        recorded = {} if self._core is None else self._core.records(self._index)
        if record not in recorded:
            raise UsageError(f"no record is named {record}; there are {', '.join(recorded) or 'none'}")
        _, ticks, values = recorded[record]
        if values.ndim != 4 or not np.isin(values, (0.0, 1.0)).all():
            raise UsageError(f"{record} has values other than 0 and 1; must be the activity of spiking neurons, tick by tick")
        dt = self._require_model("spiketrains").proto.training.dt_ms or 1.0
        times = dt * np.asarray(ticks, dtype=float)
        return [
            [neo.SpikeTrain(times[trial[:, k] == 1], units="ms", t_start=0, t_stop=times[-1]) for k in range(trial.shape[1])]
            for update in values
            for trial in np.moveaxis(update, 1, 0)
        ]

    def model(self) -> Model:
        """The model with what was learnt as its weights, biases included.

        >>> import locus
        >>> run = locus.run(locus.example("tiny"), rules=["rflo"])["rflo"]
        >>> bool((run.model().weights["W"] == run.weights["W"]).all())
        True
        """
        model = self._require_model("model").copy()
        for name, weights in self.weights.items():
            model.weights[name] = weights
        return model

    def forward(
        self, inputs: Any, record: Sequence[str] = (), classes: Any = None, noise: bool = True, lengths: Any = None
    ) -> dict[str, Any]:
        """Shows trials to the learnt network, which does not learn; as Model.forward.

        >>> import locus, numpy as np
        >>> locus.run(locus.example("tiny"), rules=["rflo"])["rflo"].forward(np.ones((3, 5, 1)))["out"].shape
        (3, 5, 1)
        """
        return self.model().forward(inputs, record, classes, noise, lengths)

    def neurobench(self, inputs: Any = None, target: Any = None, classes: Any = None) -> dict[str, Any]:
        """What was learnt, under the names of NeuroBench's metrics; those that cannot be known are left out.

        Footprint [bytes], ParameterCount, ConnectionSparsity; measured on trials, by default the held-out
        arrays of the model: ClassificationAccuracy or MSE, R2, SMAPE (over the ticks with an error),
        ActivationSparsity, SynapticOperations of one trial (Effective_MACs, Effective_ACs, Dense).
        ``Locality`` has ours, of one trial of the run.

        >>> import locus
        >>> run = locus.run(locus.example("tiny"), rules=["rflo"])["rflo"]
        >>> run.neurobench()["Locality"]["TemporalViolations"]
        0.0
        """
        return metrics(self, inputs, target, classes)

    def _require_model(self, what: str) -> Model:
        if self._model is None:
            raise UsageError(f"{what}: this result was read from files, which do not hold the model")
        return self._model

    def __repr__(self) -> str:
        last = f", loss {self.losses[-1]:.4g}" if len(self.losses) else ""
        return f"Run {self.rule!r}: {self.status}, {self.updates} updates{last}"


def _stored(weights: Any, folder: pathlib.Path) -> Any:
    """Weights of a result's message, whatever form they have."""
    form = weights.WhichOneof("form")
    if form == "matrix":
        return array(weights.matrix)
    if form == "file":
        file = folder / weights.file
        return np.load(file) if file.suffix == ".npy" else _entries(read_blocks(file))
    return _entries(weights.sparse)


def _entries(sparse: Any) -> Any:
    return (sparse.rows, sparse.cols, np.asarray(sparse.row), np.asarray(sparse.col), np.asarray(sparse.values))


def _labelled(name: str, updates: list[int], ticks: list[int], values: Array, about: dict[str, Any]) -> Any:
    try:
        import xarray
    except ImportError:
        return values
    if ticks:
        dims = ["update", "tick", *(["trial", "neuron"] if values.ndim == 4 else ["synapse"])]
        coords = {"update": updates, "tick": ticks}
    else:
        dims = ["update", *(["target", "source"] if values.ndim == 3 else ["value"])]
        coords = {"update": updates}
    if len(dims) != values.ndim:
        dims = ["update", *(["tick"] if ticks else []), *(f"dim_{k}" for k in range(values.ndim - len(coords)))]
    return xarray.DataArray(values, dims=dims, coords=coords, name=name, attrs=about)
