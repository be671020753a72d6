"""Whether one tenant can reach another, judged on manifests as built and on where they go.

It never sees a spec: a fault in the specs, in a generator or in a hand-written file looks the same from here.
Who is a tenant, and whose a namespace is, is read from the labels of Namespaces.
"""
