"""Temporary folders, which a container with a read-only file system may not have."""

from __future__ import annotations

import tempfile

from krm_functions.diagnostics import Diagnostic, TenantspecError


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a new folder that is gone with its block.

    Raises:
        TenantspecError: there is nowhere to make one (TS928).

    """
    try:
        return tempfile.TemporaryDirectory(prefix="tenantspec-")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        help_ = "set TMPDIR to a folder that can be written; a container gets one with --tmpfs /tmp"
        raise TenantspecError([Diagnostic("TS928", f"no temporary folder: {reason}", help=help_)]) from error
