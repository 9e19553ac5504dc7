"""The language of a rule's `when` lines: SQL's boolean expression, held to a white list.

A line speaks about the columns of one relation, the dated values of the rule and `as_of`.
`compile_line` answers with an SQL expression over the row alias `r`, in which every value stands
as a typed literal and `as_of` as the psycopg parameter `%(as_of)s`.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

AS_OF = "%(as_of)s::date"

_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_KINDS = {
    "text": "text",
    "char": "text",
    "varchar": "text",
    "uuid": "text",
    "date": "date",
    "timestamptz": "moment",
    "timestamp": "moment",
    "boolean": "truth",
    "bool": "truth",
    "int": "number",
    "integer": "number",
    "bigint": "number",
    "smallint": "number",
    "numeric": "number",
    "decimal": "number",
    "real": "number",
    "double precision": "number",
}
_PARTS = {
    "this",
    "table",
    "expression",
    "expressions",
    "low",
    "high",
    "field",
    "negate",
    "quoted",
    "is_string",
}
_SAID = {
    "text": "a text",
    "date": "a date",
    "moment": "a time stamp",
    "truth": "true or false",
    "number": "a number",
    "list": "a list",
    "nothing": "nothing",
}


class ConditionError(ValueError):
    """A line cannot be used; the message says what to write instead."""


def nearest(name: str, names: Iterable[str]) -> str:
    """' Did you mean "…"?', or the list of what there is when nothing is close."""
    known = sorted(set(names))
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f' Did you mean "{close[0]}"?'
    return f" There is: {', '.join(known)}." if 0 < len(known) <= 30 else ""


def literal(value: object) -> str:
    """A Python value as an SQL literal; percent signs doubled for psycopg."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(int(value)) if value >= 0 else f"({int(value)})"
    if isinstance(value, (float, Decimal)):
        return f"{Decimal(str(value))}::numeric"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        quoted = value.replace("'", "''").replace("%", "%%")
        return f"'{quoted}'"
    if value is None:
        return "NULL"
    raise ConditionError(f"{value!r} cannot stand in a condition: use a number, text, date or list")


def kind_of(value: object) -> str:
    """The kind of thing a value is, in the words the messages use."""
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (int, float, Decimal)):
        return "number"
    if isinstance(value, dt.datetime):
        return "moment"
    if isinstance(value, dt.date):
        return "date"
    if isinstance(value, (list, tuple)):
        return "list"
    return "text" if isinstance(value, str) else "nothing"


def compile_line(text: str, columns: Mapping[str, str], values: Mapping[str, object]) -> str:
    """One line of a rule as an SQL expression over `r`; raises ConditionError with a remedy."""
    compiler = _Compiler(text, columns, values)
    sql, kind = compiler.expression(_parse(text))
    if kind != "truth":
        raise ConditionError(f"{text!r} is {_SAID[kind]}, not a condition: compare it with something")
    return sql


def names_in(text: str) -> set[str]:
    """Every name a line speaks of: columns, values and `as_of` alike."""
    return {column.name for column in _parse(text).find_all(exp.Column)}


def _parse(text: str) -> exp.Expression:
    if not isinstance(text, str) or not text.strip():
        raise ConditionError("an empty line says nothing: write a condition or remove it")
    try:
        found = sqlglot.parse(text, dialect="postgres")
    except SqlglotError as error:
        first = str(error).splitlines()[0]
        raise ConditionError(f"{text!r} cannot be read: {first}") from None
    if len(found) != 1 or not isinstance(found[0], exp.Expression):
        raise ConditionError(f"{text!r} is more than one expression: one condition a line")
    if any(node.comments for node in found[0].walk()):
        raise ConditionError(f"{text!r} holds an SQL comment: write it as a YAML comment (#) instead")
    return found[0]


class _Compiler:
    """Walks one parsed line; every method answers (sql, kind)."""

    def __init__(self, text: str, columns: Mapping[str, str], values: Mapping[str, object]) -> None:
        self.text = text
        self.columns = {"known_on": "date", **columns}
        self.values = values

    def expression(self, node: exp.Expression) -> tuple[str, str]:
        if any(part and name not in _PARTS for name, part in node.args.items()):
            raise self.refused(node)
        if isinstance(node, exp.Paren):
            sql, kind = self.expression(node.this)
            return f"({sql})", kind
        if isinstance(node, (exp.And, exp.Or)):
            word = "AND" if isinstance(node, exp.And) else "OR"
            return f"({self.truth(node.this)} {word} {self.truth(node.expression)})", "truth"
        if isinstance(node, exp.Not):
            return f"(NOT {self.truth(node.this)})", "truth"
        if type(node) in _COMPARISONS:
            return self.comparison(node, _COMPARISONS[type(node)])
        if isinstance(node, exp.Is):
            return self.is_test(node)
        if isinstance(node, exp.Between):
            return self.between(node)
        if isinstance(node, exp.In):
            return self.in_list(node)
        if isinstance(node, (exp.Add, exp.Sub)):
            return self.sum(node, "+" if isinstance(node, exp.Add) else "-")
        return self.atom(node)

    def atom(self, node: exp.Expression) -> tuple[str, str]:
        if isinstance(node, exp.Column):
            return self.name(node)
        if isinstance(node, exp.Boolean):
            return literal(bool(node.this)), "truth"
        if isinstance(node, exp.Null):
            return "NULL", "nothing"
        if isinstance(node, exp.Literal):
            if node.is_string:
                return literal(str(node.this)), "text"
            return self.number(str(node.this)), "number"
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
            return f"(-{self.number(str(node.this.this))})", "number"
        raise self.refused(node)

    def number(self, digits: str) -> str:
        try:
            return literal(int(digits) if digits.isdigit() else Decimal(digits))
        except ArithmeticError:
            raise ConditionError(f"{self.text!r}: {digits} is not a number") from None

    def name(self, node: exp.Column) -> tuple[str, str]:
        name = node.name
        if node.table or not isinstance(node.this, exp.Identifier):
            raise ConditionError(f"{self.text!r}: write plain names; {node.sql()!r} is not one")
        if name == "as_of":
            return AS_OF, "date"
        if name in self.columns:
            kind = _KINDS.get(self.columns[name].split("(")[0].strip().lower())
            if kind is None:
                raise ConditionError(
                    f"{self.text!r}: {name} is of type {self.columns[name]}, which a condition"
                    " cannot use: give the relation a date, text, number or boolean column"
                )
            return f'r."{name}"', kind
        if name in self.values:
            value = self.values[name]
            if isinstance(value, (list, tuple)):
                raise ConditionError(f"{self.text!r}: {name} is a list: write … IN {name}")
            return literal(value), kind_of(value)
        known = {*self.columns, *self.values, "as_of"}
        raise ConditionError(
            f'{self.text!r}: "{name}" is neither a column of the relation nor a value of the rule.'
            + nearest(name, known)
        )

    def truth(self, node: exp.Expression) -> str:
        sql, kind = self.expression(node)
        if kind != "truth":
            raise ConditionError(f"{self.text!r}: {node.sql()} is {_SAID[kind]}, not true or false")
        return sql

    def alike(self, left: exp.Expression, right: exp.Expression) -> tuple[str, str]:
        """Both sides, of one kind; a text that is compared with a date is read as a date."""
        (left_sql, left_kind), (right_sql, right_kind) = (
            self.expression(left),
            self.expression(right),
        )
        if left_kind == "date" and right_kind == "text":
            right_sql, right_kind = self.as_date(right), "date"
        elif right_kind == "date" and left_kind == "text":
            left_sql, left_kind = self.as_date(left), "date"
        if "nothing" in (left_kind, right_kind):
            raise ConditionError(f"{self.text!r}: nothing equals NULL: write … IS NULL")
        if left_kind != right_kind:
            raise ConditionError(
                f"{self.text!r}: {left.sql()} is {_SAID[left_kind]} and {right.sql()} is"
                f" {_SAID[right_kind]}: they cannot be compared"
            )
        return left_sql, right_sql

    def as_date(self, node: exp.Expression) -> str:
        try:
            if isinstance(node, exp.Literal):
                return literal(dt.date.fromisoformat(str(node.this)))
        except ValueError:
            pass
        raise ConditionError(f"{self.text!r}: {node.sql()} is not a date such as '2022-06-28'")

    def comparison(self, node: exp.Expression, sign: str) -> tuple[str, str]:
        left, right = self.alike(node.this, node.expression)
        return f"({left} {sign} {right})", "truth"

    def between(self, node: exp.Between) -> tuple[str, str]:
        this, low = self.alike(node.this, node.args["low"])
        _, high = self.alike(node.this, node.args["high"])
        return f"({this} BETWEEN {low} AND {high})", "truth"

    def is_test(self, node: exp.Is) -> tuple[str, str]:
        sql, _ = self.expression(node.this)
        target = node.expression
        word = "IS NOT" if node.args.get("negate") else "IS"
        if isinstance(target, exp.Null):
            return f"({sql} {word} NULL)", "truth"
        if isinstance(target, exp.Boolean):
            return f"({self.truth(node.this)} {word} {literal(bool(target.this))})", "truth"
        raise self.refused(node)

    def in_list(self, node: exp.In) -> tuple[str, str]:
        field = node.args.get("field")
        if field is None:
            pairs = [self.alike(node.this, item) for item in node.expressions]
            return f"({pairs[0][0]} IN ({', '.join(item for _, item in pairs)}))", "truth"
        items = self.values.get(field.name)
        if not isinstance(items, (list, tuple)):
            raise ConditionError(
                f'{self.text!r}: "{field.name}" is no list among the rule\'s values.'
                + nearest(field.name, [k for k, v in self.values.items() if kind_of(v) == "list"])
            )
        sql, kind = self.expression(node.this)
        wrong = [item for item in items if kind_of(item) != kind]
        if wrong:
            raise ConditionError(f"{self.text!r}: {wrong[0]!r} in {field.name} is not {_SAID[kind]}")
        if not items:
            return "FALSE", "truth"
        return f"({sql} IN ({', '.join(literal(item) for item in items)}))", "truth"

    def sum(self, node: exp.Expression, sign: str) -> tuple[str, str]:
        (left, left_kind), (right, right_kind) = (
            self.expression(node.this),
            self.expression(node.expression),
        )
        result = {
            ("number", "number", "+"): "number",
            ("number", "number", "-"): "number",
            ("date", "number", "+"): "date",
            ("date", "number", "-"): "date",
            ("date", "date", "-"): "number",
            ("number", "date", "+"): "date",
        }.get((left_kind, right_kind, sign))
        if result is None:
            raise ConditionError(
                f"{self.text!r}: {_SAID[left_kind]} {sign} {_SAID[right_kind]} has no meaning:"
                " add or take days from dates, or numbers from numbers"
            )
        return f"({left} {sign} {right})", result

    def refused(self, node: exp.Expression) -> ConditionError:
        return ConditionError(
            f"{self.text!r}: {node.sql(dialect='postgres')!r} is not allowed in a condition. Use AND, OR,"
            " NOT, comparisons, IN, BETWEEN, IS NULL, + and - on dates and numbers, and plain names"
        )
