"""What a condition's parts are: every comparison is typed, since the engines would let some nonsense pass."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from pakdee.catalog.grammar import Finding, offset_of
from pakdee.catalog.values import (
    KINDS,
    Kind,
    Value,
    answer,
    digits_of,
    example_of,
    is_digits,
    is_product,
    nearest,
    text_of,
    unknown_segment,
)
from pakdee.domain.feature import FeatureCatalog, FeatureSpec, FeatureType
from pakdee.domain.segment import EVERYONE

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)
_NUMBER_DIGITS = 9


class Meaning:
    """Checks one syntax tree; `findings` holds what is wrong and what is doubtful."""

    def __init__(self, features: FeatureCatalog, segments: Collection[str]) -> None:
        self.features, self.segments = features, segments
        self.findings: list[Finding] = []

    def check(self, tree: exp.Expr) -> None:
        """Findings for `tree` as a whole condition: it must be true or false, and depend on the customer."""
        self._test(tree)
        if not self.findings and not tree.find(exp.Column, exp.Anonymous):
            self._note(tree, "this is the same for every customer", f"use  segment: {EVERYONE}  or a feature")

    def _note(self, node: exp.Expr, what: str, next_step: str, severity: str = "error") -> None:
        self.findings.append(Finding(offset_of(node), what, next_step, severity))

    def _test(self, node: exp.Expr) -> None:
        """`node` must be true or false."""
        value = self._of(node)
        if value and value.kind is not Kind.YES_NO:
            advice = f"compare it, for example  {value.text} {example_of(value)}"
            self._note(node, f"{value.text} is {value.kind}, not true or false", advice)

    def _of(self, node: exp.Expr) -> Value | None:
        """The value of `node`, None where a finding has been noted already."""
        return self._READERS[type(node)](self, node)

    def _both(self, node: exp.Expr) -> Value | None:
        for part in node.flatten(unnest=False):
            self._test(part)
        return answer(node)

    def _inner_test(self, node: exp.Expr) -> Value | None:
        self._test(node.this)
        return answer(node)

    def _inside(self, node: exp.Expr) -> Value | None:
        return self._of(node.this)

    def _feature(self, node: exp.Expr) -> Value | None:
        spec: FeatureSpec = self.features[node.name]
        if spec.type is FeatureType.LIST:
            what = f"{spec.name} is a list, and a list cannot be compared or counted"
            self._note(node, what, "show it in a template, or choose another feature: see pakdee features")
            return None
        counter = spec.name if spec.is_day_counter else ""
        is_share = spec.type is FeatureType.SHARE
        return Value(KINDS[spec.type], spec.name, spec.values, is_share=is_share, counter=counter)

    def _literal(self, node: exp.Expr) -> Value | None:
        if node.args["is_string"]:
            return Value(Kind.TEXT, f"'{node.this}'", fixed=str(node.this))
        return Value(Kind.NUMBER, str(node.this), fixed=Decimal(node.this))

    def _yes_no(self, node: exp.Expr) -> Value | None:
        return Value(Kind.YES_NO, str(node).lower(), fixed=bool(node.this))

    def _null(self, node: exp.Expr) -> Value | None:
        self._note(node, "null is no value and equals nothing", "write 'is null' or 'is not null'")
        return None

    def _negative(self, node: exp.Expr) -> Value | None:
        value = self._number(node.this)
        if value and isinstance(value.fixed, Decimal):
            return Value(Kind.NUMBER, f"-{value.text}", fixed=-value.fixed)
        return value and Value(Kind.NUMBER, f"-{value.text}")

    def _number(self, node: exp.Expr) -> Value | None:
        value = self._of(node)
        if value and value.kind is not Kind.NUMBER:
            self._note(
                node, f"{value.text} is {value.kind}, so nothing can be calculated with it", "use a number"
            )
            return None
        return value

    def _calculation(self, node: exp.Expr) -> Value | None:
        left, right = self._number(node.this), self._number(node.expression)
        if not left or not right:
            return None
        if left.fixed is not None and right.fixed is not None:
            self._note(node, f"{text_of(node)} has two fixed numbers", "write the result")
            return None
        if isinstance(node, exp.Mul):
            self._product(node, left, right)
        long = [
            v.text
            for v in (left, right)
            if isinstance(v.fixed, Decimal) and digits_of(v.fixed) > _NUMBER_DIGITS
        ]
        if long:
            self._note(
                node, f"{long[0]} is too long to calculate with", f"use at most {_NUMBER_DIGITS} digits"
            )
        return Value(Kind.NUMBER, text_of(node))

    def _product(self, node: exp.Expr, left: Value, right: Value) -> None:
        # One fixed factor keeps every product inside what the engines' exact numbers can hold.
        if left.fixed is None and right.fixed is None:
            self._note(node, "two features are multiplied", "multiply a feature by a fixed number only")
        elif any(is_product(side) for side in (node.this, node.expression)):
            self._note(node, "a product is multiplied again", "write the product of the fixed numbers")

    def _comparison(self, node: exp.Expr) -> Value | None:
        left, right = self._of(node.this), self._of(node.expression)
        if left and right and self._comparable(node, left, right):
            self._ordered(node, left)
            self._counted(node, left, right)
        return answer(node)

    def _comparable(self, node: exp.Expr, left: Value, right: Value) -> bool:
        if left.is_test or right.is_test:
            what = "a comparison is compared again"
            self._note(node, what, "join comparisons with and, or; for a range write  x between 1 and 5")
        elif left.fixed is not None and right.fixed is not None:
            self._note(node, f"{left.text} and {right.text} are both fixed", "compare a feature with a value")
        elif Kind.DATE in {left.kind, right.kind}:
            self._note(node, "a date is compared", "use a day counter, such as days_since_last_purchase")
        elif left.kind is not right.kind:
            self._unlike(node, left, right)
        else:
            return self._listed(node, left, right) and self._listed(node, right, left)
        return False

    def _unlike(self, node: exp.Expr, left: Value, right: Value) -> None:
        what = f"{left.text} is {left.kind}, but {right.text} is {right.kind}"
        number = next((v for v in (left, right) if isinstance(v.fixed, str) and is_digits(v.fixed)), None)
        if number and Kind.NUMBER in {left.kind, right.kind}:
            self._note(node, what, f"write the number without quotes: {number.fixed}")
        elif Kind.YES_NO in {left.kind, right.kind}:
            flag = left if left.kind is Kind.YES_NO else right
            self._note(node, what, f"write  {flag.text}  or  not {flag.text}  alone")
        else:
            self._note(node, what, "compare values of the same kind")

    def _listed(self, node: exp.Expr, value: Value, other: Value) -> bool:
        """Whether a fixed `other` is among what `value` can be."""
        if value.is_share and isinstance(other.fixed, Decimal) and not 0 <= other.fixed <= 1:
            share = f": {float(other.fixed / 100):g} for {other.fixed} %" if 1 < other.fixed <= 100 else ""
            self._note(
                node, f"{value.text} is a share from 0 to 1, never {other.fixed}", f"write a share{share}"
            )
            return False
        if value.values and isinstance(other.fixed, str) and other.fixed not in value.values:
            near = nearest(other.fixed, value.values)
            advice = f"write '{near}'" if near else f"use one of: {', '.join(value.values)}"
            self._note(node, f"{value.text} is never '{other.fixed}'", advice)
            return False
        return True

    def _ordered(self, node: exp.Expr, left: Value) -> None:
        if left.kind is not Kind.NUMBER and not isinstance(node, exp.EQ | exp.NEQ):
            self._note(
                node, f"{left.kind} has no order, so there is no more or less", "use  =  <>  or  in (…)"
            )

    def _counted(self, node: exp.Expr, left: Value, right: Value) -> None:
        counter = left.counter or right.counter
        if counter and isinstance(node, exp.EQ) and (left.fixed is not None or right.fixed is not None):
            self._trap(node, counter)

    def _trap(self, node: exp.Expr, counter: str) -> None:
        advice = f"use a range, so that a missed day loses nobody: {counter} between … and …"
        self._note(
            node, f"{counter} is another number every day, and '=' fits on one day only", advice, "warning"
        )

    def _range(self, node: exp.Expr) -> Value | None:
        value, low, high = self._of(node.this), self._of(node.args["low"]), self._of(node.args["high"])
        if not value or not low or not high:
            return answer(node)
        fine = self._comparable(node, value, low) and self._comparable(node, value, high)
        if fine and value.kind is not Kind.NUMBER:
            self._note(node, f"{value.kind} has no order, so there is no between", "use  =  <>  or  in (…)")
        elif (
            fine
            and isinstance(low.fixed, Decimal)
            and isinstance(high.fixed, Decimal)
            and low.fixed > high.fixed
        ):
            what = f"nothing lies between {low.text} and {high.text}"
            self._note(node, what, f"write the smaller first: between {high.text} and {low.text}")
        return answer(node)

    def _choice(self, node: exp.Expr) -> Value | None:
        value, entries = self._of(node.this), node.expressions
        if not entries:
            self._note(node, "in () is empty, so it fits nobody", "write at least one value in the brackets")
        for entry in entries:
            self._choice_entry(value, entry)
        if value and value.counter and not any(f.severity == "error" for f in self.findings):
            self._trap(node, value.counter)
        return answer(node)

    def _choice_entry(self, value: Value | None, entry: exp.Expr) -> None:
        if isinstance(entry, exp.Null):
            self._note(
                entry, "null may not stand in a list: 'not in' would then fit nobody", "add  or … is null"
            )
            return
        found = self._of(entry)
        if found and found.fixed is None:
            self._note(entry, f"{found.text} stands in a list", "write fixed values in the brackets")
        elif value and found:
            self._comparable(entry, value, found)

    def _unknown(self, node: exp.Expr) -> Value | None:
        value = self._of(node.this)
        if not isinstance(node.expression, exp.Null):
            self._note(
                node,
                "after 'is' only null or not null may stand",
                "write the feature alone, or with not before it",
            )
        elif value and (value.is_test or value.fixed is not None):
            self._note(node, f"{value.text} is asked for null", "ask a feature")
        return answer(node)

    def _fallback(self, node: exp.Expr) -> Value | None:
        parts = [node.this, *node.expressions]
        values = [found for part in parts if (found := self._of(part))]
        if len(values) < len(parts):
            return None
        first = values[0]
        if len(values) == 1 or first.fixed is not None or any(value.is_test for value in values):
            self._note(
                node, "coalesce needs a feature and a value", "write for example  coalesce(order_count, 0)"
            )
        elif any(value.kind is not first.kind for value in values):
            odd = next(value for value in values if value.kind is not first.kind)
            self._unlike(node, first, odd)
        else:
            allowed = first.values and (*first.values, *(v.fixed for v in values if isinstance(v.fixed, str)))
            return Value(first.kind, text_of(node), allowed, is_share=first.is_share, counter=first.counter)
        return None

    def _segment(self, node: exp.Expr) -> Value | None:
        names = [part for part in node.expressions if isinstance(part, exp.Literal) and part.is_string]
        if len(names) != 1 or len(node.expressions) != 1:
            self._note(node, "in_segment needs one name in quotes", "write for example  in_segment('vip')")
        elif names[0].this not in {*self.segments, EVERYONE}:
            self._note(node, *unknown_segment(str(names[0].this), self.segments))
        return answer(node)

    _READERS: ClassVar[dict[type[exp.Expr], Callable[[Meaning, exp.Expr], Value | None]]] = {
        exp.And: _both, exp.Or: _both, exp.Not: _inner_test, exp.Paren: _inside, exp.Column: _feature,
        exp.Literal: _literal, exp.Boolean: _yes_no, exp.Null: _null, exp.Neg: _negative,
        **dict.fromkeys(_ARITHMETIC, _calculation),
        **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), _comparison),
        exp.Between: _range, exp.In: _choice, exp.Is: _unknown, exp.Coalesce: _fallback,
        exp.Anonymous: _segment,
    }  # fmt: skip
