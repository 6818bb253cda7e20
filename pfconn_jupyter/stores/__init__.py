"""WHERE connections are kept: one contract, one file per store."""
