"""What a test tells about values: inside `{% if customer.next_tier %}` there is a next tier."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import nodes

from pakdee.rendering.findings import dotted

Guards = frozenset[str]
"""Paths known to have a value."""
NONE: Guards = frozenset()


def told(test: nodes.Node, full: Callable[[str], str]) -> tuple[Guards, Guards]:
    """Paths that surely have a value when `test` is true, and when it is false.

    Args:
        full: makes a path of the contract out of one that begins with a loop's name.
    """
    path = dotted(test)
    if path is not None:
        return frozenset({full(path)}), NONE
    if isinstance(test, nodes.Not):
        return told(test.node, full)[::-1]
    if isinstance(test, nodes.Test):
        return NONE, told(test.node, full)[0]
    if isinstance(test, nodes.And):
        return told(test.left, full)[0] | told(test.right, full)[0], NONE
    if isinstance(test, nodes.Or):
        return NONE, told(test.left, full)[1] | told(test.right, full)[1]
    return _compared(test, full), NONE


def _compared(test: nodes.Node, full: Callable[[str], str]) -> Guards:
    """A path that is equal to something written out, or in order with it, has a value."""
    if isinstance(test, nodes.Compare) and all(_needs_a_value(operand) for operand in test.ops):
        return told(test.expr, full)[0]
    return NONE


def _needs_a_value(operand: nodes.Operand) -> bool:
    return operand.op != "ne" and (operand.op != "eq" or isinstance(operand.expr, nodes.Const))
