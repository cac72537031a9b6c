"""Text that the database holds only sealed: encrypted under a key that is kept apart from it.

The key is worked out of `SECRET_KEY`. Keys used before stand in `SECRET_KEY_FALLBACKS`, newest first: what was sealed
under them is still read, and `kribbe reseal` seals it anew.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"kribbe: text at rest"
KEY_BYTES = 32


class WrongKeyError(Exception):
    """What is kept was sealed under a key that this installation doesn't have."""

    def __init__(self) -> None:
        super().__init__(
            "Sealed text can't be read: it was kept under another KRIBBE_SECRET_KEY. Give that key again, or name it"
            " in KRIBBE_FORMER_KEYS."
        )


def seal(text: str) -> str:
    """The text encrypted under the newest key; no two times the same."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises WrongKeyError where no key of this installation fits, or somebody changed it."""
    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken:
        raise WrongKeyError from None


def is_newest(sealed: str) -> bool:
    """Whether it is sealed under the newest key."""
    try:
        _fernet(settings.SECRET_KEY).decrypt(sealed)
    except InvalidToken:
        return False
    return True


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@lru_cache(maxsize=16)
def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
