"""The templates as files: which there are, copying them to change them, and trying the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from thread_finder.errors import ConfigError, Problem, TemplateError
from thread_finder.userfiles import suggestion, write_private
from thread_finder.writing import sample
from thread_finder.writing.language import LANGUAGES
from thread_finder.writing.render import Templates, render


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template by its ``name`` ("en/greeting"), the file in use, and whether it is the user's own."""

    name: str
    path: Path
    own: bool


def list_templates(templates: Templates, language: str = "") -> tuple[TemplateFile, ...]:
    """All templates of a language, or of all, with the file that is in use."""
    files = []
    for name in _shipped(templates):
        path = templates.find(f"{name}.txt")
        if path is not None and (not language or name.startswith(f"{language}/")):
            files.append(TemplateFile(name, path, own=templates.shipped not in path.parents))
    return tuple(files)


def chosen(templates: Templates, names: Sequence[str], language: str) -> tuple[TemplateFile, ...]:
    """The templates that are meant by names such as "de/greeting", "greeting" (of ``language``) or "de" (all of it).

    ConfigError for a name that is no template's.
    """
    known = {file.name: file for file in list_templates(templates)}
    found: list[TemplateFile] = []
    for name in names:
        bare = name.removesuffix(".txt").strip("/")
        meant = [
            file for each, file in known.items() if each in (bare, f"{language}/{bare}") or each.startswith(f"{bare}/")
        ]
        if not meant:
            near = suggestion(bare if "/" in bare else f"{language}/{bare}", known)
            raise ConfigError(f"there is no template {name!r}", near or "see `thread-finder templates list`")
        found += meant
    return tuple(dict.fromkeys(found))


def copy_templates(templates: Templates, files: Sequence[TemplateFile], folder: Path) -> Iterator[tuple[Path, bool]]:
    """Put the shipped files into the user's folder, to be changed there; each path, and whether it was written.

    A file that is there already is left alone.
    """
    for file in files:
        target = folder / f"{file.name}.txt"
        if target.exists():
            yield target, False
            continue
        write_private(target, (templates.shipped / f"{file.name}.txt").read_bytes())
        yield target, True


def check_templates(templates: Templates) -> tuple[Problem, ...]:
    """What is wrong with the user's own templates: files that nothing uses, and whatever fails when letters are written
    with all facts, and with the needed ones only.
    """
    if templates.user is None:
        return ()
    problems = list(strays(templates))
    own = {file.name.partition("/")[0] for file in list_templates(templates) if file.own}
    for language in (language for language in LANGUAGES if language in own):
        problems += _failures(templates, language)
    return tuple(problems)


def strays(templates: Templates) -> Iterator[Problem]:
    """The files of the user's that no letter uses: a slip in a name."""
    folder = templates.user
    if folder is None:
        return
    known = _shipped(templates)
    for path in sorted(folder.glob("**/*.txt")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name not in known:
            yield Problem(
                str(path), "no letter uses it", suggestion(name, known) or "see `thread-finder templates list`"
            )


def _failures(templates: Templates, language: str) -> Iterator[Problem]:
    """Each failure once, with the first kind of letter that shows it."""
    seen: set[str] = set()
    for what, facts in sample.samples(language):
        try:
            render(facts, templates)
        except TemplateError as error:
            if error.message not in seen:
                seen.add(error.message)
                yield Problem(what, error.message, error.to_do)


def _shipped(templates: Templates) -> list[str]:
    paths = sorted(templates.shipped.glob("*/*.txt"))
    return [path.relative_to(templates.shipped).with_suffix("").as_posix() for path in paths]
