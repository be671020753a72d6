"""The Helm 4 plugin: a folder with a plugin.yaml and a launcher, which `helm plugin install` takes."""

from __future__ import annotations

import os
import shlex
import sys

from krm_functions import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LAUNCHER: Final = "post-render"
_PLUGIN: Final = f"""\
# written by 'tenantspec plugins helm'; again after an upgrade
apiVersion: v1
type: postrenderer/v1
name: tenantspec
version: {__version__}
runtime: subprocess
runtimeConfig:
  platformCommand:
  - command: ${{HELM_PLUGIN_DIR}}/{LAUNCHER}
"""


def write(folder: str) -> list[str]:
    """Write the plugin's two files and return their paths.

    Raises:
        OSError: the folder cannot be written.

    """
    start = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m krm_functions post-render "$@"\n'
    os.makedirs(folder, exist_ok=True)
    return [
        _written(os.path.join(folder, LAUNCHER), start, 0o755),
        _written(os.path.join(folder, "plugin.yaml"), _PLUGIN, 0o644),
    ]


def _written(path: str, text: str, mode: int) -> str:
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    finally:
        if os.path.lexists(temporary):
            os.remove(temporary)
    return path
