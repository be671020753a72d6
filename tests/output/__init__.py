"""What is built holds together."""
