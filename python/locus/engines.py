"""Engines: which learning engines of chips can hold a model's rules, and what a rule learns on one."""

from __future__ import annotations

import numbers
import os
from typing import TYPE_CHECKING, Any, Mapping, Sequence, Union

from locus import _core, frames
from locus.errors import UsageError
from locus.model import Model

if TYPE_CHECKING:
    import pandas as pd

Ranges = Mapping[str, Union[float, tuple[float, float]]]


class Fits:
    """What locus.fits finds, as frames with columns ``rule`` and ``engine``.

    >>> import locus
    >>> found = locus.fits(locus.example("student_teacher"), "loihi2", rules=["rflo", "bptt"])
    >>> found.summary.fits.tolist(), sorted(set(found.lacks.rule))
    ([True, False], ['bptt'])
    """

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self._found = found

    @property
    def summary(self) -> pd.DataFrame:
        """One row a rule and engine: whether it fits, whether delays are given up for it, and the room that it takes.

        ``cores``: at least so many; ``synapse_bits``: of one synapse, for the variables that are used.
        """
        names = ["rule", "engine", "fits", "gives_up_delays", "cores", "neurons", "synapses", "synapse_bits"]
        return self._frame([{name: one[name] for name in names} for one in self._found], names)

    @property
    def lacks(self) -> pd.DataFrame:
        """What is missing: what of the rule needs it (``of``), and how often (``count``, of ``each``)."""
        return self._rows(["what", "of", "count", "each"], lambda one: one["lacks"])

    @property
    def products(self) -> pd.DataFrame:
        """The products that the engine adds up: a factor times ``mantissa * 2**exponent``, to the variable that it ``changes``,
        in every tick, at spikes of the source or target, or at the end of a trial (``when``).

        ``scale``: what it should be, in steps of the variable; ``relative_error``: how far it is from that.
        """
        names = ["projections", "changes", "when", "factors", "scale", "mantissa", "exponent", "relative_error"]
        return self._rows(names, lambda one: _of_bindings(one, "products"))

    @property
    def held(self) -> pd.DataFrame:
        """What the engine's accesses of a source or target, and the variables of a synapse (``place``), hold of the rule.

        ``full_scale``: the largest size, in the rule's units (``assumed``: no bound of it is known); ``step``: the
        smallest; ``offset``: what the chip stores is so much more.
        """
        names = ["projections", "place", "name", "holds", "full_scale", "assumed", "step", "offset"]
        return self._rows(names, lambda one: _of_bindings(one, "held"))

    @property
    def approximations(self) -> pd.DataFrame:
        """Everything in which the engine differs from the rule, with its worst error; of the rule as a whole,
        ``projections`` is empty."""

        def rows(one: dict[str, Any]) -> list[dict[str, Any]]:
            whole: list[dict[str, Any]] = [{"projections": [], **each} for each in one["approximations"]]
            return whole + _of_bindings(one, "approximations")

        return self._rows(["projections", "what", "how", "worst_error", "unit"], rows)

    def _rows(self, names: list[str], rows: Any) -> pd.DataFrame:
        whole = [{"rule": one["rule"], "engine": one["engine"], **row} for one in self._found for row in rows(one)]
        return self._frame(whole, ["rule", "engine", *names])

    def _frame(self, rows: list[dict[str, Any]], names: list[str]) -> pd.DataFrame:
        texts = [{name: ", ".join(value) if isinstance(value, list) else value for name, value in row.items()} for row in rows]
        table: pd.DataFrame = frames.pandas().DataFrame(texts, columns=names)
        return table

    def __repr__(self) -> str:
        return "; ".join(f"{one['rule']} {'fits' if one['fits'] else 'does not fit'} {one['engine']}" for one in self._found)


def fits(
    model: Model | str | os.PathLike[str],
    engines: str | Sequence[str],
    rules: Sequence[str] | None = None,
    ranges: Ranges | None = None,
) -> Fits:
    """Whether learning engines of chips can hold the rules of a model, how, and what they lack: what `locus fits` says.

    ``engines``: "loihi1", "loihi2", "reckon", or paths of engine files (docs/engines.md). ``ranges``: the sizes of what
    the model does not bound, in place of -1 .. 1: {"signal": 0.5} or {"weight": (-1, 2)}.

    >>> import locus
    >>> fits(locus.example("student_teacher"), ["loihi1", "loihi2"], rules=["rflo"])
    rflo does not fit Loihi 1; rflo fits Loihi 2
    """
    model = model if isinstance(model, Model) else Model.load(model)
    names = [engines] if isinstance(engines, str) else list(engines)
    return Fits(_core.fits(model._spec(rules), names, _ends_of(ranges)))


def learn_on_engine(
    model: Model | str | os.PathLike[str],
    engine: str,
    rule: str,
    updates: int | None = None,
    ranges: Ranges | None = None,
) -> pd.DataFrame:
    """The model's task, learnt under the rule and with the integers of an engine in its place, trial by trial: the
    losses of each update in columns ``rule`` and ``engine``. What `locus fits --learn` does.

    Raises UsageError where the rule does not fit, or where the run would be another one than the rule's.

    >>> import locus
    >>> losses = learn_on_engine(locus.example("sines"), "loihi2", "rflo", updates=3)
    >>> losses.shape, bool((losses.rule != losses.engine).any())
    ((3, 2), True)
    """
    model = model if isinstance(model, Model) else Model.load(model)
    spec = model._spec([rule])
    exact, learnt = _core.losses_on_engine(spec, engine, spec.updates if updates is None else updates, _ends_of(ranges))
    return frames.pandas().DataFrame({"rule": exact, "engine": learnt}).rename_axis("update")


def _of_bindings(found: dict[str, Any], part: str) -> list[dict[str, Any]]:
    return [{"projections": binding["projections"], **row} for binding in found["bindings"] for row in binding[part]]


def _ends_of(ranges: Ranges | None) -> dict[str, tuple[float, float]]:
    """Ranges from the least to the largest; a number is a size of both signs."""
    ends: dict[str, tuple[float, float]] = {}
    given: Any  # a number may be one of NumPy's, too
    for name, given in (ranges or {}).items():
        try:
            low, high = (-given, given) if isinstance(given, numbers.Real) else given
            ends[name] = (float(low), float(high))
        except (TypeError, ValueError):
            raise UsageError(f"ranges: {name} is {given!r}; must be a size, or (least, largest)") from None
    return ends
