"""One object as built, and the cluster or hub that it goes to."""

from __future__ import annotations

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Manifest = dict[str, Any]


class Built(Record):
    """A manifest; ``target`` is its cluster or hub, ``file`` the kustomization that gives it ("" if none)."""

    target: str
    file: str
    manifest: dict[str, Any]

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.manifest.get("kind", ""))

    @property
    def name(self) -> str:
        """Its name."""
        return str((self.manifest.get("metadata") or {}).get("name", ""))

    @property
    def namespace(self) -> str:
        """Its namespace; empty for what has none."""
        return str((self.manifest.get("metadata") or {}).get("namespace", ""))

    @property
    def group(self) -> str:
        """Its API group; empty for the core group."""
        return str(self.manifest.get("apiVersion", "")).rpartition("/")[0]

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return dict((self.manifest.get("metadata") or {}).get("labels") or {})

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec, or an empty mapping."""
        found = self.manifest.get("spec")
        return found if isinstance(found, dict) else {}

    def __str__(self) -> str:
        """Return kind/namespace/name, as a person finds it."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the mappings of a list; whatever else stands there is for the API server to refuse."""
    yield from (item for item in (value if isinstance(value, list) else ()) if isinstance(item, dict))


def mapping(value: Any) -> dict[str, Any]:
    """Return a mapping as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}
