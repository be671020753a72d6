"""Every wall of gitops/ is taken down, one at a time, and something must notice."""
