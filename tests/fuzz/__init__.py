"""Any input ends in a render that holds together or in diagnostics with places that exist."""
