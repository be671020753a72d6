"""Tests of the DSL as written: its types, its published schemas and its reference."""
