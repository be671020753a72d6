"""Runs of the image as an untrusting platform team runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Final, NamedTuple

from tests import tools

image_builder: Final = tools.script("image")
CONFINED: Final = ("--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
NOBODY: Final = "nobody"


class Run(NamedTuple):
    """What a container said."""

    code: int
    stdout: bytes
    stderr: str

    def fine(self) -> Run:
        """Return itself if it succeeded."""
        assert self.code == 0, self.stderr
        return self


class Container(NamedTuple):
    """An image to run; each run is a container of its own, gone afterwards."""

    image: str

    def __call__(
        self,
        *arguments: str,
        flags: Sequence[str] = (),
        estate: str = "",
        user: str = NOBODY,
        stdin: bytes = b"",
    ) -> Run:
        """Run it, with an estate mounted read-only where the command looks for one."""
        mount = [f"--volume={estate}:/estate:ro"] if estate else []
        command = ["docker", "run", "--rm", "--interactive", f"--user={user}", *CONFINED, *mount, *flags]
        done = subprocess.run(
            [*command, self.image, *arguments], input=stdin, capture_output=True, check=False
        )
        return Run(done.returncode, done.stdout, done.stderr.decode())
