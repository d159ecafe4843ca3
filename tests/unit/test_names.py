"""Names to greet with: as people sign, else by a careful rule; never from an address or an organisation."""

from __future__ import annotations

import pytest

from thread_finder.writing.language import LANGUAGES, detect, formality, lexicon, occurrences
from thread_finder.writing.names import first_name, full_name, salutation, sign_off, titled_name


@pytest.mark.parametrize(
    ("shown", "first"),
    [
        ("Jane Doe", "Jane"),
        ("Doe, Dr. Jane", "Jane"),
        ("JANE DOE", "Jane"),
        ("J. Robert Smith", "Robert"),
        ("J. Smith", ""),
        ("jane@doe.example", ""),
        ("Harbor Radio Inc", ""),
        ("Support Team", ""),
        ("Jane Doe (Harbor Radio)", "Jane"),
        ("José Luis Marín", "José Luis"),
        ("José Luis", "José Luis"),
        ("Maria Oliveira", "Maria"),
        ("Jean-Marc Pellet", "Jean-Marc"),
        ("山田 太郎", "山田"),
        ("🎉 Zoë 👩‍👩‍👧 Ó", "Zoë"),
        ("Jane ☕️ Doe", "Jane"),
        ("🎉", ""),
        ("Room 12", ""),
        ("", ""),
    ],
)
def test_first_name(shown: str, first: str) -> None:
    assert first_name(shown) == first


def test_full_name() -> None:
    assert full_name("Doe, Dr. Jane") == "Jane Doe"
    assert full_name("山田 太郎") == "山田 太郎"
    assert full_name("Sales Department") == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Prof. Dr. Jane Doe", "Prof. Dr. Jane Doe"),
        ("Doe, Dr. Jane", "Dr. Jane Doe"),
        ("Frau Dr. Jane Doe", "Dr. Jane Doe"),  # whether Frau or Herr is for the salutation of an old mail to tell
        ("Dott.ssa Jane Doe", "Dott.ssa Jane Doe"),
        ("Jane Doe, PhD", "Jane Doe"),
        ("Jane Doe", "Jane Doe"),
        ("Prof. Press Office", ""),
    ],
)
def test_academic_titles_stand_as_they_are_written(written: str, shown: str) -> None:
    assert titled_name(written) == shown


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("See you then.\n\nBest,\nJane", "en", "Jane"),
        ("See you then.\n\nBest, Jane", "en", "Jane"),
        ("See you then.\n\nJane Doe", "en", "Jane Doe"),
        ("See you then.\n\nJanie", "en", "Janie"),
        ("See you then.\n\nThanks!", "en", ""),
        ("Is this for Monday?", "en", ""),
        ("Bis dann.\n\nHerzlichst\nJane", "de", "Jane"),
        ("Hasta pronto.\n\nUn fuerte abrazo,\nJane", "es", "Jane"),
        ("À demain.\n\nBonne journée,\nJane", "fr", "Jane"),
        ("A domani.\n\nUn cordiale saluto,\nJane", "it", "Jane"),
        ("Tot dan.\n\nVeel groeten,\nJane", "nl", "Jane"),
        ("Até lá.\n\nUm grande abraço,\nJane", "pt", "Jane"),
    ],
)
def test_how_they_sign(text: str, language: str, name: str) -> None:
    assert sign_off(text, ["Jane Doe"], lexicon(language).closings) == name


@pytest.mark.parametrize(
    ("text", "language", "greeting"),
    [
        ("Dear Jane,\nThank you.", "en", "Dear Jane"),
        ("Liebe Frau Doe,\ndanke.", "de", "Liebe Frau Doe"),
        ("Chère Jane,\nmerci.", "fr", "Chère Jane"),
        ("Estimada Jane:\nGracias.", "es", "Estimada Jane"),
        ("Good morning Jane,\nThank you.", "en", ""),  # the hour of the next letter is not known
        ("Guten Morgen Jane,\ndanke.", "de", ""),
        ("Bom dia, Jane,\nobrigado.", "pt", ""),
        ("Dear all,\nThank you.", "en", ""),
        ("Jane told me so.", "en", ""),
    ],
)
def test_how_they_were_greeted(text: str, language: str, greeting: str) -> None:
    assert salutation(text, lexicon(language).greetings, ["Jane Doe"]) == greeting


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you for the time you took to talk to me about the film.", "en"),
        ("Vielen Dank für die Zeit, die Sie sich für mich genommen haben, und für den Rat.", "de"),
        ("Muchas gracias por el tiempo que me dedicó y por los consejos sobre la película.", "es"),
        ("Merci pour le temps que vous avez pris et pour les conseils sur le film.", "fr"),
        ("Grazie per il tempo che mi ha dedicato e per i consigli sul film.", "it"),
        ("Bedankt voor de tijd die je voor me nam en voor het advies over de film.", "nl"),
        ("Obrigado pelo tempo que me deu e pelos conselhos sobre o filme, foi muito bom.", "pt"),
        ("本日はお時間をいただきありがとうございました。", "ja"),
        ("資料館の利用", "ja"),
        ("資料館", ""),  # Japanese or Chinese: two or three signs do not tell
        ("感谢您抽出时间与我见面，您的建议对我很有帮助。", "zh"),
        ("오늘 시간 내주셔서 감사합니다.", "ko"),
        ("OK!", ""),
    ],
)
def test_the_language_of_a_mail(text: str, language: str) -> None:
    assert detect([text]) == language


@pytest.mark.parametrize(
    ("text", "language", "formal"),
    [
        ("Ich freue mich auf Sie.", "de", True),
        ("Ich freue mich auf dich.", "de", False),
        ("Le agradezco su tiempo, si a usted le parece.", "es", True),
        ("Gracias, te escribo cuando tú digas.", "es", False),
        ("Merci de votre aide.", "fr", True),
        ("Merci, tu es gentil.", "fr", False),
        ("La ringrazio molto del Suo aiuto.", "it", True),
        ("Le foto sono belle, ti ringrazio.", "it", False),
        ("Ik dank u voor uw tijd.", "nl", True),
        ("Ik dank je wel.", "nl", False),
        ("Agradeço que o senhor tenha vindo.", "pt", True),
        ("Gostei de falar contigo.", "pt", False),
        ("Thank you.", "en", None),
    ],
)
def test_how_two_people_address_each_other(text: str, language: str, formal: bool | None) -> None:
    assert formality([text], language) is formal


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_word_lists(language: str) -> None:
    words, english = lexicon(language), lexicon("en")
    assert words.phrases.keys() >= english.phrases.keys() - {"advice", "recalls"}
    assert words.media.keys() == english.media.keys()
    assert words.durations
    assert words.closings
    for name, phrases in words.phrases.items():
        assert len(set(phrases)) == len(phrases), name
        for phrase in phrases:
            assert occurrences(f"x {phrase} x", [phrase], language), (name, phrase)
