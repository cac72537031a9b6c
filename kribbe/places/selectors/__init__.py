"""Reading what the locations offer."""
