"""Task: the trials of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

import numpy.typing as npt

from locus.messages import message_of
from locus.trials import Fill, Supplied, Trials, held_out_of, hold_places, trials_of
from locus.v1 import inputs_pb2, model_pb2

if TYPE_CHECKING:
    from locus.model import Model


class Task:
    """The part of a Model that has its task: ``proto.task``, and arrays or functions beside it."""

    proto: model_pb2.Model
    _trials: Trials | None
    _held_out: Trials | None
    _supplied: Supplied | None

    def trials(
        self,
        inputs: Any,
        target: Any = None,
        classes: npt.ArrayLike | None = None,
        held_out: Sequence[Any] | Mapping[str, Any] | None = None,
        mask: Any = None,
        lengths: npt.ArrayLike | None = None,
        shuffle: bool = False,
        reward: Any = None,
    ) -> None:
        """Recorded trials: inputs with targets (trials x ticks x readouts) or classes (trials).

        ``inputs``: an array (trials x ticks x inputs; of two dimensions, it has one input), a list of
        arrays of unequal lengths (ticks x inputs), or spikes(). ``held_out``: trials for evaluations,
        (inputs, targets or classes) or a dict of the arguments here. ``mask``: the weight of each error
        in the loss, at least 0 (trials x ticks x readouts, or x 1, or trials x ticks). ``lengths``: the
        ticks of each trial, whose rows are the first so many; a shorter trial begins late, so that it
        ends with the last tick. ``shuffle``: every epoch has an order of its own, by seed.
        ``reward``: the reward of each tick (trials x ticks), for rules with ``signal: REWARD``; others take no notice.

        >>> import locus, numpy as np
        >>> m = locus.Model(); m.trials([np.ones((3, 2)), np.ones((5, 2))], classes=[0, 1], shuffle=True)
        >>> m.proto.task.recorded.trials[0].sparse_input.rows
        5
        """
        given = trials_of(inputs, target, classes, mask, lengths, reward)
        held = None if held_out is None else held_out_of(held_out, classes is not None)
        self._forget_task()
        self._trials, self._held_out = given, held
        answered = given.target is not None or given.classes is not None
        recorded = self.proto.task.recorded
        _, ticks, channels = given.inputs.shape
        many = 0 if held is None else held.inputs.shape[0]
        hold_places(recorded, ticks, channels, answered=answered, rewarded=given.reward is not None, held_out=many)
        recorded.shuffle = shuffle

    def supply(
        self,
        fill: Fill,
        *,
        classes: bool = False,
        mask: bool = False,
        lengths: bool = False,
        reward: bool = False,
        held_out: Fill | None = None,
    ) -> None:
        """Trials that a function makes as the run goes: fill(update, x, y) writes those of update 0, 1, ...

        x is an array of zeros (batch x ticks x inputs), y one (batch x ticks x readouts), or with
        ``classes`` whole numbers (batch). With ``mask`` fill also gets ``mask=``, an array of ones (batch x
        ticks x readouts), the weight of each error; with ``lengths`` it gets ``lengths=``, whole numbers
        (batch) that are the ticks of a trial: its rows are the first so many, and it ends with the last
        tick, as in trials(); with ``reward`` it gets ``reward=``, zeros (batch x ticks), the reward of each tick. Every rule of a run asks for all updates, so fill must make the
        same trials of the same number: draw them from numpy.random.default_rng(update). ``held_out`` does
        so for evaluations, whose trials come in batches of at most 32. training.ticks must be given.
        What fill raises ends the run and is raised. Such a run has no checkpoint, and such a model no file.

        >>> import locus, numpy as np
        >>> def noise(update, x, y):
        ...     x[:] = np.random.default_rng(update).normal(size=x.shape)
        ...     y[:] = x.cumsum(axis=1)
        >>> m = locus.Model.load(locus.example("tiny")); m.train(ticks=10); m.supply(noise)
        >>> locus.run(m, rules=["rflo"], updates=3)["rflo"].status
        'COMPLETED'
        """
        self._forget_task()
        self._supplied = Supplied(fill, held_out, classes, mask, lengths, reward)

    def student_teacher(self, teacher: Model, inputs: Iterable[dict[str, Any]] = ()) -> None:
        """The readouts of another network are the targets, by default for white noise.

        >>> import locus
        >>> m = locus.Model.load(locus.example("tiny")); m.student_teacher(locus.Model.load(locus.example("tiny")))
        >>> m.proto.task.WhichOneof("kind")
        'student_teacher'
        """
        fields = {"inputs": list(inputs)}
        task = message_of(model_pb2.StudentTeacher, fields, "student_teacher")
        task.teacher.CopyFrom(teacher.message().network)
        self._forget_task()
        self.proto.task.student_teacher.CopyFrom(task)

    def drawn(
        self, inputs: Iterable[dict[str, Any]], targets: Iterable[dict[str, Any]] = (), patterns: int | None = None
    ) -> None:
        """Inputs and targets from the random generator; dicts with the fields of locus.v1.Drawn.

        >>> import locus
        >>> m = locus.Model(); m.drawn([{"white_noise": {"stddev": 2}}], [{"class": 0}])
        >>> m.proto.task.drawn.inputs[0].white_noise.stddev
        2.0
        """
        fields: dict[str, Any] = {"inputs": list(inputs), "targets": list(targets)}
        if patterns is not None:
            fields["patterns"] = patterns
        task = message_of(inputs_pb2.Drawn, fields, "drawn")
        self._forget_task()
        self.proto.task.drawn.CopyFrom(task)

    def _forget_task(self) -> None:
        self.proto.ClearField("task")
        self._trials = self._held_out = self._supplied = None

    def _has_trials(self) -> bool:
        """Whether arrays are the trials; another task may have been set in ``proto``."""
        return self._trials is not None and self.proto.task.WhichOneof("kind") == "recorded"
