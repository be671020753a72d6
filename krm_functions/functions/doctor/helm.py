"""Helm: 3 and 4 take a post-renderer in different forms."""

from __future__ import annotations

from krm_functions.functions.doctor.finding import Finding, State
from krm_functions.functions.doctor.programs import ask, dotted, numbers, on_path

FORMS = {
    3: "--post-renderer takes the path of a program",
    4: "--post-renderer takes the name of an installed plugin of type postrenderer/v1",
}


def post_renderer() -> Finding:
    """Return Helm's version and the form in which it takes a post-renderer."""
    path = on_path("helm")
    if path is None:
        return Finding(State.ABSENT, "no helm on PATH", "install Helm 4 or 3 if you have charts")
    answer = ask([path, "version", "--short"])
    version = numbers(answer.stdout)
    if not version or version[0] not in FORMS:
        shown = dotted(version) or answer.last_words()
        return Finding(State.BROKEN, f"{path} is no Helm 3 or 4: {shown}", "install Helm 4 or 3")
    return Finding(State.WORKS, f"{dotted(version)} ({path}): {FORMS[version[0]]}")
