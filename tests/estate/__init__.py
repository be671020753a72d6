"""The DSL made definite: precedence, references, names and bounds."""
