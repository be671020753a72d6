"""Ways in which people write the kustomization of tenant-a/app1 in dev that all mean what sync wants.

Each is the file's text, and texts of files beside it.
"""

from __future__ import annotations

CONFIG = """\
apiVersion: tenantspec.dev/v1alpha1
kind: AppOverlay
metadata:
  name: app1
  namespace: tenant-a
spec:
  environment: dev
"""
FLOW = (
    "{apiVersion: tenantspec.dev/v1alpha1, kind: AppOverlay, metadata: {name: app1, namespace: tenant-a}, "
    "spec: {environment: dev}}"
)
TURNED = """\
  spec: {environment: dev}
  metadata: {namespace: tenant-a, name: app1}
  kind: AppOverlay
  apiVersion: tenantspec.dev/v1alpha1
"""
HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
INLINE = "generators:\n  - |\n" + "".join(f"    {line}\n" for line in CONFIG.splitlines())
COMMENTED = INLINE.replace("kind: AppOverlay", "kind: AppOverlay # the app")
ANNOTATED = "      annotations: {owner: ada}\n    spec:\n      root: ../../../../../.."
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\ndata: {extra: 'yes'}\n"
PATCH = """\
patches:
  - target: {kind: ConfigMap}
    patch: |-
      - op: add
        path: /metadata/labels
        value: {team: a}
"""

HAND_EDITS: dict[str, tuple[str, dict[str, str]]] = {
    "comments": (f"# ours\n{HEAD}# why\n{COMMENTED}\n# end\n", {}),
    "anchors": (HEAD + INLINE.replace("- |", "- &config |").replace("    spec:", "    spec: &spec"), {}),
    "flow style": ('{kind: Kustomization, generators: ["' + FLOW + '"]}\n', {}),
    "key order": ("generators:\n- |-\n" + TURNED + "kind: Kustomization\n", {}),
    "quotes": (HEAD + INLINE.replace("dev\n", "'dev'\n").replace("app1", '"app1"'), {}),
    "extra patches": (HEAD + PATCH + INLINE, {}),
    "extra resources": (HEAD + "resources: [extra.yaml]\n" + INLINE, {"extra.yaml": CONFIG_MAP}),
    "extra transformers": (
        HEAD + INLINE + "transformers:\n  - labels.yaml\n",
        {
            "labels.yaml": "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: labels}\n"
            "labels: {team: a}\nfieldSpecs: [{path: metadata/labels, create: true}]\n",
        },
    ),
    "its own file": (HEAD + "generators: [./app1.yaml]\n", {"app1.yaml": "# moved here\n" + CONFIG}),
    "its own folder": (
        HEAD + "generators: [config]\n",
        {"config/kustomization.yaml": "resources: [app1.yaml]\n", "config/app1.yaml": CONFIG},
    ),
    "folded": (
        HEAD + "generators:\n  - >\n" + "".join(f"      {line}\n\n" for line in CONFIG.splitlines()),
        {},
    ),
    "no final newline": (HEAD + INLINE.replace("  - |\n", "  - |  \n").rstrip("\n"), {}),
    "trailing whitespace": (HEAD.replace("\n", "  \n") + "\n\n" + INLINE + "   \n\n", {}),
    "CRLF line ends": ((HEAD + INLINE).replace("\n", "\r\n"), {}),
    "more metadata": (HEAD + INLINE.replace("    spec:", ANNOTATED), {}),
    "as a transformer": (
        HEAD + "resources: [extra.yaml]\n" + INLINE.replace("generators", "transformers"),
        {"extra.yaml": CONFIG_MAP},
    ),
}
