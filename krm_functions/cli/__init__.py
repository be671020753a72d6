"""The command: parses, calls, prints. No rule of the estate lives here, and click lives nowhere else."""

from __future__ import annotations

from krm_functions.cli.main import main

__all__ = ["main"]
