"""Connections in variables and mounted files: read-only, for containers, CI and classrooms."""
