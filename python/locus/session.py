"""Session: one rule, driven update by update, or tick by tick by a world that answers."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from google.protobuf import text_format

from locus import _core, frames
from locus.errors import UsageError
from locus.inference import error_ticks
from locus.model import Model
from locus.model_arrays import trials_of
from locus.weights import Array

if TYPE_CHECKING:
    import pandas as pd


class Session:
    """A model's network under one rule, driven from outside.

    Update by update, on the model's own task:

    >>> import locus
    >>> with locus.Session(locus.example("tiny"), "rflo") as net:
    ...     losses = net.update(5)
    >>> len(losses)
    5

    On trials of one's own, an update a call:

    >>> import numpy as np
    >>> net = locus.Session(locus.example("tiny"), "rflo", lanes=4)
    >>> x, y = np.ones((4, net.ticks, net.inputs)), np.zeros((4, net.ticks, net.readouts))
    >>> losses = [net.learn(x, y) for _ in range(3)]
    >>> losses[2] < losses[0]
    True

    Tick by tick: ``begin_trial()``, then ``step()`` and ``teach()`` for each of ``net.ticks`` ticks,
    then ``commit()``. teach() may be left out at any tick, which then brings no error.
    """

    def __init__(
        self,
        model: Model | str | os.PathLike[str],
        rule: str,
        *,
        threads: int = 1,
        transport: str = "batched",
        lanes: int | None = None,
        learning_rate: float | None = None,
        seed: int | None = None,
    ) -> None:
        model = model if isinstance(model, Model) else Model.load(model)
        spec = model._spec(rules=[rule], seed=seed)
        self._training = _training_of(model)
        self._core = _core.Session(spec, rule, transport, threads, lanes, learning_rate)
        self.rule = rule

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def update(self, updates: int = 1) -> Array:
        """Makes so many updates of the model's task; returns their losses, fewer where the run diverges."""
        return np.asarray(self._core.update(updates), dtype=float)

    def learn(self, inputs: npt.ArrayLike, target: npt.ArrayLike | None = None, classes: npt.ArrayLike | None = None) -> float:
        """One update on these trials, as many as there are lanes; returns their mean loss.

        ``inputs``: trials x ticks x inputs; ``target``: trials x ticks x readouts, whose ticks without
        an error are ignored; or ``classes``: trials, whose readout's target is 1 and that of all others 0.
        The numbers are those of a run that was given the same trials, bit by bit.
        """
        x, y, labels = trials_of(inputs, target, classes)
        wanted = (self.lanes, self.ticks, self.inputs)
        if x.shape != wanted:
            raise UsageError(f"inputs have shape {x.shape}; must be {wanted}: lanes x ticks x inputs")
        if labels is not None:
            if labels.min(initial=0) < 0 or labels.max(initial=0) >= self.readouts:
                raise UsageError(f"classes go from {labels.min()} to {labels.max()}; must be 0 .. {self.readouts - 1}")
            y = np.repeat(np.eye(self.readouts)[labels][:, np.newaxis], self.ticks, axis=1)
        goal = (self.lanes, self.ticks, self.readouts)
        if y is None or y.shape != goal:
            raise UsageError(f"targets have shape {None if y is None else y.shape}; must be {goal}: lanes x ticks x readouts")
        taught = range(self.ticks)[error_ticks(self._training, self.ticks)]
        self._core.begin_trial()
        for tick in range(self.ticks):
            self._core.step(np.ascontiguousarray(x[:, tick].T))
            if tick in taught:
                self._core.teach(np.ascontiguousarray(y[:, tick].T))
        self._core.commit()
        losses = self._core.losses
        return float(losses[-1]) if losses else float("nan")

    def begin_trial(self) -> None:
        """Neurons are as at the beginning of a trial."""
        self._core.begin_trial()

    def step(self, inputs: npt.ArrayLike) -> Array:
        """One tick: shows inputs (inputs, or inputs x lanes), returns outputs of the same form."""
        x = np.asarray(inputs, dtype=float)
        y = self._core.step(x)
        return y if x.ndim == 2 else y[:, 0]

    def teach(self, targets: npt.ArrayLike) -> None:
        """Shows the targets of the last step (readouts, or readouts x lanes)."""
        self._core.teach(np.asarray(targets, dtype=float))

    def commit(self) -> bool:
        """Ends the trial after its last tick and learns; False where loss or weights are not finite."""
        return bool(self._core.commit())

    @property
    def inputs(self) -> int:
        """Inputs of a tick."""
        return int(self._core.inputs)

    @property
    def readouts(self) -> int:
        """Outputs of a tick."""
        return int(self._core.readouts)

    @property
    def lanes(self) -> int:
        """Trials side by side."""
        return int(self._core.lanes)

    @property
    def ticks(self) -> int:
        """Ticks of a trial."""
        return int(self._core.ticks)

    @property
    def updates(self) -> int:
        """Updates committed."""
        return int(self._core.updates)

    @property
    def losses(self) -> Array:
        """Loss of every update so far."""
        return np.asarray(self._core.losses, dtype=float)

    @property
    def accuracies(self) -> Array:
        """Part of the trials whose class was predicted, of every update() so far; empty without classes."""
        return np.asarray(self._core.accuracies, dtype=float)

    @property
    def ledger(self) -> pd.DataFrame:
        """Messages so far by channel and lag."""
        return frames.pandas().DataFrame(self._core.ledger())

    @property
    def fingerprint(self) -> str:
        """16 hex digits over losses, weights and counts so far."""
        return str(self._core.fingerprint())

    def weights(self, projection: str) -> Any:
        """A copy of a projection's weights."""
        return self._core.weights(projection)

    def set_weights(self, projection: str, values: npt.ArrayLike) -> None:
        """Replaces a projection's weights: as many numbers in the same order."""
        self._core.set_weights(projection, np.asarray(values, dtype=float))

    def set_learning_rate(self, rate: float, projection: str | None = None) -> None:
        """The learning rate from the next commit on, of one projection or of all."""
        self._core.set_learning_rate(rate, projection)


def _training_of(model: Model) -> Any:
    """The training with what settings change of the ticks that have an error."""
    training = type(model.proto.training)()
    training.CopyFrom(model.proto.training)
    for setting in model._settings:
        field, _, value = setting.partition("=")
        if field in ("training.loss", "training.window", "training.warmup_ticks"):
            text_format.Merge(f"{field.partition('.')[2]}: {value}", training)
    return training
