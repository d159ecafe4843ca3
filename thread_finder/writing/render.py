"""Facts to a letter, by Jinja templates in a sandbox (hazards A6): no other files, no attributes, no endless work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from thread_finder.errors import Problem, RefusedError, TemplateError
from thread_finder.model import Letter
from thread_finder.writing.facts import Facts

if TYPE_CHECKING:
    from jinja2 import BaseLoader
    from jinja2.nodes import Node
    from jinja2.sandbox import SandboxedEnvironment

PARTS = ("greeting", "introduction", "update", "remember", "reason", "closing")
MAX_RANGE = 1_000
MAX_TURNS = 10_000  # numbers that all ranges of one letter may hand out
MAX_SOURCE = 10_000  # characters of a template
MAX_NESTING = 2  # a loop within a loop
FILTERS = ("capitalize", "default", "first", "last", "length", "lower", "title", "trim", "upper")
MAX_OUTPUT = 20_000  # characters of one part
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
_MAX_STEPS = 20_000  # pieces of output one part may be made of


@dataclass(frozen=True, slots=True)
class Templates:
    """Where templates are: the shipped folder, and the user's, whose files go before it one by one."""

    shipped: Path
    user: Path | None = None

    def find(self, name: str) -> Path | None:
        """The file of a template such as "en/greeting.txt"; None for one that is not there or lies outside."""
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name:
            return None
        folders = [folder for folder in (self.user, self.shipped) if folder]
        return next((folder / name for folder in folders if (folder / name).is_file()), None)


def shipped_templates() -> Path:
    """The templates that come with the program: in the package when installed, at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def render(facts: Facts, templates: Templates) -> Letter:
    """The letter in the facts' language.

    RefusedError names each missing fact and how to add it. TemplateError names the template and line at fault.
    """
    if facts.missing:
        raise RefusedError(
            f"{facts.contact}: the letter lacks {' and '.join(m.fact for m in facts.missing)}",
            facts.missing[0].how_to_add,
            tuple(Problem("", m.fact, m.how_to_add) for m in facts.missing),
        )
    environment = _environment(templates)
    values = _values(facts)
    wanted = [part for part in PARTS if part != "remember" or facts.remember]
    parts = tuple((part, _one(environment, templates, f"{facts.language}/{part}.txt", values)) for part in wanted)
    subject = " ".join(_one(environment, templates, f"{facts.language}/subject.txt", values).split())
    return Letter(subject, parts, facts.language, facts.signature)


def check_templates(templates: Templates) -> tuple[Problem, ...]:
    """What is wrong with the user's own templates, before a letter needs them; what only a letter's facts can show is not."""
    if templates.user is None:
        return ()
    if not templates.user.is_dir():
        return (Problem(str(templates.user), "there is no such folder", "mend folder under [templates]"),)
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415

    environment = _environment(templates)
    problems: list[Problem] = []
    for path in sorted(templates.user.glob("*/*.txt")):
        try:
            environment.get_template(path.relative_to(templates.user).as_posix())
        except TemplateSyntaxError as error:
            problems.append(Problem(f"{path}:{error.lineno}", error.message or "no template", "mend that line"))
        except TemplateError as error:
            problems.append(Problem(str(path), error.message, error.to_do))
    return tuple(problems)


def _values(facts: Facts) -> dict[str, Any]:
    reason = facts.reason
    return {
        "name": facts.name,
        "full_name": facts.full_name,
        "sender": facts.sender,
        "formal": facts.formal,
        "recap": facts.recap,
        "introduction": facts.introduction,
        "when": facts.when,
        "encounter": facts.encounter,
        "how": facts.how,
        "topic": facts.topic,
        "introduced_by": facts.introduced_by,
        "salutation": facts.salutation,
        "updates": list(facts.updates),
        "remember": facts.remember,
        "quoted": facts.quoted,
        "kind": str(reason.kind),
        "text": reason.text,
        "link": reason.link,
        "dated": facts.dated,
        "attached": bool(facts.occasion.attached),
        "follow_up": facts.follow_up,
        "wrote": facts.wrote,
        "lapsed": facts.lapsed,
        "warm": facts.warm,
        "interactions": facts.occasion.history.interactions,
        "timely": facts.timely,
        "pick": _picker(facts.seed),
    }


def _picker(seed: int) -> Callable[[list[str]], str]:
    """A choice among wordings: different from contact to contact, always the same for one."""
    calls = 0

    def pick(wordings: list[str]) -> str:
        nonlocal calls
        calls += 1
        chosen = (seed // 7**calls + seed) % len(wordings)
        return str(wordings[chosen])

    return pick


def _one(environment: SandboxedEnvironment, templates: Templates, name: str, values: dict[str, Any]) -> str:
    """One part, tidied: its lines are paragraphs' lines as they stand, spaces at their ends dropped."""
    from jinja2 import TemplateError as JinjaError  # noqa: PLC0415 - jinja2 is slow to import
    from jinja2 import TemplateNotFound, TemplateSyntaxError  # noqa: PLC0415

    try:
        pieces: list[str] = []
        size = 0
        for step, piece in enumerate(environment.get_template(name).generate(values)):
            size += len(piece)
            if step > _MAX_STEPS or size > MAX_OUTPUT:
                raise TemplateError(f"template {name} writes without end", "shorten its loop")
            pieces.append(piece)
    except TemplateNotFound as error:
        raise TemplateError(f"template {error.name} is not to be had", f"put it into {templates.user or templates.shipped}"
                            ) from None  # fmt: skip
    except TemplateSyntaxError as error:
        raise TemplateError(f"template {error.name or name}, line {error.lineno}: {error.message}", "mend that line"
                            ) from None  # fmt: skip
    except (JinjaError, *_FAULTS) as error:
        line = _line_of(error, templates.find(name))
        raise TemplateError(f"template {name}{line}: {error}", "see docs/templates.md for what a template may use"
                            ) from None  # fmt: skip
    return "\n".join(line.rstrip() for line in "".join(pieces).strip().splitlines())


def _line_of(error: BaseException, path: Path | None) -> str:
    """Say ", line N" where the traceback goes through the template."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        if path is not None and trace.tb_frame.f_code.co_filename == str(path):
            found = f", line {trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _environment(templates: Templates) -> SandboxedEnvironment:
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

    environment = Bounded(loader=_loader(templates), undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    environment.globals.clear()
    environment.globals["range"] = _bounded_range()
    environment.filters = {name: environment.filters[name] for name in FILTERS} | {"join": _join}
    return environment


def _loader(templates: Templates) -> BaseLoader:
    from jinja2 import BaseLoader, Environment, TemplateNotFound  # noqa: PLC0415

    class Folders(BaseLoader):
        """Templates of the two folders and nothing else."""

        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
            path = templates.find(template)
            if path is None:
                raise TemplateNotFound(template)
            try:
                with path.open(encoding="utf-8") as file:
                    source = file.read(MAX_SOURCE + 1)
            except (OSError, UnicodeDecodeError) as error:
                raise TemplateError(f"template {template} cannot be read: {error}", "check the file") from None
            if len(source) > MAX_SOURCE:
                raise TemplateError(f"template {template} is longer than {MAX_SOURCE} characters", "shorten it")
            _refuse_strange(environment.parse(source, template, str(path)), template)
            return source, str(path), lambda: True

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
    """``range``, but for all loops of a letter together it comes to an end soon."""
    from jinja2.exceptions import SecurityError  # noqa: PLC0415

    turns = 0

    def bounded(*numbers: int) -> range:
        nonlocal turns
        wanted = range(*numbers)
        turns += min(len(wanted), MAX_TURNS)
        if len(wanted) > MAX_RANGE or turns > MAX_TURNS:
            raise SecurityError(f"range is limited to {MAX_RANGE}, all of a letter's to {MAX_TURNS}")
        return wanted

    return bounded


def _join(items: Iterable[object], between: str = "") -> str:
    """Jinja's join for lists; a text is none, or joins of joins would grow like powers."""
    from jinja2.exceptions import SecurityError  # noqa: PLC0415

    texts = [] if isinstance(items, str) else [str(item) for item in items]
    if isinstance(items, str) or sum(map(len, texts)) + len(texts) * len(between) > MAX_OUTPUT:
        raise SecurityError("join is for short lists")
    return between.join(texts)
