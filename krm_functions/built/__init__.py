"""Manifests as built: who they are, which pods they make, what their selectors match.

It knows Kubernetes and nothing of specs: what is judged here may have been written by hand.
"""
