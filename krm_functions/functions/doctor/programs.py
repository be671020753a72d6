"""Programs that are looked for and asked; none of them can make the command fail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 30
"""Seconds that a program may take to answer."""


class Answer(Record):
    """What a program said: exit code (-1 if it did not start or took too long), and both streams."""

    code: int
    stdout: str
    stderr: str

    def last_words(self) -> str:
        """Return the last line that says anything, for a sentence about a failure."""
        lines = [line.strip() for line in (self.stdout + "\n" + self.stderr).splitlines() if line.strip()]
        return lines[-1] if lines else f"exit code {self.code} and no word"


def on_path(name: str) -> str | None:
    """Return the path of a program, or None."""
    return shutil.which(name)


def ask(command: Sequence[str], temporary: str | None = None) -> Answer:
    """Run a program without input and return what it says; ``temporary`` takes the files that it leaves behind."""
    try:
        done = subprocess.run(  # noqa: S603
            command,
            env={**os.environ, "TMPDIR": temporary} if temporary else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(-1, "", str(error))
    return Answer(done.returncode, done.stdout, done.stderr)


def numbers(text: str) -> tuple[int, ...]:
    """Return the first version in a text as numbers; empty if there is none."""
    match = re.search(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(number) for number in match.groups() if number) if match else ()


def dotted(version: tuple[int, ...]) -> str:
    """Return a version as people write it."""
    return ".".join(map(str, version))


def write(folder: str, name: str, text: str, mode: int = 0o644) -> str:
    """Write a file of a trial and return its path."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.chmod(path, mode)
    return path
