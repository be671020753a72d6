"""The KRM function: a ResourceList on stdin, one on stdout, words on stderr, as kustomize and kpt call it.

https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md.
kustomize parses stdout before it looks at the exit code: it is one valid list, or nothing at all.
"""

from __future__ import annotations

import gc
import os
import sys

from krm_functions import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

    from krm_functions.functions.run import Result


def main(version: str = __version__) -> NoReturn:
    """Answer one call; a launcher of another version is refused rather than half right."""
    gc.disable()  # a process of milliseconds
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(__version__ + "\n")
        sys.exit(0)
    if version != __version__:
        sys.stderr.write(
            f"error[TS904]: this launcher was installed by tenantspec {version}, this is {__version__}\n"
            "   = help: run 'tenantspec plugins install --exec FILE'\n"
        )
        sys.exit(1)
    from krm_functions.krm.items import MAX_BYTES  # noqa: PLC0415

    result = call(b"" if sys.stdin.isatty() else sys.stdin.buffer.read(MAX_BYTES + 1), os.getcwd())
    sys.stdout.buffer.write(result.stdout)
    sys.stdout.buffer.flush()
    sys.stderr.write(result.stderr)
    sys.stderr.flush()
    os._exit(result.code)  # nothing is left to clean up


def call(wire: bytes, folder: str) -> Result:
    """Answer a ResourceList; on failure its items come back as they are, with results that say why."""
    from krm_functions.diagnostics import Diagnostic  # noqa: PLC0415
    from krm_functions.functions.run import Result, nearest, said  # noqa: PLC0415
    from krm_functions.functions.streamed import unread  # noqa: PLC0415
    from krm_functions.functions.transform import transform  # noqa: PLC0415
    from krm_functions.krm.items import WireError  # noqa: PLC0415
    from krm_functions.krm.resourcelist import read, write  # noqa: PLC0415

    try:
        listed = read(wire)
    except WireError as error:
        return Result(b"", said(nearest(folder), [unread(error)]), 1)
    if listed.config is None:
        help_ = "kustomize and kpt put the document that names the function there"
        problem = Diagnostic("TS913", "the ResourceList has no functionConfig", help=help_)
        return Result(b"", said(nearest(folder), [problem]), 1)
    outcome = transform(listed.config, listed.items, folder)
    text = said(outcome.root, outcome.diagnostics)
    results: Sequence[Mapping[str, object]] = ()
    if outcome.diagnostics:
        from krm_functions.functions.results import results_of  # noqa: PLC0415  (a clean run has none)

        results = results_of(outcome.root, outcome.diagnostics, listed.items)
    if outcome.failed:
        return Result(write(listed, results=results), text, 1)
    return Result(write(listed, outcome.dropped, outcome.added, results), text, 0)
