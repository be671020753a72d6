"""Estate → manifests: one module per generator, one literal table per subject (an app, a cluster, a hub).

A generator is pure, knows the resolved estate and the templates of base/, and must not know the DSL as
written, files, or another generator.
"""
