"""Arrays beside a model: weights of projections, and trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable

import numpy as np
import numpy.typing as npt

from locus.errors import UsageError
from locus.v1 import model_pb2, weights_pb2
from locus.weights import Array, entries_of, matrix

if TYPE_CHECKING:
    from locus.model import Model

Trials = tuple[Array, Any, Any]  # inputs, targets or None, classes or None


class ArrayWeights:
    """The arrays of a model's projections, by name; setting one checks its shape."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def __setitem__(self, name: str, weights: Any) -> None:
        projection = next((p for p in self._model.proto.network.projections if p.name == name), None)
        if projection is None:
            names = ", ".join(p.name for p in self._model.proto.network.projections)
            raise UsageError(f"no projection is named {name}; there are {names or 'none'}")
        sizes = {p.name: p.size for p in self._model.proto.network.populations}
        wanted = (sizes.get(projection.target, 0), sizes.get(projection.source, 0))
        entries = entries_of(weights)
        given: Any = entries if entries is not None else np.array(weights, dtype=float, order="C")
        shape = entries[:2] if entries is not None else np.shape(weights)
        if tuple(shape) != wanted:
            raise UsageError(f"{name}: weights have shape {tuple(shape)}; must be {wanted}: target's size x source's size")
        self._model._weights[name] = given
        projection.weights.constant.value = 0

    def __getitem__(self, name: str) -> Any:
        return self._model._weights[name]

    def __contains__(self, name: str) -> bool:
        return name in self._model._weights

    def keys(self) -> list[str]:
        """Names of the projections with arrays."""
        return list(self._model._weights)


def trials_of(inputs: npt.ArrayLike, target: Any, classes: Any) -> Trials:
    """Inputs (trials x ticks x inputs) with targets or classes, checked for their shapes."""
    if target is not None and classes is not None:
        raise UsageError("trials have a target or classes, not both")
    x = np.asarray(inputs, dtype=float)
    if x.ndim == 2:
        x = x[:, :, np.newaxis]
    if x.ndim != 3 or 0 in x.shape[:2]:
        raise UsageError(f"inputs have shape {x.shape}; must be trials x ticks x inputs, with a trial and a tick")
    y = None if target is None else np.asarray(target, dtype=float)
    if y is not None and y.ndim == 2:
        y = y[:, :, np.newaxis]
    if classes is None:
        return np.ascontiguousarray(x), y, None
    labels = np.asarray(classes)
    if not np.issubdtype(labels.dtype, np.integer):
        raise UsageError(f"classes have type {labels.dtype}; must be whole numbers from 0")
    return np.ascontiguousarray(x), None, labels.astype(np.int64)


def trial_messages(trials: Trials) -> Iterable[model_pb2.Trial]:
    """Trials as messages, one each."""
    inputs, targets, classes = trials
    for k, x in enumerate(inputs):
        message = model_pb2.Trial(input=matrix(x))
        if targets is not None:
            message.target.CopyFrom(matrix(targets[k]))
        elif classes is not None:
            setattr(message, "class", int(classes[k]))
        yield message


def weights_message(given: Any) -> weights_pb2.Weights:
    """An array, or the entries of a sparse matrix, as a message."""
    if not isinstance(given, tuple):
        return weights_pb2.Weights(dense=matrix(given))
    rows, cols, row, col, values = given
    return weights_pb2.Weights(sparse=weights_pb2.SparseMatrix(rows=rows, cols=cols, row=row, col=col, values=values))


def hold_places(recorded: Any, trials: Trials, held_out: Trials | None) -> None:
    """Trials without a spike, where the message must have some; the arrays take their place when the model is checked."""
    for field in ("trials", "evaluation_trials", "files", "evaluation_files"):
        if field in recorded.DESCRIPTOR.fields_by_name:
            recorded.ClearField(field)
    ticks, channels = trials[0].shape[1:]
    silent = weights_pb2.SparseMatrix(rows=ticks, cols=channels)
    answered = trials[1] is not None or trials[2] is not None
    recorded.trials.append(model_pb2.Trial(sparse_input=silent, **({"class": 0} if answered else {})))
    if held_out is not None:  # as many as there are: by default an evaluation shows all of them
        recorded.evaluation_trials.extend([model_pb2.Trial(sparse_input=silent, **{"class": 0})] * len(held_out[0]))
