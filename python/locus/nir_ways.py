"""The ways through a NIR graph: from each input or neuron to each neuron or output, with the matrix between.

NIR has nodes for matrices, scales and delays; locus has projections. A way is a run of such nodes
between two layers, with at most one matrix. It becomes one projection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from locus.nir_file import NEURONS, SPIKING, Faults, Graph, Node
from locus.weights import Array

_MOST_WAYS = 10**4


@dataclass
class Way:
    """From a layer, or from the bias of an Affine (source ""), to a layer."""

    source: str  # an Input or neurons; "" of a bias
    target: str  # neurons or an Output
    node: str  # the Linear or Affine; "" where values pass one to one
    matrix: Array | None  # targets x sources; None: one to one
    delay: int  # of the Delay nodes on the way [ticks]
    closing: bool = False  # from neurons to themselves, or the bias of a node on such a way


class Ways:
    """All ways of a graph, sizes and cycles checked."""

    def __init__(self, graph: Graph, dt: float, faults: Faults) -> None:
        self.graph = graph
        self.list: list[Way] = []
        self._dt = dt
        self._faults = faults
        self._into: dict[str, list[str]] = {name: [] for name in graph.nodes}
        for a, b in graph.edges:
            if a in self._into and b in self._into:
                self._into[b].append(a)
        self._check_ends()
        for name, node in graph.nodes.items():
            if self.is_target(node):
                self._trace(node)
        for way in self.list:
            way.closing = way.closing or way.source == way.target
        closing = {(way.node, way.target) for way in self.list if way.closing and way.node}
        for way in self.list:
            way.closing = way.closing or (way.source == "" and (way.node, way.target) in closing)

    def is_source(self, node: Node) -> bool:
        """Whether a way may begin here."""
        return node.kind in NEURONS or (node.kind == "Input" and not node.inner)

    def is_target(self, node: Node) -> bool:
        """Whether a way may end here."""
        return node.kind in NEURONS or (node.kind == "Output" and not node.inner)

    def into(self, target: str) -> list[Way]:
        """The ways that end at a node, biases among them."""
        return [way for way in self.list if way.target == target]

    def out_of(self, source: str) -> list[Way]:
        """The ways that begin at a node."""
        return [way for way in self.list if way.source == source]

    def layers(self) -> dict[str, int]:
        """Of all neurons the number of neuron layers before them, by the longest way; a fault for each
        cycle through more than one."""
        names = [name for name, node in self.graph.nodes.items() if node.kind in NEURONS]
        before: dict[str, set[str]] = {name: set() for name in names}
        for way in self.list:
            if way.source in before and way.target in before and way.source != way.target:
                before[way.target].add(way.source)
        layer: dict[str, int] = {}
        waiting = list(names)
        while waiting:
            ready = [name for name in waiting if before[name] <= layer.keys()]
            if not ready:
                self._refuse_cycle(waiting, before)
                return dict.fromkeys(names, 0)
            for name in ready:
                layer[name] = max((layer[each] + 1 for each in before[name]), default=0)
            waiting = [name for name in waiting if name not in layer]
        return layer

    def _check_ends(self) -> None:
        nodes = self.graph.nodes
        if not any(node.kind == "Input" and not node.inner for node in nodes.values()):
            self._faults.add("", "no Input node", "a network needs one")
        if not any(node.kind in NEURONS for node in nodes.values()):
            self._faults.add("", "no neuron", f"a network needs one of {', '.join(NEURONS)}")
        for name, node in nodes.items():
            if node.kind == "Input" and not node.inner and self._into[name]:
                self._faults.add(f"node {name}", f"is an Input, and {self._into[name][0]} leads to it", "must be a beginning")
            if node.kind == "Output" and not node.inner and any(a == name for a, _ in self.graph.edges):
                self._faults.add(f"node {name}", "is an Output, and an edge leaves it", "must be an end")
            if node.kind not in NEURONS and not self.is_source(node) and not self._into[name] and node.kind:
                self._faults.add(f"node {name}", "has no edge that leads to it", "its values would be those of nothing")

    def _trace(self, target: Node) -> None:
        """Every way to a node, found backwards from it."""
        open_: list[tuple[str, tuple[str, ...]]] = [(before, ()) for before in reversed(self._into[target.name])]
        biases: set[tuple[str, ...]] = set()
        while open_:
            name, chain = open_.pop()
            node = self.graph.nodes[name]
            if self.is_source(node):
                self._add(node, chain, target)
                continue
            if name in chain:
                self._faults.add("", f"a cycle without a neuron: {', '.join(chain[: chain.index(name) + 1])}",
                                 "locus takes cycles of neurons")  # fmt: skip
                continue
            longer = (name, *chain)
            if node.kind == "Affine" and longer not in biases:
                biases.add(longer)
                self._add(None, longer, target)
            if len(self.list) + len(open_) > _MOST_WAYS:
                self._faults.add("", f"more than {_MOST_WAYS} ways between neurons")
                self._faults.stop()
            open_ += [(before, longer) for before in reversed(self._into[name])]

    def _add(self, source: Node | None, chain: tuple[str, ...], target: Node) -> None:
        """One way, or the bias of its first node where there is no source."""
        nodes = [self.graph.nodes[name] for name in chain]
        size = source.size if source else len(nodes[0].values.get("weight", ()))
        dimensions = _dimensions(source) if source else 1
        giver = source.name if source else chain[0]
        matrix: Array | None = None
        before = after = np.ones(1)
        linear = ""
        delay = 0
        for k, node in enumerate(nodes):
            if source is None and k == 0:
                matrix, linear = node.values.get("bias", np.zeros(0)).reshape(-1, 1), node.name
                continue
            if node.kind in ("Linear", "Affine"):
                weight = node.values.get("weight", np.zeros(0))
                if linear:
                    self._faults.add(f"node {node.name}", f"follows {linear} without neurons between them",
                                     "must be one matrix: multiply them before the export")  # fmt: skip
                    return
                if not self._fits(node, weight, size, giver):
                    return
                matrix, linear, size, dimensions = weight, node.name, len(weight), 1
            elif node.kind == "Scale":
                scale = node.values.get("scale", np.ones(1)).ravel()
                if scale.size not in (1, size):
                    self._faults.add(f"node {node.name}", f"has {scale.size} scales for {size} values of {giver}")
                    return
                before, after = (before, after * scale) if linear else (before * scale, after)
            elif node.kind == "Delay":
                delay += self._ticks(node, size, giver)
            elif node.kind == "Flatten":
                if dimensions > 1:
                    self._faults.add(f"node {node.name}", f"is a Flatten of {dimensions} dimensions", "must be of one")
            elif node.size != size:  # of a nested graph
                self._faults.add(f"node {node.name}", f"has {node.size} values, and {giver} gives {size}")
                return
            giver = node.name if node.kind not in ("Input", "Output") else giver
        if size != target.size and target.values:
            kind = "neurons" if target.kind in NEURONS else "values"
            if chain:
                self._faults.add(f"node {target.name}", f"has {target.size} {kind}, and {giver} gives {size} values")
            else:
                self._faults.add(f"edge ({giver}, {target.name})", f"leads {size} values into {target.size} {kind}")
            return
        if matrix is not None:
            matrix = matrix * before if (before != 1).any() else matrix
            matrix = matrix * after.reshape(-1, 1) if (after != 1).any() else matrix
        elif (before != 1).any():
            matrix = np.diag(np.broadcast_to(before, (size,)))
        self.list.append(Way(source.name if source else "", target.name, linear, matrix, delay))

    def _fits(self, node: Node, weight: Array, size: int, giver: str) -> bool:
        """Whether a matrix takes what comes to it; a fault otherwise."""
        bias = node.values.get("bias")
        if weight.ndim != 2 or 0 in weight.shape:
            self._faults.add(f"{node.name}.weight", f"has shape {weight.shape}", "must be targets x sources")
            return False
        if bias is not None and bias.size != len(weight):
            self._faults.add(f"{node.name}.bias", f"has {bias.size} numbers, and the weight has {len(weight)} rows")
            return False
        if weight.shape[1] != size:
            self._faults.add(f"node {node.name}", f"takes {weight.shape[1]} values, and {giver} gives {size}")
            return False
        return True

    def _ticks(self, node: Node, size: int, giver: str) -> int:
        """A Delay in ticks: a whole number, the same for all values."""
        delay = node.values.get("delay", np.zeros(1)).ravel()
        if delay.size not in (1, size):
            self._faults.add(f"node {node.name}", f"has {delay.size} delays for {size} values of {giver}")
        if delay.size == 0:
            return 0
        if (delay != delay[0]).any():
            self._faults.add(f"{node.name}.delay", f"goes from {delay.min():g} to {delay.max():g} s",
                             "must be the same for all values")  # fmt: skip
            return 0
        ticks = float(delay[0]) / self._dt
        if ticks < 0 or ticks > 1e7 or not math.isclose(ticks, round(ticks), rel_tol=1e-6, abs_tol=1e-6):
            self._faults.add(f"{node.name}.delay", f"is {ticks:.6g} ticks", f"must be a whole number of ticks of {self._dt:g} s")
            return 0
        return round(ticks)

    def _refuse_cycle(self, waiting: list[str], before: dict[str, set[str]]) -> None:
        """Names the nodes of a cycle through several layers of neurons."""
        at, seen = waiting[0], []
        while at not in seen:
            seen.append(at)
            at = next(name for name in waiting if name in before[at])
        cycle = list(reversed(seen[seen.index(at) :]))
        nodes = []
        for a, b in zip(cycle, [*cycle[1:], cycle[0]]):
            way = next(way for way in self.list if (way.source, way.target) == (a, b))
            nodes += [a, *([way.node] if way.node else [])]
        first = min(range(0, len(nodes)), key=lambda k: (nodes[k] not in cycle, self._depth(nodes[k])))
        nodes = nodes[first:] + nodes[:first]
        self._faults.add("", f"a cycle through {', '.join(nodes)}: which of its edges carries the tick before is not said",
                         "locus takes cycles of one population with itself")  # fmt: skip

    def _depth(self, name: str) -> int:
        """0 for neurons that an Input leads to, 1 for others: a cycle is told from its entrance."""
        return int(not any(self.graph.nodes[way.source].kind == "Input" for way in self.into(name) if way.source))


def is_spiking(node: Node) -> bool:
    """Whether a node's neurons spike."""
    return node.kind in SPIKING


def _dimensions(node: Node) -> int:
    """Of what a layer says."""
    if node.kind == "Input":
        return int(node.values["shape"].size)
    return max(each.ndim for each in node.values.values())
