"""The plugin-home transport: kustomize runs a launcher with the config's path, cwd the kustomization.

See the exec plugins of kustomize 5: argv[1] is the config, stdin is empty for a generator, what is
printed is the result, and stderr is shown only when the exit code is not 0.
"""

from __future__ import annotations

import gc
import sys

from krm_functions import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.functions.own import Own


def main(version: str, own: Own | None = None) -> None:
    """Answer kustomize, by somebody's own function where there is one; a launcher of another version is refused rather than half right."""
    gc.disable()  # a process of milliseconds
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(__version__ + "\n")
        sys.exit(0)
    if version != __version__:
        _fail(f"the plugin home was installed by tenantspec {version}, this is {__version__}")
    if len(sys.argv) < 2:
        _fail("kustomize passes the config's path as the first argument; there is none")
    from krm_functions.functions.run import run  # noqa: PLC0415

    with open(sys.argv[1], encoding="utf-8") as stream:
        result = run(stream.read(), _folder(), own, _items)
    sys.stdout.buffer.write(result.stdout)
    sys.stdout.buffer.flush()
    sys.stderr.write(result.stderr)
    sys.stderr.flush()
    _leave(result.code)


def _items() -> bytes:
    """Return what kustomize writes to stdin; a person who tries a launcher in a terminal writes nothing."""
    from krm_functions.krm.items import MAX_BYTES  # noqa: PLC0415

    return b"" if sys.stdin.isatty() else sys.stdin.buffer.read(MAX_BYTES + 1)


def _folder() -> str:
    import os  # noqa: PLC0415

    return os.environ.get("KUSTOMIZE_PLUGIN_CONFIG_ROOT") or os.getcwd()


def _leave(code: int) -> None:
    import os  # noqa: PLC0415

    os._exit(code)  # nothing is left to clean up


def _fail(message: str) -> None:
    sys.stderr.write(f"error[TS904]: {message}\n   = help: run 'tenantspec plugins install'\n")
    sys.exit(1)
