"""Recorded trials as arrays beside a model's message, and functions that supply trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Sequence, Union

import numpy as np
import numpy.typing as npt

from locus.errors import UsageError
from locus.v1 import model_pb2, weights_pb2
from locus.weights import Array, matrix

Integers = npt.NDArray[np.int64]
Fill = Callable[..., None]  # fill(update, x, y), and mask=, lengths=, reward= where asked for


@dataclass(frozen=True, eq=False)
class Spikes:
    """Inputs of trials as lists of spikes: what spikes() returns."""

    ticks: int
    inputs: int
    begin: Integers  # trial k has the spikes begin[k] .. begin[k + 1] - 1 (trials + 1)
    tick: Integers  # from 1 (spikes)
    neuron: Integers  # from 0 (spikes)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Trials, ticks, inputs."""
        return len(self.begin) - 1, self.ticks, self.inputs

    def dense(self) -> Array:
        """As an array (trials x ticks x inputs) of 0 and 1.

        >>> spikes([[(1, 2)]], ticks=3, inputs=2).dense().tolist()
        [[[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]
        """
        whole = np.zeros(self.shape)
        trial = np.repeat(np.arange(len(self.begin) - 1), np.diff(self.begin))
        whole[trial, self.tick - 1, self.neuron] = 1
        return whole


def spikes(trials: Iterable[Any], *, ticks: int, inputs: int) -> Spikes:
    """Inputs as lists of spikes, for Model.trials: for each trial (neuron, tick) pairs, an array (spikes x 2).

    Neurons count from 0, ticks from 1 to ``ticks``, as in a model file; no spike may be listed twice.

    >>> spikes([[(0, 1), (2, 5)], []], ticks=5, inputs=3).shape
    (2, 5, 3)
    """
    each = [np.asarray(list(trial) if not isinstance(trial, np.ndarray) else trial) for trial in trials]
    for k, pairs in enumerate(each):
        if pairs.size and (pairs.ndim != 2 or pairs.shape[1] != 2):
            raise UsageError(f"spikes of trial {k} have shape {pairs.shape}; must be spikes x 2: neuron, tick")
        if pairs.size and not np.issubdtype(pairs.dtype, np.integer):
            raise UsageError(f"spikes of trial {k} have type {pairs.dtype}; must be whole numbers")
    begin = np.cumsum([0, *(len(pairs) for pairs in each)])
    whole = np.concatenate([pairs.reshape(-1, 2) for pairs in each] or [np.zeros((0, 2))]).astype(np.int64)
    wrong = np.flatnonzero((whole[:, 0] < 0) | (whole[:, 0] >= inputs) | (whole[:, 1] < 1) | (whole[:, 1] > ticks))
    if len(wrong):
        trial = int(np.searchsorted(begin, wrong[0], side="right")) - 1
        neuron, tick = whole[wrong[0]]
        raise UsageError(
            f"a spike of trial {trial} is of neuron {neuron} at tick {tick}; must be neurons 0 .. {inputs - 1}, ticks 1 .. {ticks}"
        )
    return Spikes(ticks, inputs, begin.astype(np.int64), whole[:, 1].copy(), whole[:, 0].copy())


class Trials(NamedTuple):
    """What a model has of its trials: arrays, of which all but the inputs may be None."""

    inputs: Any  # an array (trials x ticks x inputs), or Spikes
    target: Any = None  # (trials x ticks x readouts)
    classes: Any = None  # (trials)
    mask: Any = None  # weights of errors (trials x ticks x readouts, or x 1)
    lengths: Any = None  # ticks of each trial, the first of its rows (trials)
    reward: Any = None  # of each tick (trials x ticks x 1)

    def core(self) -> tuple[Any, ...]:
        """As the library takes them."""
        x = self.inputs
        given = (x.ticks, x.inputs, x.begin, x.tick, x.neuron) if isinstance(x, Spikes) else x
        return given, *self[1:]


def dense_inputs(inputs: Any) -> Array:
    """Inputs as an array (trials x ticks x inputs); one of two dimensions has one input."""
    x = inputs.dense() if isinstance(inputs, Spikes) else np.asarray(inputs, dtype=float)
    x = x[:, :, np.newaxis] if x.ndim == 2 else x
    if x.ndim != 3 or 0 in x.shape[:2]:
        raise UsageError(f"inputs have shape {x.shape}; must be trials x ticks x inputs, with a trial and a tick")
    return np.ascontiguousarray(x)


def trials_of(
    inputs: Any, target: Any = None, classes: Any = None, mask: Any = None, lengths: Any = None, reward: Any = None
) -> Trials:
    """Trials whose parts are arrays of shapes that fit each other."""
    if target is not None and classes is not None:
        raise UsageError("trials have a target or classes, not both")
    ragged = _lengths_of(inputs)
    if ragged is not None:
        if lengths is not None:
            raise UsageError("lengths are given, and the inputs are a list of arrays, which have their own")
        lengths = ragged
        parts = {"inputs": inputs, "target": target, "mask": mask, "reward": reward}
        inputs, target, mask, reward = (_padded(part, ragged, name) for name, part in parts.items())
    x: Any = inputs if isinstance(inputs, Spikes) else dense_inputs(inputs)
    if isinstance(x, Spikes) and lengths is not None:
        raise UsageError("lengths are given, and the inputs are spikes, which need none")
    parts = {"target": target, "mask": mask, "reward": reward}
    for name, part in parts.items():
        if part is None:
            continue
        given = np.asarray(part, dtype=float)
        values = given[:, :, np.newaxis] if given.ndim == 2 else given
        if values.ndim != 3 or values.shape[:2] != x.shape[:2]:
            last = "trials x ticks" if name == "reward" else "and readouts: trials x ticks x readouts"
            raise UsageError(f"{name} has shape {given.shape}; must be {x.shape[:2]} {last}")
        parts[name] = np.ascontiguousarray(values)
    whole = {"classes": classes, "lengths": lengths}
    for name, part in whole.items():
        if part is None:
            continue
        numbers = np.asarray(part)
        if not np.issubdtype(numbers.dtype, np.integer):
            raise UsageError(f"{name} have type {numbers.dtype}; must be whole numbers from {int(name == 'lengths')}")
        if numbers.shape != x.shape[:1]:
            raise UsageError(f"{name} have shape {numbers.shape}; must be {x.shape[:1]}: one for each trial")
        whole[name] = numbers.astype(np.int64)
    return Trials(x, parts["target"], whole["classes"], parts["mask"], whole["lengths"], parts["reward"])


def held_out_of(given: Sequence[Any] | Mapping[str, Any], labelled: bool) -> Trials:
    """Held-out trials from (inputs, targets or classes), or from a dict of trials_of's arguments."""
    if isinstance(given, Mapping):
        unknown = [name for name in given if name not in ("inputs", *Trials._fields[1:])]
        if unknown or "inputs" not in given:
            raise UsageError(f"held_out has {', '.join(given)}; must have inputs, and some of {', '.join(Trials._fields[1:])}")
        return trials_of(**given)
    if len(given) != 2:
        raise UsageError(f"held_out has {len(given)} parts; must be 2 (inputs, and targets or classes), or a dict")
    return trials_of(given[0], None if labelled else given[1], given[1] if labelled else None)


def _lengths_of(inputs: Any) -> Integers | None:
    """Rows of each trial where inputs are a list of arrays of unequal lengths."""
    if not isinstance(inputs, (list, tuple)):
        return None
    shapes = [np.shape(each) for each in inputs]
    if not all(len(shape) == 2 for shape in shapes) or len({shape[0] for shape in shapes}) < 2:
        return None
    return np.array([shape[0] for shape in shapes], dtype=np.int64)


def _padded(part: Any, lengths: Integers, name: str) -> Any:
    """A list of arrays (rows x channels) as one array (trials x ticks x channels), zeros behind the rows of each."""
    if part is None:
        return None
    each = [np.asarray(rows, dtype=float) for rows in part]
    each = [rows[:, np.newaxis] if rows.ndim == 1 else rows for rows in each]
    if len(each) != len(lengths):
        raise UsageError(f"{name} has {len(each)} arrays; must have {len(lengths)}, one for each trial")
    for k, rows in enumerate(each):
        if rows.ndim != 2 or rows.shape != (lengths[k], each[0].shape[1]):
            raise UsageError(f"{name} of trial {k} has shape {rows.shape}; must be {(int(lengths[k]), each[0].shape[1])}")
    whole = np.zeros((len(each), int(lengths.max()), each[0].shape[1]))
    for k, rows in enumerate(each):
        whole[k, : len(rows)] = rows
    return whole


def trial_messages(trials: Trials) -> Iterable[model_pb2.Trial]:
    """Trials as messages, one each."""
    x = trials.inputs
    for k in range(x.shape[0]):
        rows = x.shape[1] if trials.lengths is None else int(trials.lengths[k])
        message = model_pb2.Trial()
        if isinstance(x, Spikes):
            part = slice(x.begin[k], x.begin[k + 1])
            message.spikes.SetInParent()
            message.spikes.neuron.extend(x.neuron[part].tolist())
            message.spikes.tick.extend(x.tick[part].tolist())
        else:
            message.input.CopyFrom(matrix(x[k, :rows]))
        if trials.target is not None:
            message.target.CopyFrom(matrix(trials.target[k, :rows]))
        elif trials.classes is not None:
            setattr(message, "class", int(trials.classes[k]))
        if trials.mask is not None:
            message.mask.CopyFrom(matrix(trials.mask[k, :rows]))
        if trials.reward is not None:
            message.reward.CopyFrom(matrix(trials.reward[k, :rows]))
        yield message


def hold_places(recorded: Any, ticks: int, inputs: int, *, answered: bool, rewarded: bool, held_out: int = 0) -> None:
    """Trials without a spike, where the message must have some; arrays or a function take their place when the
    model is checked. ``held_out``: as many as there are, since by default an evaluation shows all of them."""
    for field in ("trials", "evaluation_trials", "files", "evaluation_files"):
        recorded.ClearField(field)
    silent = weights_pb2.SparseMatrix(rows=ticks, cols=inputs)
    recorded.trials.append(model_pb2.Trial(sparse_input=silent, **({"class": 0} if answered else {})))
    if rewarded:
        recorded.trials[0].reward.CopyFrom(matrix(np.zeros((ticks, 1))))
    recorded.evaluation_trials.extend([model_pb2.Trial(sparse_input=silent, **{"class": 0})] * held_out)


class Supplied(NamedTuple):
    """Functions that write trials: what Model.supply keeps."""

    fill: Fill
    held_out: Union[Fill, None]
    classes: bool
    mask: bool
    lengths: bool
    reward: bool


def hold_places_of_supplied(model: model_pb2.Model, supplied: Supplied) -> None:
    """Places for the trials that a function supplies, in a copy of the model's message."""
    training = model.training
    if not training.ticks:
        raise UsageError("supply: training.ticks is not given; must be, since the function's arrays have so many (train(ticks=...))")
    held_out = 0
    if supplied.held_out is not None:
        held_out = training.evaluation.trials
        if not held_out:
            raise UsageError("supply: evaluation trials are not counted; must be, for held_out (train(evaluation_trials=...))")
    recorded = model.task.recorded
    hold_places(recorded, training.ticks, _columns(model), answered=True, rewarded=supplied.reward, held_out=held_out)


def hold_places_of_session(model: model_pb2.Model) -> None:
    """A place for the trials of a session whose model has no task, in a copy of its message."""
    training = model.training
    if not training.ticks:
        raise UsageError("Session: the model has no task, and training.ticks is not given; must be (train(ticks=...))")
    training.updates = training.updates or 2**31 - 1  # a session has no last update, so that its schedule goes on
    hold_places(model.task.recorded, training.ticks, _columns(model), answered=True, rewarded=True)


def _columns(model: model_pb2.Model) -> int:
    """Inputs that a task shows: all but the constant ones."""
    inputs = (p for p in model.network.populations if p.WhichOneof("kind") == "input")
    return sum(p.size for p in inputs if not p.input.HasField("constant"))
