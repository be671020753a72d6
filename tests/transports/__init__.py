"""Every way to call a function, with the real programs: the same bytes, the same words."""
