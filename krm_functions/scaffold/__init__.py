"""What writes files that people own afterwards: kustomization folders, a new estate, a new tenant or app.

A person's own lines outlive every run: what is right already keeps its bytes, what is wrong gets the
smallest edit. This room must not know click; it returns plans and results, others print them.
"""
