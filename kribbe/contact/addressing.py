"""Names of mails."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings


def message_id(reference: str, address: str) -> str:
    """The Message-ID of what `reference` tells to this address: the same each time it is worked out."""
    to = hashlib.sha256(address.encode()).hexdigest()[:12]
    return f"<{reference}.{to}@{urlsplit(settings.BASE_URL).hostname}>"
