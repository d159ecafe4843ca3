"""The quoted original below a reply: as Gmail words and folds it, and harmless whatever the old mail held.

Gmail folds a quote by its class names, so they are Gmail's own (peers.md 4). The old HTML is made safe with nh3;
where it is too large or too deep for that it is quoted from its plain text (hazards A8, A12).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from html import escape, unescape

from thread_finder.mail.fields import flat
from thread_finder.model import Address, Message

_LONGEST_HTML = 200_000
_DEEPEST_HTML = 200
_LONGEST_TEXT = 100_000

_ATTRIBUTIONS = {
    "de": "Am {day} um {time} Uhr schrieb {who}:",
    "en": "On {day} at {time} {who} wrote:",
    "es": "El {day} a las {time}, {who} escribió:",
    "fr": "Le {day} à {time}, {who} a écrit :",
    "it": "Il giorno {day} alle ore {time} {who} ha scritto:",
    "ja": "{day} {time} {who}:",
    "ko": "{day} {time}, {who}님이 작성:",
    "nl": "Op {day} om {time} schreef {who}:",
    "pt": "Em {day} às {time}, {who} escreveu:",
    "zh": "{who} 于{day} {time}写道：",
}
# Gmail's own patterns (CLDR letters): its order of day and month is not CLDR's everywhere.
_DAYS = {
    "de": "EEE, d. MMMM y",
    "en": "EEE, MMM d, y",
    "es": "EEE, d MMM y",
    "fr": "EEE d MMM y",
    "it": "EEE d MMM y",
    "ja": "y年M月d日(EEE)",
    "ko": "y년 M월 d일 (EEE)",
    "nl": "EEE d MMM y",
    "pt": "EEE, d 'de' MMM 'de' y",
    "zh": "y年M月d日EEE",
}
_TIMES = {"en": "h:mm a"}

_BLOCKQUOTE = (
    '<blockquote class="gmail_quote" '
    'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
)
_TAGS = set(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo big blockquote br caption center cite code dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr "
        "i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt "
        "u ul var wbr",
    )
)
_CLASSES = {"gmail_quote", "gmail_quote_container", "gmail_attr", "gmail_signature"}
_STYLE = re.compile(
    r"(?:margin|padding|border-left|font-weight|font-style|text-decoration|text-align|white-space|color)"
    r"(?:-(?:left|right|top|bottom|color|style|width))?\s*:(?:[\w\s.,%#-]|rgb\([\d\s,]{5,20}\)){1,80}",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_IMAGE = re.compile(r'<img(?: alt="([^"]*)")?>')
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# Tags that hold nothing, or that the next of their kind closes.
_SHALLOW = set(re.findall(r"\w+", "area base br col dd dt hr img input li link meta option p source td th tr wbr"))


def attribution(message: Message, language: str) -> str:
    """Gmail's line above a quote ("On Tue, Jul 11, 2023 at 3:04 PM Jane Doe <jane@x.example> wrote:").

    In the letter's language, English where it is not known; in the sender's own time zone; without a date or
    author where the message has none.
    """
    code = language[:2].lower()
    code = code if code in _ATTRIBUTIONS else "en"
    who = _who(message.from_) if message.from_ else ""
    if code == "es" and message.from_ and message.from_.name:
        who = f"{flat(message.from_.name)} (<{message.from_.email}>)"
    if message.date is None:
        return f"{who}:" if who else "…"
    return _ATTRIBUTIONS[code].format(day=_day(message.date, code), time=_time(message.date, code), who=who)


def quoted_text(message: Message) -> str:
    """The message's plain text behind "> ", deeper quotes without a space between their marks."""
    text = message.text
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT] + "\n[…]"
    return "\n".join(_quoted_line(line) for line in clean_lines(text).strip("\n").split("\n"))


def quoted_html(message: Message, language: str) -> str:
    """The message as the block that Gmail folds away, attribution included."""
    head = escape(attribution(message, language), quote=False)
    body = safe_html(message.html) or _as_html(message.text)
    return (
        '<div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{head}<br></div>{_BLOCKQUOTE}{body}</blockquote></div>'
    )


def safe_html(html: str) -> str:
    """HTML without scripts, forms, remote loads or strange links; images become their alternative text.

    "" when there is none, or too much of it: more than 200,000 characters or 200 levels.
    """
    html = clean_lines(html)
    if not html or len(html) > _LONGEST_HTML or _depth(html) > _DEEPEST_HTML:
        return ""
    import nh3  # noqa: PLC0415 - late: only drafting needs it

    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes={
            "*": {"dir", "style", "class"},
            "a": {"href"},
            "img": {"alt"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
        },
        attribute_filter=_attribute,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )
    return _IMAGE.sub(lambda image: escape(unescape(image[1] or "")), cleaned).strip()


def clean_lines(text: str) -> str:
    """Text with line feeds for line ends and no control characters; tabs stay."""
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "", text)


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """What stays of an attribute; None drops it."""
    if name == "href":
        return value if _LINK.match(value.strip()) else None
    if name == "class":
        return " ".join(c for c in value.split() if c in _CLASSES) or None
    if name == "style":
        kept = [part.strip() for part in value.split(";") if _STYLE.fullmatch(part.strip())]
        return ";".join(kept) or None
    return value


def _depth(html: str) -> int:
    """The deepest nesting of tags, at least: a linear look before a parser is let at it."""
    unclosed: Counter[str] = Counter()
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _SHALLOW:
            continue
        if not tag[1]:
            unclosed[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif unclosed[name]:
            unclosed[name] -= 1
            depth -= 1
    return deepest


def _quoted_line(line: str) -> str:
    line = line.rstrip()
    return f">{line}" if not line or line.startswith(">") else f"> {line}"


def _as_html(text: str) -> str:
    lines = clean_lines(text[:_LONGEST_TEXT]).strip("\n")
    return f'<div dir="ltr">{escape(lines, quote=False)}</div>'.replace("\n", "<br>")


def _who(address: Address) -> str:
    name = flat(address.name)
    return f"{name} <{address.email}>" if name else f"<{address.email}>"


def _day(when: datetime, code: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - late: only drafting needs it

    return format_date(when.date(), _DAYS[code], locale=code)


def _time(when: datetime, code: str) -> str:
    from babel.dates import format_time  # noqa: PLC0415

    return format_time(when.time(), _TIMES.get(code, "HH:mm"), locale=code).replace("\u202f", " ")
