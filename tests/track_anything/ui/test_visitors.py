"""Visitors are known by their cookie, newcomers by their address."""

from track_anything.ui.visitors import Visitors


def test_who_shows_a_cookie_of_this_server_is_known_wherever_he_comes_from() -> None:
    visitors = Visitors()
    one, other = visitors.cookie(), visitors.cookie()
    assert visitors.name(one, "10.0.0.1") == visitors.name(one, "10.0.0.2")
    assert visitors.name(one, "10.0.0.1") != visitors.name(other, "10.0.0.1")


def test_newcomers_and_forgers_are_known_by_their_address() -> None:
    visitors = Visitors()
    newcomer = visitors.name(None, "10.0.0.1")
    assert visitors.name(None, "10.0.0.2") != newcomer
    nonce, _, signature = visitors.cookie().partition(".")
    forged = (
        "",
        ".",
        "x",
        nonce,
        f"{nonce}.",
        f"x{nonce}.{signature}",
        "ü.ü",
        "\udce4.x",
        Visitors().cookie(),
    )
    for cookie in forged:
        assert visitors.name(cookie, "10.0.0.1") == newcomer
