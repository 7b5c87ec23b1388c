"""Why a piece of Jinja is not part of templates, in a marketer's words."""

from __future__ import annotations

from jinja2 import nodes

from pakdee.rendering.findings import dotted

_FORBIDDEN = {
    "Assign": "{% set %} is not part of templates, as they keep no values",
    "AssignBlock": "{% set %} is not part of templates, as they keep no values",
    "Include": "{% include %} is not part of templates: a mail is one file",
    "Import": "{% import %} is not part of templates: a mail is one file",
    "FromImport": "{% from … import %} is not part of templates: a mail is one file",
    "Extends": "{% extends %} is not part of templates: the system owns the layout",
    "Block": "{% block %} is not part of templates: the system owns the layout",
    "Macro": "{% macro %} is not part of templates: use the ui components",
    "FilterBlock": "{% filter %} is not part of templates: put the filter behind a value",
    "With": "{% with %} is not part of templates, as they keep no values",
    "Scope": "{% autoescape %} is not part of templates: escaping is the system's",
    "Getitem": "square brackets are not part of templates",
    "Slice": "square brackets are not part of templates",
    "List": "lists can't be written into a template",
    "Tuple": "lists can't be written into a template",
    "Dict": "braces of values can't be written into a template",
}
_CALCULATION = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg", "Pos"}


def refusal(node: nodes.Node) -> tuple[str, str]:
    """What is wrong with a node outside the language, and the next step."""
    kind = type(node).__name__
    if isinstance(node, nodes.Call):
        name = dotted(node.node)
        what = f"{name + '()' if name else 'this'} can't be called here"
        return what, "let a component stand by itself: {{ ui.strong(…) }}"
    if kind in _CALCULATION:
        next_step = "use a feature that holds the result (pakdee features)"
        name = _hyphenated(node)
        return "templates don't calculate", f"write {name}, or {next_step}" if name else next_step
    what = _FORBIDDEN.get(kind, f"{kind} is not part of templates")
    return what, "use components, if, for and values (docs/templates.md)"


def _hyphenated(node: nodes.Node) -> str | None:
    """`customer.first_name` for `customer.first-name`, which reads as a subtraction."""
    if not isinstance(node, nodes.Sub):
        return None
    inner = node.right
    while isinstance(inner, nodes.Filter) and inner.node is not None:
        inner = inner.node
    left, right = dotted(node.left), dotted(inner)
    return f"{left}_{right}" if left and right and "." in left and "." not in right else None
