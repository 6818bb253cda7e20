"""CARRY IT: connections to and from prompt flow, variables, files and other people's SDKs."""
