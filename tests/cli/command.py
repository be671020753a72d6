"""Calls of the command, and what they leave behind."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tests import tools
from tests.conftest import TENANTSPEC

COMMAND: Final = (sys.executable, "-c", TENANTSPEC)
WEB: Final = "tenants/team-a/apps/web"
OVERLAY: Final = f"{WEB}/overlays/dev"


class Answer(NamedTuple):
    """What a call said: its exit code and both streams."""

    code: int
    stdout: str
    stderr: str

    def fine(self) -> Answer:
        """Return itself if the call succeeded."""
        assert self.code == 0, self.stderr
        return self

    def refused(self, *codes: str) -> Answer:
        """Return itself if the call ended with these diagnostics, in this order, and nothing on stdout."""
        told = [line[6:11] for line in self.stderr.splitlines() if line.startswith("error[")]
        assert (self.code, told, self.stdout) == (1, list(codes), ""), self
        assert "Traceback" not in self.stderr
        return self


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a call: no kustomize but the pinned one, no home but its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KUSTOMIZE", "XDG_", "_TENANTSPEC"))}
    return {**kept, "PYTHONPATH": tools.ROOT, "KUSTOMIZE": tools.kustomize(), "NO_COLOR": "1", **changes}


def tenantspec(*arguments: str, cwd: str, env: Mapping[str, str] | None = None) -> Answer:
    """Call the command in a folder, in a pipe and without a terminal."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment() if env is None else env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def on_terminal(*arguments: str, cwd: str, env: Mapping[str, str] | None = None) -> Answer:
    """Call the command with a terminal for stderr; stdout goes to a file."""
    ours, theirs = pty.openpty()
    with (
        tempfile.TemporaryFile("w+") as stdout,
        subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=cwd,
            env=environment() if env is None else env,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=theirs,
        ) as process,
    ):
        os.close(theirs)
        shown = b"".join(_blocks(ours))
        code = process.wait()
        stdout.seek(0)
        return Answer(code, stdout.read(), shown.decode())


def _blocks(terminal: int) -> Iterator[bytes]:
    """Yield what a terminal shows until its other end is closed, which Linux calls an error."""
    with open(terminal, "rb", buffering=0) as stream, contextlib.suppress(OSError):
        while block := stream.read(4096):
            yield block
