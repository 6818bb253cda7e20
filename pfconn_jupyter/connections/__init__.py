"""WHAT a connection is: types, fields, secrets, names. No I/O at import or validation."""
