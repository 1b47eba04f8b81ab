"""The names that the server answers to."""

from collections.abc import Collection

from track_anything.errors import InputError

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_NO_NAME = frozenset("/\\@*?#, \t\n")


def is_local(host: str) -> bool:
    """Whether a server bound to this address is reached from its own machine alone."""
    return host.lower() in LOCAL_NAMES


def served_names(host: str, allowed: Collection[str]) -> frozenset[str]:
    """The host names, in small letters, that requests may name.

    A page of another site can point its own name at this machine (DNS rebinding), so no server answers to
    every name: one that other machines reach has to be told what they call it.

    Args:
        host: the address that the server is bound to.
        allowed: further names, without port.

    Raises:
        InputError: other machines are let in and no name is given, or what is given is no name.
    """
    names = {name.lower().removeprefix("[").removesuffix("]").removesuffix(".") for name in allowed}
    for name in names:
        has_port = name.count(":") == 1
        if not name or has_port or _NO_NAME & set(name):
            raise InputError(
                f"--allow-host {name!r} is no host name: give a name or an address, without port"
            )
    if not names and not is_local(host):
        raise InputError(
            f"--host {host} lets other machines in: say by --allow-host NAME which name or address they use "
            "for this one (may be repeated)"
        )
    return LOCAL_NAMES | names
