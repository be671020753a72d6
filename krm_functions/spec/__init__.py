"""The DSL as written: what a person may write, field by field, and whether a document keeps to it.

One literal model serves four readers: the check of a document, the fold of layers, the published JSON
Schemas and the reference. This room must not know what a field leads to.
"""
