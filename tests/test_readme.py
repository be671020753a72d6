"""README and docs/ are executed: what they tell a reader to type works, and what they show comes out."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

import click
import pytest
import yaml

from krm_functions.cli.main import cli
from tests import builds, tools
from tests.cli.command import environment, tenantspec

pytestmark = pytest.mark.xdist_group("readme")  # one installation serves all of them

DOCS: Final = sorted(name for name in os.listdir(os.path.join(tools.ROOT, "docs")) if name.endswith(".md"))
PAGES: Final = ["README.md", *(f"docs/{name}" for name in DOCS)]
MADE_HERE: Final = shutil.ignore_patterns(
    ".git", ".venv", ".tenantspec", "build", "dist", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis"
)


class Block(NamedTuple):
    """A fenced block: the language after its fence, and its text."""

    language: str
    text: str


def read(page: str) -> str:
    """Return the text of a page of the repository."""
    with open(os.path.join(tools.ROOT, page), encoding="utf-8") as stream:
        return stream.read()


def blocks(page: str, language: str) -> list[str]:
    """Return a page's blocks of a language."""
    fenced = (
        Block(*found) for found in re.findall(r"^```(\w*)\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)
    )
    return [block.text for block in fenced if block.language == language]


def prose(page: str) -> str:
    """Return a page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)


# --- Try it


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a copy of the repository without what anybody has built in it."""
    copy = tmp_path_factory.mktemp("clone") / "tenantspec"
    return os.fspath(shutil.copytree(tools.ROOT, copy, ignore=MADE_HERE))


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a reader: a home of their own, python3 and kustomize on PATH, nothing of ours."""
    home = tmp_path_factory.mktemp("home")
    programs = home / "bin"
    programs.mkdir()
    base = os.path.realpath(sys.executable)
    (programs / "python3").write_text(f'#!/bin/sh\nexec {shlex.quote(base)} "$@"\n')
    (programs / "python3").chmod(0o755)
    path = os.pathsep.join([os.fspath(programs), os.path.dirname(tools.kustomize()), os.environ["PATH"]])
    ours = ("PYTHON", "VIRTUAL_ENV", "KUSTOMIZE", "XDG_", "PYTEST", "MAKE", "MFLAGS")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    caches = {
        "TENANTSPEC_CACHE": tools.installer.cache(),
        "PIP_CACHE_DIR": os.path.expanduser("~/.cache/pip"),
    }
    return {**kept, **caches, "HOME": os.fspath(home), "PATH": path}


def typed(script: str, folder: str, env: dict[str, str]) -> str:
    """Return what a shell prints for lines typed into it; the first that fails is the failure."""
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr}"
    return done.stdout


def test_what_a_reader_types_first() -> None:
    """Two commands; a third one would need a test of its own."""
    assert blocks("README.md", "sh") == ["make demo\n", "make test\n"]


def test_the_demo(repository: str, machine: dict[str, str]) -> None:
    """`make demo` shows the estate that README announces, and writes nothing but its own folders."""
    before = set(os.listdir(repository))
    shown = typed("make demo", repository, machine)
    assert shown.endswith("6 apps of 3 tenants in 4 environments\n")
    assert f"{len(builds.kustomizations('gitops'))} kustomizations of gitops/" in shown
    assert len(os.listdir(os.path.join(repository, "gitops/clusters"))) == 2
    assert "three tenants, six apps, four environments, two Argo CD hubs" in " ".join(
        read("README.md").split()
    )
    assert set(os.listdir(repository)) - before == {".venv", ".tenantspec"}


def test_make_test_runs_everything(repository: str, machine: dict[str, str]) -> None:
    """`make test` is the run that runs this: pytest over tests/, but for whole hubs, which `make test-argocd` runs."""
    planned = typed("make --dry-run test", repository, machine).splitlines()
    (line,) = [line for line in planned if "/pytest" in line]
    hubs = [f"--ignore=tests/argocd/test_{name}.py" for name in ("production", "rendered")]
    assert line.split() == [".venv/bin/pytest", "-n", "2", "--dist", "loadgroup", *hubs]
    planned = typed("make --dry-run test-argocd", repository, machine).splitlines()
    (line,) = [line for line in planned if "/pytest" in line]
    assert line.split() == [".venv/bin/pytest", "tests/argocd"]
    settings = configparser.ConfigParser()
    settings.read(os.path.join(tools.ROOT, "setup.cfg"))
    assert settings["tool:pytest"]["testpaths"].split()[0] == "tests"


# --- Start an estate of your own


class Session(NamedTuple):
    """Where a reader has come to: the estate, the environment with the installed command, and all that was shown."""

    root: str
    env: dict[str, str]
    shown: str


@pytest.fixture(scope="session")
def session(repository: str, machine: dict[str, str]) -> Session:
    """Type README's commands, in order, in one shell."""
    (console,) = blocks("README.md", "console")
    lines = console.splitlines()
    assert all(line.startswith("$ ") for line in lines)
    script = "\n".join(line[2:] for line in lines)
    shown = typed(f'{script}\npwd\nprintf %s "$PATH"', repository, machine)
    *_, root, path = shown.splitlines()
    return Session(root, {**machine, "PATH": path}, shown)


def test_an_estate_of_your_own(session: Session) -> None:
    """The commands end in an estate with the app that README adds, built by kustomize and rendered alike."""
    assert os.path.basename(session.root) == "estate"
    assert session.shown.count("host: cart-dev.apps.example.com\n") == 2
    installed = typed("command -v tenantspec", session.root, session.env).strip()
    assert installed == os.path.join(session.env["HOME"], "tenantspec/bin/tenantspec")


def test_a_tenant_in_ten_lines(session: Session) -> None:
    """README's specs, each in the file that its first line names, are right in that estate."""
    specs = {spec.splitlines()[0].removeprefix("# "): spec for spec in blocks("README.md", "yaml")}
    assert list(specs) == ["tenants/shop/config/tenant.yaml", "tenants/shop/apps/cart/app.yaml"]
    tenant, app = (len(spec.splitlines()) - 1 for spec in specs.values())
    assert (tenant <= 10, app <= 5) == (True, True), "ten lines per tenant and five per app"
    for file, text in specs.items():
        assert os.path.exists(os.path.join(session.root, file))
        with open(os.path.join(session.root, file), "w", encoding="utf-8") as stream:
            stream.write(text)
    typed("tenantspec sync; tenantspec check", session.root, session.env)
    output = typed(
        "tenantspec render --tenant shop; echo ---; tenantspec build clusters/main/dev",
        session.root,
        session.env,
    )
    kinds = {manifest["kind"] for manifest in builds.manifests(output.encode())}
    assert kinds >= {"Deployment", "Service", "Ingress", "ServiceAccount", "Namespace", "ResourceQuota"}
    assert kinds >= {"LimitRange", "NetworkPolicy", "RoleBinding"}


# --- When something is wrong


def test_the_error_is_shown_as_it_is(tmp_path: os.PathLike[str], plugin_home: str) -> None:
    """The typo that README shows gives that text, from the command and from inside kustomize."""
    (shown,) = [text for text in blocks("README.md", "text") if text.startswith("error[")]
    root = os.path.join(tmp_path, "gitops")
    shutil.copytree(os.path.join(tools.ROOT, "gitops"), root)
    file = "tenants/tenant-a/apps/app1"
    path = os.path.join(root, file, "app.yaml")
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    assert "expose: {host: " in text
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text.replace("expose: {host: ", "expose: {hsot: "))
    assert tenantspec("check", "--root", "gitops", cwd=os.fspath(tmp_path)).stderr == f"{shown}\n1 error\n"
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", os.path.join(root, file, "overlays/dev")]
    env = environment(KUSTOMIZE_PLUGIN_HOME=plugin_home)
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert shown in done.stderr


# --- docs/


def test_an_overlay_is_as_the_page_shows_it() -> None:
    """The overlay in docs/kustomize.md is the one in gitops/."""
    (shown,) = blocks("docs/kustomize.md", "yaml")
    with open(
        os.path.join(tools.ROOT, "gitops/tenants/tenant-a/apps/app1/overlays/prod-eu/kustomization.yaml"),
        encoding="utf-8",
    ) as stream:
        written = yaml.safe_load(stream)
    described = yaml.safe_load(shown)
    for document in (written, described):
        document["generators"] = [yaml.safe_load(config) for config in document["generators"]]
    assert described == written


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("flag", "external plugins disabled; unable to load external plugin"),
        ("home", "unable to find plugin root"),
        ("functions", "expected file with Go object code at: "),
    ],
)
def test_kustomize_s_words_for_what_is_missing(tmp_path: os.PathLike[str], missing: str, said: str) -> None:
    """docs/kustomize.md quotes what the real kustomize says."""
    home = os.fspath(tmp_path) if missing == "functions" else os.path.join(tmp_path, "none")
    flags = [] if missing == "flag" else ["--enable-alpha-plugins"]
    overlay = os.path.join(tools.ROOT, "gitops/tenants/tenant-a/apps/app1/overlays/dev")
    env = environment(KUSTOMIZE_PLUGIN_HOME=home, HOME=os.path.join(tmp_path, "none"))
    done = subprocess.run(
        [tools.kustomize(), "build", *flags, overlay], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert f"| `{said.strip()}" in read("docs/kustomize.md")


def anchors(page: str) -> set[str]:
    """Return what a link may name after `#`, as GitHub makes it from headings."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: str) -> Iterator[tuple[str, str]]:
    """Yield each relative link of a page as the page it leads to and its anchor."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            yield (os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page), anchor


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link is a file or folder of the repository, and its anchor a heading there."""
    for target, anchor in links(page):
        assert os.path.exists(os.path.join(tools.ROOT, target)), f"{page} links to {target}"
        assert not anchor or anchor in anchors(target), f"{page} links to {target}#{anchor}"


def calls(page: str) -> Iterator[list[str]]:
    """Yield the words of each call of the command that a page shows in code."""
    for language in ("sh", "console", "text", "yaml"):
        for line in "".join(blocks(page, language)).splitlines():
            yield from words(line)
    for code in re.findall(r"`([^`]+)`", prose(page)):
        yield from words(code)


def words(code: str) -> Iterator[list[str]]:
    """Yield the words after each `tenantspec` that begins a command."""
    for called in re.findall(r"(?:^|[$(;|] *|help: )tenantspec ((?:[^|;&)#'`])*)", code):
        yield called.split()


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_mentioned_exist(page: str) -> None:
    """Each word after `tenantspec` is a command, and each option one that it takes."""
    for call in calls(page):
        command: click.Command = cli
        options = {"--help", "-h", "--version"}
        for word in call:
            if word.startswith("-"):
                assert word.partition("=")[0] in options, f"{page}: tenantspec {' '.join(call)}"
            elif isinstance(command, click.Group) and word.islower():
                assert word in command.commands, f"{page}: tenantspec {' '.join(call)}"
                command = command.commands[word]
                options |= {name for option in command.params for name in option.opts}


def test_the_pages_mention_commands() -> None:
    """The search above finds what it looks for."""
    found = {call[0] for page in PAGES for call in calls(page) if call}
    assert found >= set(cli.commands) - {"add", "version", "schema"}


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/dependencies.md"])
def test_modules_that_are_mentioned_exist(page: str) -> None:
    """A path in code is a file of the package."""
    for file in re.findall(r"`((?:\w+/)*\w+\.py)`", read(page)):
        package = os.path.join(tools.ROOT, "krm_functions")
        assert (
            any(os.path.exists(os.path.join(top, file)) for top in (package, tools.ROOT)) or "/" not in file
        ), file
