"""The pure core: a functionConfig and the folder it stands in → bytes for stdout, text for stderr, exit code."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Collector, Diagnostic, Place, Severity, TenantspecError
from krm_functions.documents import yaml
from krm_functions.documents.tree import Tree, find_root
from krm_functions.estate.estate import Estate
from krm_functions.functions.folder import check_folder
from krm_functions.functions.printing import printed
from krm_functions.functions.table import TRANSFORMERS, function
from krm_functions.names import did_you_mean
from krm_functions.records import Record
from krm_functions.spec.functions import FUNCTIONS, TRANSFORMERS as TRANSFORMER_MODELS
from krm_functions.spec.load import Specs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from krm_functions.functions.own import Own
    from krm_functions.functions.table import Function
    from krm_functions.manifests.base import Manifest
    from krm_functions.spec.scalars import Written


class Result(Record):
    """What a function gives back; stdout is empty whenever the exit code is not 0."""

    stdout: bytes
    stderr: str
    code: int


def run(config: str, folder: str, own: Own | None = None, stdin: Callable[[], bytes] = bytes) -> Result:
    """Run the function that a config names, or somebody's own, for the kustomization in ``folder``.

    ``stdin`` gives the items as a stream of documents; a generator has none.
    """
    items = stdin()
    if items and not items.isspace():
        from krm_functions.functions.streamed import transformed  # noqa: PLC0415  (a generator has none)

        return transformed(config, items, folder, own)
    root = nearest(folder)
    try:
        written = decoded(config, place_of(root, folder), own)
        root = root_of(written, folder)
        if own is None and written["kind"] in TRANSFORMERS:
            judge(Tree(root), written, place_of(root, folder), ())
            return Result(b"", "", 0)
        answer = own.answer if own else None
        manifests, notes = expand(Tree(root), written, place_of(root, folder), answer)
        return Result(printed(manifests).encode(), said(root, notes), 0)
    except TenantspecError as error:
        return Result(b"", said(root, error.diagnostics), 1)


def judge(tree: Tree, config: Written, place: Place, items: Sequence[Any]) -> None:
    """Hold items against the estate; they stay as they are.

    Raises:
        TenantspecError: one of them is refused.

    """
    from krm_functions.functions.table import transformer  # noqa: PLC0415  (a generator judges none)

    estate = Estate(Specs(tree), place)
    transformer(config["kind"])(estate, config, items)
    estate.out.raise_if_failed()


def expand(
    tree: Tree, config: Written, place: Place, answer: Function | None = None
) -> tuple[list[Manifest], list[Diagnostic]]:
    """Return the manifests of a config, and what is worth saying although nothing is wrong.

    Raises:
        TenantspecError: something is wrong; nothing is returned then.

    """
    estate = Estate(Specs(tree), place)
    check_folder(config, place, estate.out)
    estate.out.raise_if_failed()
    manifests = list((answer or function(config["kind"]))(estate, config))
    estate.out.raise_if_failed()
    check_identities(manifests)
    return manifests, [d for d in estate.out.diagnostics if d.severity is not Severity.ERROR]


def check_identities(manifests: Iterable[Manifest]) -> None:
    """Refuse two objects of one identity: kustomize would, without saying where they come from.

    Raises:
        TenantspecError: two of them are one (TS410).

    """
    seen: set[tuple[str, str, str, str]] = set()
    clashes = []
    for manifest in manifests:
        metadata = manifest["metadata"]
        group = manifest["apiVersion"].rpartition("/")[0]
        identity = (group, manifest["kind"], metadata.get("namespace", ""), metadata["name"])
        if identity in seen:
            names = "/".join(part for part in identity[1:] if part)
            clashes.append(
                Diagnostic("TS410", f"two objects are called {names}", help="rename one of what they are for")
            )
        seen.add(identity)
    if clashes:
        raise TenantspecError(clashes)


def decoded(text: str, place: Place, own: Own | None = None) -> Written:
    """Return a functionConfig as values; positions are the kustomization's, since kustomize wrote this text.

    Raises:
        TenantspecError: it breaks its model, or no function answers it.

    """
    models = {own.kind: own.model} if own else {**FUNCTIONS, **TRANSFORMER_MODELS}
    parsed = yaml.read(text)
    out = Collector()
    for problem in parsed.problems:
        out.error(problem.code, problem.message, place)
    document = parsed.documents[0] if len(parsed.documents) == 1 else None
    if not out.failed and not isinstance(document, dict):
        out.error("TS110", f"a function config is one mapping, not {len(parsed.documents)} documents", place)
    kind = document.get("kind") if isinstance(document, dict) else None
    if not out.failed and str(kind) not in models:
        help_ = did_you_mean(str(kind), models) or "known: " + ", ".join(models)
        out.error("TS903", f"no function answers the kind {kind}", place.at("kind"), help=help_)
    if not out.failed and isinstance(document, dict):
        models[str(kind)].check(document, place, out)
    if out.failed or not isinstance(document, dict):
        raise TenantspecError(out.diagnostics)
    return document


def root_of(config: Written, folder: str) -> str:
    """Return the root that a config names, else the nearest one above its folder.

    Raises:
        TenantspecError: there is none (TS901).

    """
    named = (config.get("spec") or {}).get("root")
    if not named:
        return find_root(folder)
    root = os.path.realpath(os.path.join(folder, named))
    if not os.path.isfile(os.path.join(root, "platform.yaml")):
        message = f"spec.root: no platform.yaml in {named}"
        raise TenantspecError(
            [Diagnostic("TS901", message, help="a path from the kustomization to the estate's root")]
        )
    return root


def nearest(folder: str) -> str:
    """Return the root above a folder, or the folder itself: what is wrong is placed below it."""
    try:
        return find_root(folder)
    except TenantspecError:
        return os.path.realpath(folder)


def place_of(root: str, folder: str) -> Place:
    """Return the place of a folder's kustomization."""
    file = os.path.relpath(os.path.join(os.path.realpath(folder), "kustomization.yaml"), root)
    return Place(file.replace(os.sep, "/"))


def said(root: str, diagnostics: Sequence[Diagnostic]) -> str:
    """Return diagnostics as a person reads them."""
    if not diagnostics:
        return ""
    from krm_functions.documents.report import text  # noqa: PLC0415  (a clean run prints nothing)

    return text(root, diagnostics)
