"""Least privilege of a hub's AppProjects, proven from its manifests alone.

No wildcard, every rule used, none that reaches another tenant or Argo CD's own namespace, every Application
within its project; groups act through the projects' roles and single users through argocd-rbac-cm.
Meanings: pkg/apis/application/v1alpha1 of Argo CD 3.6.1, where an absent list of namespaced kinds permits all.
"""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
    from typing import Any, Final

    Kinds = AbstractSet[tuple[str, str]]

TENANT: Final = "tenantspec.dev/tenant"
FORBIDDEN: Final = frozenset(
    {"LimitRange", "NetworkPolicy", "ResourceQuota", "Role", "RoleBinding", "Secret"}
)
"""Kinds that no tenant deploys: what bounds it, grants rights, or would put a secret into git."""
_GROUPS: Final = frozenset({"argoproj.io", "rbac.authorization.k8s.io"})
_WIDE: Final = "*?[{!"
_VERBS: Final = frozenset({"get", "sync"})
_CHILDREN: Final = frozenset({("", "Pod"), ("apps", "ReplicaSet"), ("batch", "Job")})
"""Kinds that controllers make of a tenant's objects."""
_HELP: Final = "build the hub's folder by its functions alone, and report what they got wrong"


class Hub(Record):
    """A hub's projects and Applications, those of its sets among them, and the lines of argocd-rbac-cm."""

    projects: tuple[Any, ...]
    applications: tuple[Any, ...]
    policies: tuple[str, ...]
    default: str

    def of(self, project: Any) -> list[Any]:
        """Return the Applications of a project."""
        name = project["metadata"]["name"]
        return [one for one in self.applications if one["spec"].get("project") == name]


def check_projects(
    manifests: Iterable[Any], place: Place | None = None, held: Mapping[str, Kinds] | None = None
) -> Iterator[Diagnostic]:
    """Yield what is wrong; ``held`` are the kinds that each project's Applications deploy, where they are known."""
    hub = _hub(list(manifests))
    for project in hub.projects:
        name = project["metadata"]["name"]
        if name != "default":
            for code, message in (
                *_wide(project),
                *_idle(hub, project, (held or {}).get(name)),
                *_reaching(hub, project),
            ):
                yield Diagnostic(code, f"AppProject {name}: {message}", place, help=_HELP)
    for code, message in (*_users(hub), *_outside(hub)):
        yield Diagnostic(code, message, place, help=_HELP)


def _hub(manifests: list[Any]) -> Hub:
    def kind(name: str) -> list[Any]:
        return [one for one in manifests if one["kind"] == name]

    made = [one for each in kind("ApplicationSet") if _tenant(each) for one in _made(each)]
    rbac = [one.get("data") or {} for one in kind("ConfigMap") if one["metadata"]["name"] == "argocd-rbac-cm"]
    lines = [line for data in rbac for line in data.get("policy.csv", "").splitlines() if line.strip()]
    default = "".join(data.get("policy.default", "") for data in rbac)
    return Hub(tuple(kind("AppProject")), (*kind("Application"), *made), tuple(lines), default)


def _made(each: Any) -> Iterator[Any]:
    """Yield what matters here of the Applications that a list generator of plain values gives."""
    whole = each["spec"]["template"]["spec"]
    for generator in each["spec"]["generators"]:
        for element in generator["list"]["elements"]:
            meta = {"name": element["name"], "labels": each["metadata"].get("labels") or {}}
            target = {"name": element["cluster"], "namespace": element["namespace"]}
            yield {
                "metadata": meta,
                "spec": {"project": whole["project"], "source": whole["source"], "destination": target},
            }


def _tenant(manifest: Any) -> str:
    return str((manifest["metadata"].get("labels") or {}).get(TENANT, ""))


def _repositories(application: Any) -> set[str]:
    spec = application["spec"]
    return {one.get("repoURL", "") for one in (spec.get("source"), *(spec.get("sources") or ())) if one}


def _pairs(project: Any, field: str) -> list[tuple[str, str]]:
    return [(one.get("group", ""), one.get("kind", "")) for one in project["spec"].get(field) or ()]


def _targets(project: Any) -> list[tuple[str, str]]:
    return [_target(one) for one in project["spec"].get("destinations") or ()]


def _target(written: Any) -> tuple[str, str]:
    return (written.get("name") or written.get("server") or "", written.get("namespace", ""))


def _rules(project: Any) -> Iterator[tuple[str, str]]:
    spec = project["spec"]
    for field in ("sourceRepos", "sourceNamespaces"):
        yield from ((field, str(one)) for one in spec.get(field) or ())
    for where in _targets(project):
        yield from (("destinations", part) for part in where)
    for field in ("clusterResourceWhitelist", "namespaceResourceWhitelist"):
        yield from ((field, part) for pair in _pairs(project, field) for part in pair)
    for window in spec.get("syncWindows") or ():
        for field in ("applications", "namespaces", "clusters"):
            yield from ((f"syncWindows.{field}", str(one)) for one in window.get(field) or ())


def _wide(project: Any) -> Iterator[tuple[str, str]]:
    for field, rule in _rules(project):
        if any(sign in rule for sign in _WIDE):
            yield "TS560", f"{field} has the pattern '{rule}'"
    if not _tenant(project):
        return
    if not project["spec"].get("namespaceResourceWhitelist"):
        yield "TS560", "namespaceResourceWhitelist is empty, which permits every kind"
    if project["spec"].get("clusterResourceWhitelist"):
        yield "TS562", "clusterResourceWhitelist permits what belongs to no tenant"
    for group, kind in _pairs(project, "namespaceResourceWhitelist"):
        if group in _GROUPS or kind in FORBIDDEN:
            yield "TS562", f"namespaceResourceWhitelist permits {kind}"
    for role in project["spec"].get("roles") or ():
        yield from _policies(project["metadata"]["name"], role)


def _policies(project: str, role: Any) -> Iterator[tuple[str, str]]:
    for line in role.get("policies") or ():
        parts = [part.strip() for part in line.split(",")]
        subject, action, subjects = parts[1], parts[3], f"proj:{project}:{role['name']}"
        named = action.startswith("action/") and "*" not in action and action.count("/") == 3
        if subject != subjects or parts[4] != f"{project}/*":
            yield "TS562", f"role {role['name']} reaches beyond the project: {line}"
        elif action not in _VERBS and not named:
            yield "TS560", f"role {role['name']} may {action}"


def _idle(hub: Hub, project: Any, held: Kinds | None) -> Iterator[tuple[str, str]]:
    mine = hub.of(project)
    used = {repository for one in mine for repository in _repositories(one)}
    for repository in project["spec"].get("sourceRepos") or ():
        if mine and repository not in used:
            yield "TS561", f"no Application reads {repository}"
    if not _tenant(project):
        return
    reached = {_target(one["spec"].get("destination") or {}) for one in mine}
    for cluster, namespace in _targets(project):
        if (cluster, namespace) not in reached:
            yield "TS561", f"no Application goes to {namespace} on {cluster}"
    yield from _idle_windows(project, mine)
    for group, kind in _pairs(project, "namespaceResourceWhitelist"):
        if held is not None and (group, kind) not in held | _CHILDREN:
            yield "TS561", f"no Application deploys a {kind}"
    yield from _idle_roles(hub, project)


def _idle_windows(project: Any, mine: list[Any]) -> Iterator[tuple[str, str]]:
    names = {one["metadata"]["name"] for one in mine}
    for window in project["spec"].get("syncWindows") or ():
        for name in window.get("applications") or ():
            if name not in names:
                yield "TS561", f"a sync window holds for {name}, which is no Application"


def _idle_roles(hub: Hub, project: Any) -> Iterator[tuple[str, str]]:
    for role in project["spec"].get("roles") or ():
        mapped = f"proj:{project['metadata']['name']}:{role['name']}"
        if not role.get("groups") and not any(line.endswith(f", {mapped}") for line in hub.policies):
            yield "TS561", f"nobody has the role {role['name']}"


def _reaching(hub: Hub, project: Any) -> Iterator[tuple[str, str]]:
    if not _tenant(project):
        return
    others = {
        where: other["metadata"]["name"]
        for other in hub.projects
        if _tenant(other) and other is not project
        for where in _targets(other)
    }
    for where in _targets(project):
        if where in others:
            yield "TS562", f"{where[1]} on {where[0]} is also a destination of {others[where]}"
        if where[1] == project["metadata"].get("namespace") and where[0] in ("in-cluster", _LOCAL):
            yield "TS562", "a destination is Argo CD's own namespace"


_LOCAL: Final = "https://kubernetes.default.svc"


def _users(hub: Hub) -> Iterator[tuple[str, str]]:
    if hub.default:
        yield "TS560", f"argocd-rbac-cm gives everybody {hub.default}"
    roles = {
        f"proj:{project['metadata']['name']}:{role['name']}": set(role.get("groups") or ())
        for project in hub.projects
        for role in project["spec"].get("roles") or ()
    }
    grouped = {group for groups in roles.values() for group in groups}
    for line in hub.policies:
        head, _, role = line.rpartition(", ")
        subject = head.removeprefix("g, ")
        if not line.startswith("g, ") or role not in roles:
            yield "TS562", f"argocd-rbac-cm grants what is no role of a project: {line}"
        elif subject in grouped:
            yield "TS563", f"{subject} is a group of a project and a user in argocd-rbac-cm"


def _outside(hub: Hub) -> Iterator[tuple[str, str]]:
    projects = {project["metadata"]["name"]: project for project in hub.projects}
    for one in hub.applications:
        name, spec = one["metadata"]["name"], one["spec"]
        project = projects.get(spec.get("project", ""))
        if project is None or spec["project"] == "default":
            yield "TS564", f"Application {name} is in no project of the hub's"
            continue
        if not _repositories(one) <= set(project["spec"].get("sourceRepos") or ()):
            yield "TS564", f"Application {name} reads what its project does not permit"
        if _target(spec.get("destination") or {}) not in _targets(project):
            yield "TS564", f"Application {name} goes where its project does not permit"
        if _tenant(one) != _tenant(project):
            yield "TS564", f"Application {name} is of another tenant than its project"
