"""A NIR file of a model, or of what a run has learnt.

NIR has continuous neurons; their time constants here are those with which an Euler step of dt has
the decays of locus. What NIR cannot say is refused by name. The reset, which NIR leaves open, stands
in the file's metadata, for people.
"""

from __future__ import annotations

import math
import os
from typing import Any, Mapping

import numpy as np

from locus import _core
from locus.errors import UsageError
from locus.model import Model
from locus.nir_file import Faults, h5py
from locus.outcome import Run
from locus.weights import array, Array, dense_of

_VERSION = "1.0.8"  # of NIR's layout
Numbers = Mapping[str, Array]


def write(model: Model | Run, path: str | os.PathLike[str], *, dt: float | None = None) -> list[str]:
    """Writes a network as NIR; returns what the file does not say, a line each.

    ``model``: a model, whose weights are those before the first update, or a run, whose weights are
    those that it learnt. ``dt``: seconds of a tick, by default those of the model's training.
    Synapses between neurons take a tick here and none in NIR, so that a reader of the file sees
    outputs as many ticks earlier as there are layers of neurons before them.

    Raises ModelError with every part that NIR does not have: other activations than the identity,
    refractoriness, adaptation, a reset in the next tick, cycles through several populations.

    >>> import locus, locus.nir, os, tempfile
    >>> m = locus.Model("linear")
    >>> m.input("in", 2); m.rate("h", 3, leak=0.5); m.readout("out", 1)
    >>> m.connect("in", "h", locus.gaussian(1)); m.connect("h", "out", locus.gaussian(1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     locus.nir.write(m, os.path.join(folder, "linear.nir"))
    []
    """
    module = h5py()
    source, weights = (model._require_model("write"), model.weights) if isinstance(model, Run) else (model, {})
    tick = (source.proto.training.dt_ms or 1.0) / 1000 if dt is None else dt
    if not (math.isfinite(tick) and tick > 0):
        raise UsageError(f"dt is {tick}; must be above 0 [s]")
    faults = Faults(os.fspath(path))
    graph = _Graph(source.proto, {**_first_weights(source), **{name: dense_of(w) for name, w in weights.items()}}, tick, faults)
    graph.build()
    faults.stop()
    metadata = {"locus": _core.version, "dt": repr(tick), "reset": graph.reset, "model": source.proto.name,
                "seed": str(source.proto.seed), "rule": model.rule if isinstance(model, Run) else ""}  # fmt: skip
    with module.File(os.fspath(path), "w") as file:
        text = module.string_dtype()
        file.create_dataset("version", data=_VERSION, dtype=text)
        root = file.create_group("node")
        root.create_dataset("type", data="NIRGraph", dtype=text)
        root.create_dataset("edges", data=np.array(graph.edges, dtype=object).reshape(-1, 2), dtype=text)
        told = root.create_group("metadata")
        for key, value in metadata.items():
            told.create_dataset(key, data=value, dtype=text)
        nodes = root.create_group("nodes")
        for name, (kind, numbers) in graph.nodes.items():
            node = nodes.create_group(name)
            node.create_dataset("type", data=kind, dtype=text)
            for key, array in numbers.items():
                node.create_dataset(key, data=array, compression="gzip")
    return graph.notes


class _Graph:
    """Nodes and edges of a network."""

    def __init__(self, model: Any, weights: dict[str, Array], dt: float, faults: Faults) -> None:
        self.nodes: dict[str, tuple[str, Numbers]] = {}
        self.edges: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.reset = "none"
        self._weights = weights
        self._dt = dt
        self._faults = faults
        self._populations = {p.name: p for p in model.network.populations}
        self._constants = {p.name: c for p in model.network.populations if (c := constant_of(p)) is not None}
        self._projections = [p for p in model.network.projections if p.source not in self._constants]
        self._biases = [p for p in model.network.projections if p.source in self._constants]
        self._model_dt = model.training.dt_ms or 1.0  # ms

    def build(self) -> None:
        """Adds all nodes, then all edges."""
        for name, population in self._populations.items():
            kind = population.WhichOneof("kind")
            if kind == "input" and name not in self._constants:
                self.nodes[name] = ("Input", {"shape": np.array([population.size])})
            elif kind == "rate":
                self._add_rate(name, population)
            elif kind == "lif":
                self._add_lif(name, population)
            elif kind == "readout":
                self._add_readout(name, population)
        layers = self._layers()
        bias = self._bias_by_projection(layers)
        for name, population in self._populations.items():
            self._add_own_bias(name, population, layers, bias)
        for projection in self._projections:
            self._add_projection(projection, layers, bias.get(projection.name))
        ends = {p.source for p in self._projections if p.source != p.target}
        for name, population in self._populations.items():
            if population.WhichOneof("kind") in ("rate", "lif") and name not in ends:
                self._add_output(name, population.size)

    # ---- neurons

    def _add_rate(self, name: str, population: Any) -> None:
        rate = population.rate
        if rate.activation:
            word = rate.Activation.Name(rate.activation)
            self._faults.add(f"population {name}", f"has the activation {word}", "NIR has IDENTITY alone")
        if any(rate.initial):
            self._faults.add(f"population {name}", "begins trials with an activity", "NIR's neurons begin at 0")
        leak = np.asarray(rate.leak or [1.0], dtype=float)
        self.nodes[name] = ("LI", _all(population.size, tau=self._dt / leak, r=1, v_leak=0))

    def _add_lif(self, name: str, population: Any) -> None:
        lif, n = population.lif, population.size
        if lif.refractory > 0:
            self._faults.add(f"population {name}", f"is refractory for {lif.refractory:g} ms", "NIR has no refractoriness")
        if lif.HasField("integer"):
            self._faults.add(f"population {name}", "has voltages of whole numbers", "NIR has real numbers")
        if lif.HasField("adaptation"):
            self._faults.add(f"population {name}", "has adaptation", "NIR has none")
        word = lif.Reset.Name(lif.reset)
        if word == "SUBTRACT_NEXT_TICK":
            self._faults.add(f"population {name}", f"has the reset {word}", "NIR's neurons reset at once: ZERO or SUBTRACT")
        self.reset = word.lower() if self.reset in ("none", word.lower()) else "mixed"
        if not lif.above:
            self.notes.append(f"{name}: a spike needs v > threshold in NIR, and v >= threshold here")
        decay = self._decay(lif.tau_m, lif.integration)
        gain = 1 - decay if lif.normalise_input else np.ones(1)
        numbers: dict[str, Any] = {"v_threshold": lif.threshold, "v_reset": lif.reset_to or [0.0]}
        if (decay == 1).all():
            if any(lif.rest):
                self.notes.append(f"{name}: without a leak, rest has no meaning")
            if lif.HasField("current"):
                self._faults.add(f"population {name}", "has a current and no leak", "NIR has no such neuron")
            self.nodes[name] = ("IF", _all(n, r=gain / self._dt, **numbers))
            return
        if (decay == 1).any():
            self._faults.add(f"population {name}", "has neurons with and without a leak", "NIR has no such node")
            return
        tau = self._dt / (1 - decay)
        numbers.update(r=gain * tau / self._dt, v_leak=lif.rest or [0.0])
        if lif.HasField("current"):
            synaptic = self._dt / (1 - self._decay(lif.current.tau, lif.integration))
            self.nodes[name] = ("CubaLIF", _all(n, tau_mem=tau, tau_syn=synaptic, w_in=synaptic / self._dt, **numbers))
        else:
            self.nodes[name] = ("LIF", _all(n, tau=tau, **numbers))

    def _decay(self, tau: Any, integration: int) -> Array:
        """Of voltage or current in a tick, under the exact step (0) or Euler's."""
        ratio = self._model_dt / np.asarray(tau, dtype=float)
        return np.asarray(np.exp(-ratio) if integration == 0 else 1 - ratio)

    def _add_readout(self, name: str, population: Any) -> None:
        readout, n = population.readout, population.size
        integrates = "integrate" in readout.DESCRIPTOR.fields_by_name and readout.integrate
        if not readout.HasField("tau_m") and not integrates:
            self.nodes[name] = ("Output", {"shape": np.array([n])})
            return
        if integrates or math.isinf(readout.tau_m):
            self.nodes[name] = ("I", _all(n, r=1 / self._dt))
        else:
            tau = self._dt / (1 - math.exp(-self._model_dt / readout.tau_m))
            self.nodes[name] = ("LI", _all(n, tau=tau, r=1 if readout.normalise_input else tau / self._dt, v_leak=0))
        self._add_output(name, n)

    def _add_output(self, name: str, size: int) -> None:
        output = self._free(f"{name}.output")
        self.nodes[output] = ("Output", {"shape": np.array([size])})
        self.edges.append((name, output))

    # ---- projections

    def _layers(self) -> dict[str, int]:
        """Of each population the neuron layers before it, as read() has them."""
        layer = {name: 0 for name, p in self._populations.items() if p.WhichOneof("kind") == "input"}
        waiting = [name for name in self._populations if name not in layer]
        while waiting:
            ready = [name for name in waiting
                     if all(p.source in layer for p in self._projections if p.target == name != p.source)]  # fmt: skip
            if not ready:
                self._faults.add(f"population {waiting[0]}", "is on, or behind, a cycle through several populations",
                                 "NIR does not say which of its edges carries the tick before")  # fmt: skip
                return {**layer, **dict.fromkeys(waiting, 0)}
            for name in ready:
                step = int(self._populations[name].WhichOneof("kind") != "readout")
                sources = [p.source for p in self._projections if p.target == name != p.source]
                layer[name] = max((layer[s] + (step if self._is_neuron(s) else 0) for s in sources), default=0)
            waiting = [name for name in waiting if name not in layer]
        return layer

    def _is_neuron(self, name: str) -> bool:
        return self._populations[name].WhichOneof("kind") in ("rate", "lif")

    def _delay(self, projection: Any) -> int:
        if projection.HasField("delay"):
            return int(projection.delay)
        return int(self._is_neuron(projection.source) and self._is_neuron(projection.target))

    def _bias_by_projection(self, layers: dict[str, int]) -> dict[str, Array]:
        """The constant inputs of a target, as the bias of one of its projections."""
        bias: dict[str, Array] = {}
        for each in self._biases:
            hosts = [p for p in self._projections if p.target == each.target]
            host = next((p for p in hosts if f"{p.name}.bias" == each.name), hosts[0] if hosts else None)
            if host is None:
                self._faults.add(f"projection {each.name}", f"is the only one onto {each.target}", "NIR's bias needs a matrix beside it")
                continue
            if self._delay(each) != layers[each.target]:
                self._faults.add(f"projection {each.name}", f"has a delay of {self._delay(each)} ticks",
                                 f"NIR's bias begins with the first tick: must be {layers[each.target]}")  # fmt: skip
            value = self._constants[each.source] * self._weights[each.name].sum(axis=1)
            bias[host.name] = bias.get(host.name, 0) + value
        return bias

    def _add_own_bias(self, name: str, population: Any, layers: dict[str, int], bias: dict[str, Array]) -> None:
        """Biases of a population's own go where those of constant inputs go; noise goes nowhere."""
        kind = getattr(population, population.WhichOneof("kind"))
        if population.HasField("noise"):
            self.notes.append(f"{name}: NIR has no noise")
        if population.WhichOneof("kind") == "input" or not kind.HasField("bias"):
            return
        host = next((p.name for p in self._projections if p.target == name), None)
        if host is None or layers[name] > 0:
            self._faults.add(f"population {name}", "has biases of its own",
                             "must be the weights of a constant input, behind other neurons with their delay")  # fmt: skip
            return
        given = self._weights.get(f"{name}.bias", np.asarray(kind.bias.value or [0.0], dtype=float))
        bias[host] = np.asarray(bias.get(host, 0.0) + np.broadcast_to(given.ravel(), (population.size,)), dtype=float)

    def _add_projection(self, projection: Any, layers: dict[str, int], bias: Array | None) -> None:
        name, source, target = projection.name, projection.source, projection.target
        weight = self._weights[name]
        delay = self._delay(projection) - (layers[target] - layers[source]) - int(source == target)
        if delay < 0:
            self._faults.add(f"projection {name}", f"has a delay of {self._delay(projection)} ticks",
                             f"must be at least {self._delay(projection) - delay}: other ways to {target} are longer")  # fmt: skip
        before = source
        if delay > 0:
            before = self._free(f"{name}.delay")
            self.nodes[before] = ("Delay", _all(self._populations[source].size, delay=delay * self._dt))
            self.edges.append((source, before))
        plain = projection.HasField("plastic") and not projection.plastic and bias is None
        if plain and self.nodes.get(target, ("",))[0] != "Output" and np.array_equal(weight, np.eye(len(weight))):
            self.edges.append((before, target))
            return
        node = self._free(name)
        self.nodes[node] = ("Linear", {"weight": weight}) if bias is None else ("Affine", {"weight": weight, "bias": bias})
        self.edges += [(before, node), (node, target)]

    def _free(self, wanted: str) -> str:
        """A name that no node and no population has; NIR separates nothing by a slash."""
        name = wanted.replace("/", "_")
        while name in self.nodes or name in self._populations:
            name += "_"
        return name


def constant_of(population: Any) -> float | None:
    """What a constant input shows, or None for other populations."""
    if population.WhichOneof("kind") != "input" or not population.input.HasField("constant"):
        return None
    return float(population.input.constant)


def _all(size: int, **numbers: Any) -> Numbers:
    """One number a neuron for each parameter."""
    return {name: np.broadcast_to(np.asarray(each, dtype=float), (size,)).copy() for name, each in numbers.items()}


def _first_weights(model: Model) -> dict[str, Array]:
    """Every projection's weights before the first update; the model needs no task."""
    given = {p.name: _given(model, p) for p in model.proto.network.projections}
    explicit = {name: weights for name, weights in given.items() if weights is not None}
    return explicit if len(explicit) == len(given) else _drawn_weights(model)


def _given(model: Model, projection: Any) -> Array | None:
    """Weights that the model writes out."""
    if projection.name in model.weights:
        return dense_of(model.weights[projection.name])
    sparse, form = projection.weights.sparse, projection.weights.WhichOneof("form")
    if form == "dense":
        return array(projection.weights.dense)
    return dense_of((sparse.rows, sparse.cols, sparse.row, sparse.col, sparse.values)) if form == "sparse" else None


def _drawn_weights(model: Model) -> dict[str, Array]:
    bare = model.copy()
    inputs = sum(p.size for p in bare.proto.network.populations if p.WhichOneof("kind") == "input" and constant_of(p) is None)
    bare.proto.ClearField("task")
    bare._held_out = None
    ticks = max([1, *(p.delay for p in bare.proto.network.projections)])
    bare.trials(np.zeros((1, ticks, max(1, inputs))))
    dt = bare.proto.training.dt_ms
    bare.proto.ClearField("training")
    bare.proto.ClearField("rules")
    bare.proto.ClearField("record")
    if dt:
        bare.proto.training.dt_ms = dt
    session = _core.Session(bare._spec(rules=["none"]), "none", "batched", 1, 1, None)
    return {p.name: dense_of(session.weights(p.name)) for p in bare.proto.network.projections}
