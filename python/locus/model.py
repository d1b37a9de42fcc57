"""Model: a network, its task, its training and the rules that learn it."""

from __future__ import annotations

import copy
import os
import pathlib
from typing import TYPE_CHECKING, Any, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from google.protobuf import json_format

from locus import _core, frames
from locus.errors import Fault, ModelError, UsageError
from locus.inference import forward
from locus.local import Rule as LocalRule
from locus.messages import message_of, sketch_of, text_of, training_of, word_of
from locus.network import Network, weights_message
from locus.prediction import Prediction
from locus.task import Task
from locus.trials import hold_places_of_session, hold_places_of_supplied, trial_messages
from locus.v1 import chip_pb2, compare_pb2, model_pb2, record_pb2, rule_pb2

if TYPE_CHECKING:
    import pandas as pd

Rules = Sequence[str]
_INLINE = 100_000  # numbers of a matrix that a saved model holds itself


class Model(Network, Task):
    """A model as values and messages: built by name, loaded from a file, or both.

    ``proto`` is the live message, a locus.v1.Model: whatever has no function here is set there.
    Arrays of weights and trials stand beside it and are copied once, when the model is checked.

    >>> import locus
    >>> m = locus.Model("mine", seed=1); m.input("in", 1); m.rate("rec", 8, "tanh", leak=0.2); m.readout("out", 1)
    >>> for a, b in (("in", "rec"), ("rec", "rec"), ("rec", "out")): m.connect(a, b, locus.gaussian(1))
    >>> m
    Model 'mine': in (1) -> rec (8) -> out (1), 3 projections, no task
    """

    def __init__(self, name: str = "model", seed: int = 0, precision: str = "float64") -> None:
        self.proto = model_pb2.Model(name=name, seed=seed)
        self.proto.precision = word_of(model_pb2.Model.Precision, precision, "precision")
        self.path = name + ".txtpb"  # whose folder has the files that the model names
        self._settings: list[str] = []  # those that name files outside of that folder
        self._weights = {}
        self._trials = self._held_out = self._supplied = None
        self.notes: list[str] = []  # what an import folded, delayed or ignored
        self.late: dict[str, int] = {}  # ticks by which populations are late after an import

    @classmethod
    def load(cls, path: str | os.PathLike[str], set: Iterable[str] = ()) -> Model:
        """The model of a file; ``set`` changes fields as ``--set`` does.

        Raises ModelError with every fault, its line and column; OSError where the file cannot be read.

        >>> import locus
        >>> Model.load(locus.example("tiny"), set=["training.updates=3"]).proto.training.updates
        3
        """
        path = os.fspath(path)
        data = pathlib.Path(path).read_bytes()
        _core.Spec(data, path, list(set), {}, None, None, None)  # every fault, with line and column
        model = cls.from_proto(model_pb2.Model.FromString(_core.wire_form(data, path, list(set))))
        model.path = path
        model._settings = [each for each in set if _is_outside(each.partition("=")[2])]
        if not model.proto.name:
            model.proto.name = pathlib.Path(path).stem
        return model

    @classmethod
    def from_text(cls, text: str) -> Model:
        """A model from protobuf text, the form of a model file.

        >>> Model.from_text('name: "a"').proto.name
        'a'
        """
        return cls.from_proto(model_pb2.Model.FromString(_core.wire_form(text.encode(), "model.txtpb", [])))

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Model:
        """A model from a dict, in protobuf's JSON mapping.

        >>> Model.from_dict({"name": "a", "seed": 3}).proto.seed
        3
        """
        try:
            return cls.from_proto(json_format.ParseDict(fields, model_pb2.Model()))
        except json_format.ParseError as error:
            raise UsageError(f"from_dict: {error}") from None

    @classmethod
    def from_proto(cls, message: model_pb2.Model) -> Model:
        """A model with a copy of this message.

        >>> from locus.v1 import model_pb2
        >>> Model.from_proto(model_pb2.Model(name="a")).proto.name
        'a'
        """
        model = cls()
        model.proto.CopyFrom(message)
        model.path = (message.name or "model") + ".txtpb"
        return model

    # ---- the task

    def train(self, **fields: Any) -> None:
        """Sets fields of the training (locus.v1.Training), flat.

        ``loss``, ``commit`` and ``locality`` are words; ``optimizer`` is "sgd", "adam" or a dict;
        ``schedule``, ``stop``, ``clip`` are dicts; ``evaluate_every`` and ``evaluation_trials`` set
        the evaluation.

        >>> m = Model(); m.train(loss="cross_entropy", window=1, batch=40, optimizer="adam", evaluate_every=100)
        >>> m.proto.training.evaluation.every
        100
        """
        training = training_of(fields)
        for each, _ in training.ListFields():  # what is given here replaces what was there
            self.proto.training.ClearField(each.name)
        self.proto.training.MergeFrom(training)

    def rule(self, name: str | LocalRule, **fields: Any) -> None:
        """Adds a rule with fields (locus.v1.Rule), where a short form such as "rflo" is not enough; or one that
        locus.local has built.

        >>> m = Model(); m.rule("slow", rflo={"trace_decay": 0.99})
        >>> m.proto.rules[0].rflo.trace_decay
        0.99
        """
        if isinstance(name, str):
            self.proto.rules.append(message_of(rule_pb2.Rule, {"name": name, **fields}, f"rule {name}"))
            return
        if fields:
            raise UsageError(f"rule {name.proto.name}: has {', '.join(fields)} beside it; fields are given to locus.local.Rule itself")
        self.proto.rules.add().CopyFrom(name.proto)

    def record(self, quantity: str, of: str, **fields: Any) -> None:
        """Records a quantity of a population or projection (locus.v1.Record): "activity", "output", "weights", ...

        >>> m = Model(); m.record("weights", "W", every_updates=10)
        >>> m.proto.record[0].projection
        'W'
        """
        record = message_of(record_pb2.Record, fields, "record")
        record.quantity = word_of(record_pb2.Record.Quantity, quantity, "quantity")
        if quantity.lower() in ("trace", "weights", "singular_values"):
            record.projection = of
        else:
            record.population = of
        self.proto.record.append(record)

    def compare(self, every: int, rules: Iterable[str] = (), **fields: Any) -> None:
        """Compares the changes of rules every so many updates of each run (locus.v1.Compare).

        >>> m = Model(); m.compare(10, ["rflo", "tbptt:5"], batches=3)
        >>> m.proto.compare.every, list(m.proto.compare.rules)
        (10, ['rflo', 'tbptt:5'])
        """
        fields |= {"every": every, "rules": list(rules)}
        self.proto.compare.CopyFrom(message_of(compare_pb2.Compare, fields, "compare"))

    def chip(self, width: int, height: int, neurons_per_core: int, placement: str = "block", **fields: Any) -> None:
        """Places the neurons on a mesh of cores: results then count packets and hops (locus.v1.Chip), and
        `locus place` puts their neurons elsewhere. ``fields``: cores, synapses_per_core, agent_core, cost_file.

        >>> import locus
        >>> m = Model.load(locus.example("tiny")); m.chip(2, 2, neurons_per_core=1)
        >>> bool((locus.run(m, rules=["rflo"]).packets.packets > 0).any())
        True
        """
        fields |= {"mesh": {"width": width, "height": height}, "neurons_per_core": neurons_per_core}
        chip = message_of(chip_pb2.Chip, fields, "chip")
        chip.placement = word_of(chip_pb2.Chip.Placement, placement, "placement")
        self.proto.chip.CopyFrom(chip)

    # ---- questions

    def message(self) -> model_pb2.Model:
        """The whole model as one message, its arrays included.

        >>> m = Model(); m.input("x", 2); m.rate("rec", 1); m.connect("x", "rec", [[1, 2]])
        >>> list(m.message().network.projections[0].weights.dense.values)
        [1.0, 2.0]
        """
        if self._supplied is not None:
            raise UsageError("trials that a function supplies are no part of a message or a file")
        return self._whole()

    def _whole(self) -> model_pb2.Model:
        """The message with its arrays; without trials that a function supplies."""
        whole = model_pb2.Model()
        whole.CopyFrom(self.proto)
        for projection in whole.network.projections:
            if projection.name in self._weights:
                projection.weights.CopyFrom(weights_message(self._weights[projection.name]))
        if self._has_trials():
            assert self._trials is not None
            recorded = whole.task.recorded
            del recorded.trials[:]
            del recorded.evaluation_trials[:]
            recorded.trials.extend(trial_messages(self._trials))
            if self._held_out is not None:
                recorded.evaluation_trials.extend(trial_messages(self._held_out))
        return whole

    def validate(self) -> list[Fault]:
        """Every fault of the model; empty for a valid one.

        >>> Model().validate()[0].field
        'network'
        """
        try:
            self._checked()
        except ModelError as error:
            return error.faults
        return []

    def describe(self, rules: Rules | None = None) -> str:
        """What `locus info` says of the model: populations, projections, task, training, costs of rules.

        >>> import locus
        >>> print(Model.load(locus.example("tiny")).describe().splitlines()[0])
        tiny: 1 input, 2 rate neurons, 1 readout; 2 ticks a trial, 1 trial an update
        """
        return _core.describe(self._checked() if rules is None else self._spec(rules))

    def info(self, rules: Rules | None = None, threads: int = 0) -> pd.DataFrame:
        """What each rule would send and keep, without a run: one row a rule, counts of one trial.

        They are closed forms: exact where no input, activity or error is 0, otherwise an upper bound.
        ``memory_bytes``: what a process would take for the run on so many threads.

        >>> import locus
        >>> int(Model.load(locus.example("tiny")).info(["rflo"]).temporal["rflo"])
        0
        """
        return frames.pandas().DataFrame(_core.costs(self._spec(rules), threads)).set_index("rule")

    def predict(self, at: float | None = None, rules: Rules | None = None, simulate: bool = True) -> Prediction:
        """Theory beside simulation, what `locus theory` computes: of linear rate networks that learn from a
        linear teacher under the final loss.

        ``at``: the point s of the optima to linearise at, by default a* of each mode. Raises UsageError
        with the reason where the theory does not cover the model.

        >>> import locus
        >>> m = Model.load(locus.example("student_teacher"), set=["training.updates=20"])
        >>> p = m.predict(rules=["bptt"])
        >>> abs(p.losses.expected.iloc[-1] / p.losses.simulated.iloc[-1] - 1) < 0.2
        True
        """
        return Prediction(_core.predict(self._spec(rules), at, simulate))

    def forward(
        self, inputs: Any, record: Sequence[str] = (), classes: Any = None, noise: bool = True, lengths: Any = None
    ) -> dict[str, Any]:
        """Shows trials to the network, which does not learn: activity by population.

        ``inputs`` and ``lengths`` as trials() has them. Populations with noise have that of the run's first
        trials (evaluations have noise of their own); ``noise=False`` leaves it out. Returns arrays (trials x ticks x neurons) for each
        population in ``record``, by default every readout population; with ``classes`` also
        "accuracy": the share of trials whose readout with the largest sum, over the ticks with an
        error, is the class.

        >>> import locus, numpy as np
        >>> Model.load(locus.example("tiny")).forward(np.ones((3, 5, 1)))["out"].shape
        (3, 5, 1)
        """
        return forward(self.copy(), inputs, record, classes, noise, lengths)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file: .txtpb for people, .binpb otherwise; large matrices stand beside it as .npy.

        >>> import locus, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Model.load(locus.example("tiny")).save(f"{folder}/mine.txtpb")
        ...     Model.load(f"{folder}/mine.txtpb") == Model.load(locus.example("tiny"))
        True
        """
        path = pathlib.Path(path)
        whole = self.message()
        for projection in whole.network.projections:
            array = self._weights.get(projection.name)
            if isinstance(array, np.ndarray) and array.size > _INLINE:
                file = f"{path.stem}.{projection.name}.npy"
                np.save(path.with_name(file), array)
                projection.weights.file.path = file
        if path.suffix in (".binpb", ".pb"):
            path.write_bytes(whole.SerializeToString(deterministic=True))
        else:
            path.write_text(text_of(whole, self.notes), encoding="utf-8")

    def copy(self) -> Model:
        """An independent copy.

        >>> m = Model("a"); other = m.copy(); other.proto.seed = 7; m.proto.seed
        0
        """
        return copy.deepcopy(self)

    def _spec(
        self,
        rules: Rules | None = None,
        updates: int | None = None,
        seed: int | None = None,
        locality: str | None = None,
    ) -> _core.Spec:
        """The model as a run takes it: with these rules, or with its own, of which it must have some."""
        spec = self._checked()
        spec.apply(list(rules) if rules is not None else None, updates, seed, locality)
        return spec

    def _driven_spec(self, rule: str) -> _core.Spec:
        """The model as a Session takes it, which needs no task."""
        if self._supplied is not None or self.proto.task.WhichOneof("kind") is not None:
            return self._spec([rule])
        model = self.copy()
        model._trials = model._held_out = None  # of a task that was taken away
        model.proto.training.ClearField("evaluation")
        hold_places_of_session(model.proto)
        spec = model._spec([rule])
        spec.drop_task()
        return spec

    def _checked(self) -> _core.Spec:
        message = self.proto
        supplied = self._supplied if message.task.WhichOneof("kind") is None else None
        if supplied is not None:
            message = model_pb2.Model()
            message.CopyFrom(self.proto)
            hold_places_of_supplied(message, supplied)
        trials = self._trials if self._has_trials() else None
        return _core.Spec(
            message.SerializeToString(deterministic=True),
            self._wire_path(),
            self._settings,
            self._weights,
            None if trials is None else trials.core(),
            None if trials is None or self._held_out is None else self._held_out.core(),
            supplied,
        )

    def _wire_path(self) -> str:
        """The name of the model's bytes in the wire form: its folder has the files that the model names."""
        return str(pathlib.Path(self.path).with_suffix(".binpb"))

    def __repr__(self) -> str:
        return sketch_of(self.proto)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or self._settings != other._settings or self._supplied != other._supplied:
            return False
        return bool(self._whole() == other._whole())

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "proto": self.proto.SerializeToString(deterministic=True)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.proto = model_pb2.Model.FromString(state["proto"])


def _is_outside(value: str) -> bool:
    """Whether a setting's value is a path that leads out of a model's folder."""
    path = pathlib.PurePath(value.strip('"'))
    return path.is_absolute() or path.parts[:1] == ("..",)
