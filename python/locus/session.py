"""Session: one rule, driven update by update, or tick by tick by a world that answers."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from locus import _core, frames
from locus.model import Model
from locus.result import Result
from locus.trials import trials_of
from locus.v1 import result_pb2
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
    then ``commit()``. teach() may be left out at any tick, which then brings no error. Under a rule that
    listens to rewards, ``reward()`` takes its place. The model then needs no task, only ``train(ticks=...)``.
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
        self._model = model.copy() if isinstance(model, Model) else Model.load(model)
        if seed is not None:
            self._model.proto.seed = seed
        if learning_rate is not None and not self._model.proto.training.HasField("learning_rate"):
            self._model.proto.training.learning_rate = learning_rate
        self._transport = transport
        self._core = _core.Session(self._model._driven_spec(rule), rule, transport, threads, lanes, learning_rate)
        self.rule = rule

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def update(self, updates: int = 1) -> Array:
        """Makes so many updates of the model's task; returns their losses, fewer where the run diverges.

        >>> import locus
        >>> len(locus.Session(locus.example("tiny"), "rflo").update(7))
        7
        """
        return np.asarray(self._core.update(updates), dtype=float)

    def learn(
        self,
        inputs: Any,
        target: Any = None,
        classes: npt.ArrayLike | None = None,
        mask: Any = None,
        lengths: npt.ArrayLike | None = None,
        reward: Any = None,
    ) -> float:
        """One update on these trials, as many as there are lanes; returns their mean loss (NaN under a rule without
        errors, such as one that learns from rewards).

        The arguments are those of Model.trials. Numbers are those of a run that was given the same trials,
        bit by bit. ``mask`` and ``lengths`` need a model whose own trials have some, since messages then
        carry weights of errors.

        >>> import locus, numpy as np
        >>> net = locus.Session(locus.example("tiny"), "rflo", lanes=2)
        >>> net.learn(np.ones((2, 2, 1)), np.zeros((2, 2, 1))) > 0
        True
        """
        given = trials_of(inputs, target, classes, mask, lengths, reward)
        before = self.updates
        self._core.learn(given.core())
        losses = self._core.losses
        return float(losses[-1]) if losses and self.updates > before else float("nan")

    def begin_trial(self) -> None:
        """Neurons are as at the beginning of a trial.

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo", lanes=1)
        >>> net.begin_trial()
        >>> for tick in range(net.ticks):
        ...     y = net.step([1.0])
        >>> net.teach([0.5])  # under the final loss the last tick has the error
        >>> net.commit(), net.updates
        (True, 1)
        """
        self._core.begin_trial()

    def step(self, inputs: npt.ArrayLike) -> Array:
        """One tick: shows inputs (inputs, or inputs x lanes), returns outputs of the same form.

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo", lanes=3); net.begin_trial()
        >>> net.step([[1.0, 2.0, 3.0]]).shape
        (1, 3)
        """
        x = np.asarray(inputs, dtype=float)
        y = self._core.step(x)
        return y if x.ndim == 2 else y[:, 0]

    def teach(self, targets: npt.ArrayLike, reward: npt.ArrayLike | None = None) -> None:
        """Shows the targets of the last step (readouts, or readouts x lanes). A tick that is not taught brings
        no error. ``reward``: also what reward() gives.

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo", lanes=1); net.begin_trial()
        >>> y = [net.step([1.0]) for tick in range(net.ticks)]; net.teach([0.5])
        """
        if reward is not None:
            self.reward(reward)
        self._core.teach(np.asarray(targets, dtype=float))

    def reward(self, rewards: npt.ArrayLike) -> None:
        """Gives all rate neurons this reward (one for all lanes, or one a lane) at the tick of the last step, before teach(). A
        tick without has none. For rules of the model with ``signal: REWARD``.

        >>> import locus
        >>> net = locus.Session(locus.example("rules/rewarded"), "rewarded_stdp", lanes=1); net.begin_trial()
        >>> y = net.step([1.0] * net.inputs); net.reward(0.5)
        """
        self._core.reward(np.broadcast_to(np.asarray(rewards, dtype=float), (self.lanes,)).copy())

    def commit(self) -> bool:
        """Ends the trial after its last tick and learns; False where loss or weights are not finite.

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo", lanes=1); net.begin_trial()
        >>> y = [net.step([1.0]) for tick in range(net.ticks)]; net.commit()
        True
        """
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

    @property
    def weights(self) -> SessionWeights:
        """Weights by projection: ``net.weights["W"]`` is a copy, and setting it replaces them (between trials).

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo")
        >>> net.weights["W"] = 0 * net.weights["W"]
        >>> float(net.weights["W"].sum())
        0.0
        """
        return SessionWeights(self._core, [p.name for p in self._model.proto.network.projections])

    def set_learning_rate(self, rate: float, projection: str | None = None) -> None:
        """The learning rate from the next commit on, of one projection or of all.

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo"); before = net.weights["W"]
        >>> net.set_learning_rate(0); losses = net.update(3); bool((net.weights["W"] == before).all())
        True
        """
        self._core.set_learning_rate(rate, projection)

    def model(self) -> Model:
        """The model with the session's weights of now.

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo"); losses = net.update(3)
        >>> bool((net.model().weights["W"] == net.weights["W"]).all())
        True
        """
        model = self._model.copy()
        for name in self.weights:
            model.weights[name] = self.weights[name]
        return model

    def forward(
        self, inputs: Any, record: Sequence[str] = (), classes: Any = None, noise: bool = True, lengths: Any = None
    ) -> dict[str, Any]:
        """Shows trials to the network as it is now, which does not learn; as Model.forward. Nothing that the
        session counts changes.

        >>> import locus, numpy as np
        >>> net = locus.Session(locus.example("tiny"), "rflo")
        >>> net.forward(np.ones((3, 5, 1)))["out"].shape
        (3, 5, 1)
        """
        return self.model().forward(inputs, record, classes, noise, lengths)

    def result(self) -> Result:
        """What locus.run leaves of this rule, of the updates made so far; ranks are not computed.

        >>> import locus
        >>> net = locus.Session(locus.example("tiny"), "rflo")
        >>> losses = net.update(20)
        >>> net.result().fingerprints == locus.run(locus.example("tiny"), rules=["rflo"], updates=20).fingerprints
        True
        """
        core = self._core.result(self._transport)
        return Result(result_pb2.Result.FromString(core.bytes()), self._model.copy(), core)


class SessionWeights(Mapping[str, Any]):
    """The weights of a session's network, by projection."""

    def __init__(self, core: _core.Session, names: list[str]) -> None:
        self._core = core
        self._names = names

    def __getitem__(self, name: str) -> Any:
        return self._core.weights(name)

    def __setitem__(self, name: str, values: npt.ArrayLike) -> None:
        self._core.set_weights(name, np.asarray(values, dtype=float))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
