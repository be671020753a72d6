"""Kubernetes and Argo CD vocabulary: pure builders of manifests, and the stamp onto base/ templates.

This room must not decide anything: a value comes from the estate, a convention from base/.
"""
