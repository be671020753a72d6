"""Tests of the guard: what leaves a tenant is refused by name, and nothing that the functions give is."""
