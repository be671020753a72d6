"""Whether what is built holds together: what refers to something finds it on its cluster.

It judges manifests, ours and hand-written ones alike, and knows nothing of what made them.
"""
