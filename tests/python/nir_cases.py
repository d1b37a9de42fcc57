"""Small NIR files, one feature each: networks to read, and files to refuse. Written as NIR itself lays them out."""

from __future__ import annotations

import pathlib

import h5py
import numpy as np

DT = 1e-4  # s
RECURRENT = [("input", "fc1"), ("fc1", "lif1"), ("lif1", "rec"), ("rec", "lif1"), ("lif1", "fc2"), ("fc2", "lif2"), ("lif2", "output")]


def write(path, nodes, edges, version="1.0.8", compressed=True):
    """One file: HDF5 with texts of variable length, and arrays compressed, as newer versions do."""
    text = h5py.string_dtype()

    def put(group, nodes, edges):
        group.create_dataset("type", data="NIRGraph", dtype=text)
        group.create_dataset("edges", data=np.array(edges, dtype=object).reshape(-1, 2), dtype=text)
        members = group.create_group("nodes")
        for name, node in nodes.items():
            member = members.create_group(name)
            if node["type"] == "NIRGraph":
                put(member, node["nodes"], node["edges"])
                continue
            member.create_dataset("type", data=node["type"], dtype=text)
            for parameter, value in node.items():
                if parameter != "type":
                    value = np.asarray(value)
                    member.create_dataset(parameter, data=value, compression="gzip" if compressed and value.ndim else None)

    with h5py.File(path, "w") as file:
        file.create_dataset("version", data=version, dtype=text)
        put(file.create_group("node"), nodes, edges)


def _input(n):
    return {"type": "Input", "shape": np.array([n])}


def _output(n):
    return {"type": "Output", "shape": np.array([n])}


def _linear(weight):
    return {"type": "Linear", "weight": np.asarray(weight, np.float32)}


def _affine(weight, bias):
    return {"type": "Affine", "weight": np.asarray(weight, np.float32), "bias": np.asarray(bias, np.float32)}


def _each(n, value):
    return np.full(n, 1.0) * value


def _lif(n, tau=2e-3, r=20.0, leak=0.0, threshold=1.0, reset=0.0):
    return {"type": "LIF", "tau": _each(n, tau), "r": _each(n, r), "v_leak": _each(n, leak),
            "v_threshold": _each(n, threshold), "v_reset": _each(n, reset)}  # fmt: skip


def _cuba(n, tau_syn=1e-3, tau_mem=2e-3, r=20.0, leak=0.0, threshold=1.0, reset=0.0, w_in=10.0):
    return {"type": "CubaLIF", "tau_syn": _each(n, tau_syn), "tau_mem": _each(n, tau_mem), "r": _each(n, r),
            "v_leak": _each(n, leak), "v_threshold": _each(n, threshold), "v_reset": _each(n, reset),
            "w_in": _each(n, w_in)}  # fmt: skip


class Cases:
    """The networks, and an input of 120 ticks for each of them (ticks x 4, 0 or 1)."""

    def __init__(self):
        self._rng = np.random.default_rng(11)
        self.input = (self._rng.random((120, 4)) < 0.15).astype(np.uint8)
        self.w1, self.rec, self.w2 = self._normal(6, 4, 1.2), self._normal(6, 6, 0.6), self._normal(3, 6, 1.5)
        self.good = self._good()
        self.bad = self._bad()

    def files(self, folder: pathlib.Path) -> dict[str, pathlib.Path]:
        """Writes the networks."""
        paths = {}
        for name, (nodes, edges) in self.good.items():
            paths[name] = folder / f"{name}.nir"
            old = name == "lif_recurrent"
            write(paths[name], nodes, edges, version="0.2.0" if old else "1.0.8", compressed=not old)
        return paths

    def _normal(self, a, b, gain):
        return self._rng.normal(0, gain / np.sqrt(b), (a, b))

    def _net(self, first, second, fc1=None, rec=None, fc2=None):
        return {"input": _input(4), "fc1": fc1 or _linear(self.w1), "lif1": first, "rec": rec or _linear(self.rec),
                "fc2": fc2 or _linear(self.w2), "lif2": second, "output": _output(3)}  # fmt: skip

    def _good(self):
        net = self._net
        cases = {"lif_recurrent": (net(_lif(6), _lif(3)), RECURRENT)}
        biased = [_affine(w, self._normal(len(w), 1, 0.05)[:, 0]) for w in (self.w1, self.rec, self.w2)]
        cases["cuba_recurrent_biases"] = (net(_cuba(6), _cuba(3), *biased), RECURRENT)
        various = _lif(6, tau=np.linspace(1e-3, 4e-3, 6), threshold=np.linspace(0.6, 1.1, 6))
        cases["lif_heterogeneous"] = (net(various, _lif(3)), RECURRENT)
        cases["cuba_leak_and_reset"] = (net(_cuba(6, leak=0.1, reset=-0.2), _cuba(3, leak=-0.05, reset=0.1)), RECURRENT)
        cases["gains_not_one"] = (net(_cuba(6, r=13.0, w_in=7.0), _cuba(3, r=25.0, w_in=9.0)), RECURRENT)
        skip = {**net(_lif(6), _lif(3)), "skip": _linear(self._normal(3, 4, 1.0))}
        cases["skip_connection"] = (skip, [*RECURRENT, ("input", "skip"), ("skip", "lif2")])
        late = {**net(_lif(6), _lif(3)), "wait": {"type": "Delay", "delay": _each(4, 3e-4)}}
        cases["delay_of_three_ticks"] = (late, [("input", "wait"), ("wait", "fc1"), *RECURRENT[1:]])
        integrator = {"type": "LI", "tau": _each(6, 2e-4), "r": _each(6, 1), "v_leak": _each(6, 0)}
        cases["linear_rnn"] = (
            {"input": _input(4), "B": _linear(self.w1), "h": integrator, "W": _linear(self.rec), "A": _linear(self.w2), "output": _output(3)},
            [("input", "B"), ("B", "h"), ("h", "W"), ("W", "h"), ("h", "A"), ("A", "output")],
        )
        leaky = {"type": "LI", "tau": _each(3, 1e-3), "r": _each(3, 10.0), "v_leak": _each(3, 0)}
        cases["li_readout"] = (
            {"input": _input(4), "fc1": _linear(self.w1), "lif1": _lif(6), "fc2": _linear(self.w2), "li": leaky, "output": _output(3)},
            [("input", "fc1"), ("fc1", "lif1"), ("lif1", "fc2"), ("fc2", "li"), ("li", "output")],
        )
        one = _lif(1, tau=1e-3, r=3.0)
        cases["one_neuron"] = (
            {"input": _input(4), "fc1": _affine(self.w1[:1] + 1, [0.1]), "lif1": one, "output": {"type": "Output", "shape": np.array([1, 1, 1])}},
            [("input", "fc1"), ("fc1", "lif1"), ("lif1", "output")],
        )
        without_leak = {"type": "IF", "r": _each(6, 4000.0), "v_threshold": _each(6, 1.0), "v_reset": _each(6, 0)}
        cases["integrate_and_fire"] = (
            {"input": _input(4), "fc1": _linear(abs(self.w1)), "if": without_leak, "output": _output(6)},
            [("input", "fc1"), ("fc1", "if"), ("if", "output")],
        )
        layer = {"type": "NIRGraph", "nodes": {"input": _input(6), "lif": _lif(6), "w_rec": _linear(self.rec), "output": _output(6)},
                 "edges": [("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")]}  # fmt: skip
        cases["nested"] = (
            {"input": _input(4), "fc1": _linear(self.w1), "layer": layer, "output": _output(6)},
            [("input", "fc1"), ("fc1", "layer"), ("layer", "output")],
        )
        return cases

    def _bad(self):
        """Name -> (nodes, edges, what the error says)."""
        base = self._net(_lif(6), _lif(3))
        without = lambda name: {k: v for k, v in base.items() if k != name}
        kernel = {"type": "Conv2d", "weight": np.zeros((2, 1, 3, 3)), "bias": np.zeros(2), "stride": [1, 1], "padding": [0, 0],
                  "dilation": [1, 1], "groups": 1, "input_shape": [4, 4]}  # fmt: skip
        slow, slow_edges = self.good["delay_of_three_ticks"]
        half = {**slow, "wait": {"type": "Delay", "delay": _each(4, 2.5e-4)}}
        uneven = {**slow, "wait": {"type": "Delay", "delay": np.array([1e-4, 1e-4, 2e-4, 1e-4])}}
        back = {**base, "back": _linear(self._normal(6, 3, 1.0))}
        nan = self._net(_lif(6, tau=np.array([2e-3] * 5 + [np.nan])), _lif(3))
        li = {"type": "LI", "tau": _each(3, 1e-3), "r": _each(3, 10.0), "v_leak": _each(3, 0.5)}
        plain = [edge for edge in RECURRENT if "rec" not in edge]
        return {
            "conv": ({**base, "fc1": kernel}, RECURRENT, "node fc1 is a Conv2d; locus has no convolution"),
            "edge_to_nowhere": (base, [*RECURRENT, ("lif3", "output")], 'edge (lif3, output) names "lif3", which is no node; did you mean "lif'),
            "nan": (nan, RECURRENT, "lif1.tau[5] is nan; must be finite"),
            "shapes": (self._net(_lif(5), _lif(3)), RECURRENT, "node lif1 has 5 neurons, and fc1 gives 6 values"),
            "tau_below_dt": (self._net(_lif(6, tau=5e-5), _lif(3)), RECURRENT, "lif1.tau is 5e-05 s, below dt = 0.0001 s"),
            "fraction_of_a_tick": (half, slow_edges, "wait.delay is 2.5 ticks; must be a whole number of ticks"),
            "feedback_within_a_tick": (back, [*RECURRENT, ("lif2", "back"), ("back", "lif1")],
                                       "a cycle through lif1, fc2, lif2, back: which of its edges carries the tick before is not said"),
            "unknown_type": ({**base, "lif1": {"type": "ALIF", "tau": _each(6, 1)}}, RECURRENT, "node lif1 is an ALIF, which NIR does not have"),
            "no_input": (without("input"), RECURRENT[1:], "no Input node"),
            "neuron_to_neuron": (without("fc2"), [e for e in RECURRENT if "fc2" not in e] + [("lif1", "lif2")],
                                 "edge (lif1, lif2) leads 6 values into 3 neurons"),
            "negative_threshold": (self._net(_lif(6, threshold=-1.0), _lif(3)), RECURRENT, "lif1.v_threshold is -1 at neuron 0; must be above 0"),
            "uneven_delay": (uneven, slow_edges, "wait.delay goes from 0.0001 to 0.0002 s; must be the same"),
            "edge_twice": (base, [*RECURRENT, ("lif1", "rec")], "edge (lif1, rec) stands twice"),
            "resting_integrator": ({**base, "lif2": li}, RECURRENT, "lif2.v_leak is 0.5 at neuron 0; must be 0"),
            "two_matrices": ({**base, "fc3": _linear(np.eye(6))}, [("input", "fc1"), ("fc1", "fc3"), ("fc3", "lif1"), *RECURRENT[2:]],
                             "node fc3 follows fc1 without neurons between them"),
            "two_ways": ({**base, "fc3": _linear(self.w1)}, [*RECURRENT, ("input", "fc3"), ("fc3", "lif1")], "fc1 and fc3 lead from input to lif1"),
            "cycle_without_neuron": ({**base, "a": _linear(np.eye(6)), "b": _linear(np.eye(6))},
                                     [*RECURRENT, ("a", "b"), ("b", "a"), ("b", "lif1")], "a cycle without a neuron: "),
            "dangling": ({**base, "fc3": _linear(np.eye(6))}, [*RECURRENT, ("fc3", "lif1")], "node fc3 has no edge that leads to it"),
            "no_neuron": ({"input": _input(4), "fc1": _linear(self.w1), "output": _output(6)}, [("input", "fc1"), ("fc1", "output")], "no neuron"),
            "missing": ({**base, "lif1": {"type": "LIF", "tau": _each(6, 1e-3)}}, plain, "lif1.r is missing; a LIF has tau, r, v_leak, v_threshold"),
        }  # fmt: skip
