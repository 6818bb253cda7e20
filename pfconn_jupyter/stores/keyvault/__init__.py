"""Connections in an Azure Key Vault: one connection is one secret, a version of it a version."""
