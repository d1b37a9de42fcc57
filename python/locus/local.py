"""Local rules: a learning rule of one's own, written as equations of a synapse.

    >>> import locus
    >>> from locus.local import Rule, gain, pre, signal
    >>> rule = Rule("mine", signal="feedback")
    >>> decay = rule.constant("lambda", 0.5)
    >>> p = rule.trace("p", lambda p: decay * p + gain * pre)
    >>> rule.change(signal * p)
    >>> print(rule)
    name: "mine"
    local {
      constant {
        name: "lambda"
        value: 0.5
      }
      trace {
        name: "p"
        next: "lambda*p + gain*pre"
      }
      change: "signal*p"
      signal: FEEDBACK
    }
    >>> m = locus.Model.load(locus.example("tiny")); m.rule(rule)
    >>> float(m.info(["mine"]).spatial["mine"] + m.info(["mine"]).temporal["mine"])
    0.0

Nothing is computed here: what Python builds is the text of docs/write-a-rule.md, from which the library
infers what the rule sends, keeps and violates. Terms are what the synapse can know of a tick: ``pre`` of its
source; ``activity``, ``current``, ``gain``, ``noise``, ``signal``, ``reward``, ``own_weight``, ``voltage`` and
``spike`` of its target; its own ``weight``; ``leak``, ``membrane_decay`` (the text's `decay`), ``drive``, ``dt`` and ``ticks``.
"""

from __future__ import annotations

from typing import Any, Callable, Union

from google.protobuf import text_format

from locus.errors import UsageError
from locus.messages import message_of, word_of
from locus.v1 import rule_pb2

_SUM, _PRODUCT, _SIGN, _WHOLE = range(4)  # how tightly a text holds together


class Term:
    """An expression: names and numbers under + - * / and the functions of this module.

    >>> from locus.local import activity, pre, weight
    >>> str(activity * (activity * weight - pre)), str(-(pre - 1) / 2), str(abs(weight) ** 2)
    ('activity*(activity*weight - pre)', '-(pre - 1)/2', 'abs(weight)*abs(weight)')
    """

    __slots__ = ("_text", "_level")
    __array_ufunc__ = None  # NumPy's numbers leave the operators to this class

    def __init__(self, text: str, level: int = _WHOLE) -> None:
        self._text = text
        self._level = level

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Term({self._text!r})"

    def _within(self, level: int) -> str:
        return self._text if self._level >= level else f"({self._text})"

    def __add__(self, other: Operand) -> Term:
        return Term(f"{self._within(_SUM)} + {term(other)._within(_PRODUCT)}", _SUM)

    def __radd__(self, other: Operand) -> Term:
        return term(other) + self

    def __sub__(self, other: Operand) -> Term:
        return Term(f"{self._within(_SUM)} - {term(other)._within(_PRODUCT)}", _SUM)

    def __rsub__(self, other: Operand) -> Term:
        return term(other) - self

    def __mul__(self, other: Operand) -> Term:
        return Term(f"{self._within(_PRODUCT)}*{term(other)._within(_WHOLE)}", _PRODUCT)

    def __rmul__(self, other: Operand) -> Term:
        return term(other) * self

    def __truediv__(self, other: Operand) -> Term:
        return Term(f"{self._within(_PRODUCT)}/{term(other)._within(_WHOLE)}", _PRODUCT)

    def __rtruediv__(self, other: Operand) -> Term:
        return term(other) / self

    def __neg__(self) -> Term:
        return Term(f"-{self._within(_WHOLE)}", _SIGN)

    def __abs__(self) -> Term:
        return _call("abs", self)

    def __pow__(self, power: int) -> Term:
        if not isinstance(power, int) or isinstance(power, bool) or not 1 <= power <= 8:
            raise UsageError(f"the power is {power!r}; must be 1 .. 8, a whole number: a rule's text has products only")
        product = self
        for _ in range(power - 1):
            product = product * self
        return product

    def __bool__(self) -> bool:
        raise UsageError(f"{self} has no value in Python; a rule's text chooses by step(), sign(), minimum() and maximum()")


Operand = Union[Term, float]


def term(value: Operand) -> Term:
    """A number as a term; a term stays what it is.

    >>> str(term(0.5)), str(term(-2))
    ('0.5', '-2')
    """
    if isinstance(value, Term):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UsageError(f"a part of a rule is {value!r}; must be a number or a term") from None
    text = repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return Term(text, _SIGN if text.startswith("-") else _WHOLE)


def _call(function: str, *arguments: Operand) -> Term:
    return Term(f"{function}({', '.join(str(term(each)) for each in arguments)})")


def exp(x: Operand) -> Term:
    """e to the power of x.

    >>> from locus.local import weight
    >>> str(exp(-weight))
    'exp(-weight)'
    """
    return _call("exp", x)


def tanh(x: Operand) -> Term:
    """The hyperbolic tangent.

    >>> from locus.local import activity
    >>> str(tanh(2 * activity))
    'tanh(2*activity)'
    """
    return _call("tanh", x)


def sqrt(x: Operand) -> Term:
    """The square root.

    >>> from locus.local import activity
    >>> str(sqrt(abs(activity)))
    'sqrt(abs(activity))'
    """
    return _call("sqrt", x)


def sign(x: Operand) -> Term:
    """-1, 0 or 1.

    >>> from locus.local import signal
    >>> str(sign(signal))
    'sign(signal)'
    """
    return _call("sign", x)


def step(x: Operand) -> Term:
    """1 above 0, otherwise 0.

    >>> from locus.local import activity
    >>> str(step(activity - 0.5))
    'step(activity - 0.5)'
    """
    return _call("step", x)


def minimum(x: Operand, y: Operand) -> Term:
    """The smaller of two.

    >>> from locus.local import weight
    >>> str(minimum(weight, 1))
    'min(weight, 1)'
    """
    return _call("min", x, y)


def maximum(x: Operand, y: Operand) -> Term:
    """The larger of two.

    >>> from locus.local import weight
    >>> str(maximum(weight, 0))
    'max(weight, 0)'
    """
    return _call("max", x, y)


def clip(x: Operand, low: Operand, high: Operand) -> Term:
    """x within low .. high.

    >>> from locus.local import signal
    >>> str(clip(signal, -1, 1))
    'clip(signal, -1, 1)'
    """
    return _call("clip", x, low, high)


pre = Term("pre")
activity = Term("activity")
current = Term("current")
gain = Term("gain")
noise = Term("noise")
signal = Term("signal")
reward = Term("reward")
own_weight = Term("own_weight")
voltage = Term("voltage")
spike = Term("spike")
weight = Term("weight")
leak = Term("leak")
membrane_decay = Term("decay")
drive = Term("drive")
dt = Term("dt")
ticks = Term("ticks")

_CHANGES = {"tick": "change", "pre_spike": "change_on_pre_spike", "post_spike": "change_on_post_spike", "error": "change_on_error", "end": "change_on_end"}


class Rule:
    """A rule with constants, traces and changes; Model.rule adds it to a model.

    ``signal``: where the term of that name comes from: "none", "feedback" (errors over fixed synapses from the
    readouts), "symmetric" (over the readout's own weights) or "reward" (no errors, but a reward, the same for all
    neurons, as the term ``reward``). ``reward``: what gives it: "trials" (the trials, or who drives a Session),
    "tick_loss" or "trial_loss" (minus the loss). ``include``: the name of a shipped rule, whose text is that of this
    one but for constants. ``fields``: of locus.v1.Rule, such as learning_rate.

    >>> from locus.local import Rule, pre, spike
    >>> stdp = Rule("stdp", learning_rate=0.01)
    >>> x = stdp.trace("x", lambda x: 0.95 * x + pre, at="source")
    >>> y = stdp.trace("y", lambda y: 0.95 * y + spike, at="target")
    >>> stdp.change(-x, on="post_spike"); stdp.change(1.05 * y, on="pre_spike")
    >>> stdp.proto.local.trace[0].next, list(stdp.proto.local.change_on_pre_spike)
    ('0.95*x + pre', ['1.05*y'])
    """

    def __init__(
        self, name: str, signal: str = "none", reward: str | None = None, include: str = "", **fields: Any
    ) -> None:
        self.proto: rule_pb2.Rule = message_of(rule_pb2.Rule, {"name": name, **fields}, f"rule {name}")
        self.proto.local.signal = word_of(rule_pb2.Rule.Local.Signal, signal, "signal")
        if reward is not None:
            self.proto.local.reward = word_of(rule_pb2.Rule.Local.Reward, reward, "reward")
        self.proto.local.include = include

    def __str__(self) -> str:
        return str(text_format.MessageToString(self.proto)).rstrip()

    def constant(self, name: str, value: float) -> Term:
        """A number with a name, and so a setting: ``set=["rules.mine.local.constant.lambda.value=0.9"]``.

        >>> rule = Rule("mine"); str(rule.constant("lambda", 0.9) * 2)
        'lambda*2'
        """
        self.proto.local.constant.add(name=name, value=float(value))
        return Term(name)

    def trace(self, name: str, next: Callable[[Term], Operand] | Operand, at: str = "synapse") -> Term:
        """A value that is 0 when a trial begins and takes its next value in every tick, before the changes.

        ``next``: an expression, or a function from the trace to one. ``at``: the actor that keeps it: "synapse",
        "source" or "target".

        >>> rule = Rule("mine"); str(rule.trace("count", lambda count: count + 1))
        'count'
        """
        place = word_of(rule_pb2.Rule.Local.Trace.At, at, f"trace {name}: at")
        own = Term(name)
        value = next(own) if callable(next) else next
        self.proto.local.trace.add(name=name, next=str(term(value)), at=place)
        return own

    def change(self, change: Operand, on: str = "tick") -> None:
        """A part of the change that a commit subtracts from the weight, times the learning rate: its sum over the
        ticks, or over those of ``on``: "tick", "pre_spike" (the source has sent something), "post_spike" (the target
        has spiked), "error" (an error has come) or "end" (the last tick of a trial).

        >>> from locus.local import activity, pre
        >>> hebb = Rule("hebb"); hebb.change(-activity * pre); list(hebb.proto.local.change)
        ['-activity*pre']
        """
        if on not in _CHANGES:
            raise UsageError(f"on is {on!r}; must be one of {', '.join(_CHANGES)}")
        getattr(self.proto.local, _CHANGES[on]).append(str(term(change)))
