"""Generators over the real gitops/ and over copies of it in which every feature is used."""
