"""Connections carried here from elsewhere, and what other programs take of them."""
