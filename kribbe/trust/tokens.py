"""Links that do one thing for one row, without a log-in: signed for their purpose."""

from django.core import signing


def make_token(purpose: str, key: int) -> str:
    """A token for one row and one purpose."""
    return signing.dumps(key, salt=purpose)


def read_token(purpose: str, token: str) -> int | None:
    """The key of the row, or None for a token of another purpose, or none of ours."""
    try:
        key = signing.loads(token, salt=purpose)
    except signing.BadSignature:
        return None
    return key if isinstance(key, int) else None
