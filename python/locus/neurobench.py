"""What a run learnt, under the names of NeuroBench's metrics (Yik et al., Nat. Commun. 2025;16:1545).

Metrics of the network itself follow from its weights; those of its work are measured on trials that
are shown to the learnt network. What cannot be known is left out, and never 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from locus.inference import error_ticks, votes_of
from locus.trials import dense_inputs
from locus.weights import Array, dense_of

if TYPE_CHECKING:
    from locus.model import Model
    from locus.outcome import Run

Metrics = dict[str, Any]


def metrics(run: Run, inputs: Any, target: Any, classes: Any) -> Metrics:
    """Run.neurobench."""
    model = run.model()
    found = _of_network(model, run)
    held_out = model._held_out
    if inputs is None and held_out is not None and held_out.mask is None and held_out.lengths is None:
        inputs, target, classes = held_out[:3]
    if inputs is not None:
        found.update(_of_work(model, run, dense_inputs(inputs), target, classes))
    found["Locality"] = _of_locality(run)
    return found


def _of_network(model: Model, run: Run) -> Metrics:
    weights = [dense_of(w) for w in run.weights.values()]
    parameters = sum(len(w[4]) if isinstance(w, tuple) else np.size(w) for w in run.weights.values())
    pairs = sum(w.size for w in weights)
    scalar = 4 if model.proto.precision else 8
    state = sum(_state(p) * p.size for p in model.proto.network.populations)
    found: Metrics = {"Footprint": scalar * (parameters + state), "ParameterCount": parameters}
    if pairs:
        found["ConnectionSparsity"] = 1 - sum(int(np.count_nonzero(w)) for w in weights) / pairs
    return found


def _of_work(model: Model, run: Run, x: Array, target: Any, classes: Any) -> Metrics:
    populations = {p.name: p for p in model.proto.network.populations}
    neurons = [name for name, p in populations.items() if p.WhichOneof("kind") in ("rate", "lif")]
    readouts = [name for name, p in populations.items() if p.WhichOneof("kind") == "readout"]
    said = model.forward(x, record=[*neurons, *readouts])
    found: Metrics = {}
    if readouts:
        y = np.concatenate([said[name] for name in readouts], axis=2)
        found.update(_of_answers(model, y, target, classes))
    activity = [said[name] for name in neurons]
    found["ActivationSparsity"] = 1 - sum(int(np.count_nonzero(h)) for h in activity) / sum(h.size for h in activity)
    column = 0
    for name, population in populations.items():
        if population.WhichOneof("kind") == "input" and not population.input.HasField("constant"):
            said[name] = x[:, :, column : column + population.size]
            column += population.size
    found["SynapticOperations"] = _operations(model, run, said, len(x), x.shape[1])
    return found


def _of_answers(model: Model, y: Array, target: Any, classes: Any) -> Metrics:
    """How right the outputs are at the ticks with an error."""
    ticks = error_ticks(model.proto.training, y.shape[1])
    if classes is not None:
        right = votes_of(y, model.proto.training) == np.asarray(classes)
        return {"ClassificationAccuracy": float(right.mean())}
    if target is None:
        return {}
    goal = np.asarray(target, dtype=float)
    goal = (goal[:, :, np.newaxis] if goal.ndim == 2 else goal)[:, ticks].reshape(-1, y.shape[2])
    answer = y[:, ticks].reshape(-1, y.shape[2])
    found: Metrics = {"MSE": float(((answer - goal) ** 2).mean())}
    spread = ((goal - goal.mean(axis=0)) ** 2).sum(axis=0)
    if (spread > 0).all():
        found["R2"] = float((1 - ((answer - goal) ** 2).sum(axis=0) / spread).mean())
    size = np.abs(answer) + np.abs(goal)
    if (size > 0).all():
        found["SMAPE"] = float(200 * (np.abs(answer - goal) / size).mean())
    return found


def _operations(model: Model, run: Run, said: dict[str, Array], trials: int, ticks: int) -> Metrics:
    """Of one trial: additions that spikes cause, multiplications that other activity causes, and all that a
    program makes that takes no notice of zeros. Biases are none."""
    found = {"Effective_MACs": 0.0, "Effective_ACs": 0.0, "Dense": 0.0}
    for projection in model.proto.network.projections:
        if projection.source not in said:
            continue  # a constant input
        weights = dense_of(run.weights[projection.name])
        neurons = {p.name for p in model.proto.network.populations if p.WhichOneof("kind") in ("rate", "lif")}
        between = projection.source in neurons and projection.target in neurons
        delay = projection.delay if projection.HasField("delay") else int(between)
        heard = said[projection.source][:, : max(0, ticks - delay)]
        spikes = bool(np.isin(heard, (-1.0, 0.0, 1.0)).all())
        per_source = np.count_nonzero(weights, axis=0)
        found["Effective_ACs" if spikes else "Effective_MACs"] += float((heard != 0).sum(axis=(0, 1)) @ per_source) / trials
        found["Dense"] += float(weights.size * ticks)
    return found


def _of_locality(run: Run) -> Metrics:
    """Of a trial of the run."""
    book = run.proto.ledger
    if not book.trials:
        return {}
    return {
        "SpatialViolations": book.spatial_violations / book.trials,
        "TemporalViolations": book.temporal_violations / book.trials,
        "MaxLag": int(book.max_lag),
        "StalledTicks": book.stalled_ticks / book.trials,
        "HistoryBytes": int(book.history_bytes),
        "TraceBytes": int(book.trace_bytes),
        "Messages": book.messages / book.trials,
    }


def _state(population: Any) -> int:
    """Numbers that a neuron keeps from tick to tick."""
    kind = population.WhichOneof("kind")
    if kind == "lif":
        lif = population.lif
        return 2 + int(lif.HasField("current")) + int(lif.HasField("adaptation")) + int(lif.refractory > 0)
    if kind == "readout":
        return int(population.readout.HasField("tau_m"))
    return int(kind == "rate")
