"""What a name and a telephone number have at least: something that can be seen, and digits.

Forms, imports and services ask the same.
"""

import unicodedata

from django.utils.translation import gettext_lazy as _

from kribbe.trust.errors import RefusedError
from kribbe.trust.text import one_line

UNSEEN = _("Nothing of this name can be seen. Type it again.")
NO_DIGITS = _("A telephone number has digits, such as 016 22 33 44.")
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing."""


def is_seen(text: str) -> bool:
    """Whether something of a text is drawn: not only spaces, controls, marks of direction or accents of no letter."""
    return any(unicodedata.category(each)[0] not in "CMZ" and each not in BLANK for each in text)


def has_digits(text: str) -> bool:
    """Whether a telephone number can be one."""
    return any(each.isdecimal() for each in text)


def name_of(text: str, field: str) -> str:
    """A name as it is kept, also an empty one. Raises RefusedError for one of which nothing can be seen."""
    if text.strip() and not is_seen(text):
        raise RefusedError(UNSEEN, field=field)
    return one_line(text)


def phone_of(text: str, field: str = "phone") -> str:
    """A telephone number as it is kept, also none. Raises RefusedError for one without digits."""
    if text.strip() and not has_digits(text):
        raise RefusedError(NO_DIGITS, field=field)
    return one_line(text)
