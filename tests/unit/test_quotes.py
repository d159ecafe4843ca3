"""What the split promises: the author's own words, whole; older words and the block under the letter apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thread_finder.mail.html import html_to_text
from thread_finder.mail.quotes import Split, newest_quoted, split_html, split_text, unflowed

OLD = "Shall we meet on Friday?\nBest,\nJane"
OWN = "Friday works for me.\n\nThanks,\nVince"

ATTRIBUTIONS = [
    "On Tue, Aug 22, 2017 at 10:41 AM Jane Doe <jane@x.example> wrote:",
    "On Tue, Aug 22, 2017 at 10:41 AM Jane Doe\n<jane@x.example> wrote:",
    "On Aug 22, 2017, at 10:41 AM, Jane Doe <jane@x.example> wrote:",
    "On 22/08/2017 10:41, Jane Doe wrote:",
    "El mar, 22 ago 2017 a las 10:41, Jane Doe (<jane@x.example>) escribió:",
    "Le mar. 22 août 2017 à 10:41, Jane Doe <jane@x.example> a écrit :",
    "Le 22/08/2017 à 10:41, Jane Doe a écrit\xa0:",
    "Am Di., 22. Aug. 2017 um 10:41 Uhr schrieb Jane Doe <jane@x.example>:",
    "Am 22.08.2017 um 10:41 schrieb Jane Doe:",
    "Em ter., 22 de ago. de 2017 às 10:41, Jane Doe <jane@x.example> escreveu:",
    "Il giorno mar 22 ago 2017 alle ore 10:41 Jane Doe <jane@x.example>\nha scritto:",
    "Op di 22 aug. 2017 om 10:41 schreef Jane Doe <jane@x.example>:",
    "Den tis 22 aug. 2017 kl 10:41 skrev Jane Doe <jane@x.example>:",
    "tir. 22. aug. 2017 kl. 10:41 skrev Jane Doe <jane@x.example>:",
    "W dniu wt., 22 sie 2017 o 10:41 Jane Doe <jane@x.example> napisał(a):",
    "вт, 22 авг. 2017 г. в 10:41, Jane Doe <jane@x.example> пишет:",
    "Jane Doe <jane@x.example>, 22 Ağu 2017 Sal, 10:41 tarihinde şunu yazdı:",
    "Jane Doe <jane@x.example> 于2017年8月22日周二 上午10:41写道：",
    "2017年8月22日(火) 10:41 Jane Doe <jane@x.example>:",
    "2017/08/22 10:41、Jane Doe <jane@x.example>のメール:",
    "2017년 8월 22일 (화) 오전 10:41, Jane Doe <jane@x.example>님이 작성:",
    '"Doe, Jane" wrote:',
]
HEADERS = [
    "-----Original Message-----\nFrom: Jane Doe\nSent: Tuesday, August 22, 2017 10:41 AM\nTo: Vince\nSubject: Friday",
    "_______________\nFrom: Jane Doe <jane@x.example>\nSent: Tuesday, August 22, 2017 10:41 AM\nTo: V",
    "From: Jane Doe [mailto:jane@x.example]\nSent: Tuesday, August 22, 2017\nTo: Vince\nCc: Ann\nSubject: RE: Friday",
    "*From:* Jane Doe <jane@x.example>\n*Date:* Tuesday, August 22, 2017\n*To:* Vince\n*Subject:* Friday",
    "Von: Jane Doe\nGesendet: Dienstag, 22. August 2017 10:41\nAn: Vince\nBetreff: Freitag",
    "De : Jane Doe\nEnvoyé : mardi 22 août 2017 10:41\nÀ : Vince\nObjet : vendredi",
    "De: Jane Doe\nEnviado el: martes, 22 de agosto de 2017 10:41\nPara: Vince\nAsunto: viernes",
    "De: Jane Doe\nEnviada em: terça-feira, 22 de agosto de 2017 10:41\nPara: Vince\nAssunto: sexta",
    "Da: Jane Doe\nInviato: martedì 22 agosto 2017 10:41\nA: Vince\nOggetto: venerdì",
    "Van: Jane Doe\nVerzonden: dinsdag 22 augustus 2017 10:41\nAan: Vince\nOnderwerp: vrijdag",
    "Från: Jane Doe\nSkickat: den 22 augusti 2017 10:41\nTill: Vince\nÄmne: fredag",
    "发件人: Jane Doe\n发送时间: 2017年8月22日 10:41\n收件人: Vince\n主题: 星期五",
    "差出人: Jane Doe\n送信日時: 2017年8月22日 10:41\n宛先: Vince\n件名: 金曜日",
    "보낸 사람: Jane Doe\n보낸 날짜: 2017년 8월 22일\n받는 사람: Vince\n제목: 금요일",
    "---------- Forwarded message ---------\nFrom: Jane <jane@x.example>\nDate: Aug 22, 2017\nSubject: Friday\nTo: V",
    "Begin forwarded message:\n\nFrom: Jane Doe <jane@x.example>\nDate: August 22, 2017\nTo: Vince\nSubject: Friday",
    "Jane Doe@FIRM\n08/22/2001 10:41 AM\nTo: Vince/HOU/FIRM@FIRM\ncc:  \nSubject: Friday",
    '"Doe, Jane" <jane@x.example> on 08/22/2001 10:41:00 AM\nTo: Vince\ncc: \n\nSubject: Friday',
    "---------------------- Forwarded by Jane Doe/HOU/FIRM on 08/22/2001\n10:41 AM ---------------------------",
    "------------------ 原始邮件 ------------------\n发件人: Jane\n主题: 星期五",
]


# --- quoted text ------------------------------------------------------------------------------------


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_an_introduced_quotation_is_not_new(attribution: str, mark: str) -> None:
    old = "\n".join(mark + line for line in OLD.split("\n"))
    split = split_text(f"{OWN}\n\n{attribution}\n\n{old}\n")
    assert split.new == OWN
    assert "Shall we meet" in split.quoted
    assert attribution in split.quoted


@pytest.mark.parametrize("header", HEADERS)
def test_a_quoted_header_starts_the_quotation(header: str) -> None:
    split = split_text(f"{OWN}\n\n{header}\n\n{OLD}\n")
    assert split.new == OWN
    assert re.sub(r" +\n", "\n", header) in split.quoted
    assert "Shall we meet" in split.quoted


OLDER = "On Mon, Aug 21, 2017 at 9:00 AM Vince <v@x.example> wrote:\n> What about lunch?"


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["> ", ">", ""])
def test_what_is_answered_is_the_newest_letter_quoted(attribution: str, mark: str) -> None:
    old = "\n".join(mark + line for line in f"{OLD}\n\n{OLDER}".split("\n"))
    answered = newest_quoted(split_text(f"{OWN}\n\n{attribution}\n\n{old}\n").quoted)
    assert answered.strip().startswith("Shall we meet on Friday?")
    assert "lunch" not in answered


@pytest.mark.parametrize("header", HEADERS)
def test_what_is_answered_comes_without_its_header(header: str) -> None:
    answered = newest_quoted(split_text(f"{OWN}\n\n{header}\n\n{OLD}\n\n{OLDER}\n").quoted)
    assert answered.strip().startswith("Shall we meet on Friday?")
    assert "lunch" not in answered


@pytest.mark.parametrize(
    ("quoted", "answered"),
    [
        (
            "On 3 May 2017 10:00, Jane <j@x.example> wrote:\n> Lunch on Thursday?\n>\n> -----Original Message-----\n"
            "> From: Vince\n> Sent: today\n> To: Jane\n> Subject: list\n>\n> Here is the list.",
            "Lunch on Thursday?",
        ),
        ("> Lunch on Friday?\n> ---\n> Jane K", "Lunch on Friday?\n---\nJane K"),
        ("> Shall we?\n> From: the station we could walk.", "Shall we?\nFrom: the station we could walk."),
        ("> Hi,\n> Shall we meet? These days suit me:\n> Tuesday", "Hi,\nShall we meet? These days suit me:\nTuesday"),
        ("-----Original Message-----\nFrom: Jane\nSent: today\nTo: Vince\nSubject: x", ""),
    ],
)
def test_what_is_answered_is_whole(quoted: str, answered: str) -> None:
    assert newest_quoted(quoted).strip() == answered


@pytest.mark.parametrize("header", HEADERS[-6:])
def test_a_forwarded_message_has_no_new_text(header: str) -> None:
    assert split_text(f"{header}\n\n{OLD}").new == ""


def test_inline_replies_are_all_kept() -> None:
    text = (
        "Hi Jane,\n\nOn 3 May 2017 10:00, Jane wrote:\n> Friday?\n\nYes.\n\n"
        "> Where?\nAt the mill.\n> And when?\n\nNoon.\n\nVince"
    )
    split = split_text(text)
    assert split.new.split() == ["Hi", "Jane,", "Yes.", "At", "the", "mill.", "Noon.", "Vince"]
    assert "Friday?" in split.quoted
    assert "wrote:" in split.quoted


def test_a_reply_below_the_quotation_is_new() -> None:
    assert (
        split_text("Jane wrote on 3 May 2017:\n> Friday?\n> Jane\n\nYes, with pleasure.").new == "Yes, with pleasure."
    )


@pytest.mark.parametrize(
    "text",
    [
        "From: Boston\nTo: Lisbon\nDate: 3 May\n\nThat is my trip. Shall we meet there?",
        "To do before Friday: call Ann.\nFrom: me to you, with thanks.",
        "On Tuesday at 10:00 we will cover:\n- the mill\n- the dam",
        "She wrote: come at noon.",
        "As I wrote on 3 May:\ncome at noon.",
        "The agenda\n----- Morning -----\nTalks",
        ">From the station it is five minutes.",
        "Two options -> one letter.",
        "Dial-in: 1-800-555-0100\nPasscode: 12345",
        "You can reach me here:\n+1 212 555 0100",
        "I'd be glad to.\n--\nbut not before noon\n" + "and so on\n" * 20,
    ],
)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert split_text(text) == Split(text.strip(), "", "")


# --- signatures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        "-- \nVince Roe\nMill Films, 12 High Street",
        "--\nVince Roe\nMill Films",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.example/x>",
        "Sent from Mail for Windows",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "iPhoneから送信",
        "发自我的iPhone",
        "나의 iPhone에서 보냄",
        "Vince Roe\nProducer, Mill Films\n+1 (212) 555-0100\nwww.millfilms.example",
        "CONFIDENTIALITY NOTICE: This e-mail is for the addressee only.\nIf it is not for you, delete it.",
        "This message and any attachments are intended only for\nthe addressee and may be privileged.",
        "Diese E-Mail enthält vertrauliche Informationen.",
        "__________________________\nUnsubscribe: https://lists.x.example/mailman/listinfo/mill",
    ],
)
def test_the_block_under_a_letter_is_no_part_of_it(block: str) -> None:
    split = split_text(f"{OWN}\n\n{block}\n")
    assert split.new == OWN
    assert split.signature == block.replace("-- \n", "--\n")


def test_the_name_under_a_letter_stays_with_it() -> None:
    split = split_text("Friday then.\n\nBest,\nVince Roe\nProducer, Mill Films\n212-555-0100")
    assert split.new == "Friday then.\n\nBest,\nVince Roe"
    assert split.signature == "Producer, Mill Films\n212-555-0100"


def test_a_signature_above_the_quotation_is_found() -> None:
    split = split_text("Yes.\n-- \nVince\n\nOn 3 May 2017 10:00, Jane wrote:\n> Friday?\n> -- \n> Jane")
    assert (split.new, split.signature) == ("Yes.", "--\nVince")
    assert "> Jane" in split.quoted


# --- every line goes somewhere ----------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(
        "|> a|>> b|On 3 May 2017, Jane wrote:|From: Jane|Sent: today|To: me|Subject: x|-- |--|text|Sent from my iPhone"
        "|+1 212 555 0100|_______|08/22/2001 10:41 AM|Thanks,|Vince|>From x|-----Original Message-----"
        "|This e-mail is confidential".split("|")
    )
    | st.text(max_size=30)
)


@given(LINES)
def test_no_word_is_lost_or_doubled(lines: list[str]) -> None:
    text = "\n".join(lines)
    split = split_text(text)
    assert sorted("\n".join((split.new, split.quoted, split.signature)).split()) == sorted(text.split())


@given(LINES)
def test_what_is_answered_is_part_of_what_is_quoted(lines: list[str]) -> None:
    quoted = "\n".join(lines)
    known = {re.sub(r"^\s*>", "", line).strip() for line in quoted.split("\n")}
    known |= {line.strip() for line in quoted.split("\n")} | {""}
    assert {line.strip() for line in newest_quoted(quoted).split("\n")} <= known


@given(LINES)
def test_no_marked_line_is_new(lines: list[str]) -> None:
    assert not any(line.startswith("> ") for line in split_text("\n".join(lines)).new.split("\n"))


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(
        ["On a\n", "On 3 May 2017, x\n", "From: a\n", "To: a\n", "> a\n", "x\n--\n", "a: \n", "+1 212 555 0100 ", "a "]
    )
)
def test_the_traps_of_other_strippers_take_no_time(line: str) -> None:
    split = split_text(line * 100_000)  # pytest's time-out is the bound (hazards A9)
    assert len(split.new) + len(split.quoted) + len(split.signature) <= 200_000


# --- HTML -------------------------------------------------------------------------------------------

OLD_HTML = "Shall we meet on Friday?"
OWN_HTML = "<div>Friday works.</div><div>Vince</div>"
GMAIL = (
    f'<div dir="ltr">{OWN_HTML}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Aug 22, 2017 '
    'Jane &lt;<a href="mailto:jane@x.example">jane@x.example</a>&gt; wrote:<br></div>'
    f'<blockquote class="gmail_quote">{OLD_HTML}</blockquote></div>'
)
OUTLOOK = (
    f'<div class="WordSection1">{OWN_HTML}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt">'
    "<p><b>From:</b> Jane<br><b>Sent:</b> Tuesday<br><b>To:</b> Vince<br></p></div></div>"
    f"<p>{OLD_HTML}</p></div>"
)
OWA = (
    f'{OWN_HTML}<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Lähettäjä:</b> Jane</div>'
    f"<div>{OLD_HTML}</div>"
)
APPLE = (
    f"<body>{OWN_HTML}<div><br><blockquote type='cite'><div>On Aug 22, 2017, at 10:41 AM, Jane wrote:</div>"
    f"<div>{OLD_HTML}</div></blockquote></div></body>"
)
THUNDERBIRD = (
    f'{OWN_HTML}<div class="moz-cite-prefix">On 22/08/2017 10:41, Jane wrote:<br></div>'
    f'<blockquote type="cite"><p>{OLD_HTML}</p></blockquote>'
)
YAHOO = f'{OWN_HTML}<div class="yahoo_quoted"><div>On Tuesday, Jane wrote:</div>{OLD_HTML}</div>'
UNKNOWN = (
    "<div>Friday works.</div><div>Vince</div><p>22.8.2017 10.41, Jane &lt;jane@x.example&gt; skribis:</p>"
    "<blockquote>Shall we meet on Friday?</blockquote>"
)


@pytest.mark.parametrize("html", [GMAIL, OUTLOOK, OWA, APPLE, THUNDERBIRD, YAHOO, UNKNOWN])
def test_the_structure_of_html_tells_the_quotation(html: str) -> None:
    text, split = split_html(html)
    assert split.new.split() == ["Friday", "works.", "Vince"]
    assert "Shall we meet on Friday?" in split.quoted
    assert "Shall we meet on Friday?" in text


def test_inline_replies_in_html_are_kept() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On 3 May 2017 Jane &lt;j@x.example&gt; wrote:</div>'
        '<blockquote class="gmail_quote">Friday?</blockquote><div>Yes.</div>'
        '<blockquote class="gmail_quote">Where?</blockquote><div>Mill.</div></div>'
    )
    assert split_html(html)[1].new.split() == ["Yes.", "Mill."]


def test_a_gmail_forward_is_quoted_whole() -> None:
    html = '<div>See below</div><div class="gmail_quote"><div class="gmail_attr">-- Weitergeleitet</div>Old words</div>'
    assert split_html(html)[1].new == "See below"


def test_marked_signatures_in_html_are_set_apart() -> None:
    html = (
        '<div>Friday works.<br><span class="gmail_signature_prefix">-- </span><br>'
        '<div class="gmail_signature">Vince<br>Mill Films</div></div>'
    )
    split = split_html(html)[1]
    assert split.new == "Friday works."
    assert "Mill Films" in split.signature


def test_indented_text_is_no_quotation() -> None:
    html = '<div>Hi</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">my own poem</blockquote>'
    assert "my own poem" in split_html(html)[1].new


def test_html_becomes_readable_text() -> None:
    html = (
        "<html><head><title>no</title><style>p{}</style></head><body><p>Hello&nbsp;<b>Jane</b>,</p><ul><li>one</li><li>two</li></ul>"
        '<script>evil()</script><p style="display:none">hidden</p><p>see <a href="https://x.example/a">this</a>'
        ' or <a href="https://x.example/b">https://x.example/b</a></p><pre>a\n  b</pre></body></html>'
    )
    assert html_to_text(html) == (
        "Hello Jane,\n\n- one\n- two\n\nsee this <https://x.example/a> or https://x.example/b\n\na\n  b"
    )


@given(st.text() | st.text(alphabet="<>/abdiv blockquote='\"=&;!-\n"))
def test_any_html_is_read(html: str) -> None:
    text, split = split_html(html)
    assert "\0" not in text
    assert isinstance(split, Split)


def test_a_page_too_deep_for_the_parser_is_still_read() -> None:
    assert "deep down" in html_to_text("<div>" * 20_000 + "deep down")


# --- format=flowed ----------------------------------------------------------------------------------


def test_flowed_lines_are_joined_at_their_own_depth() -> None:
    text = "Shall we \nmeet?\n> Old \n> words\n>> older\n-- \nVince "
    assert unflowed(text) == "Shall we meet?\n> Old words\n>> older\n-- \nVince "
    assert unflowed("山 \n田", delete_space=True) == "山田"
