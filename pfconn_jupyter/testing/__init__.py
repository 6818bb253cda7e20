"""For authors of stores and types: contract tests that every store must pass."""
