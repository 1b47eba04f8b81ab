"""The things that a phrase names."""

from track_anything.errors import InputError


def things_in(phrase: str) -> list[str]:
    """The things of a phrase, parted by commas, each once; InputError when there is none."""
    things = [" ".join(part.split()) for part in phrase.split(",") if part.strip()]
    if not things:
        raise InputError("nothing is named to look for: give a word, for example person")
    return list(dict.fromkeys(things))
