"""Networks of PyTorch and snnTorch by their state dict, and back, without a dependency on either.

A state dict maps names to tensors. Projections keep these names, so that what a rule has learnt goes
back by name: ``net.load_state_dict({k: torch.from_numpy(v) for k, v in locus.state_dict(run).items()})``.
"""

from __future__ import annotations

import difflib
import math
import os
import re
from typing import TYPE_CHECKING, Any, Mapping, Union

import numpy as np
import numpy.typing as npt

from locus.errors import Fault, ModelError, UsageError
from locus.model import Model
from locus.weights import Array, one_to_one

if TYPE_CHECKING:
    from locus.outcome import Run

StateDict = Union[Mapping[str, Any], str, "os.PathLike[str]"]

_RESETS = {"zero": "ZERO", "subtract": "SUBTRACT", "subtract_next_tick": "SUBTRACT_NEXT_TICK"}
_RESET = """reset is not given, and a state dict does not say it: "subtract_next_tick" is snnTorch's default, whose threshold is
taken off in the tick after the spike; "subtract" takes it off at once (reset_delay=False), "zero" sets the voltage to 0 at once."""


def from_state_dict(
    state_dict: StateDict,
    *,
    input: str | None = None,
    recurrent: str = "rnn",
    readout: str | None = "out",
    output: str | None = None,
    activation: str = "tanh",
    reset: str | None = None,
    name: str = "torch",
) -> Model:
    """The model of a recurrent network that was built in PyTorch or with snnTorch.

    ``state_dict``: names to tensors or arrays, or the path of an .npz file of them. ``recurrent``: the
    module with the recurrent weights: an nn.RNN of one layer or an nn.RNNCell, or a spiking layer of
    snnTorch (Leaky, Synaptic, RLeaky, RSynaptic). ``input``: the nn.Linear before a spiking layer.
    ``readout``: the nn.Linear after it; None without one. ``output``: a spiking layer after ``readout``.
    ``activation``: of an nn.RNN, "tanh" or "relu". ``reset``: of spiking layers, for which it must be
    given: "zero", "subtract" or "subtract_next_tick". Decays become those of ticks of 1 ms.

    Raises ModelError with every tensor that has no place here: further layers, other directions,
    gates of LSTM and GRU, names that no module above has.

    >>> import numpy as np
    >>> w = {"rnn.weight_ih_l0": np.ones((4, 2)), "rnn.weight_hh_l0": np.eye(4), "out.weight": np.ones((1, 4))}
    >>> from_state_dict(w)
    Model 'torch': input (2) -> rnn (4) -> out (1), 3 projections, no task
    """
    builder = _Builder(_tensors(state_dict), name)
    spiking = builder.has(f"{recurrent}.beta")
    if spiking and reset is None:
        raise UsageError(_RESET)
    if reset is not None and reset not in _RESETS:
        raise UsageError(f"reset is {reset!r}; must be one of {', '.join(_RESETS)}")
    if spiking:
        builder.spiking(input, recurrent, _RESETS[str(reset)])
    else:
        builder.rnn(recurrent, activation)
    if readout is not None:
        builder.readout(recurrent, readout, output, _RESETS.get(str(reset), ""))
    builder.finish()
    return builder.model


def state_dict(run: Run) -> dict[str, Array]:
    """The weights of a run as the state dict that its model came from: biases have one dimension.

    >>> import locus, numpy as np
    >>> w = {"rnn.weight_ih_l0": np.ones((2, 1)), "rnn.weight_hh_l0": np.eye(2), "rnn.bias_ih_l0": np.ones(2),
    ...      "out.weight": np.ones((1, 2))}
    >>> m = from_state_dict(w); m.trials(np.ones((1, 3, 1)), target=np.ones((1, 3, 1))); m.train(learning_rate=0)
    >>> {k: v.shape for k, v in state_dict(locus.run(m, rules=["bptt"])["bptt"]).items()}["rnn.bias_ih_l0"]
    (2,)
    """
    model = run._require_model("state_dict")
    inputs = {p.name: p.input for p in model.proto.network.populations if p.WhichOneof("kind") == "input"}
    tensors: dict[str, Array] = {}
    for projection in model.proto.network.projections:
        weights = run.weights[projection.name]
        if isinstance(weights, tuple):
            tensors[projection.name] = np.array(weights[4])
        elif projection.source in inputs and inputs[projection.source].HasField("constant"):
            tensors[projection.name] = np.array(weights)[:, 0]
        else:
            tensors[projection.name] = np.array(weights)
    return tensors


class _Builder:
    """Takes tensors by name and gives them their places; what is left over is a fault."""

    def __init__(self, tensors: dict[str, Array], name: str) -> None:
        self.model = Model(name)
        self._tensors = tensors
        self._left = dict(tensors)
        self._faults: list[Fault] = []
        self._biased: dict[str, int] = {}  # constant inputs by target

    def has(self, name: str) -> bool:
        """Whether there is such a tensor."""
        return name in self._tensors

    def rnn(self, module: str, activation: str) -> None:
        """nn.RNN of one layer, or nn.RNNCell."""
        prefix = f"{module}." if module else ""
        ending = "_l0" if self.has(f"{prefix}weight_ih_l0") else ""
        weights = self._matrix(f"{prefix}weight_hh{ending}", module), self._matrix(f"{prefix}weight_ih{ending}", module)
        if weights[0] is None or weights[1] is None:
            self._stop()
        hidden, inputs = weights
        assert hidden is not None and inputs is not None
        gates, rest = divmod(len(hidden), hidden.shape[1])
        if gates != 1 or rest:
            kind = {3: "a GRU's", 4: "an LSTM's"}.get(gates if not rest else 0, "no RNN's")
            self._fault(f"{prefix}weight_hh{ending}", f"has shape {hidden.shape}, {kind}", "must be that of an nn.RNN, square")
            self._stop()
        if activation not in ("tanh", "relu"):
            raise UsageError(f"activation is {activation!r}; must be tanh or relu")
        layer = module or "rnn"
        self.model.input("input", inputs.shape[1])
        self.model.rate(layer, len(hidden), activation)
        self._connect("input", layer, f"{prefix}weight_ih{ending}", inputs)
        self._connect(layer, layer, f"{prefix}weight_hh{ending}", hidden)
        for bias in ("bias_ih", "bias_hh"):
            self._bias(layer, f"{prefix}{bias}{ending}", len(hidden))

    def spiking(self, linear: str | None, layer: str, reset: str) -> None:
        """A Linear onto a spiking layer of snnTorch, recurrent or not."""
        if linear is None:
            raise UsageError(f"input is not given; must name the nn.Linear before {layer}")
        weight = self._matrix(f"{linear}.weight", linear)
        if weight is None:
            self._stop()
        assert weight is not None
        self.model.input("input", weight.shape[1])
        self._lif(layer, len(weight), reset)
        self._connect("input", layer, f"{linear}.weight", weight)
        self._bias(layer, f"{linear}.bias", len(weight))
        self._recurrence(layer, len(weight))

    def readout(self, layer: str, linear: str, output: str | None, reset: str) -> None:
        """A Linear from the layer onto readouts, or onto a spiking layer."""
        layer = layer or "rnn"
        weight = self._matrix(f"{linear}.weight", linear)
        if weight is None:
            self._stop()
        assert weight is not None
        target = output or linear
        if output is None:
            self.model.readout(target, len(weight))
        else:
            self._lif(target, len(weight), reset)
            self.model.late = {"input": 0, layer: 0, target: 1}
            self.model.notes.append(f"{target}: late by 1, as synapses between neurons take a tick")
        self._connect(layer, target, f"{linear}.weight", weight)
        self._bias(target, f"{linear}.bias", len(weight), delay=None if output is None else 1)
        if output is not None:
            self._recurrence(target, len(weight))

    def finish(self) -> None:
        """Tensors that are left have no place."""
        known = [name for name in self._tensors if name not in self._left]
        for name in self._left:
            deeper = re.search(r"_l[1-9]\d*(_reverse)?$|_l0_reverse$", name)
            what = "is of a further layer or direction" if deeper else "has no place in the network"
            near = difflib.get_close_matches(name.split(".")[0], {each.split(".")[0] for each in known}, 1)
            self._fault(name, what, "" if deeper or not near else f"modules taken: {', '.join(dict.fromkeys(each.split('.')[0] for each in known))}")
        self._stop()

    # ---- parts

    def _lif(self, layer: str, size: int, reset: str) -> None:
        beta = self._each(f"{layer}.beta", size)
        fields: dict[str, Any] = {"tau_m": _tau(beta), "threshold": self._each(f"{layer}.threshold", size, 1.0)}
        if self.has(f"{layer}.alpha"):
            fields["current"] = {"tau": _tau(self._each(f"{layer}.alpha", size))}
        for decay in ("beta", "alpha"):
            values = self._tensors.get(f"{layer}.{decay}", np.zeros(0))
            if values.size and not (0 <= values.min() and values.max() <= 1):
                self._fault(f"{layer}.{decay}", f"goes from {values.min():g} to {values.max():g}", "must be within 0 .. 1")
        mechanism = self._left.pop(f"{layer}.reset_mechanism_val", None)
        if mechanism is not None:
            said = {0: "subtract", 1: "zero"}.get(int(mechanism.flat[0]), "none")
            if said != reset.lower().split("_")[0]:
                self._fault(f"{layer}.reset_mechanism_val", f"is {int(mechanism.flat[0])}, {said}", f"and reset is {reset.lower()}")
        factor = self._left.pop(f"{layer}.graded_spikes_factor", np.ones(1))
        if (factor != 1).any():
            self._fault(f"{layer}.graded_spikes_factor", f"is {factor.flat[0]:g}", "must be 1: a spike here is 1")
        self.model.lif(layer, size, above=True, reset=reset, integration="EULER", **fields)

    def _recurrence(self, layer: str, size: int) -> None:
        diagonal = f"{layer}.recurrent.V"
        if self.has(diagonal):
            self.model.connect(layer, layer, one_to_one(self._each(diagonal, size)), name=diagonal)
        elif self.has(f"{layer}.recurrent.weight"):
            weight = self._matrix(f"{layer}.recurrent.weight", layer)
            if weight is not None:
                self._connect(layer, layer, f"{layer}.recurrent.weight", weight)
        self._bias(layer, f"{layer}.recurrent.bias", size)

    def _connect(self, source: str, target: str, name: str, weight: Array) -> None:
        sizes = {p.name: p.size for p in self.model.proto.network.populations}
        if weight.shape != (sizes[target], sizes[source]):
            self._fault(name, f"has shape {weight.shape}", f"must be {(sizes[target], sizes[source])}: {target} x {source}")
            return
        self.model.connect(source, target, weight, name=name)

    def _bias(self, target: str, name: str, size: int, delay: int | None = None) -> None:
        """A bias is the weights from an input that is always 1; one for each bias of a target."""
        if not self.has(name):
            return
        value = self._each(name, size)
        number = self._biased.get(target, 0)
        self._biased[target] = number + 1
        one = "one" if number == 0 else f"one.{number + 1}"
        if one not in [p.name for p in self.model.proto.network.populations]:
            self.model.input(one, constant=1)
        self.model.connect(one, target, value.reshape(-1, 1), name=name, delay=delay)

    def _matrix(self, name: str, module: str) -> Array | None:
        value = self._left.pop(name, None)
        if value is None:
            near = difflib.get_close_matches(name, list(self._tensors), 1)
            self._fault(name, "is missing", f"did you mean {near[0]}?" if near else f"tensors: {', '.join(list(self._tensors)[:12])}")
        elif value.ndim != 2 or 0 in value.shape:
            self._fault(name, f"has shape {value.shape}", "must have 2 dimensions")
            return None
        return value

    def _each(self, name: str, size: int, missing: float | None = None) -> Array:
        value = self._left.pop(name, None)
        if value is None:
            if missing is None:
                self._fault(name, "is missing")
            return np.full(size, 1.0 if missing is None else missing)
        if value.size not in (1, size):
            self._fault(name, f"has {value.size} numbers", f"must have 1 or {size}")
            return np.ones(size)
        return np.full(size, value.flat[0]) if value.size == 1 else value.ravel()

    def _fault(self, name: str, what: str, allowed: str = "") -> None:
        text = f"error: {name} {what}" + (f"; {allowed}" if allowed else "")
        self._faults.append(Fault(field=name, what=what, allowed=allowed, text=text))

    def _stop(self) -> None:
        if self._faults:
            raise ModelError(self._faults)


def _tensors(given: StateDict) -> dict[str, Array]:
    """Arrays of float64 by name."""
    if isinstance(given, (str, os.PathLike)):
        with np.load(os.fspath(given), allow_pickle=False) as file:
            return {name: _array(name, file[name]) for name in file.files}
    return {name: _array(name, value) for name, value in given.items()}


def _array(name: str, value: Any) -> Array:
    for step in ("detach", "cpu", "numpy"):
        if not isinstance(value, np.ndarray) and hasattr(value, step):
            value = getattr(value, step)()
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise UsageError(f"{name} has type {array.dtype}; must be a tensor or an array of real numbers")
    numbers = array.astype(float)
    wrong = np.argwhere(~np.isfinite(numbers))
    if len(wrong):
        index = ", ".join(str(each) for each in wrong[0])
        field, what = f"{name}[{index}]", f"is {numbers[tuple(wrong[0])]}"
        raise ModelError([Fault(field=field, what=what, allowed="must be finite", text=f"error: {field} {what}; must be finite")])
    return numbers


def _tau(decay: Array) -> npt.NDArray[Any]:
    """Time constants [ms] whose Euler step of 1 ms has these decays."""
    inside = np.clip(decay, 0, 1)
    tau = np.full(inside.shape, math.inf)
    np.divide(1.0, 1 - inside, out=tau, where=inside < 1)
    return tau if (tau != tau.flat[0]).any() else tau[:1]
