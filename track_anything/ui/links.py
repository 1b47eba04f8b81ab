"""The links that the server prints: they open a project as long as the server runs."""

import hashlib
import secrets

_BYTES = 16  # 128 bits


class Links:
    """Which link opens which project; only hashes of their tokens are held."""

    def __init__(self) -> None:
        self._projects: dict[str, str] = {}

    def issue(self, project_id: str) -> str:
        """A path on the server that opens a project."""
        token = secrets.token_urlsafe(_BYTES)
        self._projects[_hash(token)] = project_id
        return f"open/{project_id}/{token}"

    def opens(self, project_id: str, token: str) -> bool:
        """Whether a token was issued for a project."""
        return self._projects.get(_hash(token)) == project_id


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
