"""What a tenant may hold on a cluster, judged on manifests as built, whoever made them: an allow-list.

This room knows the resolved estate and manifests, never who made them: not the DSL as written, no
generator and no file. A kind, a field or a value that is not listed is refused, with the reason and,
where there is one, the way to have it granted.
"""
