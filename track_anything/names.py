"""Names of files from texts that people wrote."""

import unicodedata


def plain(text: str) -> str:
    """The text with ``_`` for every sign that file systems may trip over; letters of any script stay."""
    return "".join(sign if _is_of_a_word(sign) or sign in "._- " else "_" for sign in text)


def _is_of_a_word(sign: str) -> bool:
    """Letters, digits, and the marks that many scripts write beside or above a letter."""
    return sign.isalnum() or unicodedata.category(sign).startswith("M")
