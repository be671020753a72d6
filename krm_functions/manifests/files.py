"""Names and keys of an app's files in its ConfigMap and Secret."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.model import App

_KEY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


def file_key(path: str) -> str:
    """Return the key of a file: its path with ``_`` for ``/``, and a hash where the path cannot be read back from it.

    A key has at most 253 letters, digits, ``-``, ``_`` and ``.``, and does not begin with two dots.
    """
    name = path.strip("/").replace("/", "_")[-200:].lstrip(".")
    key = "".join(character if character in _KEY else "-" for character in name)
    return key if "/" + key.replace("_", "/") == path else f"{key}-{_digest(path)}"


def config_map_name(app: App) -> str:
    """Return the name of the ConfigMap, which changes with its content."""
    content = sorted(f"{file.path}\0{file.text}" for file in app.files if not file.secret)
    return f"{app.id}-files-{_digest(chr(0).join(content))}"


def secret_files(app: App) -> str:
    """Return the name of the Secret with the app's secret files."""
    return f"{app.id}-files"


def _digest(text: str) -> str:
    from hashlib import sha256  # noqa: PLC0415  (most apps have no files)

    return sha256(text.encode()).hexdigest()[:10]
