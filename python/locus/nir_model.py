"""A model from the ways of a NIR graph: neurons with their decays, projections with their delays.

Time constants are in s in NIR and in ms here. Decays are those of Euler's step, 1 - dt / tau, and
what a neuron multiplies its input by is folded into the rows that lead to it.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from locus.messages import printable
from locus.model import Model
from locus.nir_file import NEURONS, Faults, Graph, Node
from locus.nir_ways import Way, Ways, is_spiking
from locus.weights import Array, Form, one_to_one

_EXACTLY_ONE = 1e-12  # a gain this close to 1 leaves rows as they are


@dataclass(frozen=True)
class Choices:
    """What NIR leaves open."""

    dt: float  # s of a tick
    reset: str | None  # "zero", "subtract"; None without spiking neurons
    current: str  # "same", "previous"
    first_bias: bool
    readout: float | None  # ms of readouts of spikes; None: there are none


class Builder:
    """Makes the model of a graph; faults are complete only when it has gone through all nodes."""

    def __init__(self, graph: Graph, ways: Ways, choices: Choices, faults: Faults, name: str) -> None:
        self.model = Model(name)
        self._graph = graph
        self._ways = ways
        self._choices = choices
        self._faults = faults
        self._gain: dict[str, Array] = {}  # of a layer's rows (neurons); none where it is 1
        self._late: dict[str, int] = {}  # ticks
        self._population: dict[str, str] = {}  # of an Output's node
        self._constants: dict[str, list[str]] = {}  # constant populations, with the targets of their projections
        self._uses = Counter((way.node, bool(way.source)) for way in ways.list)
        self._names: set[str] = set()  # of projections
        self.model.proto.training.dt_ms = 1000 * choices.dt

    def build(self) -> Model:
        """Adds populations in the order input, neurons by layer, readouts, then projections."""
        neurons = {name: node for name, node in self._graph.nodes.items() if node.kind in NEURONS}
        outputs = [node for node in self._graph.nodes.values() if node.kind == "Output" and not node.inner]
        layers = self._ways.layers()
        readouts = [node for node in neurons.values() if self._is_readout(node)]
        self._note_choices()
        self._check_pairs()
        for name, node in self._graph.nodes.items():
            if node.kind == "Input" and not node.inner:
                self.model.input(name, node.size)
                self._late[name] = 0
        for name in sorted(neurons, key=lambda each: layers[each]):
            if neurons[name] not in readouts:
                self._late[name] = layers[name]
                self._add_neurons(neurons[name])
        for node in readouts:
            self._add_leaky_readout(node)
        for node in outputs:
            self._add_output(node)
        for way in self._ways.list:
            if way.target in self._late and way.source:
                self._connect(way)
        for way in self._ways.list:
            if way.target in self._late and not way.source:
                self._connect_bias(way)
        if self._choices.readout is not None:
            self._add_readouts_of_spikes()
        for name in self._graph.ignored:
            self._note(f"{name} is ignored")
        self.model.late = {p.name: self._late[p.name] for p in self.model.proto.network.populations if p.name in self._late}
        late = max(self._late.values(), default=0)
        if late:
            self._note(f"trials need {late} more ticks than the data: outputs are late by up to that")
        return self.model

    # ---- neurons

    def _add_neurons(self, node: Node) -> None:
        if is_spiking(node):
            self._add_spiking(node)
        elif node.kind == "LI":
            self._refuse_rest(node)
            tau = self._tau(node, "tau")
            leak = self._choices.dt / tau
            self.model.rate(node.name, node.size, "identity", leak=_short(leak))
            self._take_gain(node, _each(node, "r"), f"leak {_range(leak)}")
        else:
            self._faults.add(f"node {node.name}", "is an I that leads to neurons", "must lead to an Output alone")

    def _add_spiking(self, node: Node) -> None:
        dt = self._choices.dt
        threshold = _each(node, "v_threshold")
        wrong = np.flatnonzero(threshold <= 0)
        if len(wrong):
            self._faults.add(f"{node.name}.v_threshold", f"is {threshold[wrong[0]]:g} at neuron {wrong[0]}", "must be above 0")
        population = self.model.proto.network.populations.add(name=node.name, size=node.size)
        lif = population.lif
        lif.threshold.extend(_short(threshold))
        if node.kind == "IF":
            lif.tau_m.append(math.inf)
            decay, gain = np.ones(1), dt * _each(node, "r")
        else:
            tau = "tau_mem" if node.kind == "CubaLIF" else "tau"
            decay, gain = self._membrane(node, tau)
            lif.tau_m.extend(_short(1000 * self._tau(node, tau)))
            rest = _each(node, "v_leak")
            if rest.any():
                lif.rest.extend(_short(rest))
        words = f"decay {_range(decay)}"
        if node.kind == "CubaLIF":
            synaptic = self._tau(node, "tau_syn")
            lif.current.tau.extend(_short(1000 * synaptic))
            gain = _each(node, "w_in", 1.0) * dt / synaptic * gain
            words += f", current's decay {_range(1 - dt / synaptic)}"
        reset_to = _each(node, "v_reset", 0.0)
        if self._choices.reset == "zero":
            lif.reset = lif.ZERO
            if reset_to.any():
                lif.reset_to.extend(_short(reset_to))
        else:
            lif.reset = lif.SUBTRACT
            if reset_to.any():
                self._note(f"{node.name}: v_reset {_range(reset_to)} has no meaning where the threshold is subtracted")
        lif.above = True
        lif.integration = lif.EULER
        if "v_reset" not in node.values:
            words += ", v_reset taken as 0"
        self._take_gain(node, gain, words)

    def _membrane(self, node: Node, parameter: str) -> tuple[Array, Array]:
        """Decay and gain of each neuron's voltage."""
        step = self._choices.dt / self._tau(node, parameter)
        return 1 - step, _each(node, "r") * step

    def _tau(self, node: Node, parameter: str) -> Array:
        """A time constant of each neuron [s]; what float32 has rounded below dt is dt."""
        values = _each(node, parameter)
        least = values.min(initial=math.inf)
        if least <= 0:
            self._faults.add(f"{node.name}.{parameter}", f"is {least:g} s", "must be above 0")
        elif least < self._choices.dt * (1 - 1e-6):
            self._faults.add(f"{node.name}.{parameter}", f"is {least:g} s, below dt = {self._choices.dt:g} s: "
                             "the Euler step overshoots", "must be at least dt")  # fmt: skip
        return np.fmax(values, self._choices.dt)

    def _refuse_rest(self, node: Node) -> None:
        rest = node.values.get("v_leak", np.zeros(0)).ravel()
        wrong = np.flatnonzero(rest)
        if len(wrong):
            self._faults.add(f"{node.name}.v_leak", f"is {rest[wrong[0]]:g} at neuron {wrong[0]}", "must be 0 of an LI")

    def _take_gain(self, node: Node, gain: Array, words: str) -> None:
        one = bool((np.abs(gain - 1) < _EXACTLY_ONE).all())
        if not one:
            self._gain[node.name] = np.broadcast_to(gain, (node.size,))
        folded = "rows as in the file" if one else f"gain {_range(gain)} folded into its rows; learning rates are those of folded weights"
        self._note(f"{node.name}: {node.kind} of {node.size}, {words}, {folded}, late by {self._late[node.name]}")

    # ---- readouts

    def _is_readout(self, node: Node) -> bool:
        """LI and I that lead to nothing but an Output of their own, one to one, and not to themselves."""
        ways = self._ways.out_of(node.name)
        return (
            node.kind in ("LI", "I")
            and bool(ways)
            and all(self._graph.nodes[way.target].kind == "Output" and way.matrix is None and way.delay == 0 for way in ways)
            and all(len(self._ways.into(way.target)) == 1 for way in ways)
        )

    def _add_leaky_readout(self, node: Node) -> None:
        self._late[node.name] = self._latest(node.name)
        if node.kind == "I":
            tau, gain, words = math.inf, self._choices.dt * _each(node, "r"), "sums"
        else:
            decay, gain = self._membrane(node, "tau")
            self._refuse_rest(node)
            if (decay != decay[0]).any():
                self._faults.add(f"{node.name}.tau", "differs from neuron to neuron", "readouts of a population share a time constant")
            one = float(decay[0])
            tau, words = (-1000 * self._choices.dt / math.log(one) if one > 0 else 0.0), f"decay {one:.6g}"
        self.model.readout(node.name, node.size, tau_m=tau if tau > 0 else None)
        self._take_gain(node, gain, words)

    def _add_output(self, node: Node) -> None:
        """An Output of neurons that spike, or of a leaky readout, is that population; another one is a readout."""
        ways = self._ways.into(node.name)
        alone = ways[0] if len(ways) == 1 and ways[0].matrix is None and ways[0].delay == 0 and ways[0].source else None
        before = self._graph.nodes[alone.source] if alone else None
        if alone and before and (is_spiking(before) or self._is_readout(before)):
            self._note(f"{node.name}: the {'spikes' if is_spiking(before) else 'values'} of {before.name}, "
                       f"late by {self._late.get(before.name, 0)}")  # fmt: skip
            self._population[node.name] = before.name
            return
        if not any(way.source for way in ways):
            return
        self._late[node.name] = self._latest(node.name)
        self.model.readout(node.name, node.size)
        self._note(f"{node.name}: a readout of {node.size}, late by {self._late[node.name]}")

    def _latest(self, target: str) -> int:
        return max((self._late.get(way.source, 0) for way in self._ways.into(target) if way.source), default=0)

    def _add_readouts_of_spikes(self) -> None:
        for output, population in self._population.items():
            if is_spiking(self._graph.nodes[population]):
                size = self._graph.nodes[population].size
                self.model.readout(output, size, tau_m=self._choices.readout)
                self.model.connect(population, output, _identity(size), name=f"{population}-{output}", plastic=False)
                self._late[output] = self._late[population]

    # ---- projections

    def _connect(self, way: Way) -> None:
        delay = self._late[way.target] - self._late.get(way.source, 0) + way.delay + int(way.closing) + self._extra(way)
        weights: Any
        if way.matrix is None:
            weights = _identity(self._graph.nodes[way.target].size, self._gain.get(way.target))
        else:
            weights = self._folded(way, way.matrix)
        name = self._name(way, way.node or f"{way.source}-{way.target}")
        self.model.connect(way.source, way.target, weights, name=name, plastic=bool(way.node), delay=delay or None)
        if delay and way.delay:
            self._note(f"{name}: delayed by {way.delay} ticks")

    def _connect_bias(self, way: Way) -> None:
        assert way.matrix is not None
        source = self._constant(way)
        late = int(way.closing and not self._choices.first_bias)
        delay = self._late[way.target] + way.delay + late + self._extra(way)
        name = self._name(way, f"{way.node}.bias")
        self.model.connect(source, way.target, self._folded(way, way.matrix), name=name, delay=delay or None)

    def _folded(self, way: Way, matrix: Array) -> Array:
        gain = self._gain.get(way.target)
        return matrix if gain is None else matrix * gain.reshape(-1, 1)

    def _constant(self, way: Way) -> str:
        """The constant population of a bias: `one`, or where that leads to its target already, one of its node."""
        taken = {p.name for p in self.model.proto.network.populations} | set(self._graph.nodes)
        shared = next((name for name in self._constants if way.target not in self._constants[name]), None)
        if shared is None:
            wanted = f"{way.node}.one" if self._constants else "one"
            shared = next(name for k in range(len(taken) + 1) if (name := wanted + "_" * k) not in taken)
            self.model.input(shared, constant=1)
            self._constants[shared] = []
        self._constants[shared].append(way.target)
        return shared

    def _extra(self, way: Way) -> int:
        """A tick more, where the voltage takes the current of the tick before."""
        return int(self._choices.current == "previous" and self._graph.nodes[way.target].kind == "CubaLIF")

    def _name(self, way: Way, plain: str) -> str:
        """A projection has its node's name, and the names of its ends where the node makes several."""
        if way.node and self._uses[way.node, bool(way.source)] > 1:
            plain = f"{plain}.{way.source}-{way.target}" if way.source else f"{plain}.{way.target}"
        while plain in self._names:
            plain += "_"
        self._names.add(plain)
        return plain

    def _check_pairs(self) -> None:
        """Two projections of one pair of populations are a fault."""
        pairs: dict[tuple[str, str], list[str]] = {}
        for way in self._ways.list:
            if way.source:
                pairs.setdefault((way.source, way.target), []).append(way.node or "an edge")
        for (source, target), nodes in pairs.items():
            if len(nodes) > 1:
                self._faults.add("", f"{' and '.join(nodes)} lead from {source} to {target}",
                                 "must be one matrix: add them before the export")  # fmt: skip

    # ---- the report

    def _note(self, line: str) -> None:
        self.model.notes.append(printable(line))

    def _note_choices(self) -> None:
        choices = self._choices
        self._note(f"NIR {self._graph.version}: {self._graph.path}")
        self._note(f"dt {choices.dt:g} s, reset {choices.reset or 'none'}, current of the {choices.current} tick")
        if not choices.first_bias:
            self._note("the bias of a recurrent Affine is missing in tick 1")


def _each(node: Node, parameter: str, missing: float | None = None) -> Array:
    """A parameter of each neuron."""
    values = node.values.get(parameter)
    if values is None or values.size == 0:
        return np.full(node.size, math.nan if missing is None else missing)
    flat = values.ravel()
    return np.full(node.size, flat[0]) if flat.size == 1 else flat


def _short(values: Array) -> list[float]:
    """One number for all neurons where they have the same, otherwise one for each."""
    return [float(values[0])] if (values == values[0]).all() else [float(each) for each in values]


def _range(values: Array) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.6g}" if low == high else f"{low:.6g} .. {high:.6g}"


def _identity(size: int, gain: Array | None = None) -> Form:
    return one_to_one(np.broadcast_to(np.ones(1) if gain is None else gain, (size,)))
