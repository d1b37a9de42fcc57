"""Weights of projections, and matrices of the schema from and to NumPy arrays."""

from __future__ import annotations

import os
import pathlib
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from locus.errors import UsageError
from locus.v1 import weights_pb2

Array = npt.NDArray[np.float64]
# rows, cols, row and column of each entry, values: what the library takes for a sparse matrix
Entries = tuple[int, int, npt.NDArray[np.int64], npt.NDArray[np.int64], Array]


@dataclass(frozen=True)
class Form:
    """Weights that are drawn or computed: gaussian(), normal(), aligned(), sparse_random()."""

    message: Any  # locus.v1.Weights


Weights = Union[float, int, Form, npt.ArrayLike, Any]


def gaussian(gain: float) -> Form:
    """Independent normal weights of mean 0 and standard deviation gain / sqrt(fan-in).

    >>> gaussian(1.5).message.gaussian.gain
    1.5
    """
    return Form(weights_pb2.Weights(gaussian=weights_pb2.Gaussian(gain=gain)))


def normal(stddev: float) -> Form:
    """Independent normal weights of mean 0 and this standard deviation.

    >>> normal(0.1).message.gaussian.stddev
    0.1
    """
    return Form(weights_pb2.Weights(gaussian=weights_pb2.Gaussian(stddev=stddev)))


def aligned(values: npt.ArrayLike) -> Form:
    """Weights in the model's bases, one value for each mode (Model.proto.bases).

    >>> list(aligned([0.5, 0.2]).message.aligned.values)
    [0.5, 0.2]
    """
    return Form(weights_pb2.Weights(aligned=weights_pb2.Aligned(values=np.asarray(values, dtype=float).ravel())))


def sparse_random(
    *,
    probability: float | None = None,
    in_degree: int | None = None,
    gain: float | None = None,
    stddev: float | None = None,
    value: float | None = None,
) -> Form:
    """A sparse matrix that is drawn: which pairs have a synapse, and their values.

    Exactly one of ``probability`` and ``in_degree``, and exactly one of ``gain``, ``stddev`` and ``value``.

    >>> sparse_random(in_degree=10, gain=1).message.sparse_random.in_degree
    10
    """
    message = weights_pb2.SparseRandom()
    if (probability is None) == (in_degree is None):
        raise UsageError("sparse_random needs exactly one of probability and in_degree")
    if sum(each is not None for each in (gain, stddev, value)) != 1:
        raise UsageError("sparse_random needs exactly one of gain, stddev and value")
    if probability is not None:
        message.probability = probability
    else:
        message.in_degree = int(in_degree or 0)
    if value is not None:
        message.constant.value = value
    elif gain is not None:
        message.gaussian.gain = gain
    else:
        message.gaussian.stddev = float(stddev or 0)
    return Form(weights_pb2.Weights(sparse_random=message))


def one_to_one(values: npt.ArrayLike) -> Form:
    """One synapse from each source to the target of the same number, with these weights.

    >>> list(one_to_one([1, 0.5]).message.sparse.col)
    [0, 1]
    """
    each = np.asarray(values, dtype=float).ravel()
    index = range(each.size)
    return Form(weights_pb2.Weights(sparse=weights_pb2.SparseMatrix(rows=each.size, cols=each.size, row=index, col=index, values=each)))


def matrix(array: npt.ArrayLike) -> weights_pb2.Matrix:
    """A locus.v1.Matrix from an array (rows x cols), at the cost of one copy.

    >>> matrix([[1.0, 2.0]]).cols
    2
    """
    values = np.ascontiguousarray(array, dtype="<f8")
    if values.ndim != 2:
        raise UsageError(f"a matrix has 2 dimensions, and the array has {values.ndim}")
    # The numbers of a packed field lie in the message as they lie in memory: tag, length, bytes.
    raw = values.tobytes()
    message = weights_pb2.Matrix.FromString(b"\x1a" + _varint(len(raw)) + raw if raw else b"")
    message.rows, message.cols = values.shape
    return message


def array(message: weights_pb2.Matrix) -> Array:
    """A locus.v1.Matrix as an array (rows x cols).

    >>> array(matrix([[1.0, 2.0]])).tolist()
    [[1.0, 2.0]]
    """
    return np.fromiter(message.values, dtype=float, count=len(message.values)).reshape(message.rows, message.cols)


def read_blocks(path: str | os.PathLike[str]) -> weights_pb2.SparseMatrix:
    """The sparse matrix of a .blocks file (locus.v1.MatrixBlock)."""
    data = memoryview(pathlib.Path(path).read_bytes())
    whole = weights_pb2.SparseMatrix()
    at = 0
    while at < len(data):
        length, at = _read_varint(data, at)
        block = weights_pb2.MatrixBlock.FromString(bytes(data[at : at + length]))
        at += length
        if block.HasField("header"):
            whole.rows, whole.cols = block.header.rows, block.header.cols
        else:
            whole.row.extend(block.sparse.row)
            whole.col.extend(block.sparse.col)
            whole.values.extend(block.sparse.values)
    return whole


def dense_of(weights: Any) -> Array:
    """Weights of a result as a dense array (targets x sources)."""
    if not isinstance(weights, tuple):
        return np.asarray(weights, dtype=float)
    rows, cols, row, col, values = weights
    whole = np.zeros((rows, cols))
    np.add.at(whole, (np.asarray(row), np.asarray(col)), values)
    return whole


def entries_of(given: Any) -> Entries | None:
    """The entries of a SciPy sparse matrix, or None for anything else."""
    if not (hasattr(given, "tocoo") and hasattr(given, "nnz")):
        return None
    coo = given.tocoo()
    rows, cols = coo.shape
    return rows, cols, coo.row.astype(np.int64), coo.col.astype(np.int64), coo.data.astype(float)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at
