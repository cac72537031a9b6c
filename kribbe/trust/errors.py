"""A refusal that a person can act on."""

from django.utils.functional import Promise


class RefusedError(Exception):
    """What was asked can't be done: `message` says why and what to do, `field` names where, if anywhere."""

    def __init__(self, message: str | Promise, *, field: str = "", code: str = "") -> None:
        self.message = message
        self.field = field
        self.code = code
        super().__init__(message)
