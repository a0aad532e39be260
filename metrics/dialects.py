"""What the generated query has to say otherwise in another database than DuckDB to mean the same."""

from __future__ import annotations

from sqlglot import exp

SECONDS = {"DAY": 86400, "HOUR": 3600}


def adapted(query: exp.Query, dialect: str) -> exp.Query:
    """The same query for `dialect`; `query` itself may be changed."""
    if dialect != "postgres":
        return query
    for difference in list(query.find_all(exp.DateDiff)):
        difference.replace(_elapsed(difference))
    for total in list(query.find_all(exp.Sum)):
        # whole numbers and decimals are added up exactly there, which is slow and no more than a double can print
        total.set("this", exp.Cast(this=total.this, to=exp.DataType(this=exp.DataType.Type.DOUBLE)))
    return query


def _elapsed(difference: exp.DateDiff) -> exp.Expr:
    """Whole units since the full unit that the other side is: the library's own form rounds to the nearest one."""
    length = SECONDS[str(difference.args["unit"]).upper()]
    apart = exp.Paren(this=exp.Sub(this=difference.this, expression=difference.expression))
    span = exp.Extract(this=exp.var("EPOCH"), expression=apart)
    share = exp.Div(this=span, expression=exp.Literal.number(length))
    return exp.Cast(this=exp.Floor(this=share), to=exp.DataType(this=exp.DataType.Type.BIGINT))
