"""An app's own patches: strategic merge or JSON6902, on its own objects only."""

from __future__ import annotations

from krm_functions.manifests.merge import merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from krm_functions.estate.model import Patch
    from krm_functions.manifests.base import Manifest


class PatchError(ValueError):
    """A patch that matches nothing or does not apply; ``number`` counts an app's patches from 0."""

    def __init__(self, number: int, message: str) -> None:
        self.number = number
        super().__init__(message)


def apply(patches: Iterable[Patch], manifests: list[Manifest]) -> list[Manifest]:
    """Return the manifests with each patch applied to what it targets.

    Raises:
        PatchError: a patch matches no object, changes nothing, or does not apply.

    """
    for patch in patches:
        manifests = _apply(patch, manifests)
    return manifests


def _apply(patch: Patch, manifests: list[Manifest]) -> list[Manifest]:
    body = _body(patch)
    result = [_patched(patch, body, m) if _matches(patch, m) else m for m in manifests]
    if not any(_matches(patch, m) for m in manifests):
        kinds = ", ".join(sorted({m["kind"] for m in manifests}))
        raise PatchError(
            patch.number, f"the patch matches no {patch.kind} {patch.name}".rstrip() + f"; there are: {kinds}"
        )
    if result == manifests:
        raise PatchError(patch.number, "the patch changes nothing")
    return result


def _matches(patch: Patch, manifest: Manifest) -> bool:
    return manifest["kind"] == patch.kind and patch.name in ("", manifest["metadata"]["name"])


def _body(patch: Patch) -> Any:
    if not isinstance(patch.body, str):
        return patch.body
    from krm_functions.documents.yaml import read  # noqa: PLC0415

    text = read(patch.body)
    if text.problems or len(text.documents) != 1 or not isinstance(text.documents[0], (dict, list)):
        raise PatchError(patch.number, "the patch is not one YAML mapping or list")
    return text.documents[0]


def _patched(patch: Patch, body: Any, manifest: Manifest) -> Manifest:
    try:
        return merge(manifest, body) if isinstance(body, dict) else json6902(body, manifest)
    except ValueError as error:
        raise PatchError(patch.number, f"the patch does not apply: {error}") from error


def json6902(body: list[Any], manifest: Manifest) -> Manifest:
    """Return a manifest with a JSON6902 patch applied; raises ValueError if it does not apply."""
    # RFC 6902; only an app with such a patch pays for the imports
    import jsonpatch  # noqa: PLC0415
    import jsonpointer  # noqa: PLC0415

    try:
        patched: Any = jsonpatch.JsonPatch(body).apply(manifest)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(patched, dict):
        raise ValueError("it replaces the whole object by something else")  # noqa: TRY004
    return patched


def touched(body: Any) -> list[str]:
    """Return the JSON pointers that a patch writes to."""
    if isinstance(body, list):
        return [str(step.get("path", "")) for step in body if isinstance(step, dict)]
    return list(_leaves(body, ""))


def _leaves(value: Any, above: str) -> Iterable[str]:
    if not isinstance(value, dict) or not value:
        return [above]
    return [leaf for key, item in value.items() for leaf in _leaves(item, f"{above}/{_escaped(key)}")]


def _escaped(key: str) -> str:
    """Return a key as one part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
