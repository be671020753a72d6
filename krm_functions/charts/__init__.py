"""Helm charts that stand in for an image: vendored below charts/, locked by digest, rendered by helm itself.

This room runs helm and reads charts/. It does not know kustomize, nor how a result is printed.
"""
