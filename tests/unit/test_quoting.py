"""The quoted original keeps its words and loses everything that could act, load or mislead (hazards A8, A12)."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.mail.quoting import attribution, quoted_html, quoted_text, safe_html
from thread_finder.model import Address, Message


def message(text: str = "", html: str = "", name: str = "Jane Doe") -> Message:
    return Message(
        id="1",
        message_id="<1@x.example>",
        date=datetime(2023, 7, 11, 15, 4, tzinfo=timezone(timedelta(hours=-4))),
        from_=Address("jane@x.example", name),
        text=text,
        html=html,
    )


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "On Tue, Jul 11, 2023 at 3:04 PM Jane Doe <jane@x.example> wrote:"),
        ("en-GB", "On Tue, Jul 11, 2023 at 3:04 PM Jane Doe <jane@x.example> wrote:"),
        ("es", "El mar, 11 jul 2023 a las 15:04, Jane Doe (<jane@x.example>) escribió:"),
        ("fr", "Le mar. 11 juil. 2023 à 15:04, Jane Doe <jane@x.example> a écrit :"),
        ("de", "Am Di., 11. Juli 2023 um 15:04 Uhr schrieb Jane Doe <jane@x.example>:"),
        ("pt", "Em ter., 11 de jul. de 2023 às 15:04, Jane Doe <jane@x.example> escreveu:"),
        ("it", "Il giorno mar 11 lug 2023 alle ore 15:04 Jane Doe <jane@x.example> ha scritto:"),
        ("nl", "Op di 11 jul 2023 om 15:04 schreef Jane Doe <jane@x.example>:"),
        ("ja", "2023年7月11日(火) 15:04 Jane Doe <jane@x.example>:"),
        ("zh", "Jane Doe <jane@x.example> 于2023年7月11日周二 15:04写道："),
        ("xx", "On Tue, Jul 11, 2023 at 3:04 PM Jane Doe <jane@x.example> wrote:"),
    ],
)
def test_attribution_is_gmails_own(language: str, line: str) -> None:
    assert attribution(message(), language) == line


def test_attribution_without_name_date_or_author() -> None:
    nameless = message(name="")
    assert attribution(nameless, "en").endswith("at 3:04 PM <jane@x.example> wrote:")
    assert attribution(Message("1", "", None, Address("a@x.example")), "en") == "<a@x.example>:"
    assert attribution(Message("1", "", None, None), "en") == "…"


def test_quote_marks() -> None:
    assert quoted_text(message("Hi,\r\n\r\n> older\n>> oldest\nbye\n\n")) == "> Hi,\n>\n>> older\n>>> oldest\n> bye"


def test_a_huge_text_is_cut_and_says_so() -> None:
    quoted = quoted_text(message("word " * 100_000))
    assert len(quoted) < 101_000
    assert quoted.endswith("> […]")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p onclick=alert(1)>Hi</p>", "<p>Hi</p>"),
        ("a<script>alert(1)</script><style>@import url(//t.example)</style>b", "ab"),
        ('<img src="https://t.example/x.gif" alt="our <logo>">', "our &lt;logo&gt;"),
        ('<img src="cid:1"><img src="data:image/png;base64,AA">x', "x"),
        ('<a href="javascript:alert(1)">l</a>', "<a>l</a>"),
        ('<a href=" JaVa\tscript:alert(1)">l</a>', "<a>l</a>"),
        ('<a href="//t.example/x">l</a>', "<a>l</a>"),
        ('<a href="https://a.example/?x=1&amp;y=2">l</a>', '<a href="https://a.example/?x=1&amp;y=2">l</a>'),
        ('<div style="background:url(https://t.example/x)">x</div>', "<div>x</div>"),
        ('<b style="color:red;position:fixed">x</b>', '<b style="color:red">x</b>'),
        ('<form action="https://t.example"><input name=p>Name<button>Go</button></form>', "NameGo"),
        ("<iframe src=https://t.example></iframe><object data=x></object><svg onload=x></svg>text", "text"),
        ('<link rel=stylesheet href="https://t.example"><meta http-equiv=refresh content="0;//t.example">x', "x"),
        ("</blockquote></div>still inside", "still inside"),
        ("<!-- <b>hidden</b> -->x", "x"),
        ('<blockquote class="gmail_quote evil">x</blockquote>', '<blockquote class="gmail_quote">x</blockquote>'),
    ],
)
def test_nothing_acts_and_the_text_stays(html: str, expected: str) -> None:
    assert safe_html(html) == expected


def test_a_nested_gmail_quote_keeps_its_bar() -> None:
    bar = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"
    assert bar in safe_html(f'<blockquote class="gmail_quote" style="{bar}">x</blockquote>')


@pytest.mark.parametrize(
    "html", ["<div>" * 20_000, "<b><i>" * 20_000 + "x", "<div></b>" * 20_000, "x" * 300_000, "<" * 300_000]
)
def test_what_is_too_deep_or_too_long_is_quoted_from_the_plain_text(html: str) -> None:
    quoted = quoted_html(message("plain <words>", html), "en")
    assert "plain &lt;words&gt;" in quoted


def test_ordinary_newsletters_are_not_too_deep() -> None:
    html = "<table><tr><td>" * 40 + "x" + "</td></tr></table>" * 40 + "<p>a" * 1000 + "<li>b" * 1000
    assert "<table>" in safe_html(html)


def test_quote_is_folded_by_gmail() -> None:
    html = quoted_html(message("Hi\nthere", name="<script>"), "en")
    assert html.startswith('<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue')
    assert '&lt;script&gt; &lt;jane@x.example&gt; wrote:<br></div><blockquote class="gmail_quote"' in html
    assert html.endswith('<div dir="ltr">Hi<br>there</div></blockquote></div>')


MARKUP = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [
                "<script>", "</script>", "<img src=http://t.example alt='", "<a href='javascript:x'>", "<svg><style>",
                "<math><mtext>", "</blockquote>", "<div style='background:url(http://t.example)'>", "<!--", "-->",
                "<table>", "<noscript>", "<p title=\"", "\">", "'>", "<form>", "onerror=x", "<template>",
                "<base href=//t>",
            ]
        ),
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(MARKUP)
def test_no_markup_gets_through(html: str) -> None:
    tags = re.findall(r"<[^>]*>", safe_html(html))
    assert not [
        t for t in tags if re.search(r"(?i)<(script|style|img|form|input|svg|iframe|base|link|meta|object)\b", t)
    ]
    assert not [t for t in tags if re.search(r"(?i)\s(on\w+|src|action|background|srcset)\s*=|url\(|javascript:", t)]
