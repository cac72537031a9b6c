"""JSON from outside: parsed, or one line that says why not."""

import json
from typing import Any


class BadJsonError(ValueError):
    """The bytes are no JSON that can be trusted; the message is one line."""


def parsed(content: bytes) -> Any:
    """What JSON in UTF-8 holds. BadJsonError where it is none, or where a key stands twice in one object."""
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_no_doubles)
    except UnicodeDecodeError as error:
        raise BadJsonError(f"byte {error.start}: not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadJsonError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise BadJsonError("nested too deeply") from None
    except BadJsonError:
        raise
    except ValueError:
        raise BadJsonError("a number has too many digits") from None


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise BadJsonError(f"the key {double!r} stands twice in one object")
    return found
