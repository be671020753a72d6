"""The Unix socket between the repo-server and the plugin's server, with a count of what passes."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from types import TracebackType
from typing import Self

CHUNK = 2**16


class Wire:
    """Passes every byte on as it comes: the bytes are those of the real programs, and so is what they cost."""

    def __init__(self, front: str, behind: str) -> None:
        self.sent = 0
        self._behind = behind
        self._front = front
        self._listener = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        """Listen where the repo-server looks for the plugin."""
        self._listener.bind(self._front)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no longer; connections end with the programs that hold them."""
        self._listener.close()
        os.remove(self._front)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(self._behind)
                except OSError:
                    client.close()
                    server.close()
                    continue
                for source, target, counted in ((client, server, True), (server, client, False)):
                    pump = threading.Thread(target=self._pump, args=(source, target, counted), daemon=True)
                    pump.start()

    def _pump(self, source: socket.socket, target: socket.socket, counted: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK):
                self.sent += len(chunk) if counted else 0
                target.sendall(chunk)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
