"""Charts: vendored and rendered by the real helm, of both major versions."""
