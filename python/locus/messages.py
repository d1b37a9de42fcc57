"""Messages of the schema from fields, words and files."""

from __future__ import annotations

import math
from typing import Any, Sequence

import numpy as np
from google.protobuf import json_format, text_format

from locus.errors import UsageError
from locus.v1 import model_pb2, training_pb2
from locus.weights import Form


def text_of(model: model_pb2.Model, notes: Sequence[str] = ()) -> str:
    """A model file's text, with notes as comments."""
    head = ["proto-file: proto/locus/v1/model.proto", "proto-message: locus.v1.Model", *notes]
    comments = "".join(f"# {printable(line)}\n" for line in head)
    return comments + str(text_format.MessageToString(model))


def printable(text: str) -> str:
    """A text on one line, without what a terminal would take for a command."""
    return "".join(each if each.isprintable() else "?" for each in text)


def message_of(kind: Any, fields: dict[str, Any], where: str) -> Any:
    """A message with these fields (protobuf's JSON mapping); a wrong one is an error with its place."""
    try:
        return json_format.ParseDict(_plain(fields, kind.DESCRIPTOR, where), kind())
    except json_format.ParseError as error:
        raise UsageError(f"{where}: {error}") from None


def word_of(words: Any, given: str, name: str) -> Any:
    """The number of an enumeration's word, whatever its case."""
    word = given.upper()
    allowed = [each for each in words.keys() if each != "UNSPECIFIED"]
    if word not in allowed:
        raise UsageError(f"{name} is {given!r}; must be one of {', '.join(each.lower() for each in allowed)}")
    return words.Value(word)


def _plain(fields: dict[str, Any], of: Any, where: str) -> dict[str, Any]:
    """Fields as JSON has them: arrays as lists, words of any case, inf as a word; one thing alone where there may be several."""
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        field = of.fields_by_name.get(name) or of.fields_by_camelcase_name.get(name)
        if field is None:
            raise UsageError(f'{where}: no field is named "{name}"; there are {", ".join(of.fields_by_name)}')
        several = field.label == field.LABEL_REPEATED
        value = value.tolist() if isinstance(value, np.ndarray) and field.message_type is None else value
        each = list(value) if isinstance(value, (list, tuple)) else [value]
        each = [_plain_value(one, field, f"{where}, {name}") for one in each]
        plain[name] = each[0] if len(each) == 1 and not several else each
    return plain


def _plain_value(value: Any, field: Any, where: str) -> Any:
    """One value of a field, as JSON has it. An array or a form of weights stands for the message of such."""
    kind = field.message_type
    if isinstance(value, dict) and kind is not None:
        return _plain(value, kind, where)
    if kind is not None and kind.name == "Weights":
        if isinstance(value, Form):
            return json_format.MessageToDict(value.message, preserving_proto_field_name=True)
        if isinstance(value, np.ndarray):
            return {"dense": _plain_matrix(value, where)}
    if kind is not None and kind.name == "Matrix" and isinstance(value, np.ndarray):
        return _plain_matrix(value, where)
    value = value.tolist() if isinstance(value, np.generic) else value
    if isinstance(value, str) and field.enum_type is not None:
        return value.upper()
    return "Infinity" if isinstance(value, float) and value == math.inf else value


def _plain_matrix(values: Any, where: str) -> dict[str, Any]:
    if values.ndim != 2:
        raise UsageError(f"{where}: the array has {values.ndim} dimensions; must be 2")
    return {"rows": values.shape[0], "cols": values.shape[1], "values": values.ravel().tolist()}


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def bias_of(bias: Any) -> dict[str, Any] | None:
    """Biases as the fields of Population.Bias, which a number or an array stands for."""
    return bias if bias is None or isinstance(bias, dict) else {"value": bias}


def training_of(fields: dict[str, Any]) -> training_pb2.Training:
    """A training from flat fields, as Model.train has them."""
    training = training_pb2.Training()
    for name, word in (
        ("loss", training_pb2.Training.Loss),
        ("commit", training_pb2.Training.Commit),
        ("locality", training_pb2.Training.Locality),
    ):
        if name in fields:
            setattr(training, name, word_of(word, fields.pop(name), name))
    if "evaluate_every" in fields:
        training.evaluation.every = fields.pop("evaluate_every")
    if "evaluation_trials" in fields:
        training.evaluation.trials = fields.pop("evaluation_trials")
    if isinstance(fields.get("optimizer"), str):
        fields["optimizer"] = {fields["optimizer"]: {}}
    training.MergeFrom(message_of(training_pb2.Training, fields, "train"))
    return training


def sketch_of(model: model_pb2.Model) -> str:
    """A model in one line."""
    network = model.network
    kinds: dict[str, list[str]] = {"input": [], "rate": [], "readout": []}
    for population in network.populations:
        kind = population.WhichOneof("kind") or "rate"
        kinds["rate" if kind == "lif" else kind].append(f"{population.name} ({population.size})")
    layers = " -> ".join(", ".join(names) for names in kinds.values() if names) or "no neurons"
    task = model.task.WhichOneof("kind")
    many = len(network.projections)
    projections = f"{many} projection{'' if many == 1 else 's'}"
    return f"Model {model.name!r}: {layers}, {projections}, {task.replace('_', ' ') if task else 'no task'}"
