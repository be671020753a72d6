"""kustomize and what it calls: the plugin home, exec functions, and the kustomize inside kubectl."""

from __future__ import annotations

import os
import shlex

from krm_functions.functions import home, kustomize as program
from krm_functions.functions.doctor.finding import Finding, State
from krm_functions.functions.doctor.programs import Answer, ask, dotted, numbers, on_path, write
from krm_functions.functions.temporary import temporary_folder
from krm_functions.names import API_VERSION, GROUP

NEWEST = (5, 8)
"""Newest kustomize that the tests run."""
KUSTOMIZATION = (
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\ngenerators:\n- config.yaml\n"
)
OVERLAY = f"""\
apiVersion: {API_VERSION}
kind: AppOverlay
metadata: {{name: trial, namespace: trial}}
spec: {{environment: trial, root: .}}
"""
CALLED = "TS901"
"""What a function answers in a folder without an estate: the proof that kustomize has called it."""
EXEC_CONFIG = f"""\
apiVersion: {API_VERSION}
kind: Trial
metadata:
  name: trial
  annotations:
    config.kubernetes.io/function: "exec: {{path: ./function}}"
"""
EXEC_FUNCTION = """\
#!/bin/sh
echo '{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: ['
echo '{apiVersion: v1, kind: ConfigMap, metadata: {name: trial}}]}'
"""
SILENT = "without --enable-exec kustomize skips a function silently"


def kustomize() -> Finding:
    """Return the kustomize that is called, and whether its version is known to work."""
    path = program.find()
    found = program.version(path)
    newer = f", newer than {dotted(NEWEST)}, the newest that was tested" if found[:2] > NEWEST else ""
    return Finding(State.WORKS, f"{dotted(found)} ({path}){newer}")


def plugin_home() -> Finding:
    """Return whether `kustomize build --enable-alpha-plugins` calls our functions, tried with a build."""
    path = program.find()
    return _installed() or _called([path, "build"], _home())


def kubectl() -> Finding:
    """Return whether `kubectl kustomize --enable-alpha-plugins` calls our functions, tried with a build."""
    path = on_path("kubectl")
    if path is None:
        fix = "kustomize does the same: install kubectl only if you prefer it"
        return Finding(State.ABSENT, "no kubectl on PATH", fix)
    answer = ask([path, "version", "--client", "--output=yaml"])
    version = numbers(answer.stdout.partition("kustomizeVersion")[2])
    inside = f"kustomize {dotted(version) or 'of an unknown version'} in {path}"
    if version < program.OLDEST:
        return Finding(State.BROKEN, f"{inside}, older than 5.4", "install a newer kubectl, or use kustomize")
    found = _installed()
    if found:
        return Finding(found.state, f"{inside}; {found.detail}", found.fix)
    return _called([path, "kustomize"], inside)


def exec_function() -> Finding:
    """Return what becomes of a KRM exec function with and without `--enable-exec`, tried with both builds."""
    bare, enabled = (_exec_trial(flags) for flags in ((), ("--enable-exec",)))
    if enabled.code != 0 or "name: trial" not in enabled.stdout:
        said = f"a function does not run with --enable-exec: {enabled.last_words()}"
        return Finding(State.BROKEN, said, "use the plugin home, which needs no --enable-exec")
    shown = (
        f"exit {bare.code}, {len(bare.stdout.splitlines())} lines" if bare.code == 0 else bare.last_words()
    )
    fix = f"give both: kustomize build --enable-alpha-plugins --enable-exec DIR; {SILENT}"
    return Finding(State.WORKS, f"with --enable-exec only; without it the same build gave: {shown}", fix)


def _exec_trial(flags: tuple[str, ...]) -> Answer:
    with temporary_folder() as folder:
        write(folder, "kustomization.yaml", KUSTOMIZATION)
        write(folder, "config.yaml", EXEC_CONFIG)
        write(folder, "function", EXEC_FUNCTION, 0o755)
        return ask([program.find(), "build", "--enable-alpha-plugins", *flags, folder], folder)


def _called(command: list[str], where: str) -> Finding:
    with temporary_folder() as folder:
        write(folder, "kustomization.yaml", KUSTOMIZATION)
        write(folder, "config.yaml", OVERLAY)
        answer = ask([*command, "--enable-alpha-plugins", folder], folder)
    if CALLED in answer.stderr:
        return Finding(State.WORKS, f"{where}: tried, and it calls our functions")
    said = f"{where}: a build does not call our functions: {answer.last_words()}"
    return Finding(State.BROKEN, said, "run 'tenantspec plugins install'")


def homes() -> list[str]:
    """Return where kustomize looks for a plugin home, in its order: the first folder that is there is the one.

    See DefaultAbsPluginHome in kustomize 5, api/konfig/plugins.go.
    """
    user = os.path.expanduser("~")
    named, config = os.environ.get("KUSTOMIZE_PLUGIN_HOME"), os.environ.get("XDG_CONFIG_HOME")
    below = os.path.join("kustomize", "plugin")
    places = [
        named,
        config and os.path.join(config, below),
        os.path.join(user, ".config", below),
        os.path.join(user, below),
    ]
    return [place for place in places if place]


def _home() -> str:
    return next((place for place in homes() if os.path.isdir(place)), "")


def _installed() -> Finding | None:
    """Return what is wrong with the plugin home that kustomize uses, or None."""
    used = _home()
    if not used:
        where = " or ".join(dict.fromkeys(homes()))
        return Finding(State.ABSENT, f"no plugin home in {where}", "run 'tenantspec plugins install'")
    elsewhere = next((place for place in homes() if os.path.isdir(os.path.join(place, GROUP))), used)
    if elsewhere != used:
        where = f"kustomize looks in {used}, and our functions are in {elsewhere}"
        return Finding(State.BROKEN, where, f"export KUSTOMIZE_PLUGIN_HOME={shlex.quote(elsewhere)}")
    home.check(used, home.launchers(used))
    return None
