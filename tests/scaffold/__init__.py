"""What people own: folders that sync keeps in step, a new estate, additions to one."""
