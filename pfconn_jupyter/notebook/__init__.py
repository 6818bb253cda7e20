"""WHAT A PERSON TOUCHES: the magic, the form, prompts and tables."""
