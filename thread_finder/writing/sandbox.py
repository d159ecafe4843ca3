"""Jinja in a sandbox (hazards A6): templates of two folders and nothing else, no attributes, no endless work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thread_finder.errors import TemplateError
from thread_finder.writing import sentences

if TYPE_CHECKING:
    from jinja2 import BaseLoader
    from jinja2.nodes import Node
    from jinja2.sandbox import SandboxedEnvironment

Find = Callable[[str], Path | None]

MAX_RANGE = 1_000
MAX_TURNS = 10_000  # numbers that all ranges of one part may hand out
MAX_SOURCE = 10_000  # characters of a template
MAX_NESTING = 2  # a loop within a loop
MAX_OUTPUT = 20_000  # characters of one part
FILTERS = ("capitalize", "default", "first", "last", "length", "lower", "title", "trim", "upper")
_MAX_STEPS = 20_000  # pieces of output one part may be made of
_FAULTS = (
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    RecursionError,
    MemoryError,
    AttributeError,
    SyntaxError,
)


class Sandbox:
    """The templates that ``find`` knows by name, ready to be filled in; each file is compiled once until it changes."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._environment = _environment(find)

    def fill(self, name: str, values: Mapping[str, Any]) -> str:
        """The template's text with ``values`` in it, still to be settled (sentences.settle).

        TemplateError names the template and the line at fault.
        """
        from jinja2 import TemplateError as JinjaError  # noqa: PLC0415 - jinja2 is slow to import
        from jinja2 import TemplateNotFound, TemplateSyntaxError  # noqa: PLC0415

        try:
            return self._written(name, {**values, "range": _bounded_range()})
        except TemplateNotFound as error:
            raise TemplateError(f"template {error.name} is not to be had", "put it into the folder of your templates"
                                ) from None  # fmt: skip
        except TemplateSyntaxError as error:
            raise TemplateError(f"template {error.name or name}, line {error.lineno}: {error.message}", "mend that line"
                                ) from None  # fmt: skip
        except (JinjaError, *_FAULTS) as error:
            line = _line_of(error, self._find(name))
            raise TemplateError(f"template {name}{line}: {error}", "see docs/templates.md for what a template may use"
                                ) from None  # fmt: skip

    def _written(self, name: str, values: Mapping[str, Any]) -> str:
        pieces: list[str] = []
        size = 0
        for step, piece in enumerate(self._environment.get_template(name).generate(values)):
            size += len(piece)
            if step > _MAX_STEPS or size > MAX_OUTPUT:
                raise TemplateError(f"template {name} writes without end", "shorten its loop")
            pieces.append(piece)
        return "".join(pieces)


def _line_of(error: BaseException, path: Path | None) -> str:
    """Say ", line N" where the traceback goes through the template."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        if path is not None and trace.tb_frame.f_code.co_filename == str(path):
            found = f", line {trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _environment(find: Find) -> SandboxedEnvironment:
    from jinja2 import StrictUndefined  # noqa: PLC0415
    from jinja2.exceptions import SecurityError  # noqa: PLC0415
    from jinja2.runtime import LoopContext  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    class Bounded(ImmutableSandboxedEnvironment):
        """A sandbox in which sums stay small, and nothing but a loop has attributes (no ``str.format``, no ``ljust``)."""

        intercepted_binops = frozenset({"*", "**", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            small = all(isinstance(x, int | float) and abs(x) <= MAX_RANGE for x in (left, right))
            if operator == "**" or not small:
                raise SecurityError(f"{operator} is for small numbers only")
            return super().call_binop(context, operator, left, right)

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            return isinstance(obj, LoopContext) and super().is_safe_attribute(obj, attr, value)

    environment = Bounded(
        loader=_loader(find),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=sentences.marked,
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS} | dict(OWN_FILTERS)
    return environment


def _loader(find: Find) -> BaseLoader:
    from jinja2 import BaseLoader, Environment, TemplateNotFound  # noqa: PLC0415

    class Folders(BaseLoader):
        """Templates that ``find`` knows and nothing else."""

        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
            path = find(template)
            if path is None:
                raise TemplateNotFound(template)
            try:
                stamp = path.stat().st_mtime_ns
                with path.open(encoding="utf-8-sig") as file:
                    source = file.read(MAX_SOURCE + 1)
            except UnicodeDecodeError:
                raise TemplateError(f"template {template} is not UTF-8 text", f"save {path} as UTF-8") from None
            except OSError as error:
                raise TemplateError(f"template {template} cannot be read: {error.strerror}", f"check {path}") from None
            if len(source) > MAX_SOURCE:
                raise TemplateError(f"template {template} is longer than {MAX_SOURCE} characters", "shorten it")
            source = sentences.prepared(source)
            _refuse_strange(environment.parse(source, template, str(path)), template)
            return source, str(path), lambda: find(template) == path and path.stat().st_mtime_ns == stamp

    return Folders()


def _refuse_strange(tree: Node, name: str, loops: int = 0) -> None:
    """Refuse what could multiply without end: statements other than if and small loops (no set, include, macro)."""
    from jinja2 import TemplateSyntaxError, nodes  # noqa: PLC0415

    for node in tree.iter_child_nodes():
        within = loops + isinstance(node, nodes.For)
        if isinstance(node, nodes.Stmt) and not isinstance(node, nodes.Output | nodes.If | nodes.For):
            what = type(node).__name__.lower()
            raise TemplateSyntaxError(f"{what}: a template has only if, for and {{{{ … }}}}", node.lineno, name)
        if isinstance(node, nodes.For) and (node.recursive or within > MAX_NESTING):
            raise TemplateSyntaxError("loops are too deep", node.lineno, name)
        _refuse_strange(node, name, within)


def _bounded_range() -> Callable[..., range]:
    """``range``, but for all loops of a part together it comes to an end soon."""
    from jinja2.exceptions import SecurityError  # noqa: PLC0415

    turns = 0

    def bounded(*numbers: int) -> range:
        nonlocal turns
        wanted = range(*numbers)
        turns += min(len(wanted), MAX_TURNS)
        if len(wanted) > MAX_RANGE or turns > MAX_TURNS:
            raise SecurityError(f"range is limited to {MAX_RANGE}, all of a part's to {MAX_TURNS}")
        return wanted

    return bounded


def _join(items: Iterable[object], between: str = "") -> str:
    """Jinja's join for lists; a text is none, or joins of joins would grow like powers."""
    from jinja2.exceptions import SecurityError  # noqa: PLC0415

    texts = [] if isinstance(items, str) else [str(item) for item in items]
    if isinstance(items, str) or sum(map(len, texts)) + len(texts) * len(between) > MAX_OUTPUT:
        raise SecurityError("join is for short lists")
    return between.join(texts)


OWN_FILTERS: Mapping[str, Callable[..., object]] = {
    "join": _join,
    "starts": sentences.starts,
    "ends": sentences.ends,
    "of": sentences.of,
    "inverted": sentences.inverted,
    "accusative": sentences.accusative,
}
