"""The sample mailbox's mail programs: what Gmail, Outlook, Apple Mail and Thunderbird make of a typed text.

Used by make_demo.py. Headers and parts are written by hand, not by ``email.message``, because the sample also
holds mail as it should not be: raw 8-bit headers, odd charsets, dates that are none.
"""

from __future__ import annotations

import base64
import html
import quopri
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, quote

DAYS = {
    "en": "Mon Tue Wed Thu Fri Sat Sun",
    "de": "Mo. Di. Mi. Do. Fr. Sa. So.",
    "fr": "lun. mar. mer. jeu. ven. sam. dim.",
    "es": "lun mar mié jue vie sáb dom",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "br": "seg. ter. qua. qui. sex. sáb. dom.",
    "it": "lun mar mer gio ven sab dom",
    "nl": "ma di wo do vr za zo",
    "ja": "月 火 水 木 金 土 日",
}
MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "pt": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "br": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "ja": "1 2 3 4 5 6 7 8 9 10 11 12",
}
ATTRIBUTION = {
    ("gmail", "en"): "On {w}, {d} {b} {y} at {t}, {who} wrote:",
    ("gmail", "de"): "Am {w}, {d}. {b} {y} um {t} Uhr schrieb {who}:",
    ("gmail", "fr"): "Le {w} {d} {b} {y} à {t}, {who} a écrit :",
    ("gmail", "es"): "El {w}, {d} {b} {y} a las {t}, {name} (<{email}>) escribió:",
    ("gmail", "pt"): "{who} escreveu ({w}, {d}/{m}/{y} à(s) {t}):",
    ("gmail", "br"): "Em {w}, {d} de {b} de {y} às {t}, {who} escreveu:",
    ("gmail", "it"): "Il giorno {w} {d} {b} {y} alle ore {t} {who} ha scritto:",
    ("gmail", "nl"): "Op {w} {d} {b} {y} om {t} schreef {who}:",
    ("gmail", "ja"): "{y}年{m}月{d}日({w}) {t} {who}:",
    ("apple", "en"): "On {d} {b} {y}, at {t}, {who} wrote:",
    ("apple", "de"): "Am {dd}.{mm}.{y} um {t} schrieb {who}:",
    ("apple", "fr"): "Le {d} {b} {y} à {t}, {who} a écrit :",
    ("apple", "nl"): "Op {d} {b} {y}, om {t} heeft {who} het volgende geschreven:",
    ("apple", "it"): "Il giorno {d} {b} {y}, alle ore {t}, {who} ha scritto:",
    ("thunderbird", "en"): "On {dd}/{mm}/{y} {t}, {name} wrote:",
    ("thunderbird", "de"): "Am {dd}.{mm}.{yy} um {t} schrieb {name}:",
    ("thunderbird", "fr"): "Le {dd}/{mm}/{y} à {t}, {name} a écrit :",
    ("thunderbird", "es"): "El {dd}/{mm}/{y} a las {t}, {name} escribió:",
    ("thunderbird", "pt"): "Às {t} de {dd}/{mm}/{y}, {name} escreveu:",
    ("thunderbird", "it"): "Il {dd}/{mm}/{y} {t}, {name} ha scritto:",
    ("thunderbird", "nl"): "Op {dd}-{mm}-{y} om {t} schreef {name}:",
    ("thunderbird", "ja"): "{y}/{mm}/{dd} {t}, {name} wrote:",
}
OUTLOOK_WORDS = {
    "en": "From Sent To Subject",
    "de": "Von Gesendet An Betreff",
    "fr": "De Envoyé À Objet",
    "es": "De Enviado Para Asunto",
    "pt": "De Enviado Para Assunto",
    "it": "Da Inviato A Oggetto",
    "nl": "Van Verzonden Aan Onderwerp",
    "ja": "差出人 送信日時 宛先 件名",
}
GMAIL_QUOTE = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"
OUTLOOK_RULE = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"


@dataclass(frozen=True)
class Person:
    """A correspondent: ``client`` is a mail program and its language ("outlook de"), ``form`` what it sends."""

    name: str
    email: str
    client: str = "gmail en"
    form: str = "alt"  # alt (text and HTML), html, plain
    signature: str = ""
    charset: str = "utf-8"

    @property
    def shown(self) -> str:
        """Name and address as a mail program prints them above a quote."""
        return f"{self.name} <{self.email}>" if self.name else self.email


@dataclass(frozen=True)
class Part:
    """One leaf of a message: its type, its text, and the bytes' charset."""

    type: str
    text: str
    charset: str = "utf-8"
    params: str = ""


@dataclass(frozen=True)
class Mail:
    """A typed message with all that its sender's mail program knew.

    ``body`` and ``page`` are its text and its HTML with the quotes in them.
    """

    key: str
    message_id: str
    thrid: int
    at: datetime
    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    subject: str
    labels: tuple[str, ...]
    body: str
    page: str
    form: str
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    extra: tuple[Part, ...] = ()
    multipart: str = "mixed"


def when(at: datetime, language: str) -> dict[str, str]:
    """The pieces of a date as a mail program prints them."""
    names = {"w": DAYS[language].split()[at.weekday()], "b": MONTHS[language].split()[at.month - 1]}
    numbers = {"d": at.day, "m": at.month, "y": at.year}
    padded = {"dd": f"{at.day:02}", "mm": f"{at.month:02}", "yy": f"{at.year % 100:02}", "t": f"{at:%H:%M}"}
    return {**names, **padded, **{key: str(value) for key, value in numbers.items()}}


def paragraphs(text: str) -> str:
    """Typed text as Gmail's HTML: one div a line."""
    return "".join(f"<div>{html.escape(line, quote=False) or '<br>'}</div>" for line in text.split("\n"))


def with_quote(text: str, person: Person, parent: Mail | None) -> tuple[str, str]:
    """The new text and its HTML with the parent below, as the sender's program quotes it."""
    program, language = person.client.split()
    new = paragraphs(text)
    if parent is None:
        return text, f'<div dir="ltr">{new}</div>'
    if program == "outlook":
        return _outlook_quote(text, new, language, parent)
    line = ATTRIBUTION[program, language].format(
        who=parent.sender.shown, name=parent.sender.name, email=parent.sender.email, **when(parent.at, language)
    )
    quoted = "\n".join("> " + old if old else ">" for old in parent.body.split("\n"))
    shown = html.escape(line, quote=False)
    if program == "apple":
        block = (
            f'<blockquote type="cite"><div>{shown}</div><br class="Apple-interchange-newline"><div>{parent.page}</div>'
        )
        page = f"<div>{new}</div><div><br>{block}</blockquote></div>"
    elif program == "thunderbird":
        page = f'{new}<div class="moz-cite-prefix">{shown}<br></div><blockquote type="cite">{parent.page}</blockquote>'
    else:
        attr = f'<div dir="ltr" class="gmail_attr">{shown}<br></div>'
        block = f'<blockquote class="gmail_quote" style="{GMAIL_QUOTE}">{parent.page}</blockquote>'
        page = f'<div dir="ltr">{new}</div><br><div class="gmail_quote">{attr}{block}</div>'
    return f"{text}\n\n{line}\n\n{quoted}" if program == "gmail" else f"{text}\n\n{line}\n{quoted}", page


def _outlook_quote(text: str, new: str, language: str, parent: Mail) -> tuple[str, str]:
    date = "{d} {b} {y} {t}".format(**when(parent.at, language))
    values = (parent.sender.shown, date, "; ".join(p.shown for p in parent.to), parent.subject)
    rows = list(zip(OUTLOOK_WORDS[language].split(), values, strict=True))
    block = "\n".join(f"{word}: {value}" for word, value in rows)
    head = "<br>".join(f"<b>{word}:</b> {html.escape(value, quote=False)}" for word, value in rows)
    head = f'<div><div style="{OUTLOOK_RULE}"><p class="MsoNormal">{head}</p></div></div>'
    page = f'<div class="WordSection1">{new}{head}{parent.page}</div>'
    rule = "_" * 32 + "\n" if len(parent.subject) % 2 else ""  # both habits of Outlook are about
    return f"{text}\n\n{rule}{block}\n\n{parent.body}", page


def message_bytes(mail: Mail) -> bytes:
    """RFC 5322 bytes with Takeout's two headers in front."""
    lines = [f"X-GM-THRID: {mail.thrid}", "X-Gmail-Labels: " + _word(",".join(mail.labels), "utf-8", "X-Gmail-Labels")]
    lines += [f"{name}: {value}" for name, value in _headers(mail).items() if name not in mail.drop]
    kind, body = _body(mail)
    return ("\n".join([*lines, kind]) + "\n\n").encode("utf-8") + body


def _headers(mail: Mail) -> dict[str, str]:
    charset = mail.sender.charset
    headers = {
        "From": _address(mail.sender, charset),
        "To": ",\n ".join(_address(person, charset) for person in mail.to),
        "Cc": ",\n ".join(_address(person, charset) for person in mail.cc),
        "Subject": _word(mail.subject, charset, "Subject"),
        "Date": format_datetime(mail.at),
        "Message-ID": mail.message_id,
        "In-Reply-To": mail.references[-1] if mail.references else "",
        "References": "\n ".join(mail.references),
        "MIME-Version": "1.0",
    }
    return {name: value for name, value in {**headers, **mail.headers}.items() if value}


def _word(text: str, charset: str, name: str) -> str:
    if text.isascii():
        return text
    return Header(text, charset, header_name=name).encode(linesep="\n")


def _address(person: Person, charset: str) -> str:
    if not person.name:
        return person.email
    if person.name.isascii():
        plain = all(char.isalnum() or char in " -'" for char in person.name)
        return f"{person.name} <{person.email}>" if plain else f'"{quote(person.name)}" <{person.email}>'
    fits = charset if _encodable(person.name, charset) else "utf-8"
    return f"{_word(person.name, fits, 'From')} <{person.email}>"


def _encodable(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _body(mail: Mail) -> tuple[str, bytes]:
    page = f"<html><body>{mail.page}</body></html>"
    charset = mail.sender.charset if _encodable(mail.body, mail.sender.charset) else "utf-8"
    leaves = {"plain": [Part("text/plain", mail.body, charset)], "html": [Part("text/html", page)]}
    parts = leaves.get(mail.form, [Part("text/plain", mail.body, charset), Part("text/html", page)])
    inner = [_leaf(part) for part in parts]
    if mail.extra and mail.multipart == "mixed" and len(inner) > 1:
        inner = [_multipart("alternative", inner, mail.key + "/a")]
    inner += [_leaf(part) for part in mail.extra]
    if len(inner) == 1:
        return inner[0]
    return _multipart(mail.multipart if mail.extra else "alternative", inner, mail.key)


def _multipart(subtype: str, parts: list[tuple[str, bytes]], key: str) -> tuple[str, bytes]:
    boundary = f"=_{base64.b32encode(key.encode()).decode().strip('=')[-40:]}_="
    bar = f"--{boundary}".encode()
    body = b"".join(bar + b"\n" + head.encode() + b"\n\n" + content + b"\n" for head, content in parts)
    extra = '; report-type="delivery-status"' if subtype == "report" else ""
    return f'Content-Type: multipart/{subtype}{extra};\n boundary="{boundary}"', body + bar + b"--\n"


def _leaf(part: Part) -> tuple[str, bytes]:
    params = f'; charset="{part.charset}"{part.params}' if part.type.startswith("text/") else part.params
    head = f"Content-Type: {part.type}{params}\nContent-Transfer-Encoding: "
    if part.charset == "iso-2022-jp":
        return head + "7bit", part.text.encode(part.charset) + b"\n"
    data = (part.text + "\n").encode(part.charset)
    if part.charset == "utf-8" and sum(byte > 127 for byte in data) > len(data) / 4:
        return head + "base64", base64.encodebytes(data)
    if data.isascii() and max(map(len, data.split(b"\n"))) < 900:
        return head + "7bit", data
    return head + "quoted-printable", quopri.encodestring(data)
