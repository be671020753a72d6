"""What other programs say, without what nobody may read in a condition or a log."""

from __future__ import annotations

import os
import re

from krm_functions.documents import yaml
from krm_functions.documents.tree import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Final

_MASK: Final = "***"
_FEWEST: Final = 4
"""Characters of a value that is masked: shorter ones are words of any message."""
_SECRET_NAMES: Final = re.compile(r"(?i)token|passw|secret|credential|key|auth")
_QUOTED: Final = re.compile(r"(patch from \[|with config: `).*?(\](?=\s|$)|`:)", re.DOTALL)
"""kustomize 5 repeats a patch that it cannot parse, and a transformer's config, whatever is in them."""
_USER: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)[^/@\s]+@")


def hidden(text: str, folder: str, environ: Mapping[str, str]) -> str:
    """Return a text without credentials of URLs, of the environment, and of Secrets below the folder."""
    text = _USER.sub(rf"\1{_MASK}@", _QUOTED.sub(rf"\1{_MASK}\2", text))
    for value in sorted({*_held(environ), *_written(folder)}, key=len, reverse=True):
        text = text.replace(value, _MASK)
    return text


def _held(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if len(value) >= _FEWEST and _SECRET_NAMES.search(name) and not os.path.exists(value):
            yield value


def _written(folder: str) -> Iterator[str]:
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name)
            if name.endswith((".yaml", ".yml")) and os.path.isfile(path):
                for document in _documents(path):
                    yield from _values(document)


def _documents(path: str) -> list[Any]:
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return list(yaml.read(stream.read(MAX_BYTES)).documents)
    except (OSError, UnicodeDecodeError):
        return []


def _values(document: Any) -> Iterator[str]:
    if isinstance(document, dict) and document.get("kind") == "Secret":
        for field in ("data", "stringData"):
            values = document.get(field)
            for value in values.values() if isinstance(values, dict) else ():
                for line in str(value).splitlines():
                    if len(line.strip()) >= _FEWEST:
                        yield line.strip()
