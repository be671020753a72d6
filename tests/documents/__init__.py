"""Tests of where specs come from: text, files, positions and what is said of them."""
