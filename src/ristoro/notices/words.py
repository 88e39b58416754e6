"""Figures as words that no reader turns into a link.

A day is written with a noun before each part ("day 29, month of February, year 2024"): exact, and
nothing that a date detector knows. Sizes are in the provider's units: a GB here is 2**30 bytes,
as the holder sees it in the webmail.
"""

from __future__ import annotations

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
    """``giorno 29, mese di febbraio, anno 2024``."""
    month = MONTHS[lang][value.month - 1]
    if lang == "it":
        return f"giorno {value.day}, mese di {month}, anno {value.year}"
    return f"day {value.day}, month of {month}, year {value.year}"


def month_span(first: date, last: date, lang: str) -> str:
    """``nel mese di gennaio, anno 2023``, or from one month to another."""
    months, year = MONTHS[lang], "anno" if lang == "it" else "year"
    start, end = months[first.month - 1], f"{months[last.month - 1]}, {year} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"nel mese di {end}" if lang == "it" else f"in the month of {end}"
    if first.year != last.year:
        start = f"{start}, {year} {first.year},"
    if lang == "it":
        return f"tra il mese di {start} e quello di {end}"
    return f"between the month of {start} and that of {end}"


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
