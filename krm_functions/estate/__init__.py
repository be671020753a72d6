"""The DSL made definite: layers folded, references followed, names computed, nothing optional unsaid.

This room must not know what a manifest looks like.
"""
