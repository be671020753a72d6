"""kustomize and what it calls: the plugin home, exec functions, and the kustomize inside kubectl."""

from __future__ import annotations

import os
import shlex
import tempfile

from krm_functions.diagnostics import TenantspecError
from krm_functions.functions import home, kustomize as program
from krm_functions.functions.doctor.finding import Finding, State
from krm_functions.functions.doctor.programs import Answer, ask, dotted, numbers, on_path, write
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
    try:
        path = program.find()
    except TenantspecError as error:
        return Finding("kustomize", _absent(error), error.diagnostics[0].message, error.diagnostics[0].help)
    found = program.version(path)
    if found[:2] > NEWEST:
        newer = f"{dotted(found)} ({path}), newer than {dotted(NEWEST)}, the newest that was tested"
        return Finding("kustomize", State.WORKS, newer)
    return Finding("kustomize", State.WORKS, f"{dotted(found)} ({path})")


def _absent(error: TenantspecError) -> State:
    return State.ABSENT if error.diagnostics[0].code == "TS906" else State.BROKEN


def plugin_home() -> Finding:
    """Return whether `kustomize build --enable-alpha-plugins` calls our functions, tried with a build."""
    name = "plugin home"
    missing = kustomize()
    if missing.state is not State.WORKS:
        return Finding(name, missing.state, missing.detail, missing.fix)
    found = _installed()
    return found or _called(name, [program.find(), "build"], _home())


def kubectl() -> Finding:
    """Return whether `kubectl kustomize --enable-alpha-plugins` calls our functions, tried with a build."""
    path = on_path("kubectl")
    if path is None:
        return Finding(
            "kubectl",
            State.ABSENT,
            "no kubectl on PATH",
            "kustomize does the same: install kubectl only if you prefer it",
        )
    version = numbers(
        ask([path, "version", "--client", "--output=yaml"]).stdout.partition("kustomizeVersion")[2]
    )
    inside = f"kustomize {dotted(version) or 'of an unknown version'} in {path}"
    if version < program.OLDEST:
        return Finding(
            "kubectl", State.BROKEN, f"{inside}, older than 5.4", "install a newer kubectl: 1.31 has 5.4"
        )
    found = _installed()
    if found:
        return Finding("kubectl", found.state, f"{inside}; {found.detail}", found.fix)
    return _called("kubectl", [path, "kustomize"], inside)


def exec_function() -> Finding:
    """Return what becomes of a KRM exec function with and without `--enable-exec`, tried with both builds."""
    name = "exec function"
    missing = kustomize()
    if missing.state is not State.WORKS:
        return Finding(name, missing.state, missing.detail, missing.fix)
    bare, enabled = (_exec_trial(flags) for flags in ((), ("--enable-exec",)))
    if enabled.code != 0 or "name: trial" not in enabled.stdout:
        said = f"a function does not run with --enable-exec: {enabled.last_words()}"
        return Finding(name, State.BROKEN, said, "use the plugin home, which needs no --enable-exec")
    shown = (
        f"exit {bare.code}, {len(bare.stdout.splitlines())} lines" if bare.code == 0 else bare.last_words()
    )
    fix = f"give both: kustomize build --enable-alpha-plugins --enable-exec DIR; {SILENT}"
    return Finding(
        name, State.WORKS, f"with --enable-exec only; without it the same build gave: {shown}", fix
    )


def _exec_trial(flags: tuple[str, ...]) -> Answer:
    with tempfile.TemporaryDirectory(prefix="tenantspec-") as folder:
        write(folder, "kustomization.yaml", KUSTOMIZATION)
        write(folder, "config.yaml", EXEC_CONFIG)
        write(folder, "function", EXEC_FUNCTION, 0o755)
        return ask([program.find(), "build", "--enable-alpha-plugins", *flags, folder], folder)


def _called(name: str, command: list[str], where: str) -> Finding:
    with tempfile.TemporaryDirectory(prefix="tenantspec-") as folder:
        write(folder, "kustomization.yaml", KUSTOMIZATION)
        write(folder, "config.yaml", OVERLAY)
        answer = ask([*command, "--enable-alpha-plugins", folder], folder)
    if CALLED in answer.stderr:
        return Finding(name, State.WORKS, f"{where}: tried, and it calls our functions")
    said = f"{where}: a build does not call our functions: {answer.last_words()}"
    return Finding(name, State.BROKEN, said, "run 'tenantspec plugins install'")


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
    name, used = "plugin home", _home()
    if not used:
        where = " or ".join(dict.fromkeys(homes()))
        return Finding(name, State.ABSENT, f"no plugin home in {where}", "run 'tenantspec plugins install'")
    elsewhere = next((place for place in homes() if os.path.isdir(os.path.join(place, GROUP))), used)
    if elsewhere != used:
        where = f"kustomize looks in {used}, and our functions are in {elsewhere}"
        return Finding(name, State.BROKEN, where, f"export KUSTOMIZE_PLUGIN_HOME={shlex.quote(elsewhere)}")
    try:
        home.check(used, home.launchers(used))
    except TenantspecError as error:
        (problem,) = error.diagnostics
        return Finding(name, State.BROKEN, problem.message, problem.help)
    return None
