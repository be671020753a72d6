"""The tests: golden cases, laws, and the real programs that read what this package writes."""
