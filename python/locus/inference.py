"""forward: a network that is shown trials and does not learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

import numpy as np
import numpy.typing as npt

from locus import _core
from locus.errors import UsageError

if TYPE_CHECKING:
    from locus.model import Model


def forward(
    model: Model, inputs: Any, record: Sequence[str], classes: npt.ArrayLike | None, noise: bool, lengths: Any
) -> dict[str, Any]:
    """Model.forward; the model is changed."""
    kinds = {p.name: p.WhichOneof("kind") for p in model.proto.network.populations}
    unknown = [name for name in record if kinds.get(name, "input") == "input"]
    if unknown:
        neurons = ", ".join(name for name, kind in kinds.items() if kind != "input")
        raise UsageError(f"no population of neurons is named {unknown[0]}; there are {neurons}")
    readouts = [name for name, kind in kinds.items() if kind == "readout"]
    asked = list(record) or readouts
    wanted = dict.fromkeys((*asked, *(readouts if classes is not None else ())))
    if not wanted:
        raise UsageError("the model has no readout; record must name populations")
    model.trials(inputs, lengths=lengths)
    assert model._trials is not None
    trials, ticks, _ = model._trials.inputs.shape
    if classes is not None and np.shape(classes) != (trials,):
        raise UsageError(f"classes have shape {np.shape(classes)}; must be {(trials,)}: one for each trial")
    model.proto.ClearField("compare")
    for population in model.proto.network.populations:
        if not noise:
            population.ClearField("noise")
    model._settings = [each for each in model._settings if each.startswith("network.")]
    given = type(model.proto.training)()
    given.CopyFrom(model.proto.training)
    training = model.proto.training
    for field in ("evaluation", "stop", "schedule", "clip", "window", "warmup_ticks", "carry_state", "commit"):
        training.ClearField(field)
    training.loss = 0
    training.ticks, training.batch, training.updates = ticks, trials, 1
    del model.proto.record[:]
    del model.proto.rules[:]
    for name in wanted:
        model.record("output" if kinds[name] == "readout" else "activity", name, name=name)
    core = _core.run(model._spec(rules=["none"]), threads=1)
    shown = {name: np.moveaxis(values[0], 1, 0) for name, (_, _, values) in core.records(0).items()}
    result: dict[str, Any] = {name: shown[name] for name in asked}
    if classes is not None:
        predicted = votes_of(np.concatenate([shown[name] for name in readouts], axis=2), given)
        result["accuracy"] = float((predicted == np.asarray(classes)).mean())
    return result


def error_ticks(training: Any, ticks: int) -> slice:
    """The ticks of a trial with an error under a training's loss, as a slice of its axis of ticks."""
    if training.loss == 0:  # FINAL
        return slice(ticks - 1, ticks)
    window = training.window if training.HasField("window") else ticks
    return slice(max(ticks - window, training.warmup_ticks), ticks)


def votes_of(outputs: Any, training: Any) -> Any:
    """The class of each trial (trials): the readout with the largest sum over the ticks with an error, the first of several."""
    return outputs[:, error_ticks(training, outputs.shape[1])].sum(axis=1).argmax(axis=1)
