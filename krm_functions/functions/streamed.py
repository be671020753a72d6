"""The plugin home under transformers: items come as a stream of documents, and go as one."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place
from krm_functions.functions.run import Result, nearest, said
from krm_functions.functions.transform import transform
from krm_functions.krm.items import WireError, stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.functions.own import Own
    from krm_functions.krm.items import Item


def transformed(config: str, items: bytes, folder: str, own: Own | None = None) -> Result:
    """Return the stream behind a function: items that stay are the text they were."""
    try:
        (asked,) = stream(config.encode())
        given = stream(items)
    except (WireError, ValueError) as error:
        return Result(b"", said(nearest(folder), [unread(error)]), 1)
    outcome = transform(asked, given, folder, own)
    text = said(outcome.root, outcome.diagnostics)
    if outcome.failed:
        return Result(b"", text, 1)
    if not outcome.dropped and not outcome.added:
        return Result(items, text, 0)
    gone = set(outcome.dropped)
    kept = [_ended(item) for number, item in enumerate(given) if number not in gone]
    return Result("---\n".join([*kept, *(new for _, new in outcome.added)]).encode(), text, 0)


def _ended(item: Item) -> str:
    return item.text if item.text.endswith("\n") else f"{item.text}\n"


def unread(error: ValueError, place: Place | None = None) -> Diagnostic:
    """Return what is wrong with an input that cannot be read (TS910)."""
    where = f" (line {error.line}, column {error.column})" if isinstance(error, WireError) else ""
    help_ = "a function is called by kustomize or kpt, with a ResourceList or a stream of objects"
    return Diagnostic("TS910", f"cannot read what stands on stdin: {error}{where}", place, help=help_)
