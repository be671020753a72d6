"""Golden cases: a folder says what a function is asked, of which estate, and what it must answer.

    CASE/config.yaml     the function config, as a kustomization lists it
    CASE/folder.txt      optional: where in the estate that kustomization stands, one line; default: case
    CASE/estate/         optional: the whole estate, file by file
    CASE/estate.yaml     optional: what differs from an estate that cases share, path: text; null removes
    CASE/expected.yaml   what the function prints, where it succeeds
    CASE/errors.txt      what it says, exactly as printed; where it succeeds, perhaps a note

A test, in any framework, asks for the `cases` of a folder and hands each to `check_case`.
"""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Final, NamedTuple

from krm_functions.documents import yaml
from krm_functions.functions.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from krm_functions.functions.own import Own

CONFIG: Final = "config.yaml"
FOLDER: Final = "folder.txt"
ESTATE: Final = "estate"
CHANGES: Final = "estate.yaml"
EXPECTED: Final = "expected.yaml"
ERRORS: Final = "errors.txt"
INPUTS: Final = (CONFIG, FOLDER, ESTATE, CHANGES)
GOLDEN: Final = (EXPECTED, ERRORS)


class CaseError(AssertionError):
    """A case that does not hold, or is no case; the message says what to do."""


class Case(NamedTuple):
    """One case: its name below the folder of cases, its folder, and the shared estate's ("" for none)."""

    name: str
    folder: str
    shared: str


class Outcome(NamedTuple):
    """What a function answered: texts and the exit code."""

    stdout: str
    stderr: str
    code: int

    def golden(self) -> dict[str, str]:
        """Return the golden files that say the same, by name."""
        printed = {EXPECTED: self.stdout} if self.code == 0 or self.stdout else {}
        return printed | ({ERRORS: self.stderr} if self.stderr else {})


def cases(folder: str, shared: str = "") -> list[Case]:
    """Return all cases below a folder, by name; those with no `estate/` of their own are of the shared one.

    Raises:
        CaseError: there is none, or a folder looks like a case and is none.

    """
    found = [_case(folder, path, shared) for path in _folders(folder)]
    if not found:
        raise CaseError(f"no cases in {folder}: a case is a folder with a {CONFIG}")
    return found


def run_case(case: Case, own: Own | None = None) -> Outcome:
    """Return what the function answers, ours or your own, of an estate laid out in a folder for it.

    Raises:
        CaseError: `estate.yaml` is no mapping of texts, or removes what is not there.

    """
    with tempfile.TemporaryDirectory(prefix="tenantspec-") as temporary:
        folder = lay_out(case, os.path.join(temporary, ESTATE))
        result = run(_read(case, CONFIG), folder, own)
    return Outcome(result.stdout.decode(), result.stderr, result.code)


def check_case(case: Case, own: Own | None = None, *, update: bool = False) -> None:
    """Compare what comes out with the golden files; ``update`` rewrites them, removes stale ones and fails.

    Raises:
        CaseError: they differ, or differed before the update.

    """
    wanted = {name: _read(case, name) for name in GOLDEN if os.path.exists(os.path.join(case.folder, name))}
    found = run_case(case, own).golden()
    if found == wanted:
        return
    if update:
        _rewrite(case, found)
    advice = "rewritten: read the difference" if update else "if it is right, run with --update-golden"
    raise CaseError(f"{case.name}: {advice}\n{''.join(_differences(wanted, found))}")


def lay_out(case: Case, root: str) -> str:
    """Write the case's estate as files below a root and return the folder of its kustomization.

    Raises:
        CaseError: `estate.yaml` is no mapping of texts, or removes what is not there.

    """
    own = os.path.join(case.folder, ESTATE)
    source = own if os.path.isdir(own) else case.shared
    if source:
        shutil.copytree(source, root)
    for path, text in _changes(case).items():
        if text is None and not os.path.exists(os.path.join(root, path)):
            raise CaseError(f"{case.name}: {CHANGES} removes {path}, which is not there")
        _put(os.path.join(root, path), text)
    stands = _read(case, FOLDER).strip() if os.path.exists(os.path.join(case.folder, FOLDER)) else "case"
    folder = os.path.join(root, stands)
    kustomization = os.path.join(folder, "kustomization.yaml")
    if not os.path.exists(kustomization):
        _put(kustomization, _listing(_read(case, CONFIG)))
    return folder


def _folders(top: str) -> Iterator[str]:
    for folder, below, files in os.walk(top):
        below.sort()
        if CONFIG in files:
            below.clear()
            yield folder
        elif any(name in files for name in (FOLDER, CHANGES, *GOLDEN)):
            raise CaseError(f"{folder} has no {CONFIG}, so it is no case")


def _case(top: str, folder: str, shared: str) -> Case:
    name = os.path.relpath(folder, top).replace(os.sep, "/")
    unknown = sorted(set(os.listdir(folder)) - {*INPUTS, *GOLDEN})
    if unknown:
        raise CaseError(f"{name}: a case has no {unknown[0]}; it has {', '.join((*INPUTS, *GOLDEN))}")
    return Case(name, folder, shared)


def _changes(case: Case) -> dict[str, str | None]:
    if not os.path.exists(os.path.join(case.folder, CHANGES)):
        return {}
    read = yaml.read(_read(case, CHANGES))
    written = read.documents[0] if len(read.documents) == 1 and not read.problems else None
    if not isinstance(written, dict) or not all(t is None or isinstance(t, str) for t in written.values()):
        raise CaseError(f"{case.name}: {CHANGES} is one mapping of paths to texts, or to null")
    return written


def _put(path: str, text: str | None) -> None:
    if text is None:
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)


def _listing(config: str) -> str:
    """Return a kustomization that lists a config inline."""
    rows = "".join(f"    {row}" if row.strip() else row for row in config.splitlines(keepends=True))
    return f"generators:\n  - |\n{rows}"


def _read(case: Case, name: str) -> str:
    with open(os.path.join(case.folder, name), encoding="utf-8", newline="") as stream:
        return stream.read()


def _rewrite(case: Case, found: Mapping[str, str]) -> None:
    for name in GOLDEN:
        path = os.path.join(case.folder, name)
        if name in found:
            _put(path, found[name])
        elif os.path.exists(path):
            os.remove(path)


def _differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in GOLDEN:
        if name in wanted or name in found:
            before, after = (texts.get(name, "").splitlines(keepends=True) for texts in (wanted, found))
            yield from difflib.unified_diff(before, after, f"{name} (golden)", f"{name} (now)")
        if (name in wanted) != (name in found):
            yield f"{name} is {'new' if name in found else 'stale'}\n"
