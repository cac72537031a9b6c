"""The entry of the server."""

import gc

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

YOUNG = 10_000
"""The collector looks at young objects once so many more were made than went; a large page makes about as many."""


def _settle() -> None:
    """Load every page, and leave what stays for good out of each later garbage collection.

    It is some 300,000 objects: looking at all of them took a third of a second of every sixth large page.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


application = get_wsgi_application()
_settle()
