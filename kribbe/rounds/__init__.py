"""Giving places in rounds: the desk's rows as an allocation instance, what it gives, and what it would need."""
