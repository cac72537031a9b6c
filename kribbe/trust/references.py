"""Short references that a person can read over the telephone."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that nothing is misread."""

LENGTH = 8
_OF_BYTE = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
"""Each letter for as many bytes."""


def new_reference() -> str:
    """A random reference of eight characters (40 bits); a unique constraint guards against the rare double."""
    return secrets.token_bytes(LENGTH).translate(_OF_BYTE).decode()
