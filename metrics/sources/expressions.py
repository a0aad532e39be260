"""Formulas of sources.yaml (`商品单价 * 数量 - 优惠金额`): names, numbers, + − × ÷ and parentheses, nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

LONGEST = 500  # characters
DEEPEST = 20  # parentheses or minus signs within one another
SIGNS = str.maketrans("×÷−✕", "*/-*")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?!\w)|(?P<name>[^\W\d]\w*)"
    r"|\[(?P<quoted>[^\]]+)\]|`(?P<ticked>[^`]+)`|(?P<sign>[-+*/()]))\s*"
)


class FormulaError(ValueError):
    """Where and why a formula cannot be read."""


@dataclass(frozen=True)
class Number:
    value: str


@dataclass(frozen=True)
class Column:
    name: str


@dataclass(frozen=True)
class Operation:
    sign: str  # one of + - * /
    left: Term
    right: Term


Term = Number | Column | Operation


@dataclass(frozen=True)
class Formula:
    """A parsed formula with the columns that it reads."""

    text: str
    root: Term

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_names(self.root)))


def _names(term: Term) -> Iterator[str]:
    if isinstance(term, Column):
        yield term.name
    elif isinstance(term, Operation):
        yield from _names(term.left)
        yield from _names(term.right)


def parse(text: str) -> Formula:
    """The formula. Raises FormulaError with the place of what is not allowed."""
    plain = unicodedata.normalize("NFKC", text).translate(SIGNS)
    if len(plain) > LONGEST:
        raise FormulaError(f"a formula may have {LONGEST} characters, not {len(plain)}")
    formula = Formula(text, _Parser(plain).whole())
    if not formula.names:
        raise FormulaError(f"{text!r} names no column; write a constant under constants")
    return formula


class _Parser:
    """Recursive descent: sums of products of numbers, names and parentheses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._depth = 0

    def whole(self) -> Term:
        term = self._sum()
        if self._place < len(self._text):
            raise self._wrong("expected + - * / or the end")
        return term

    def _sum(self) -> Term:
        term = self._product()
        while sign := self._taken("+-"):
            term = Operation(sign, term, self._product())
        return term

    def _product(self) -> Term:
        term = self._factor()
        while sign := self._taken("*/"):
            term = Operation(sign, term, self._factor())
        return term

    def _factor(self) -> Term:
        if self._taken("-"):
            return Operation("*", Number("-1"), self._nested(self._factor))
        if self._taken("("):
            term = self._nested(self._sum)
            if not self._taken(")"):
                raise self._wrong("expected )")
            return term
        match = _TOKEN.match(self._text, self._place)
        if match is None or match["sign"]:
            raise self._wrong("expected a column name, a number or (")
        self._place = match.end()
        if match["number"]:
            return Number(match["number"])
        return Column((match["name"] or match["quoted"] or match["ticked"]).strip())

    def _nested(self, inner: Callable[[], Term]) -> Term:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError(f"a formula may nest {DEEPEST} deep")
        term = inner()
        self._depth -= 1
        return term

    def _taken(self, signs: str) -> str:
        match = _TOKEN.match(self._text, self._place)
        if match is None or not match["sign"] or match["sign"] not in signs:
            return ""
        self._place = match.end()
        return match["sign"]

    def _wrong(self, expected: str) -> FormulaError:
        rest = self._text[self._place :].strip()
        found = f"{rest[:20]!r} at character {self._place + 1}" if rest else "the end"
        return FormulaError(
            f"{expected}, found {found}; a formula has column names (in [brackets] when they hold "
            "signs or spaces), numbers, + - * / and parentheses"
        )


def to_sql(formula: Formula, columns: Mapping[str, exp.Expr]) -> exp.Expr:
    """A DOUBLE. An empty column that is added or taken away counts as 0, any other leaves the result empty."""
    return _sql(formula.root, columns)


def _sql(term: Term, columns: Mapping[str, exp.Expr]) -> exp.Expr:
    if isinstance(term, Number):
        return exp.cast(exp.Literal.string(term.value), "DOUBLE")
    if isinstance(term, Column):
        return columns[term.name].copy()
    left, right = _sql(term.left, columns), _sql(term.right, columns)
    if term.sign == "*":
        return exp.Mul(this=_wrapped(left), expression=_wrapped(right))
    if term.sign == "/":
        nothing = exp.Nullif(this=right, expression=exp.Literal.number(0))
        return exp.Div(this=_wrapped(left), expression=nothing)
    return _added(term, left, right)


def _added(term: Operation, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    both_may_be_empty = term.sign == "+" and isinstance(term.left, Column) and isinstance(term.right, Column)
    or_zero = [exp.Coalesce(this=side.copy(), expressions=[exp.Literal.number(0)]) for side in (left, right)]
    second = or_zero[1] if isinstance(term.right, Column) else _wrapped(right)
    if term.sign == "-":
        return exp.Sub(this=_wrapped(left), expression=second)
    first = or_zero[0] if isinstance(term.left, Column) else _wrapped(left)
    total = exp.Add(this=first, expression=second)
    if not both_may_be_empty:
        return total
    neither = exp.Coalesce(this=left, expressions=[right])
    return exp.Case().when(exp.Is(this=neither, expression=exp.null()), exp.null()).else_(total)


def _wrapped(value: exp.Expr) -> exp.Expr:
    return exp.Paren(this=value) if isinstance(value, exp.Binary) else value
