"""Servers that stand in for services, each usable outside pytest as well."""
