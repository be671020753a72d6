"""The wire: manifests in kustomize's own order and text.

This room must not know tenants: whatever holds for one Kubernetes object holds for all.
"""
