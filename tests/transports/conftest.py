"""The image and the engine that runs it, as the tests of the image have them."""

from __future__ import annotations

from tests.image.conftest import engine, image

__all__ = ["engine", "image"]
