"""Days and hours in words, in every language: which day is meant, and what is no day at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thread_finder.finding.folding import fold, tidy
from thread_finder.finding.lexicon import languages
from thread_finder.finding.mention import Mention
from thread_finder.finding.when import mentions

WRITTEN = date(2024, 3, 4)  # a Monday


def read(text: str, language: str, written: date = WRITTEN) -> tuple[Mention, ...]:
    return mentions(fold(tidy(text)), language, written)


TO_COME = [
    ("en", "Thurs 3/14 at noon works.", "2024-03-14"),
    ("en", "Could we do Weds 13, same place?", "2024-03-13"),
    ("en", "Let's say Friday the 22nd.", "2024-03-22"),
    ("en", "Next Tuesday?", "2024-03-12"),
    ("en", "Tuesday next week, if you are in.", "2024-03-12"),
    ("en", "I am in town in April. The 9th?", "2024-04-09"),
    ("en", "Coffee on Wed?", "2024-03-06"),
    ("en", "The day after tomorrow would be fine.", "2024-03-06"),
    ("en", "Thursday 7/3 at ten, say.", "2024-03-07"),
    ("en", "Saturday week at the mill?", "2024-03-16"),
    ("en", "A week from Friday, then.", "2024-03-15"),
    ("en", "A week today at the mill?", "2024-03-11"),
    ("en", "Tomorrow week, then.", "2024-03-12"),
    ("de", "Heute in einer Woche, 15 Uhr", "2024-03-11"),
    ("sv", "idag om en vecka", "2024-03-11"),
    ("de", "Dienstag in einer Woche", "2024-03-12"),
    ("de", "übernächste Woche am Mittwoch", "2024-03-20"),
    ("fr", "mardi en huit", "2024-03-12"),
    ("nl", "dinsdag over een week", "2024-03-12"),
    ("sv", "tisdag om en vecka", "2024-03-12"),
    ("ja", "再来週の火曜日", "2024-03-19"),
    ("zh", "下下周三", "2024-03-20"),
    ("ko", "다다음 주 화요일", "2024-03-19"),
    ("it", "martedì prossimo", "2024-03-05"),
    ("es", "el martes que viene", "2024-03-05"),
    ("nl", "aanstaande dinsdag", "2024-03-05"),
    ("da", "nu på tirsdag", "2024-03-05"),
    ("de", "Freitag, den 15. um 14.30 Uhr?", "2024-03-15"),
    ("de", "am 19. ginge es", "2024-03-19"),
    ("de", "nächste Woche am Mittwoch", "2024-03-13"),
    ("de", "Montag, dem 11., ab neun", "2024-03-11"),
    ("de", "Do., 4.4., nach dem Essen", "2024-04-04"),
    ("fr", "mardi 12 à 18h, devant la gare", "2024-03-12"),
    ("fr", "le 2 avril, ça irait ?", "2024-04-02"),
    ("fr", "jeudi de la semaine prochaine", "2024-03-14"),
    ("fr", "après-demain vers midi", "2024-03-06"),
    ("es", "¿el jueves 14 por la tarde?", "2024-03-14"),
    ("es", "el viernes de la semana que viene", "2024-03-15"),
    ("es", "pasado mañana en la plaza", "2024-03-06"),
    ("pt", "quinta-feira, dia 21, ao fim da tarde", "2024-03-21"),
    ("pt", "sábado 16, às onze", "2024-03-16"),
    ("pt", "na quarta da semana que vem", "2024-03-13"),
    ("it", "giovedì 28 alle 18", "2024-03-28"),
    ("it", "mercoledì della prossima settimana", "2024-03-13"),
    ("nl", "vrijdag 15e om elf uur", "2024-03-15"),
    ("nl", "volgende week donderdag", "2024-03-14"),
    ("sv", "fredag den 15 vid tolv", "2024-03-15"),
    ("sv", "nästa vecka på onsdag", "2024-03-13"),
    ("no", "torsdag 21. mars kl. 12", "2024-03-21"),
    ("no", "i overmorgen", "2024-03-06"),
    ("da", "tirsdag den 12. klokken 10", "2024-03-12"),
    ("da", "onsdag i næste uge", "2024-03-13"),
    ("ja", "来週の火曜日はいかがですか", "2024-03-12"),
    ("ja", "三月二十一日の午前十時に", "2024-03-21"),
    ("ja", "金曜日（15日）の夜", "2024-03-15"),
    ("ja", "明後日、駅前で", "2024-03-06"),
    ("zh", "下周三下午三点", "2024-03-13"),
    ("zh", "三月二十号可以吗", "2024-03-20"),
    ("zh", "周五（15号）晚上七点", "2024-03-15"),
    ("ko", "다음 주 화요일 어떠세요", "2024-03-12"),
    ("ko", "금요일(15일) 저녁 7시", "2024-03-15"),
    ("ko", "15일 금요일에 뵐게요", "2024-03-15"),
    ("ko", "모레 점심", "2024-03-06"),
]


@pytest.mark.parametrize(("language", "text", "day"), TO_COME)
def test_a_day_to_come(language: str, text: str, day: str) -> None:
    assert [str(found.day) for found in read(text, language) if found.day] == [day]


GONE = [
    ("en", "Thank you for last Thursday.", "2024-02-29"),
    ("en", "It was good to see you on Saturday.", "2024-03-02"),
    ("en", "the evening of the 27th", "2024-02-27"),
    ("de", "Danke für letzten Dienstag.", "2024-02-27"),
    ("de", "vorgestern am Fluss", "2024-03-02"),
    ("fr", "mardi dernier", "2024-02-27"),
    ("es", "el jueves pasado", "2024-02-29"),
    ("pt", "na quinta passada", "2024-02-29"),
    ("it", "giovedì scorso", "2024-02-29"),
    ("nl", "afgelopen vrijdag", "2024-03-01"),
    ("sv", "tack för i torsdags", "2024-02-29"),
    ("no", "forrige torsdag", "2024-02-29"),
    ("da", "tak for i torsdags", "2024-02-29"),
    ("ja", "先週の木曜日は", "2024-02-29"),
    ("zh", "上周四的晚饭", "2024-02-29"),
    ("ko", "지난주 목요일은", "2024-02-29"),
]


@pytest.mark.parametrize(("language", "text", "day"), GONE)
def test_a_day_gone_by(language: str, text: str, day: str) -> None:
    assert [str(found.past) for found in read(text, language) if found.past] == [day]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I sat through both hearings and the sun was out."),
        ("en", "You may march in whenever you like."),
        ("en", "See page 12 of the report, section 3.4, 15% off."),
        ("en", "They wed and had fun."),
        ("en", "See you in the 2nd-floor office, 3rd draft in hand."),
        ("pt", "É a segunda vez que tento."),
        ("de", "Er hat drei Kinder und 12 Hühner."),
        ("ja", "三日間かかりました。"),
        ("zh", "一点也不难。"),
        ("ko", "두 시간이 걸렸습니다."),
    ],
)
def test_what_is_no_day(language: str, text: str) -> None:
    assert [found for found in read(text, language) if found.day] == []


def test_a_choice_of_two_days_shares_its_month() -> None:
    found = read("Hätten Sie am 16. oder 17. Mai eine Stunde?", "de")
    assert [str(one.day) for one in found] == ["2024-05-16", "2024-05-17"]


def test_a_month_named_before_holds_for_the_numbers_after_it() -> None:
    found = read("I shall be in Lisbon in June. The 12th or the 13th, whichever you like.", "en")
    assert [str(one.day) for one in found if one.day] == ["2024-06-12", "2024-06-13"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I'm in your town the 18th through the 21st."),
        ("de", "vom 18. bis 21. März"),
        ("es", "del 18 al 21 de marzo"),
        ("ko", "3월 18일부터 3월 21일까지"),
    ],
)
def test_the_ends_of_a_stretch_are_no_appointment(language: str, text: str) -> None:
    found = read(text, language)
    assert [(str(one.day), one.stretch) for one in found] == [("2024-03-18", True), ("2024-03-21", True)]


def test_a_day_ruled_out_is_marked() -> None:
    assert [(str(m.day), m.out) for m in read("I can't do Tuesday. Thursday?", "en")] == [
        ("2024-03-05", True),
        ("2024-03-07", False),
    ]


@pytest.mark.parametrize(
    ("language", "text", "first", "last"),
    [
        ("en", "some time next week", "2024-03-11", "2024-03-17"),
        ("en", "in the week of the 18th", "2024-03-18", "2024-03-24"),
        ("en", "I am away 12-15 April", "2024-04-12", "2024-04-15"),
        ("en", "April 12 to 15", "2024-04-12", "2024-04-15"),
        ("en", "any day between the 12th and 15 April", "2024-04-12", "2024-04-15"),
        ("de", "zwischen dem 12. und dem 15. April", "2024-04-12", "2024-04-15"),
        ("fr", "entre le 12 et le 15 avril", "2024-04-12", "2024-04-15"),
        ("de", "übernächste Woche", "2024-03-18", "2024-03-24"),
        ("fr", "en avril", "2024-04-01", "2024-04-30"),
        ("es", "del 12 al 15 de abril", "2024-04-12", "2024-04-15"),
        ("zh", "下周", "2024-03-11", "2024-03-17"),
        ("ja", "4月", "2024-04-01", "2024-04-30"),
    ],
)
def test_a_week_a_month_and_a_stay_are_periods(language: str, text: str, first: str, last: str) -> None:
    assert [tuple(map(str, m.period)) for m in read(text, language) if m.period] == [(first, last)]


@pytest.mark.parametrize(
    ("language", "text", "out", "free"),
    [
        ("en", "I can't do Tuesday, but Thursday works", "2024-03-05", "2024-03-07"),
        ("en", "Unfortunately Tuesday is taken, Thursday is not a problem", "2024-03-05", "2024-03-07"),
        ("de", "Am Dienstag geht es leider nicht, am Donnerstag gern", "2024-03-05", "2024-03-07"),
        ("fr", "Mardi je ne peux pas, jeudi volontiers", "2024-03-05", "2024-03-07"),
        ("es", "El martes no puedo, el jueves sí", "2024-03-05", "2024-03-07"),
        ("it", "Martedì non posso, giovedì sì", "2024-03-05", "2024-03-07"),
        ("pt", "Na terça não posso, na quinta sim", "2024-03-05", "2024-03-07"),
        ("nl", "Dinsdag kan ik niet, donderdag wel", "2024-03-05", "2024-03-07"),
        ("sv", "Tisdag kan jag inte, torsdag går bra", "2024-03-05", "2024-03-07"),
        ("no", "Tirsdag kan jeg ikke, torsdag går fint", "2024-03-05", "2024-03-07"),
        ("da", "Tirsdag kan jeg ikke, torsdag er fint", "2024-03-05", "2024-03-07"),
        ("ja", "火曜日は都合が悪いのですが、木曜日なら", "2024-03-05", "2024-03-07"),
        ("zh", "周二没空，周四可以", "2024-03-05", "2024-03-07"),
        ("ko", "화요일은 어렵고, 목요일은 좋아요", "2024-03-05", "2024-03-07"),
    ],
)
def test_one_day_is_ruled_out_and_the_other_is_not(language: str, text: str, out: str, free: str) -> None:
    assert [(str(m.day), m.out) for m in read(text, language) if m.day] == [(out, True), (free, False)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the 14th at half past three"),
        ("de", "am 14. um halb vier"),
        ("fr", "le 14 à quatre heures"),
        ("es", "el 14 a las cuatro"),
        ("it", "il 14 alle quattro"),
        ("pt", "no dia 14 às quatro"),
        ("nl", "de 14e om vier uur"),
        ("sv", "den 14 klockan fyra"),
        ("ko", "14일 네 시"),
    ],
)
def test_an_hour_in_words(language: str, text: str) -> None:
    (found,) = read(text, language)
    assert (str(found.day), found.spoken) == ("2024-03-14", True)
    assert found.hour in ((3, 0), (4, 0))


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [("es", "el miércoles, diez de abril", "2024-04-10"), ("it", "mercoledì dieci aprile", "2024-04-10")],
)
def test_a_date_in_words(language: str, text: str, day: str) -> None:
    assert [str(m.day) for m in read(text, language) if m.day] == [day]


@pytest.mark.parametrize(("language", "text"), [("en", "by Friday"), ("fr", "avant vendredi"), ("ja", "金曜日までに")])
def test_a_time_limit_is_marked(language: str, text: str) -> None:
    assert [m.until for m in read(text, language)] == [True]


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("Next Tuesday, 10, the barge?", "2024-03-12", (10, 0)),
        ("Thursday, 2, my office?", "2024-03-07", (2, 0)),
        ("Tuesday 10th, the barge?", "2024-09-10", None),
        ("Tuesday, the 10, the barge?", "2024-09-10", None),
        ("am Dienstag, den 2., auf dem Kahn", "2024-04-02", None),
        ("Tuesday 12, the barge?", "2024-03-12", None),
        ("this Thursday 14, the barge?", "2024-03-14", None),
        ("el próximo martes 12 en la plaza", "2024-03-12", None),
    ],
)
def test_a_number_beside_a_weekday_is_its_hour_where_that_date_is_far_away(
    text: str, day: str, hour: tuple[int, int] | None
) -> None:
    language = "es" if "martes" in text else "de" if "Dienstag" in text else "en"
    mention = read(text, language)[0]
    assert (str(mention.day), mention.hour) == (day, hour)


def test_a_date_just_gone_is_no_hour() -> None:
    (mention,) = read("Thank you for lunch on Tuesday, 2, at the barge.", "en", date(2024, 4, 12))
    assert (str(mention.past), mention.hour) == ("2024-04-02", None)


@pytest.mark.parametrize("language", sorted(set(languages()) - {"ja", "ko", "zh"}))
def test_half_past_eight_is_no_day_in_august(language: str) -> None:
    assert not any(mention.day for mention in read("8.30, Hotel Astoria", language))


def test_if_i_may_names_no_month() -> None:
    (mention,) = read("Dear Roz (if I may), the 2nd?", "en")
    assert str(mention.day) == "2024-04-02"


def test_the_end_of_a_sentence_keeps_its_days_apart() -> None:
    found = read(
        "I am in York from the 12th to the 15th. Thursday is free. Could you do 5 April. Would Monday do?", "en"
    )
    assert [(m.on, m.number, m.asked) for m in found] == [
        (None, 12, False),
        (None, 15, False),
        (3, 0, False),
        (None, 5, False),
        (0, 0, True),
    ]


def test_words_that_leave_the_month_open_can_mean_any_of_them() -> None:
    (found,) = read("the 17th, a Wednesday", "en")
    assert found.may_be(date(2024, 4, 17))
    assert not found.may_be(date(2024, 3, 17))


def test_many_mentions_are_each_read_once() -> None:
    assert len(read("march " * 3_000, "en")) == 3_000
    assert len(read("the 12th or the 13th. " * 500, "en")) == 1_000


@pytest.mark.parametrize("language", languages())
@given(text=st.text(max_size=200), written=st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_no_text_breaks_it(language: str, text: str, written: date) -> None:
    for found in read(text, language, written):
        assert found.day or found.hour or found.period or found.pick
