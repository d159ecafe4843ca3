"""Facts to a letter, by Jinja templates in a sandbox (hazards A6): no other files, no attributes, no endless work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from thread_finder.errors import Problem, RefusedError, TemplateError
from thread_finder.model import Letter
from thread_finder.writing.facts import Facts

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

PARTS = ("greeting", "introduction", "update", "remember", "reason", "closing")
MAX_RANGE = 1_000
MAX_OUTPUT = 20_000  # characters of one part
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
        "updates": list(facts.updates),
        "remember": facts.remember,
        "kind": str(reason.kind),
        "text": reason.text.strip().rstrip(".。"),
        "link": reason.link,
        "date": reason.on.isoformat() if reason.on else "",
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
    except (JinjaError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError, AttributeError) as error:
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
    from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound  # noqa: PLC0415
    from jinja2.exceptions import SecurityError  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    class Folders(BaseLoader):
        """Templates of the two folders and nothing else."""

        def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
            del environment
            path = templates.find(template)
            if path is None:
                raise TemplateNotFound(template)
            try:
                return path.read_text("utf-8"), str(path), lambda: True
            except (OSError, UnicodeDecodeError) as error:
                raise TemplateError(f"template {template} cannot be read: {error}", "check the file") from None

    class Bounded(ImmutableSandboxedEnvironment):
        """A sandbox in which sums stay small."""

        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            small = all(isinstance(x, int | float) and abs(x) <= MAX_RANGE for x in (left, right))
            if operator == "**" or not small:
                raise SecurityError(f"{operator} is for small numbers only")
            return super().call_binop(context, operator, left, right)

    def bounded_range(*numbers: int) -> range:
        wanted = range(*numbers)
        if len(wanted) > MAX_RANGE:
            raise SecurityError(f"range is limited to {MAX_RANGE}")
        return wanted

    environment = Bounded(loader=Folders(), undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    environment.globals.clear()
    environment.globals["range"] = bounded_range
    for name in ("format", "xmlattr", "pprint", "tojson", "attr", "map", "center", "indent", "wordwrap"):
        environment.filters.pop(name, None)
    return environment
