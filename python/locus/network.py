"""Network: the populations and projections of a model, added by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from locus.errors import UsageError
from locus.messages import bias_of, given, message_of, word_of
from locus.v1 import model_pb2, weights_pb2
from locus.weights import Form, Weights, entries_of, matrix


class Network:
    """The part of a Model that has its network: ``proto.network``, and arrays of weights beside it."""

    proto: model_pb2.Model
    _weights: dict[str, Any]  # arrays by projection

    def input(self, name: str, size: int = 1, constant: float | None = None) -> None:
        """Adds inputs: the task gives their activity, or they show ``constant`` at every tick and take
        no column of the task's inputs. Weights from a constant 1 are biases.

        >>> from locus import Model
        >>> m = Model(); m.input("one", constant=1); m.rate("rec", 3); m.connect("one", "rec", 0, name="b")
        >>> m.proto.network.populations[0].input.constant
        1.0
        """
        inputs = self._population(name, size).input
        inputs.SetInParent()
        if constant is not None:
            inputs.constant = constant

    def rate(
        self,
        name: str,
        size: int,
        activation: str = "identity",
        leak: float | npt.ArrayLike = 1.0,
        initial: float | npt.ArrayLike | None = None,
        bias: float | npt.ArrayLike | dict[str, Any] | None = None,
        noise: dict[str, Any] | None = None,
    ) -> None:
        """Adds rate neurons: h_t = (1 - leak) h_{t-1} + leak * activation(W h_{t-1} + B x_t + bias).

        ``leak``, ``initial``, ``bias``: one number for all neurons, or one for each; ``bias`` may be the
        fields of Population.Bias, and ``noise`` has those of Population.Noise.

        >>> from locus import Model
        >>> m = Model(); m.rate("rec", 2, "tanh", leak=[0.2, 0.5], bias=0)
        >>> list(m.proto.network.populations[0].rate.leak)
        [0.2, 0.5]
        """
        word = word_of(model_pb2.Population.Rate.Activation, activation, "activation")
        fields = {"leak": leak, "initial": initial, "bias": bias_of(bias)}
        rate = message_of(model_pb2.Population.Rate, given(fields), f"rate {name}")
        rate.activation = word
        self._population(name, size, noise).rate.CopyFrom(rate)

    def lif(
        self,
        name: str,
        size: int,
        *,
        tau_m: float | npt.ArrayLike,
        threshold: float | npt.ArrayLike,
        noise: dict[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """Adds spiking neurons; ``fields`` and ``noise`` are those of Population.Lif (times in ms) and Noise.

        Constants of neurons are one number for all, or an array with one for each.

        >>> from locus import Model
        >>> m = Model()
        >>> m.lif("rec", 10, tau_m=20, threshold=0.6, current={"tau": 5}, reset="ZERO", surrogate={"height": 0.5})
        >>> m.proto.network.populations[0].lif.surrogate.height
        0.5
        """
        fields = {"tau_m": tau_m, "threshold": threshold, **fields, "bias": bias_of(fields.get("bias"))}
        lif = message_of(model_pb2.Population.Lif, given(fields), f"lif {name}")
        self._population(name, size, noise).lif.CopyFrom(lif)

    def readout(
        self,
        name: str,
        size: int,
        tau_m: float | None = None,
        normalise_input: bool = False,
        bias: float | npt.ArrayLike | dict[str, Any] | None = None,
        integrate: bool = False,
    ) -> None:
        """Adds readouts: y_t = A h_t + bias, with ``tau_m`` [ms] a low-pass filter of it, or with
        ``integrate`` its sum so far.

        >>> from locus import Model
        >>> m = Model(); m.readout("out", 10, tau_m=20)
        >>> m.proto.network.populations[0].readout.tau_m
        20.0
        """
        fields = {
            "tau_m": tau_m,
            "normalise_input": normalise_input or None,
            "bias": bias_of(bias),
            "integrate": integrate or None,
        }
        readout = message_of(model_pb2.Population.Readout, given(fields), f"readout {name}")
        self._population(name, size).readout.CopyFrom(readout)

    def connect(
        self,
        source: str,
        target: str,
        weights: Weights,
        name: str | None = None,
        plastic: bool = True,
        learning_rate: float | None = None,
        delay: int | None = None,
        autapses: bool = True,
        **limits: Any,
    ) -> None:
        """Adds synapses from one population to another.

        ``weights`` is a number for all of them, an array (target's size x source's size), a SciPy
        sparse matrix, or a form: gaussian(), normal(), aligned(), sparse_random(). ``limits``: ``sign``
        ("non_negative", "non_positive"), ``weight_min``, ``weight_max``, ``weight_decay``.

        >>> from locus import Model
        >>> m = Model(); m.input("x", 2); m.rate("e", 3); m.connect("x", "e", 0.5, sign="non_negative", weight_max=2)
        >>> m.proto.network.projections[0].weight_max
        2.0
        """
        projection = self.proto.network.projections.add(name=name or f"{source}-{target}", source=source, target=target)
        if not plastic:
            projection.plastic = False
        if learning_rate is not None:
            projection.learning_rate = learning_rate
        if delay is not None:
            projection.delay = delay
        if not autapses:
            projection.autapses = False
        if "sign" in limits:
            projection.sign = word_of(model_pb2.Projection.Sign, limits.pop("sign"), "sign")
        projection.MergeFrom(message_of(model_pb2.Projection, limits, f"connect {projection.name}"))
        if isinstance(weights, Form):
            projection.weights.CopyFrom(weights.message)
        elif np.isscalar(weights):
            projection.weights.constant.value = float(weights)  # type: ignore[arg-type]
        else:
            projection.weights.constant.value = 0  # the array takes its place
            self.weights[projection.name] = weights

    @property
    def weights(self) -> ArrayWeights:
        """Arrays of weights by projection; setting one replaces what the model says.

        A population's own biases have the name POPULATION.bias.

        >>> from locus import Model
        >>> m = Model(); m.rate("rec", 2, bias=0); m.connect("rec", "rec", 0, name="W")
        >>> m.weights["W"] = [[0, 1], [1, 0]]; m.weights["rec.bias"] = [0.5, -0.5]
        >>> list(m.proto.network.populations[0].rate.bias.value)
        [0.5, -0.5]
        """
        return ArrayWeights(self)

    def _population(self, name: str, size: int, noise: dict[str, Any] | None = None) -> model_pb2.Population:
        population = self.proto.network.populations.add(name=name, size=size)
        if noise is not None:
            population.noise.CopyFrom(message_of(model_pb2.Population.Noise, noise, f"noise of {name}"))
        return population


class ArrayWeights:
    """The arrays of a model's projections and biases, by name; setting one checks its shape."""

    def __init__(self, model: Network) -> None:
        self._model = model

    def __setitem__(self, name: str, weights: Any) -> None:
        projection = self._projection(name)
        biased = self._biased(name)
        if projection is None and biased is None:
            names = ", ".join(p.name for p in self._model.proto.network.projections)
            raise UsageError(f"no projection is named {name}; there are {names or 'none'}")
        sizes = {p.name: p.size for p in self._model.proto.network.populations}
        entries = _taken(weights)
        array: Any = entries if entries is not None else np.array(weights, dtype=float, order="C")
        shape = entries[:2] if entries is not None else array.shape
        if projection is None:
            assert biased is not None
            if shape not in ((biased.size,), (biased.size, 1)) or entries is not None:
                raise UsageError(f"{name}: biases have shape {tuple(shape)}; must be {(biased.size,)}")
            _bias(biased).value[:] = array.ravel().tolist()
            return
        wanted = (sizes.get(projection.target, 0), sizes.get(projection.source, 0))
        if tuple(shape) != wanted:
            raise UsageError(f"{name}: weights have shape {tuple(shape)}; must be {wanted}: target's size x source's size")
        self._model._weights[name] = array
        projection.weights.constant.value = 0

    def __getitem__(self, name: str) -> Any:
        if name in self._model._weights:
            return self._model._weights[name]
        biased = self._biased(name) if self._projection(name) is None else None
        if biased is None:
            raise KeyError(f"{name} has no array; there are {', '.join(self.keys()) or 'none'}")
        return np.array(_bias(biased).value)

    def __contains__(self, name: str) -> bool:
        return name in self._model._weights

    def keys(self) -> list[str]:
        """Names of the projections with arrays."""
        return list(self._model._weights)

    def _projection(self, name: str) -> Any:
        return next((p for p in self._model.proto.network.projections if p.name == name), None)

    def _biased(self, name: str) -> Any:
        """The population whose own biases have this name, or None."""
        populations = self._model.proto.network.populations
        return next((p for p in populations if name == f"{p.name}.bias" and _bias(p) is not None), None)


def _bias(population: Any) -> Any:
    """The biases of a population's neurons, a message, or None."""
    kind = population.WhichOneof("kind")
    if kind not in ("rate", "lif", "readout") or not getattr(population, kind).HasField("bias"):
        return None
    return getattr(population, kind).bias


def _taken(weights: Any) -> Any:
    """The entries of a sparse matrix, of SciPy or of a result; None for anything else."""
    if isinstance(weights, tuple) and len(weights) == 5:
        return weights
    return entries_of(weights)


def weights_message(array: Any) -> weights_pb2.Weights:
    """An array, or the entries of a sparse matrix, as a message."""
    if not isinstance(array, tuple):
        return weights_pb2.Weights(dense=matrix(array))
    rows, cols, row, col, values = array
    return weights_pb2.Weights(sparse=weights_pb2.SparseMatrix(rows=rows, cols=cols, row=row, col=col, values=values))
