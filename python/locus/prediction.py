"""Prediction: the theory of a model beside its simulation, as frames."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from locus import frames

if TYPE_CHECKING:
    import pandas as pd

_PLACES = ("teacher", "start", "last", "expected", "simulated", "limit")


class Prediction:
    """What Model.predict finds: losses at six points of the training, and the modes of the teacher.

    >>> import locus
    >>> p = locus.Model.load(locus.example("student_teacher"), set=["training.updates=10"]).predict(rules=["bptt"], simulate=False)
    >>> list(p.losses.columns)
    ['rule', 'update', 'modes', 'expected', 'simulated']
    """

    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found

    @property
    def losses(self) -> pd.DataFrame:
        """Loss by rule and update: of the mode theory, of the exact expectation, of the simulation.

        NaN where there is none: modes that are coupled, training that diverged, no simulation.
        """
        kinds = ("modes", "expected", "simulated")
        rows = [
            (rule["rule"], update, *(rule[kind][k] if k < len(rule[kind]) else math.nan for kind in kinds))
            for rule in self._found["rules"]
            for k, update in enumerate(self._found["checkpoints"])
        ]
        return frames.pandas().DataFrame(rows, columns=["rule", "update", *kinds])

    @property
    def modes(self) -> pd.DataFrame:
        """One row a rule and mode of the teacher: (a, b, w) of the teacher, of the student at its start, after
        the updates by theory (last), expectation and simulation, and at the limit of the theory; whether the
        optimum is stable, its rate, and the largest learning rate whose steps do not grow there (0: none).
        """
        rows = []
        simulated = {rule["rule"]: rule["status"] == "COMPLETED" for rule in self._found["rules"]}
        for mode in self._found["modes"]:
            row = {"rule": mode["rule"], "mode": mode["mode"]}
            for place in _PLACES:
                known = place != "simulated" or simulated[mode["rule"]]
                row.update({f"{place}_{part}": value if known else math.nan for part, value in zip("abw", mode[place])})
            row.update({name: mode[name] for name in ("limit_loss", "stable", "rate", "largest_eta")})
            rows.append(row)
        return frames.pandas().DataFrame(rows)

    @property
    def notes(self) -> dict[str, str]:
        """Why the modes say nothing about a rule, by rule; without those that they describe."""
        return {rule["rule"]: rule["why_not"] for rule in self._found["rules"] if rule["why_not"]}

    def __repr__(self) -> str:
        rules = ", ".join(rule["rule"] for rule in self._found["rules"])
        return f"Prediction of {rules}: losses, modes"
