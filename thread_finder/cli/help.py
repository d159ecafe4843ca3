"""Help texts without the jargon of types: CONTACT for {CONTACT}, --text TEXT for --text <str>."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand


class Command(TyperCommand):
    """A command whose help speaks to people."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What stands behind the command's name in the usage line."""
        pieces = (piece.strip("{").replace("}", "") for piece in super().collect_usage_pieces(ctx))
        return [piece.removesuffix("...") if "…" in piece else piece for piece in pieces]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The arguments, then the options."""
        for title, kind, stands_for in (("Arguments", "argument", ""), ("Options", "option", " TEXT")):
            records = [param.get_help_record(ctx) for param in self.get_params(ctx) if param.param_type_name == kind]
            rows = [(re.sub(r" <[^>]+>$", stands_for, name), text) for name, text in filter(None, records)]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
