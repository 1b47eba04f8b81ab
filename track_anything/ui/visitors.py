"""Telling visitors apart, so that none takes what is there for all; there are no accounts."""

import hashlib
import hmac
import secrets

_NONCE_BYTES = 12


class Visitors:
    """A visitor is known by a cookie that this server has signed; newcomers by where they come from.

    Who throws the cookie away is a newcomer again, and shares with all newcomers of the same address.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def cookie(self) -> str:
        """A cookie for a newcomer."""
        nonce = secrets.token_hex(_NONCE_BYTES)
        return f"{nonce}.{self._signature(nonce)}"

    def name(self, cookie: str | None, address: str) -> str:
        """What a visitor is called in the books of the server."""
        nonce, _, signature = (cookie or "").partition(".")
        is_known = hmac.compare_digest(signature.encode(), self._signature(nonce).encode())
        return nonce if is_known else f"newcomer from {address}"

    def _signature(self, nonce: str) -> str:
        return hmac.new(self._secret, nonce.encode(errors="replace"), hashlib.sha256).hexdigest()
