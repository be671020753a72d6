"""Hubs on which every feature is used."""

from __future__ import annotations

from tests.generators.conftest import rich_hubs

__all__ = ["rich_hubs"]
