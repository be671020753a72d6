"""tenantspec: compact tenant specs become a whole multi-tenant GitOps estate inside `kustomize build`."""

__version__ = "0.1.0"

__all__ = ["__version__"]
