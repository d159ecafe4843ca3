"""When something was, as people say it: "last July", "two years ago", never more precisely than known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from thread_finder.model import PartialDate


@dataclass(frozen=True, slots=True)
class _Phrases:
    """How a language says it. ``month`` is the month's name, ``year`` the number; {n} a small number in words."""

    today: str
    yesterday: str
    few_days: str
    last_week: str
    weeks: str
    this_month: str
    last_month: str
    month_this_year: str  # "in July"
    month_past_year: str  # "last July": the year before, less than twelve months ago
    month_last_year: str  # "in July last year"
    month_of: str  # "in July 2023"
    this_year: str
    last_year: str
    years_ago: str
    year: str
    numbers: tuple[str, str, str]  # two, three, four


_PHRASES = {
    "en": _Phrases(
        "today", "yesterday", "a few days ago", "last week", "{n} weeks ago", "this month", "last month", "in {month}",
        "last {month}", "in {month} last year", "in {month} {year}", "this year", "last year", "{n} years ago",
        "in {year}", ("two", "three", "four"),
    ),
    "es": _Phrases(
        "hoy", "ayer", "hace unos días", "la semana pasada", "hace {n} semanas", "este mes", "el mes pasado",
        "en {month}", "en {month} pasado", "en {month} del año pasado", "en {month} de {year}", "este año",
        "el año pasado", "hace {n} años", "en {year}", ("dos", "tres", "cuatro"),
    ),
    "fr": _Phrases(
        "aujourd'hui", "hier", "il y a quelques jours", "la semaine dernière", "il y a {n} semaines", "ce mois-ci",
        "le mois dernier", "en {month}", "en {month} dernier", "en {month} de l'année dernière", "en {month} {year}",
        "cette année", "l'année dernière", "il y a {n} ans", "en {year}", ("deux", "trois", "quatre"),
    ),
    "de": _Phrases(
        "heute", "gestern", "vor ein paar Tagen", "letzte Woche", "vor {n} Wochen", "diesen Monat", "letzten Monat",
        "im {month}", "letzten {month}", "im {month} letzten Jahres", "im {month} {year}", "dieses Jahr",
        "letztes Jahr", "vor {n} Jahren", "{year}", ("zwei", "drei", "vier"),
    ),
    "pt": _Phrases(
        "hoje", "ontem", "há alguns dias", "na semana passada", "há {n} semanas", "neste mês", "no mês passado",
        "em {month}", "em {month} passado", "em {month} do ano passado", "em {month} de {year}", "neste ano",
        "no ano passado", "há {n} anos", "em {year}", ("duas", "três", "quatro"),
    ),
    "it": _Phrases(
        "oggi", "ieri", "qualche giorno fa", "la settimana scorsa", "{n} settimane fa", "questo mese",
        "il mese scorso", "a {month}", "lo scorso {month}", "a {month} dell'anno scorso", "nel {month} del {year}",
        "quest'anno", "l'anno scorso", "{n} anni fa", "nel {year}", ("due", "tre", "quattro"),
    ),
    "nl": _Phrases(
        "vandaag", "gisteren", "een paar dagen geleden", "vorige week", "{n} weken geleden", "deze maand", "vorige maand",
        "in {month}", "afgelopen {month}", "in {month} van vorig jaar", "in {month} {year}", "dit jaar",
        "vorig jaar", "{n} jaar geleden", "in {year}", ("twee", "drie", "vier"),
    ),
    "ja": _Phrases(
        "今日", "昨日", "先日", "先週", "{n}週間ほど前", "今月", "先月", "今年の{month}", "昨年の{month}", "昨年の{month}",
        "{year}年{month}", "今年", "昨年", "{n}年前", "{year}年", ("2", "3", "4"),
    ),
}  # fmt: skip

LANGUAGES = frozenset(_PHRASES)


def ago(met: PartialDate, today: date, language: str) -> str:
    """``met`` as an adverbial of ``language`` ("last July"); ValueError for a date after today or a strange language.

    Days are never named, seasons neither (they differ between the hemispheres). A year alone gives a year: the words
    "two years ago" are for a difference of two calendar years, where they are as exact as what is known.
    """
    if language not in _PHRASES:
        raise ValueError(f"no dates in words for {language!r}")
    if met.value > today:
        raise ValueError(f"{met} is after {today.isoformat()}")
    phrases = _PHRASES[language]
    if met.precision == "year":
        return _in_years(phrases, met.value, today)
    if met.precision == "day" and (words := _in_days(phrases, met.value, today)):
        return words
    return _in_months(phrases, met.value, today, language)


def _in_days(phrases: _Phrases, met: date, today: date) -> str:
    """Up to four weeks: closer than a month's name tells; "" from there on."""
    days = (today - met).days
    if days < 2:
        return phrases.yesterday if days else phrases.today
    if days < 7:
        return phrases.few_days
    if days > 26:
        return ""
    weeks = (days + met.weekday()) // 7  # weeks of the calendar, from Monday to Monday
    return phrases.last_week if weeks < 2 else phrases.weeks.format(n=phrases.numbers[weeks - 2])


def _in_months(phrases: _Phrases, met: date, today: date, language: str) -> str:
    years = today.year - met.year
    months = years * 12 + today.month - met.month
    month = _month_name(met.month, language)
    if months < 2:
        return phrases.last_month if months else phrases.this_month
    if not years:
        form = phrases.month_this_year
    elif months < 12:
        form = phrases.month_past_year
    else:
        form = phrases.month_last_year if years == 1 else phrases.month_of
    return _elided(form.format(month=month, year=met.year), language)


def _in_years(phrases: _Phrases, met: date, today: date) -> str:
    years = today.year - met.year
    if years < 2:
        return phrases.last_year if years else phrases.this_year
    if years == 2:
        # "anos" and "años" are masculine where "semanas" are feminine: Portuguese says dois, not duas.
        return phrases.years_ago.format(n="dois" if phrases is _PHRASES["pt"] else phrases.numbers[0])
    return phrases.year.format(year=met.year)


@lru_cache
def _month_name(month: int, language: str) -> str:
    from babel.dates import get_month_names  # noqa: PLC0415 - late, for a quick start

    return str(get_month_names("wide", context="format", locale=language)[month])


def _elided(text: str, language: str) -> str:
    """Italian "ad aprile", "nell'agosto del 2024", "lo scorso ottobre"."""
    return re.sub(r"^nel (?=[aeiou])", "nell'", re.sub(r"^a (?=a)", "ad ", text)) if language == "it" else text
