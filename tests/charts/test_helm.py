"""Helm itself: absent, too slow, or with something to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from krm_functions.charts import helm
from krm_functions.charts.faults import ChartError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_helm_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer than a build can wait ends as TS921, and its process with it."""
    program = tmp_path / "helm"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setenv("HELM", str(program))
    monkeypatch.setattr(helm, "_SECONDS", 0.2)
    with pytest.raises(ChartError) as caught:
        helm.template(["web", "."], "{}")
    assert caught.value.code == "TS921"


def test_a_file_that_is_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A helm of another machine's is named as such, TS920."""
    program = tmp_path / "helm"
    program.write_bytes(b"\x7fELF not really")
    program.chmod(0o755)
    monkeypatch.setenv("HELM", str(program))
    with pytest.raises(ChartError) as caught:
        helm.template(["web", "."], "{}")
    assert caught.value.code == "TS920"
