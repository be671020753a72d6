"""A real API server for tests: what it refuses, a cluster refuses. It knows nothing of tenants."""
