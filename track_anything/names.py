"""Names of files from texts that people wrote."""


def plain(text: str) -> str:
    """The text with ``_`` for every sign that file systems may trip over; letters of any script stay."""
    return "".join(sign if sign.isalnum() or sign in "._- " else "_" for sign in text)
