"""A forward-Euler interpreter of NIR files in plain NumPy, to hold the reader against; it shares no code with it.

What NIR leaves open is an argument: dt [s]; the reset, "zero" or "subtract"; whether the voltage takes the current of the
"same" tick or of the "previous" one; whether the bias of a recurrent Affine is there in tick 1. A spike needs
v > v_threshold. An edge that leaves neurons on a cycle carries the tick before; all others take no time.
"""

import h5py
import numpy as np

NEURONS = ("LIF", "CubaLIF", "IF", "LI")


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def read(path):
    """Nodes (name -> type and arrays) and edges; nested graphs have dotted names."""
    nodes, edges, graphs = {}, [], set()

    def walk(group, prefix):
        for name, member in group["nodes"].items():
            kind = text(member["type"][()])
            if kind == "NIRGraph":
                graphs.add(prefix + name)
                walk(member, prefix + name + ".")
            else:
                nodes[prefix + name] = {"type": kind, **{k: d[()] for k, d in member.items() if k not in ("type", "metadata")}}
        edges.extend((prefix + text(a), prefix + text(b)) for a, b in group["edges"][()])

    with h5py.File(path, "r") as file:
        walk(file["node"], "")
    leave = lambda name: f"{name}.output" if name in graphs else name
    enter = lambda name: f"{name}.input" if name in graphs else name
    return nodes, [(leave(a), enter(b)) for a, b in edges]


def size_of(node):
    if node["type"] in ("Input", "Output"):
        return int(np.prod(node["shape"]))
    return len(node[next(p for p in ("weight", "r", "delay", "scale") if p in node)])


class Interpreter:
    """A network of a file, tick by tick."""

    def __init__(self, path, dt, reset="zero", current="same", first_bias=True):
        self.nodes, self.edges = read(path)
        self.dt, self.reset, self.current, self.first_bias = dt, reset, current, first_bias
        self.late = {(a, b) for a, b in self.edges if self._kind(a) in NEURONS and self._kind(b) not in NEURONS and self._reaches(b, a)}
        self.order = self._ordered()

    def run(self, x):
        """x: ticks x inputs. Returns what each node says (ticks x size)."""
        said = {name: np.zeros(size_of(node)) for name, node in self.nodes.items()}
        self.voltage = {name: np.zeros_like(value) for name, value in said.items()}
        self.arrived = {name: np.zeros_like(value) for name, value in said.items()}
        self.pipe = {name: [] for name in self.nodes}
        history = {name: [] for name in self.nodes}
        for tick in range(len(x)):
            before = {name: value.copy() for name, value in said.items()}
            for name in self.order:
                into = [(before if edge in self.late else said)[edge[0]] for edge in self.edges if edge[1] == name]
                said[name] = self._step(name, sum(into, np.zeros(1)) if into else np.asarray(x[tick], float), tick)
                history[name].append(said[name].copy())
        return {name: np.array(values) for name, values in history.items()}

    def _step(self, name, got, tick):
        node, kind = self.nodes[name], self._kind(name)
        if kind in ("Input", "Output"):
            return got
        if kind in ("Linear", "Affine"):
            value = node["weight"].astype(float) @ got
            recurrent = any(b == name for _, b in self.late)
            return value + node["bias"] if kind == "Affine" and (self.first_bias or tick > 0 or not recurrent) else value
        if kind == "Scale":
            return node["scale"] * got
        if kind == "Delay":
            self.pipe[name].append(got * np.ones(len(node["delay"])))
            ticks = np.rint(node["delay"] / self.dt).astype(int)
            return np.array([self.pipe[name][-1 - d][j] if len(self.pipe[name]) > d else 0.0 for j, d in enumerate(ticks)])
        return self._neurons(name, node, got)

    def _neurons(self, name, node, got):
        dt, v = self.dt, self.voltage[name]
        if "tau_syn" in node:
            old = self.arrived[name]
            self.arrived[name] = old + dt / node["tau_syn"] * (-old + node.get("w_in", 1.0) * got)
            got = self.arrived[name] if self.current == "same" else old
        tau = node.get("tau_mem", node.get("tau"))
        v = v + dt * node["r"] * got if tau is None else v + dt / tau * (node["v_leak"] - v + node["r"] * got)
        if "v_threshold" not in node:
            self.voltage[name] = v
            return v
        z = (v > node["v_threshold"]) * 1.0
        self.voltage[name] = np.where(z > 0, node.get("v_reset", 0.0), v) if self.reset == "zero" else v - z * node["v_threshold"]
        return z

    def _kind(self, name):
        return self.nodes[name]["type"]

    def _reaches(self, a, b, seen=()):
        return a == b or any(self._reaches(d, b, (*seen, a)) for s, d in self.edges if s == a and d not in seen)

    def _ordered(self):
        order = []
        while len(order) < len(self.nodes):
            ready = [name for name in self.nodes if name not in order
                     and all(a in order for a, b in self.edges if b == name and (a, b) not in self.late)]  # fmt: skip
            assert ready, "a cycle without a neuron"
            order += ready
        return order
