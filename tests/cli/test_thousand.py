"""check reports every tenant's fault in one run, however many tenants there are."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from tests.cli.command import tenantspec
from tests.estates import estate
from tests.scaffold.estates import replace


def faulty(folder: Path, tenants: int) -> tuple[list[dict[str, Any]], float]:
    """Return what check says of an estate with one fault in each tenant, and the seconds that it took."""
    folder.mkdir()
    root = estate(os.fspath(folder), tenants, apps=0)
    for number in range(1, tenants + 1):
        replace(root, f"tenants/t{number}/config/tenant.yaml", "quota: small", "quota: smal")
    start = time.perf_counter()
    found = tenantspec("check", "--format", "json", cwd=root)
    seconds = time.perf_counter() - start
    assert (found.code, found.stderr) == (1, "")
    said = json.loads(found.stdout)["diagnostics"]  # t1* and t10* overlap, which is a warning
    return [each for each in said if each["severity"] == "error"], seconds


def test_a_thousand_faults_are_a_thousand_diagnostics(tmp_path: Path) -> None:
    """Each names its own tenant's file, ordered by file; four times the tenants stay below ten times the time."""
    few, short = faulty(tmp_path / "few", 250)
    all_, long = faulty(tmp_path / "all", 1000)
    assert len(few) == 250
    assert {each["code"] for each in all_} == {"TS301"}
    files = [each["file"] for each in all_]
    assert files == sorted(f"tenants/t{number}/config/tenant.yaml" for number in range(1, 1001))
    assert long < 10 * short
