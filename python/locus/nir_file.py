"""The nodes and edges of a NIR file, nested graphs flattened.

A .nir file is HDF5: /version, and in /node the nodes by name, each with its type and arrays, and the
edges. Files come from anywhere, so only what NIR needs is read: hard links, numbers and texts.
Every fault of a file is reported at once.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from locus.errors import Fault, FileError, ModelError
from locus.messages import printable
from locus.weights import Array

# Parameters of each kind of node: those that it must have, and those that older files lack.
PARAMETERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Input": (("shape",), ()),
    "Output": (("shape",), ()),
    "Linear": (("weight",), ()),
    "Affine": (("weight", "bias"), ()),
    "Scale": (("scale",), ()),
    "Delay": (("delay",), ()),
    "Flatten": (("start_dim", "end_dim"), ()),
    "LIF": (("tau", "r", "v_leak", "v_threshold"), ("v_reset",)),
    "CubaLIF": (("tau_syn", "tau_mem", "r", "v_leak", "v_threshold"), ("v_reset", "w_in")),
    "IF": (("r", "v_threshold"), ("v_reset",)),
    "LI": (("tau", "r", "v_leak"), ()),
    "I": (("r",), ()),
}
NEURONS = ("LIF", "CubaLIF", "IF", "LI", "I")
SPIKING = ("LIF", "CubaLIF", "IF")
_REFUSED = {
    "Conv1d": "locus has no convolution",
    "Conv2d": "locus has no convolution",
    "SumPool2d": "locus has no pooling",
    "AvgPool2d": "locus has no pooling",
    "Threshold": "locus has no threshold without a neuron",
    "CubaLI": "locus has no neuron with two filters that does not spike",
}
_MOST_NUMBERS = 10**8
_MOST_NODES = 10**5
_DEEPEST = 16  # graphs within graphs


@dataclass
class Node:
    """One node: its kind and its arrays, float64, in the shape of the file."""

    name: str  # dotted where it is in a nested graph
    kind: str
    values: dict[str, Array]
    inner: bool = False  # of a nested graph

    @property
    def size(self) -> int:
        """Values of a tick: of an Input or Output the product of its shape, of neurons their number."""
        if self.kind in ("Input", "Output"):
            return int(np.prod(self.values["shape"]))
        return max((each.size for each in self.values.values()), default=0)


@dataclass
class Graph:
    """A file's nodes by name and its edges; entrances and exits of nested graphs are nodes of it."""

    path: str
    version: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # what the file says besides


class Faults:
    """The faults of a file; stop() raises them all."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._list: list[Fault] = []

    def add(self, place: str, what: str, allowed: str = "") -> None:
        """A fault at a node or one of its numbers; the same one counts once."""
        text = f"{self._path}: error: " + f"{place} {what}".strip() + (f"; {allowed}" if allowed else "")
        fault = Fault(file=self._path, field=place, what=what, allowed=allowed, text=printable(text))
        if fault not in self._list:
            self._list.append(fault)

    def __bool__(self) -> bool:
        return bool(self._list)

    def stop(self) -> None:
        """Raises ModelError where there is a fault."""
        if self._list:
            raise ModelError(self._list)


def h5py() -> Any:
    """The module h5py; an error that names Debian's package where it is missing."""
    try:
        import h5py
    except ImportError:
        raise ImportError("locus.nir needs h5py (Debian: python3-h5py)") from None
    return h5py


def read_graph(path: str | os.PathLike[str]) -> Graph:
    """Reads a file. Raises FileError where it is no HDF5 file, ModelError with every fault of its graph."""
    path = os.fspath(path)
    module = h5py()
    faults = Faults(path)
    try:
        with module.File(path, "r", locking=False) as file:
            graph = _Reader(module, path, faults).graph(file)
    except (OSError, RuntimeError) as error:
        raise FileError(f"{path}: cannot be read as HDF5: {error}") from None
    faults.stop()
    return graph


class _Reader:
    """Walks through an open file."""

    def __init__(self, module: Any, path: str, faults: Faults) -> None:
        self._h5py = module
        self._faults = faults
        self._numbers = 0
        self._out = Graph(path)
        self._nested: dict[str, tuple[list[str], list[str]]] = {}  # Input and Output nodes by graph
        self._unsupported: dict[str, list[str]] = {}

    def graph(self, file: Any) -> Graph:
        members = self._members(file, "/")
        self._out.version = self._text(members["version"], "/version") if "version" in members else "unknown"
        root = members.get("node")
        if not isinstance(root, self._h5py.Group):
            self._faults.add("/node", "is missing", "a NIR file has its graph there")
            return self._out
        if self._kind(root, "/node") != "NIRGraph":
            self._faults.add("/node", "is no NIRGraph", "a NIR file has its graph there")
            return self._out
        edges = self._walk(root, "", 0)
        for kind, names in self._unsupported.items():
            more = f", as are {len(names) - 1} more: {', '.join(names[1:6])}" if len(names) > 1 else ""
            self._faults.add(f"node {names[0]}", f"is a {kind}{more}", _REFUSED[kind])
        self._out.edges = [(self._end(a, 1), self._end(b, 0)) for a, b in edges]
        return self._out

    def _walk(self, group: Any, prefix: str, depth: int) -> list[tuple[str, str]]:
        """Adds the nodes of a graph; returns its edges, whose ends may be nested graphs."""
        where = prefix[:-1] or "the graph"
        members = self._members(group, where)
        nodes = members.get("nodes")
        names = self._members(nodes, where) if isinstance(nodes, self._h5py.Group) else {}
        edges: list[tuple[str, str]] = []
        inputs: list[str] = []
        outputs: list[str] = []
        for short, node in names.items():
            name = prefix + short
            kind = self._kind(node, f"node {name}") if isinstance(node, self._h5py.Group) else ""
            if kind == "NIRGraph":
                if depth == _DEEPEST:
                    self._faults.add(f"node {name}", f"is a graph within {depth} others", f"at most {_DEEPEST} are read")
                else:
                    edges += self._walk(node, name + ".", depth + 1)
                continue
            if name in self._out.nodes or name in self._nested:
                self._faults.add(f"node {name}", "stands twice", "names must differ after nested graphs are flattened")
            if len(self._out.nodes) >= _MOST_NODES:
                self._faults.add(where, f"has more than {_MOST_NODES} nodes")
                self._faults.stop()
            self._out.nodes[name] = self._node(node, name, kind, inner=depth > 0)
            if kind in ("Input", "Output"):
                (inputs if kind == "Input" else outputs).append(name)
        self._nested[prefix[:-1]] = (inputs, outputs)
        self._ignore(members, ("type", "nodes", "edges"), where)
        return edges + self._edges(members.get("edges"), names, prefix, where)

    def _node(self, group: Any, name: str, kind: str, inner: bool) -> Node:
        node = Node(name, kind, {}, inner)
        if kind in _REFUSED:
            self._unsupported.setdefault(kind, []).append(name)
            return node
        if kind not in PARAMETERS:
            if kind:
                article = "an" if kind[0] in "AEIO" else "a"
                self._faults.add(f"node {name}", f"is {article} {kind}, which NIR does not have",
                                 f"must be one of {', '.join(PARAMETERS)}")  # fmt: skip
            elif not isinstance(group, self._h5py.Group):
                self._faults.add(f"node {name}", "is no group")
            return node
        members = self._members(group, f"node {name}")
        required, optional = PARAMETERS[kind]
        for parameter in required + optional:
            if parameter in members:
                node.values[parameter] = self._array(members[parameter], f"{name}.{parameter}")
            elif parameter in required:
                self._faults.add(f"{name}.{parameter}", "is missing", f"a {kind} has {', '.join(required)}")
        self._ignore(members, ("type", *required, *optional), name)
        return node

    def _array(self, data: Any, where: str) -> Array:
        """The numbers of a data set, all finite."""
        nothing = np.zeros(0)
        if not isinstance(data, self._h5py.Dataset) or data.dtype.kind not in "fiub":
            self._faults.add(where, "has no numbers", "must be an array of real numbers")
            return nothing
        if data.external or data.is_virtual:
            self._faults.add(where, "lies in another file", "a NIR file must hold its own numbers")
            return nothing
        self._numbers += data.size
        if self._numbers > _MOST_NUMBERS:
            self._faults.add(where, f"and the arrays before it have {self._numbers} numbers", f"at most {_MOST_NUMBERS} are read")
            self._faults.stop()
        array = np.asarray(data[()], dtype=float)
        wrong = np.argwhere(~np.isfinite(array))
        if len(wrong):
            index = ", ".join(str(each) for each in wrong[0])
            self._faults.add(f"{where}[{index}]" if index else where, f"is {array[tuple(wrong[0])]}", "must be finite")
        return array

    def _edges(self, data: Any, names: dict[str, Any], prefix: str, where: str) -> list[tuple[str, str]]:
        if not isinstance(data, self._h5py.Dataset) or data.size == 0:
            return []
        if self._h5py.check_string_dtype(data.dtype) is None or data.ndim != 2 or data.shape[1] != 2:
            self._faults.add(f"edges of {where}", f"have shape {data.shape}", "must be pairs of names")
            return []
        edges = []
        of = f" of {where}" if prefix else ""
        for a, b in data.asstr(errors="replace")[()].tolist():
            wrong = [end for end in (a, b) if end not in names]
            for end in wrong:
                near = difflib.get_close_matches(end, names, 1)
                self._faults.add(f"edge ({a}, {b}){of}", f'names "{end}", which is no node',
                                 f'did you mean "{near[0]}"?' if near else "")  # fmt: skip
            if (prefix + a, prefix + b) in edges:
                self._faults.add(f"edge ({a}, {b}){of}", "stands twice", "an edge adds its values once")
            elif not wrong:
                edges.append((prefix + a, prefix + b))
        return edges

    def _end(self, name: str, side: int) -> str:
        """A node, or of a nested graph its one Input (side 0) or Output (side 1)."""
        if name not in self._nested:
            return name
        inside = self._nested[name][side]
        if len(inside) == 1:
            return inside[0]
        kind = ("Input", "Output")[side]
        self._faults.add(f"graph {name}", f"has {len(inside)} {kind} nodes", "must have one where an edge enters or leaves it")
        return name

    def _members(self, group: Any, where: str) -> dict[str, Any]:
        """The members of a group; a link to elsewhere is a fault."""
        members = {}
        for name in group:
            if isinstance(group.get(name, getlink=True), self._h5py.HardLink):
                members[name] = group[name]
            else:
                self._faults.add(f"{name} of {where}", "is a link", "a NIR file must hold its own nodes")
        return members

    def _kind(self, group: Any, where: str) -> str:
        data = self._members(group, where).get("type")
        if data is None:
            self._faults.add(where, "has no type")
            return ""
        return self._text(data, f"type of {where}")

    def _text(self, data: Any, where: str) -> str:
        if not isinstance(data, self._h5py.Dataset) or self._h5py.check_string_dtype(data.dtype) is None or data.shape:
            self._faults.add(where, "is no text")
            return ""
        return str(data.asstr(errors="replace")[()])

    def _ignore(self, members: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        self._out.ignored += [f"{where}: {name}" for name in members if name not in known]
