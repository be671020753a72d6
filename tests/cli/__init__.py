"""The command as a person calls it: a process of its own, from argv to exit code."""
