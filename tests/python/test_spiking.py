"""Spiking neurons of other simulators: constants of each neuron, and trained networks of the NIR paper.

The trained networks (Pedersen et al., Nat. Commun. 2024, paper/03_rnn of its repository) are not part of this one. Where the .nir files, a
sample, published hidden spikes and output spikes are there, models made of them by hand, without locus.nir, are held against those.
"""

import json

import numpy as np
import pytest

import locus
from conftest import shared

DT = 1e-4  # s of a tick


def test_constants_are_one_number_or_one_for_each_neuron():
    m = locus.Model()
    m.lif("n", 3, tau_m=np.array([5, 10, np.inf]), threshold=1, current={"tau": 2}, reset="ZERO", rest=[0, 0.1, 0.2])
    lif = m.proto.network.populations[0].lif
    assert list(lif.tau_m) == [5, 10, np.inf] and list(lif.threshold) == [1] and list(lif.rest) == [0, 0.1, 0.2]
    assert list(lif.current.tau) == [2] and lif.reset == 2
    m.rate("r", 2, leak=[0.5, 0.25])
    assert list(m.proto.network.populations[1].rate.leak) == [0.5, 0.25]


def test_the_voltage_is_that_of_a_loop():
    m = locus.Model()
    m.input("in", 1)
    m.lif("n", 2, tau_m=[4, 8], threshold=[1, 0.5], reset="SUBTRACT", integration="EULER", current={"tau": 2})
    m.connect("in", "n", 0.3, name="B")
    x = (np.arange(40) % 7 < 5).astype(float)
    m.trials(x[None, :])
    m.train(loss="sum", ticks=40)
    for quantity in "voltage", "current", "activity":
        m.record(quantity, "n", name=quantity)
    records = locus.run(m, rules=["none"])["none"].records
    alpha, threshold, v, i = np.array([0.75, 0.875]), np.array([1, 0.5]), np.zeros(2), np.zeros(2)
    for t in range(40):
        i = 0.5 * i + 0.3 * x[t]
        v = alpha * v + i
        z = v >= threshold
        for quantity, wanted in ("voltage", v), ("current", i), ("activity", z):
            assert np.abs(np.asarray(records[quantity])[0, t, 0] - wanted).max() < 1e-14, (quantity, t)
        v = v - threshold * z
    assert np.asarray(records["activity"]).sum() > 5


def nodes_of(path):
    h5py = pytest.importorskip("h5py")
    nodes = {}

    def walk(group, prefix):
        for name, node in group["nodes"].items():
            if node["type"][()] == b"NIRGraph":
                walk(node, f"{prefix}{name}.")
            else:
                nodes[prefix + name] = {k: d[()] for k, d in node.items() if k not in ("type", "metadata")}

    with h5py.File(path) as file:
        walk(file["node"], "")
    return nodes


def add_neurons(m, name, node, reset):
    """CubaLIF under forward Euler. Returns the gain that belongs into the rows of its weights."""
    gain = node["w_in"] * DT / node["tau_syn"] * (node["r"] * DT / node["tau_mem"])
    m.lif(
        name,
        len(gain),
        tau_m=1000 * node["tau_mem"].astype(float),
        threshold=node["v_threshold"],
        rest=node["v_leak"],
        current={"tau": 1000 * node["tau_syn"].astype(float)},
        reset=reset,
        above=True,
        integration="EULER",
    )
    return np.where(np.abs(gain - 1) < 1e-12, 1, gain).astype(float)[:, None]


def braille(folder, file, reset, recurrent_bias_delay):
    nodes = nodes_of(folder / f"braille_noDelay_{file}.nir")
    x = np.load(folder / "braille_input.npy")
    m = locus.Model("braille")
    m.input("in", x.shape[1])
    m.input("one", 2)
    hidden = add_neurons(m, "hidden", nodes["lif1.lif"], reset)
    output = add_neurons(m, "output", nodes["lif2"], reset)
    m.connect("in", "hidden", hidden * nodes["fc1"]["weight"])
    m.connect("hidden", "hidden", hidden * nodes["lif1.w_rec"]["weight"])
    m.connect("hidden", "output", output * nodes["fc2"]["weight"])
    ones = np.zeros((len(x) + 1, 2))
    if "bias" in nodes["fc1"]:
        own, recurrent, last = (nodes[n]["bias"][:, None].astype(float) for n in ("fc1", "lif1.w_rec", "fc2"))
        m.connect("one", "hidden", hidden * np.hstack([own, recurrent]))
        m.connect("one", "output", output * np.hstack([last, 0 * last]), delay=1)
        ones[:, 0] = 1
        ones[recurrent_bias_delay:, 1] = 1
    m.trials(np.hstack([np.vstack([x, np.zeros((1, x.shape[1]))]), ones])[None].astype(float))
    m.train(loss="sum", ticks=len(x) + 1, dt_ms=1000 * DT)
    for population in "hidden", "output":
        m.record("activity", population, name=population)
    return m


# What frameworks did with the same files: the reset, the tick from which a recurrent bias is there,
# and by how many ticks spikes are late.
ACTIVITIES = [
    ("bias_zero", "ZERO", 0, "zero", "snntorch", 0),
    ("bias_zero", "ZERO", 1, "zero:no-first-bias", "norse", 0),
    ("bias_zero", "SUBTRACT", 0, "subtract", "spyx", 1),
    ("noBias_subtract", "ZERO", 0, "zero", "norse", 0),
    ("noBias_subtract", "SUBTRACT", 0, "subtract", "spyx", 1),
]


@pytest.mark.parametrize("file, reset, delay, golden, published, late", ACTIVITIES)
@pytest.mark.parametrize("transport, precision", [("batched", "FLOAT64"), ("mailbox", "FLOAT64"), ("batched", "FLOAT32")])
def test_published_activities_come_out_spike_for_spike(file, reset, delay, golden, published, late, transport, precision):
    folder = shared("fixtures/nir")
    m = braille(folder, file, reset, delay)
    m.proto.precision = m.proto.Precision.Value(precision)
    records = locus.run(m, rules=["none"], transport=transport)["none"].records
    hidden, output = (np.asarray(records[name])[0, :, 0] for name in ("hidden", "output"))
    said = np.load(folder / f"published_{published}_noDelay_{file}.npy")
    ticks = len(said) - late
    assert said.sum() > 90 and (hidden[:ticks] == said[late:]).all()
    spikes = json.loads((folder / "golden.json").read_text())[f"braille_noDelay_{file}:{golden}"]["output_spikes_tick_neuron"]
    wanted = np.zeros((len(said), output.shape[1]))
    for tick, neuron in spikes:
        wanted[tick - 1, neuron] = 1
    assert wanted.sum() > 0 and (output[1:] == wanted).all(), "output spikes come a tick later"
