"""In process: `tenantspec render` and `build` need nothing but Python."""

from __future__ import annotations

import os
import platform
import sys

from krm_functions import __version__
from krm_functions.functions.doctor.finding import Finding, State


def in_process() -> Finding:
    """Return the interpreter and the package that answer: whoever can ask has both."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    python = f"Python {platform.python_version()} ({os.path.realpath(sys.executable)})"
    return Finding(State.WORKS, f"tenantspec {__version__} ({package}), {python}")
