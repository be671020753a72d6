"""`python -m krm_functions` is the command `tenantspec`."""

from krm_functions.cli import main

main()
