"""Writes cuba.txtpb and cuba_spikes.txt beside this file: two layers of spiking neurons with synaptic currents (CubaLIF of the NIR format
under forward Euler), the first one recurrent and with constants of each neuron, and their spikes by a loop in NumPy.

    python3 tests/data/spiking/make_cuba.py
"""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
INPUTS, HIDDEN, OUTPUTS, TICKS, DT = 6, 12, 4, 200, 0.5
rng = np.random.default_rng(24)


def rounded(values):
    return np.round(values * 1024) / 1024


def dense(weights):
    rows, cols = weights.shape
    return f"weights {{ dense {{ rows: {rows} cols: {cols} values: [{', '.join(map(repr, weights.ravel().tolist()))}] }} }}"


layers = {
    "hidden": dict(
        tau_m=rounded(rng.uniform(5, 20, HIDDEN)), tau=rounded(rng.uniform(2, 10, HIDDEN)), threshold=rounded(rng.uniform(0.6, 1.2, HIDDEN)),
        rest=rounded(rng.uniform(-0.1, 0.2, HIDDEN)), reset="ZERO", reset_to=rounded(rng.uniform(-0.3, 0, HIDDEN))),
    "output": dict(tau_m=np.full(OUTPUTS, 10.0), tau=np.full(OUTPUTS, 5.0), threshold=np.ones(OUTPUTS), rest=np.zeros(OUTPUTS),
        reset="SUBTRACT", reset_to=np.zeros(OUTPUTS)),
}  # fmt: skip
B = rounded(rng.normal(0.012, 0.02, (HIDDEN, INPUTS)))
W = rounded(rng.normal(0, 0.03, (HIDDEN, HIDDEN)))
C = rounded(rng.normal(0.015, 0.03, (OUTPUTS, HIDDEN)))
x = (rng.random((TICKS, INPUTS)) < 0.25).astype(float)

said = {"hidden": np.zeros((TICKS + 1, HIDDEN)), "output": np.zeros((TICKS + 1, OUTPUTS))}
state = {name: dict(i=0 * layer["tau"], v=0 * layer["tau"]) for name, layer in layers.items()}
nearest = np.inf
for t in range(1, TICKS + 1):
    arrived = {"hidden": B @ x[t - 1] + W @ said["hidden"][t - 1], "output": C @ said["hidden"][t - 1]}
    for name, layer in layers.items():
        own, alpha, delta = state[name], 1 - DT / layer["tau_m"], 1 - DT / layer["tau"]
        own["i"] = delta * own["i"] + arrived[name]
        v = own["i"] + alpha * own["v"] + (1 - alpha) * layer["rest"]
        z = v > layer["threshold"]
        nearest = min(nearest, np.abs(v - layer["threshold"]).min())
        own["v"] = np.where(z, layer["reset_to"], v) if layer["reset"] == "ZERO" else v - layer["threshold"] * z
        said[name][t] = z
assert nearest > 1e-4, "a spike would depend on the last bits"

lines = ["# proto-file: proto/locus/v1/model.proto", "# proto-message: locus.v1.Model", 'name: "cuba"', "network {"]
lines.append(f'  populations {{ name: "in" size: {INPUTS} input {{}} }}')
for name, layer in layers.items():
    constants = {k: [repr(float(n)) for n in (v if np.ptp(v) else v[:1])] for k, v in layer.items() if k != "reset"}
    text = {k: v[0] if len(v) == 1 else f"[{', '.join(v)}]" for k, v in constants.items()}
    reset = f"reset: ZERO reset_to: {text['reset_to']}" if layer["reset"] == "ZERO" else "reset: SUBTRACT"
    lines.append(f'  populations {{ name: "{name}" size: {len(layer["tau"])} lif {{ tau_m: {text["tau_m"]} threshold: {text["threshold"]}')
    lines.append(f'    current {{ tau: {text["tau"]} }} rest: {text["rest"]} {reset} above: true integration: EULER }} }}')
for name, source, target, weights in ("B", "in", "hidden", B), ("W", "hidden", "hidden", W), ("C", "hidden", "output", C):
    lines.append(f'  projections {{ name: "{name}" source: "{source}" target: "{target}" {dense(weights)} }}')
tick, neuron = np.nonzero(x)
lines += ["}", "task { recorded { trials { spikes {"]
lines += [f"  neuron: [{', '.join(map(str, neuron))}]", f"  tick: [{', '.join(map(str, tick + 1))}]", "} } } }"]
lines += [f"training {{ loss: SUM ticks: {TICKS} dt_ms: {DT} }}", 'rules { name: "none" none {} }']
lines += ['record { name: "hidden" quantity: ACTIVITY population: "hidden" }', 'record { name: "output" quantity: ACTIVITY population: "output" }']
(HERE / "cuba.txtpb").write_text("\n".join(lines) + "\n")
spikes = [f"{name} {t} {j}" for name in layers for t, j in np.argwhere(said[name])]
(HERE / "cuba_spikes.txt").write_text("\n".join(spikes) + "\n")
print({name: int(all.sum()) for name, all in said.items()}, "nearest to a threshold:", nearest)
