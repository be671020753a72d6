"""Validators, on what is really generated."""
