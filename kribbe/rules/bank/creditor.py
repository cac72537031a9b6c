"""The identifier with which a creditor collects (SEPA)."""

import re

FORM = re.compile(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$")


def is_creditor_id(text: str) -> bool:
    """Whether the check digits of an identifier, without spaces, are right; its business code doesn't count."""
    if not FORM.match(text):
        return False
    plain = text[7:] + text[:4]
    return int("".join(str(int(each, 36)) for each in plain)) % 97 == 1
