"""Real Argo CD on real API servers: what the product emits is synced, compared, broken and healed here."""
