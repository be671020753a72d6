"""Where specs come from: files below a root or items on the wire, read as kustomize reads YAML.

This room knows text, positions and paths. It must not know any field of the DSL.
"""
