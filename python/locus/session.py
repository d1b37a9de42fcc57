"""Session: one rule, driven update by update, or tick by tick by a world that answers."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from locus import _core, frames
from locus.model import Model
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
        self._core = _core.Session(spec, rule, transport, threads, lanes, learning_rate)
        self.rule = rule

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def update(self, updates: int = 1) -> Array:
        """Makes so many updates of the model's task; returns their losses, fewer where the run diverges."""
        return np.asarray(self._core.update(updates), dtype=float)

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
