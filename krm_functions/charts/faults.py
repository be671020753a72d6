"""What is wrong with a chart, with its code and the way out; the caller knows where the chart was asked for."""

from __future__ import annotations


class ChartError(Exception):
    """A chart that cannot be used: a code, a sentence that names it, and the way out."""

    def __init__(self, code: str, message: str, help: str) -> None:  # noqa: A002
        self.code, self.message, self.help = code, message, help
        super().__init__(f"{code} {message}")
