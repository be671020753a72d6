"""`python -m krm_functions`, which the image starts: the command, or a KRM function where there are no arguments."""

import sys

if len(sys.argv) > 1 or sys.stdin.isatty():
    from krm_functions.cli import main
else:
    from krm_functions.functions.exec import main

main()
