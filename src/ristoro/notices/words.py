"""Figures as words that no reader turns into a link.

A day is written as people say it where that is exact ("the end of February"), else with a noun
between the number and the month ("the 14th day of June"), and its year after a comma: detectors
know neither. Sizes are in the provider's units: a GB here is 2**30 bytes, as the holder sees it in
the webmail.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from ristoro.kernel.money import MINOR_DIGITS

MONTHS = {
    "it": (
        *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
        *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

_COUNTS = {
    "it": ("", "un", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci"),
    "en": ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
_NOUNS = {
    ("it", "months"): ("mese", "mesi"),
    ("it", "days"): ("giorno", "giorni"),
    ("en", "months"): ("month", "months"),
    ("en", "days"): ("day", "days"),
}
_COINS = {
    ("it", "EUR"): ("euro", "euro", "centesimo", "centesimi"),
    ("it", "GBP"): ("sterlina", "sterline", "penny", "penny"),
    ("it", "USD"): ("dollaro", "dollari", "centesimo", "centesimi"),
    ("it", "CHF"): ("franco svizzero", "franchi svizzeri", "centesimo", "centesimi"),
    ("it", "JPY"): ("yen", "yen", "", ""),
    ("en", "EUR"): ("euro", "euros", "cent", "cents"),
    ("en", "GBP"): ("pound", "pounds", "penny", "pence"),
    ("en", "USD"): ("dollar", "dollars", "cent", "cents"),
    ("en", "CHF"): ("Swiss franc", "Swiss francs", "centime", "centimes"),
    ("en", "JPY"): ("yen", "yen", "", ""),
}
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_UNITS = (("TB", 2**40), ("GB", 2**30), ("MB", 2**20), ("KB", 2**10))


def size(bytes_: int, lang: str) -> str:
    """``1,2 GB``: in the largest unit of which it is one or more, halves up, four digits at most.

    Hundredths below 100 units, tenths below 1,000: more digits pass for a telephone number.
    1,288,490,189 bytes are 1.2 GB. What is exact is the grant; this is how a person says it.
    """
    for name, unit in _UNITS:
        hundredths = (200 * bytes_ + unit) // (2 * unit)
        if hundredths >= 100 or name == "KB":
            break
    step = 1 if hundredths < 10_000 else 10 if hundredths < 100_000 else 100
    whole, part = divmod((2 * hundredths + step) // (2 * step) * step, 100)
    text = f"{whole}.{part:02}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',') if lang == 'it' else text} {name}"


def day(value: date, lang: str) -> str:
    """``l'ultimo giorno di febbraio, nel 2024``; ``il 14 del mese di giugno, nel 2023``."""
    if lang == "it":
        named = f"l'ultimo giorno di {_month(value, lang)}" if _ends_month(value) else None
        return f"{named or _day_of_month(value, lang)}, nel {value.year}"
    named = f"the end of {_month(value, lang)}" if _ends_month(value) else None
    return f"{named or _day_of_month(value, lang)}, in {value.year}"


def up_to(value: date, lang: str, year: int) -> str:
    """``fino alla fine di aprile``; ``fino al 14 del mese di giugno compreso``.

    The year is said where it is not the one that the letter speaks of.
    """
    when = "" if value.year == year else f", {'nel' if lang == 'it' else 'in'} {value.year}"
    if _ends_month(value):
        end = "fino alla fine di" if lang == "it" else "until the end of"
        return f"{end} {_month(value, lang)}{when}"
    if lang == "it":
        named = _day_of_month(value, lang)
        to = f"all'{named[2:]}" if named.startswith("l'") else f"al {named[3:]}"
        return f"fino {to} compreso{when}"
    return f"up to and including {_day_of_month(value, lang)}{when}"


def month_span(first: date, last: date, lang: str) -> str:
    """``di gennaio, nel 2023``, or from one month to another; it follows the outage's name."""
    start, end, into = _month(first, lang), _month(last, lang), "nel" if lang == "it" else "in"
    if (first.year, first.month) == (last.year, last.month):
        return f"{'di' if lang == 'it' else 'of'} {end}, {into} {last.year}"
    if first.year != last.year:
        start = f"{start}, {into} {first.year},"
    if lang == "it":
        return f"tra {start} e {end}, nel {last.year}"
    return f"between {start} and {end}, in {last.year}"


def _month(value: date, lang: str) -> str:
    return MONTHS[lang][value.month - 1]


def _ends_month(value: date) -> bool:
    return value.day == monthrange(value.year, value.month)[1]


def _day_of_month(value: date, lang: str) -> str:
    if lang == "it":
        article = "l'" if value.day in (8, 11) else "il "
        number = "primo" if value.day == 1 else value.day
        return f"{article}{number} del mese di {_month(value, lang)}"
    ending = "th" if value.day in (11, 12, 13) else _ORDINALS.get(value.day % 10, "th")
    return f"the {value.day}{ending} day of {_month(value, lang)}"


def money(minor: int, currency: str, lang: str) -> str:
    """``19 euro e 99 centesimi``: no mark between digits, which detectors take for numbers."""
    one, many, small_one, small_many = _COINS[lang, currency]
    whole, part = divmod(minor, 10 ** MINOR_DIGITS[currency])
    pieces = []
    if whole or not part:
        pieces.append(f"{whole} {one if whole == 1 else many}")
    if part:
        pieces.append(f"{part} {small_one if part == 1 else small_many}")
    return (" e " if lang == "it" else " and ").join(pieces)


def count(number: int, noun: str, lang: str) -> str:
    """``sei mesi``, ``un giorno``, ``45 giorni``: ``noun`` is ``months`` or ``days``."""
    words = _COUNTS[lang]
    text = words[number] if 0 < number < len(words) else str(number)
    return f"{text} {_NOUNS[lang, noun][number != 1]}"
