"""The theory of modes and of linear networks (arXiv:2606.00243): arrays in, arrays out.

A mode is (a, b, w): readout, input and recurrent strength. Functions of modes take arrays whose
last axis has these three, and broadcast over the others.
"""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import numpy.typing as npt

from locus import _core
from locus.errors import UsageError
from locus.weights import Array

Network = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]  # A (o x n), W (n x n), B (n x m)


def loss(mode: npt.ArrayLike, teacher: npt.ArrayLike) -> Array:
    """Expected final loss of a mode.

    >>> float(loss([1, 1, 0.5], [1, 1, 0.5]))
    0.0
    """
    modes, teachers, shape = _pairs(mode, teacher)
    return np.asarray(_core.mode_loss(modes, teachers)).reshape(shape)


def delta(
    mode: npt.ArrayLike, teacher: npt.ArrayLike, rule: str = "bptt", *, depth: int = 0, feedback: float = 0, decay: float = 0
) -> Array:
    """What a rule changes of a mode: (a, b, w) of Delta. Under BPTT it is the gradient of the loss.

    ``depth``: of truncated BPTT; ``feedback`` and ``decay``: of RFLO.

    >>> delta([1, 1, 0.5], [1, 1, 0.5]).tolist()
    [0.0, 0.0, 0.0]
    """
    modes, teachers, shape = _pairs(mode, teacher)
    return np.asarray(_core.mode_delta(modes, teachers, rule, depth, feedback, decay)).reshape(*shape, 3)


def linearise(
    teacher: npt.ArrayLike, s: float, rule: str = "bptt", *, depth: int = 0, feedback: float = 0, decay: float = 0
) -> dict[str, Any]:
    """The flow at the optimum with a = s: trace, determinant, eigenvalues, stable, rate.

    >>> linearise([1, 1, 0.5], 1.0)["stable"]
    True
    """
    return dict(_core.linearise(_row(teacher), s, rule, depth, feedback, decay))


def saddle_eigenvalues(
    teacher: npt.ArrayLike, w: float, rule: str = "bptt", *, depth: int = 0, feedback: float = 0, decay: float = 0
) -> Array | None:
    """Eigenvalues of the flow at (0, 0, w), ascending; None under a fixed feedback.

    >>> len(saddle_eigenvalues([1, 1, 0.5], 0.5))
    3
    """
    values = _core.saddle_eigenvalues(_row(teacher), w, rule, depth, feedback, decay)
    return None if values is None else np.asarray(values)


def integrate(
    start: npt.ArrayLike,
    teacher: npt.ArrayLike,
    times: npt.ArrayLike,
    rule: str = "bptt",
    *,
    depth: int = 0,
    feedback: float = 0,
    decay: float = 0,
) -> tuple[Array, Array, str]:
    """The flow of a mode at these times (updates x learning rate): times met, modes, and how it ended.

    >>> times, modes, ending = integrate([0.1, 0.1, 0.1], [1, 1, 0.5], [0, 1, 10])
    >>> modes.shape, ending
    ((3, 3), 'in time')
    """
    at = np.atleast_1d(np.asarray(times, dtype=float)).tolist()
    met, modes, ending = _core.integrate(_row(start), _row(teacher), at, rule, depth, feedback, decay)
    return np.asarray(met), modes, ending


def exact_loss(student: Network, teacher: Network, ticks: int) -> float:
    """Expected final loss of a linear network after a trial of so many ticks.

    >>> import numpy as np
    >>> net = (np.ones((1, 2)), np.zeros((2, 2)), np.ones((2, 1)))
    >>> exact_loss(net, net, 10)
    0.0
    """
    return float(_core.exact_loss(_network(student), _network(teacher), ticks))


def exact_update(
    student: Network,
    teacher: Network,
    ticks: int,
    rule: str = "bptt",
    *,
    depth: int = 0,
    decay: float = 0,
    feedback: npt.ArrayLike | None = None,
) -> tuple[float, tuple[Array, Array, Array]]:
    """Expected loss and Delta (A, W, B) of one update.

    ``feedback``: R (o x n), of RFLO and random e-prop.

    >>> import numpy as np
    >>> net = (np.ones((1, 2)), np.zeros((2, 2)), np.ones((2, 1)))
    >>> loss_, (a, w, b) = exact_update(net, net, 10, "rflo", feedback=np.ones((1, 2)))
    >>> loss_, a.shape, float(abs(w).max())
    (0.0, (1, 2), 0.0)
    """
    loss_, change = _core.exact_update(
        _network(student), _network(teacher), ticks, rule, depth, decay, _matrix_or_none(feedback)
    )
    return loss_, change


def exact_training(
    student: Network,
    teacher: Network,
    ticks: int,
    learning_rate: float,
    updates: int,
    rule: str = "bptt",
    *,
    depth: int = 0,
    decay: float = 0,
    feedback: npt.ArrayLike | None = None,
) -> tuple[Array, tuple[Array, Array, Array], bool]:
    """The learning curve without noise: losses, the network at its end, and whether it diverged.

    >>> import numpy as np
    >>> student = (np.ones((1, 2)), np.zeros((2, 2)), 0.5 * np.ones((2, 1)))
    >>> teacher = (np.ones((1, 2)), 0.3 * np.eye(2), np.ones((2, 1)))
    >>> losses, network, diverged = exact_training(student, teacher, 10, 0.1, 50)
    >>> bool(losses[-1] < 0.1 * losses[0]), diverged
    (True, False)
    """
    losses, network, diverged = _core.exact_training(
        _network(student), _network(teacher), ticks, learning_rate, updates, rule, depth, decay, _matrix_or_none(feedback)
    )
    return np.asarray(losses), network, diverged


def _pairs(mode: npt.ArrayLike, teacher: npt.ArrayLike) -> tuple[Array, Array, Sequence[int]]:
    modes, teachers = np.broadcast_arrays(np.asarray(mode, dtype=float), np.asarray(teacher, dtype=float))
    if modes.ndim == 0 or modes.shape[-1] != 3:
        raise UsageError(f"modes have shape {modes.shape}; the last axis must be 3: a, b, w")
    return modes.reshape(-1, 3), teachers.reshape(-1, 3), modes.shape[:-1]


def _row(mode: npt.ArrayLike) -> Array:
    row = np.asarray(mode, dtype=float)
    if row.shape != (3,):
        raise UsageError(f"a mode has shape {row.shape}; must be (3,): a, b, w")
    return row.reshape(1, 3)


def _network(network: Network) -> tuple[Array, Array, Array]:
    a, w, b = (np.asarray(each, dtype=float) for each in network)
    return a, w, b


def _matrix_or_none(given: npt.ArrayLike | None) -> Array | None:
    return None if given is None else np.asarray(given, dtype=float)
