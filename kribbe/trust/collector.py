"""Where very many rows are read and written at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 100)
"""Objects that were made since before the collector looks at the youngest, and how often then at the others."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for garbage seldom meanwhile, afterwards as before.

    By the usual measure a month of invoices spends a fifth of its time on looking at rows that are all in use.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
