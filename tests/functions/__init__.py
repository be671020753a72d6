"""Functions as kustomize calls them: what they print, what they say, and what they load for it."""
