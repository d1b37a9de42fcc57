"""Model: a network, its task, its training and the rules that learn it."""

from __future__ import annotations

import copy
import os
import pathlib
from typing import Any, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from google.protobuf import json_format, text_format

from locus import _core
from locus.errors import Fault, ModelError, UsageError
from locus.inference import forward
from locus.messages import bias_of, given, message_of, parse, sketch_of, text_of, training_of, word_of
from locus.model_arrays import ArrayWeights, Trials, hold_places, trial_messages, trials_of, weights_message
from locus.v1 import compare_pb2, inputs_pb2, model_pb2, record_pb2, rule_pb2
from locus.weights import Form, Weights

Rules = Sequence[str]
_INLINE = 100_000  # numbers of a matrix that a saved model holds itself


class Model:
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
        self._settings: list[str] = []
        self._weights: dict[str, Any] = {}  # arrays by projection
        self._trials: Trials | None = None
        self._held_out: Trials | None = None
        self.notes: list[str] = []  # what an import folded, delayed or ignored
        self.late: dict[str, int] = {}  # ticks by which populations are late after an import

    @classmethod
    def load(cls, path: str | os.PathLike[str], set: Iterable[str] = ()) -> Model:
        """The model of a file; ``set`` changes fields as ``--set`` does.

        >>> import locus
        >>> Model.load(locus.example("tiny"), set=["training.updates=3"]).proto.name
        'tiny'
        """
        path = os.fspath(path)
        data = pathlib.Path(path).read_bytes()
        _core.Spec(data, path, list(set), {}, None, None)  # every fault, with line and column
        model = cls.from_proto(parse(data, path))
        model.path = path
        model._settings = list(set)
        if not model.proto.name:
            model.proto.name = pathlib.Path(path).stem
        return model

    @classmethod
    def from_text(cls, text: str) -> Model:
        """A model from protobuf text.

        >>> Model.from_text('name: "a"').proto.name
        'a'
        """
        return cls.from_proto(text_format.Parse(text, model_pb2.Model()))

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Model:
        """A model from a dict, in protobuf's JSON mapping.

        >>> Model.from_dict({"name": "a", "seed": 3}).proto.seed
        3
        """
        return cls.from_proto(json_format.ParseDict(fields, model_pb2.Model()))

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

    # ---- the network

    def input(self, name: str, size: int = 1, constant: float | None = None) -> None:
        """Adds inputs: the task gives their activity, or they show ``constant`` at every tick and take
        no column of the task's inputs. Weights from a constant 1 are biases.

        >>> m = Model(); m.input("one", constant=1); m.rate("rec", 3); m.connect("one", "rec", 0, name="b")
        >>> m.proto.network.populations[0].input.constant
        1.0
        """
        inputs = self._population(name, size).input
        inputs.SetInParent()
        if constant is not None:
            inputs.constant = constant

    def rate(
        self,
        name: str,
        size: int,
        activation: str = "identity",
        leak: float | npt.ArrayLike = 1.0,
        initial: float | npt.ArrayLike | None = None,
        bias: float | npt.ArrayLike | dict[str, Any] | None = None,
        noise: dict[str, Any] | None = None,
    ) -> None:
        """Adds rate neurons: h_t = (1 - leak) h_{t-1} + leak * activation(W h_{t-1} + B x_t + bias).

        ``leak``, ``initial``, ``bias``: one number for all neurons, or one for each; ``bias`` may be the
        fields of Population.Bias, and ``noise`` has those of Population.Noise.
        """
        word = word_of(model_pb2.Population.Rate.Activation, activation, "activation")
        fields = {"leak": leak, "initial": initial, "bias": bias_of(bias)}
        rate = message_of(model_pb2.Population.Rate, given(fields), f"rate {name}")
        rate.activation = word
        self._population(name, size, noise).rate.CopyFrom(rate)

    def lif(
        self,
        name: str,
        size: int,
        *,
        tau_m: float | npt.ArrayLike,
        threshold: float | npt.ArrayLike,
        noise: dict[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """Adds spiking neurons; ``fields`` and ``noise`` are those of Population.Lif (times in ms) and Noise.

        Constants of neurons are one number for all, or an array with one for each.

        >>> m = Model()
        >>> m.lif("rec", 10, tau_m=20, threshold=0.6, current={"tau": 5}, reset="ZERO", surrogate={"height": 0.5})
        >>> m.proto.network.populations[0].lif.surrogate.height
        0.5
        """
        fields = {"tau_m": tau_m, "threshold": threshold, **fields, "bias": bias_of(fields.get("bias"))}
        lif = message_of(model_pb2.Population.Lif, given(fields), f"lif {name}")
        self._population(name, size, noise).lif.CopyFrom(lif)

    def readout(
        self,
        name: str,
        size: int,
        tau_m: float | None = None,
        normalise_input: bool = False,
        bias: float | npt.ArrayLike | dict[str, Any] | None = None,
    ) -> None:
        """Adds readouts: y_t = A h_t + bias, or with ``tau_m`` [ms] a low-pass filter of it."""
        fields = {"tau_m": tau_m, "normalise_input": normalise_input or None, "bias": bias_of(bias)}
        readout = message_of(model_pb2.Population.Readout, given(fields), f"readout {name}")
        self._population(name, size).readout.CopyFrom(readout)

    def connect(
        self,
        source: str,
        target: str,
        weights: Weights,
        name: str | None = None,
        plastic: bool = True,
        learning_rate: float | None = None,
        delay: int | None = None,
        autapses: bool = True,
        **limits: Any,
    ) -> None:
        """Adds synapses from one population to another.

        ``weights`` is a number for all of them, an array (target's size x source's size), a SciPy
        sparse matrix, or a form: gaussian(), normal(), aligned(), sparse_random(). ``limits``: ``sign``
        ("non_negative", "non_positive"), ``weight_min``, ``weight_max``, ``weight_decay``.

        >>> m = Model(); m.input("x", 2); m.rate("e", 3); m.connect("x", "e", 0.5, sign="non_negative", weight_max=2)
        >>> m.proto.network.projections[0].weight_max
        2.0
        """
        projection = self.proto.network.projections.add(name=name or f"{source}-{target}", source=source, target=target)
        if not plastic:
            projection.plastic = False
        if learning_rate is not None:
            projection.learning_rate = learning_rate
        if delay is not None:
            projection.delay = delay
        if not autapses:
            projection.autapses = False
        if "sign" in limits:
            projection.sign = word_of(model_pb2.Projection.Sign, limits.pop("sign"), "sign")
        projection.MergeFrom(message_of(model_pb2.Projection, limits, f"connect {projection.name}"))
        if isinstance(weights, Form):
            projection.weights.CopyFrom(weights.message)
        elif np.isscalar(weights):
            projection.weights.constant.value = float(weights)  # type: ignore[arg-type]
        else:
            projection.weights.constant.value = 0  # the array takes its place
            self.weights[projection.name] = weights

    @property
    def weights(self) -> ArrayWeights:
        """Arrays of weights by projection; setting one replaces what the model says."""
        return ArrayWeights(self)

    # ---- the task

    def trials(
        self,
        inputs: npt.ArrayLike,
        target: npt.ArrayLike | None = None,
        classes: npt.ArrayLike | None = None,
        held_out: Sequence[npt.ArrayLike] | None = None,
    ) -> None:
        """Recorded trials: inputs (trials x ticks x inputs) with targets (trials x ticks x readouts)
        or classes (trials), and held-out trials (inputs, targets or classes) for evaluations.
        A two-dimensional array of inputs has one input.
        """
        self._trials = trials_of(inputs, target, classes)
        self._held_out = None
        if held_out is not None:
            if len(held_out) != 2:
                raise UsageError(f"held_out has {len(held_out)} parts; must be 2: inputs, and targets or classes")
            labelled = classes is not None
            self._held_out = trials_of(held_out[0], None if labelled else held_out[1], held_out[1] if labelled else None)
        hold_places(self.proto.task.recorded, self._trials, self._held_out)

    def student_teacher(self, teacher: Model, inputs: Iterable[dict[str, Any]] = ()) -> None:
        """The readouts of another network are the targets, by default for white noise."""
        fields = {"inputs": list(inputs)}
        task = message_of(model_pb2.StudentTeacher, fields, "student_teacher")
        task.teacher.CopyFrom(teacher.message().network)
        self.proto.task.student_teacher.CopyFrom(task)

    def drawn(
        self, inputs: Iterable[dict[str, Any]], targets: Iterable[dict[str, Any]] = (), patterns: int | None = None
    ) -> None:
        """Inputs and targets from the random generator; dicts with the fields of locus.v1.Drawn."""
        fields: dict[str, Any] = {"inputs": list(inputs), "targets": list(targets)}
        if patterns is not None:
            fields["patterns"] = patterns
        self.proto.task.drawn.CopyFrom(message_of(inputs_pb2.Drawn, fields, "drawn"))

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

    def rule(self, name: str, **fields: Any) -> None:
        """Adds a rule with fields (locus.v1.Rule), where a short form such as "rflo" is not enough.

        >>> m = Model(); m.rule("slow", rflo={"trace_decay": 0.99})
        >>> m.proto.rules[0].rflo.trace_decay
        0.99
        """
        self.proto.rules.append(message_of(rule_pb2.Rule, {"name": name, **fields}, f"rule {name}"))

    def record(self, quantity: str, of: str, **fields: Any) -> None:
        """Records a quantity of a population or projection: "activity", "output", "weights", ..."""
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

    # ---- questions

    def message(self) -> model_pb2.Model:
        """The whole model as one message, its arrays included."""
        whole = model_pb2.Model()
        whole.CopyFrom(self.proto)
        for projection in whole.network.projections:
            if projection.name in self._weights:
                projection.weights.CopyFrom(weights_message(self._weights[projection.name]))
        if self._trials is not None:
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
            self._spec()
        except ModelError as error:
            return error.faults
        return []

    def forward(self, inputs: npt.ArrayLike, record: Sequence[str] = (), classes: Any = None) -> dict[str, Any]:
        """Shows trials to the network, which does not learn: activity by population.

        ``inputs``: trials x ticks x inputs. Returns arrays (trials x ticks x neurons) for each
        population in ``record``, by default every readout population; with ``classes`` also
        "accuracy": the share of trials whose readout with the largest sum, over the ticks with an
        error, is the class.

        >>> import locus, numpy as np
        >>> Model.load(locus.example("tiny")).forward(np.ones((3, 5, 1)))["out"].shape
        (3, 5, 1)
        """
        return forward(self.copy(), inputs, record, classes)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file: .txtpb for people, .binpb otherwise; large matrices stand beside it as .npy."""
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
        """An independent copy."""
        return copy.deepcopy(self)

    def _spec(
        self,
        rules: Rules | None = None,
        updates: int | None = None,
        seed: int | None = None,
        locality: str | None = None,
    ) -> _core.Spec:
        spec = _core.Spec(
            self.proto.SerializeToString(deterministic=True),
            str(pathlib.Path(self.path).with_suffix(".binpb")),
            self._settings,
            self._weights,
            self._trials,
            self._held_out,
        )
        spec.apply(list(rules) if rules is not None else None, updates, seed, locality)
        return spec

    def _population(self, name: str, size: int, noise: dict[str, Any] | None = None) -> model_pb2.Population:
        population = self.proto.network.populations.add(name=name, size=size)
        if noise is not None:
            population.noise.CopyFrom(message_of(model_pb2.Population.Noise, noise, f"noise of {name}"))
        return population

    def __repr__(self) -> str:
        return sketch_of(self.proto)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.message() == other.message() and self._settings == other._settings

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "proto": self.proto.SerializeToString(deterministic=True)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.proto = model_pb2.Model.FromString(state["proto"])
