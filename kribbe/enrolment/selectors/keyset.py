"""Pages of a long list (see `trust/keyset.py`)."""

from kribbe.trust.keyset import Page, page

__all__ = ["Page", "page"]
