"""Tests of the builders of manifests."""
