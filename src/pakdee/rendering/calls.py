"""Calls of components: of one that exists, where it may stand, with what it takes."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import nodes

from pakdee.rendering.components import COMPONENTS, UI, Component, Level, Takes, named
from pakdee.rendering.findings import did_you_mean, dotted

_INSIDE = {
    Level.BLOCK: "a ui.section",
    Level.ITEM: "a ui.list",
    Level.PRODUCT: "a ui.products",
    Level.ROW: "a ui.table",
    Level.INLINE: "words, such as a ui.p",
}


class Calls:
    """Checks calls of one template.

    Args:
        note: takes line, what is wrong and the next step.
        expression: checks an argument that can be any value.
    """

    def __init__(
        self, note: Callable[[int, str, str], None], expression: Callable[[nodes.Node], None]
    ) -> None:
        self._note, self._expression = note, expression

    def component(self, call: nodes.Call, level: Level, *, with_content: bool) -> Component | None:
        """One call: of a component that exists, may stand here, and gets the right arguments."""
        name = dotted(call.node) or ""
        root, _, attribute = name.partition(".")
        if root != UI or not attribute:
            self._note(
                call.lineno,
                f"{name + '()' if name else 'this'} can't be called",
                "call only ui components, such as ui.button",
            )
            return None
        component = COMPONENTS.get(attribute)
        if component is None:
            self._note(
                call.lineno, f"there is no component ui.{attribute}", did_you_mean(attribute, COMPONENTS)
            )
            return None
        self.place(component, call, level, with_content=with_content)
        self.arguments(component, call)
        return component

    def place(self, component: Component, call: nodes.Call, level: Level, *, with_content: bool) -> None:
        """Whether a component stands where it may, with or without content as it should."""
        name = f"ui.{component.name}"
        if component.content and not with_content:
            self._note(call.lineno, f"{name} needs content", f"write {{% call {name}() %}} … {{% endcall %}}")
        if with_content and not component.content:
            self._note(call.lineno, f"{name} takes no content", f"write {{{{ {name}(…) }}}}")
        if component.level is not level:
            where = _INSIDE.get(component.level, "no other component: it stands by itself")
            self._note(call.lineno, f"{name} can't stand here", f"put it inside {where}")

    def arguments(self, component: Component, call: nodes.Call) -> None:
        """Whether a call gives what its component takes."""
        name = f"ui.{component.name}"
        given = dict(zip(component.takes, call.args, strict=False))
        if call.dyn_args or call.dyn_kwargs:
            self._note(call.lineno, f"{name} takes no * and no **", "write each argument by itself")
        if len(call.args) > len(component.takes):
            self._note(
                call.lineno,
                f"{name} gets too many arguments",
                f"it takes: {', '.join(component.takes) or 'none'}",
            )
        for keyword in call.kwargs:
            if keyword.key in given:
                self._note(call.lineno, f"{name} gets {keyword.key} twice", "leave one of them out")
            elif keyword.key not in component.takes:
                next_step = did_you_mean(keyword.key, component.takes) if component.takes else "leave it out"
                self._note(call.lineno, f"{name} takes no {keyword.key!r}", next_step)
            given[keyword.key] = keyword.value
        for missing in [n for n in component.takes if n not in component.optional and n not in given]:
            self._note(call.lineno, f"{name} lacks {missing}", f"add {missing}=…")
        for argument, value in given.items():
            self.argument(component, argument, value)

    def argument(self, component: Component, name: str, value: nodes.Expr) -> None:
        """One argument by what it may be."""
        takes = component.takes.get(name)
        if name == "alt" and isinstance(value, nodes.Const) and not str(value.value).strip():
            what = f"alt of ui.{component.name} is empty"
            self._note(value.lineno, what, "say in words what the picture shows")
        elif takes is Takes.LINK:
            self.link(component, name, value)
        elif takes is Takes.IMAGE:
            self.image(component, name, value)
        elif takes is Takes.TONE and getattr(value, "value", None) not in component.tones:
            self._note(
                value.lineno,
                f"{name} of ui.{component.name} can't be this",
                f"use one of: {', '.join(component.tones)}",
            )
        else:
            self._expression(value)

    def link(self, component: Component, name: str, value: nodes.Expr) -> None:
        """One of our links, or the one that a component leads to."""
        path, only = dotted(value) or "", component.leads_to
        if not path.startswith("links.") or (only and path != only):
            what = f"{name} of ui.{component.name} must be {only or 'one of our links'}"
            example = f"write {name}={only}" if only else f"write for example {name}=links.shop"
            self._note(value.lineno, what, example)
        else:
            self._expression(value)

    def image(self, component: Component, name: str, value: nodes.Expr) -> None:
        """The name of a picture, so that it is known before any mail is written."""
        if not isinstance(value, nodes.Const) or not isinstance(value.value, str):
            what = f"{name} of ui.{component.name} must be the name of a picture, in quotes"
            self._note(value.lineno, what, "write a name that stands under images: in brand.yaml")

    def rows(self, component: Component, node: nodes.CallBlock) -> None:
        """Rows have as many cells as their table has heads."""
        heads = len(named(component, node.call))
        for call in node.find_all(nodes.Call) if component.content is Level.ROW else ():
            cells = len(call.args) + len(call.kwargs)
            if dotted(call.node) == f"{UI}.row" and cells != heads > 1:
                what = f"a row has {cells} cells, and its table {heads} heads"
                self._note(call.lineno, what, "give each row a cell for each head")
