"""The Jinja environments of direct rendering: one per language and part (HTML, text).

Templates are checked against an allow-list before they get here (`grammar`); this is the second wall.
Attributes are keys of plain mappings and nothing else, and nothing but a component can be called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from pakdee.rendering.printing import finalize, printed

HTML, TEXT = "html", "text"
PARTS = (HTML, TEXT)


class MailEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox in which data is mappings of plain values and calls reach components only."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` as a key of a plain mapping; nothing else has attributes."""
        try:
            return obj[attribute] if type(obj) is dict else self.undefined(obj=obj, name=attribute)
        except KeyError:
            return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The same: `obj[argument]` is not in the allow-list and finds nothing."""
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        """Only components can be called."""
        return isinstance(obj, Macro)


def environment(part: str, filters: Mapping[str, Callable[..., Any]]) -> MailEnvironment:
    """An environment that renders one part in one language."""
    env = MailEnvironment(
        autoescape=part == HTML,
        undefined=StrictUndefined,
        finalize=finalize,
        keep_trailing_newline=True,
        cache_size=0,
    )
    env.globals.clear()
    env.filters = {**filters, "_printed": printed}
    env.tests = {name: env.tests[name] for name in ("none",)}
    return env


def compiled(env: MailEnvironment, body: Sequence[nodes.Node], name: str) -> Template:
    """A template made of `body`. Lines in error messages are those of the nodes."""
    tree = nodes.Template(list(body), lineno=1)
    tree.set_environment(env)
    code = env.compile(tree, name, name)
    return env.template_class.from_code(env, code, env.make_globals(None))


def literal(env: MailEnvironment, text: str) -> nodes.TemplateData:
    """`text` as static words of a part, escaped where the part is HTML."""
    return nodes.TemplateData(str(escape(text)) if env.autoescape else text)
