"""A person's sign-in to Microsoft Entra ID from here, and its refusals in words."""
