"""A body's new text apart from quoted text and signature. Line by line, in linear time (hazards A9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LINES = 4_000
_LINE = 400  # characters of a line that the patterns look at

# The line with which mail programs introduce what they quote, by language; on one line or wrapped over two or three.
_WROTE = (
    r"wrote|writes|escribi[oó]|a [eé]crit|schrieb|schreef|escreveu|ha scritto|scrisse|skrev|napisał\(?a?\)?|"
    r"kirjoitti|pisze|написал\(?а?\)?"
)
_ATTRIBUTION = re.compile(
    rf"^\s*(?:On|Am|Le|El|Il|Em|Op|Den|På|W dniu|Il giorno|Il|Dne)\b.{{6,300}}(?:{_WROTE})\b.{{0,80}}[:：]\s*$"
    rf"|^\s*\S.{{3,200}}\b(?:{_WROTE})\s*(?:on .{{4,60}})?[:：]\s*$"
    r"|^\s*\d{4}\s*[年년/-].{4,200}(?:写道|寫道|のメール|書きました|작성|님이)\s*[:：]?.{0,30}$"
    r"|^\s*(?:在\s*)?\d{4}.{4,200}[<＜].{3,100}[>＞].{0,12}[:：]\s*$"
    r"|^\s*.{2,80}(?:さん|様)?(?:は|が).{0,60}(?:書きました|書いた)\s*[:：]\s*$",
    re.IGNORECASE,
)
_ATTRIBUTION_START = re.compile(r"^\s*(?:On|Am|Le|El|Il|Em|Op|Den|Em|Dne)\s+(?:\S+\s+){0,3}?\S{0,12}\d", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^\s*[-_=*]{2,}\s*(?:original message|original appointment|forwarded (?:message|by)|forwarded by.{0,120}|"
    r"mensaje original|mensaje reenviado|message d'origine|message original|message transféré|message transmis|"
    r"urspr[uü]ngliche nachricht|originalnachricht|weitergeleitete nachricht|mensagem original|mensagem encaminhada|"
    r"messaggio originale|messaggio inoltrato|oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande|"
    r"originalmeddelande|opprinnelig melding|oprindelig meddelelse|原始邮件|原始郵件|转发的邮件|元のメッセージ|"
    r"転送メッセージ|원본 메시지|전달된 메시지).{0,40}[-_=*]*\s*$"
    r"|^\s*-{6,}\s*forwarded by.{0,160}$|^\s*begin forwarded message:?\s*$"
    r"|^\s*(?:anfang der weitergeleiteten|début du message|inicio del mensaje|inizio messaggio).{0,40}:\s*$",
    re.IGNORECASE,
)
_FROM_FIELD = re.compile(
    r"^[\s*]*(?:from|de|von|da|van|från|fra|发件人|發件人|寄件者|差出人|보낸 ?사람)[\s*]*[:：]\s*\S", re.IGNORECASE
)
_MORE_FIELDS = re.compile(
    r"^[\s*]*(?:sent|date|to|cc|subject|enviado(?: el)?|fecha|para|asunto|envoyé|à|objet|gesendet|datum|an|betreff|"
    r"enviada em|data|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|"
    r"发送时间|收件人|主题|日期|送信日時|宛先|件名|보낸 ?날짜|받는 ?사람|제목)[\s*]*[:：]",
    re.IGNORECASE,
)
# Lotus Notes: a name, a date and "To:" below each other.
_NOTES_TO = re.compile(r"^\s*(?:To|Sent by):\s*\S", re.IGNORECASE)
_NOTES_DATE = re.compile(r"\b\d{1,2}/\d{1,2}/\d{2,4}\s+\d{1,2}:\d{2}\s*(?:[AP]M)?\s*$", re.IGNORECASE)
_MOBILE = re.compile(
    r"^\s*(?:sent from (?:my|a|mail for|outlook|yahoo|the)\b.{0,60}|get outlook for .{0,30}|"
    r"enviado desde mi .{0,40}|enviado do meu .{0,40}|envoy[ée] de(?:puis)? mon .{0,40}|"
    r"von meinem .{0,30} gesendet|gesendet von .{0,30}|inviato da(?:l mio)? .{0,40}|verzonden vanaf mijn .{0,40}|"
    r"verstuurd vanaf mijn .{0,40}|skickat från min .{0,40}|sendt fra min .{0,40}|从我的.{1,30}发[送出]|"
    r"發自我的.{1,30}|.{1,20}から送信|나의 .{1,20}에서 보냄)\s*\.?\s*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^\s*(?:this (?:e-?mail|message)(?: \w+){0,6} (?:is|contains|may contain|and any).{0,60}(?:confidential|privileged|"
    r"intended)|confidentiality notice|diese e-?mail enthält vertrauliche|ce message (?:est|et toutes).{0,40}confidenti|"
    r"este (?:mensaje|correo).{0,60}confidencial|esta mensagem.{0,60}confidencia)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Split:
    """``new`` is what the author wrote this time, ``quoted`` older words, ``signature`` the sign-off block."""

    new: str = ""
    quoted: str = ""
    signature: str = ""


def split_text(text: str) -> Split:
    """Split a plain text body. Lines between quoted lines (inline replies) are new text."""
    lines = text.split("\n")[:MAX_LINES]
    own: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index][:_LINE]
        if line.lstrip().startswith((">", "|>")) and not line.startswith(">From "):
            quoted.append(lines[index])
            index += 1
        elif length := _introduces(lines, index):
            if not _inline_follows(lines, index + length):
                quoted += lines[index:]
                break
            quoted += lines[index : index + length]
            index += length
        else:
            own.append(lines[index])
            index += 1
    new, signature = _unsigned(own)
    return Split(new, "\n".join(quoted).strip(), signature)


def split_html(html: str) -> tuple[str, Split]:
    """The whole text of an HTML body, and its parts: by the marks of mail programs, then by the text itself."""
    from thread_finder.mail.html import read_html  # noqa: PLC0415 - only HTML mail needs it

    page = read_html(html)
    split = split_text(page.own)
    quoted = "\n\n".join(part for part in (split.quoted, page.quoted) if part)
    signature = "\n".join(part for part in (split.signature, page.signature) if part)
    return page.whole, Split(split.new, quoted, signature)


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Format=flowed paragraphs on one line again (RFC 3676)."""
    lines: list[str] = []
    joining = False
    for line in text.split("\n"):
        bare = line.removeprefix(" ") if not line.startswith(">") else line
        if joining and not line.startswith(">") and bare != "-- ":
            lines[-1] += bare
        else:
            lines.append(bare)
        joining = lines[-1].endswith(" ") and lines[-1] != "-- " and not lines[-1].startswith(">")
        if joining and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _introduces(lines: list[str], index: int) -> int:
    """How many lines at ``index`` introduce a quotation; 0 for none."""
    line = lines[index][:_LINE]
    if not line.strip():
        return 0
    if _DIVIDER.match(line) or (line.rstrip().endswith((":", "：")) and _ATTRIBUTION.match(line)):
        return 1
    if _ATTRIBUTION_START.match(line):
        for length in (2, 3):
            joined = " ".join(part.strip() for part in lines[index : index + length])[:_LINE]
            if joined.endswith((":", "：")) and _ATTRIBUTION.match(joined):
                return length
    if _FROM_FIELD.match(line):
        below = [other for other in lines[index + 1 : index + 6] if other.strip()][:3]
        if sum(bool(_MORE_FIELDS.match(other[:_LINE])) for other in below) >= 2:
            return 1
    return _notes_header(lines, index)


def _notes_header(lines: list[str], index: int) -> int:
    """Lotus Notes quotes below «Name <date>» (one line or two) and «To: …»."""
    for length in (1, 2):
        block = lines[index : index + length + 3]
        if len(block) > length and _NOTES_DATE.search(block[length - 1][:_LINE]):
            below = [line for line in block[length:] if line.strip()]
            if below and _NOTES_TO.match(below[0][:_LINE]):
                return length
    return 0


def _inline_follows(lines: list[str], start: int) -> bool:
    """Whether new text stands between or below quoted lines after an attribution."""
    seen_quote = False
    for line in lines[start:]:
        if line.lstrip().startswith(">"):
            seen_quote = True
        elif line.strip():
            return seen_quote
    return seen_quote


def _unsigned(lines: list[str]) -> tuple[str, str]:
    """New text and signature: from "-- " on, a mobile's line, or a legal notice."""
    for index, line in enumerate(lines):
        if line.rstrip("\r") in ("-- ", "--") or _DISCLAIMER.match(line[:_LINE]):
            return _joined(lines[:index]), _joined(lines[index:])
        if _MOBILE.match(line[:_LINE]):
            rest = _joined(lines[index + 1 :])
            if not rest:
                return _joined(lines[:index]), line.strip()
    return _joined(lines), ""


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
