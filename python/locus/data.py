"""Data that comes with the program, as arrays."""

from __future__ import annotations

import pathlib

import numpy as np
import numpy.typing as npt

from locus.errors import UsageError
from locus.shipped import shipped
from locus.weights import Array

_TICKS_OF_A_ROW = 5  # of spikes


def digits(form: str = "pixels") -> tuple[Array, npt.NDArray[np.int64]]:
    """1,797 handwritten digits of 8 x 8 pixels as sequences (trials x ticks x inputs), and their classes.

    ``form``: "pixels", one of 64 pixels a tick (T 64, one input); "rows", a row a tick (T 8, eight
    inputs); both with values 0 .. 1; or "spikes": a row takes five ticks, and a pixel spikes in the
    first of them, in more the darker it is (T 40, eight inputs). The first 1,200 are meant for
    learning, the last 597, mostly of other writers, for the test.

    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository 1998, doi:10.24432/C50P49 (CC BY 4.0).

    >>> x, digit = digits()
    >>> x.shape, digit[:5].tolist()
    ((1797, 64, 1), [0, 1, 2, 3, 4])
    """
    if form not in ("pixels", "rows", "spikes"):
        raise UsageError(f"form is {form!r}; must be pixels, rows or spikes")
    folder = pathlib.Path(shipped("digits", folder=True))
    classes = _load(folder, "classes").astype(np.int64)
    if form != "spikes":
        return _load(folder, form) / 16.0, classes
    rows = _load(folder, "rows")
    count = np.rint(_TICKS_OF_A_ROW * rows / 16.0)
    spikes = np.zeros((len(rows), _TICKS_OF_A_ROW * 8, 8))
    for tick in range(_TICKS_OF_A_ROW):
        spikes[:, tick::_TICKS_OF_A_ROW] = count > tick
    return spikes, classes


def _load(folder: pathlib.Path, name: str) -> npt.NDArray[np.uint8]:
    return np.concatenate([np.load(folder / f"{name}_{part}.npy") for part in ("learnt", "held_out")])
