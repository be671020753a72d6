"""Estate → diagnostics: one module per rule, literal tables. A validator cannot change what is emitted."""
