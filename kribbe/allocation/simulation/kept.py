"""The reports that come with the program; the explanation in the docs says which commands made them."""

import json
from functools import cache
from importlib import resources
from typing import Any

FOLDER = "kept"


@cache
def policies() -> dict[str, Any]:
    """Ways of giving places compared."""
    return _read("policies.json")


@cache
def misreport() -> dict[str, Any]:
    """What other lists than the true one would gain in rounds."""
    return _read("misreport.json")


def _read(name: str) -> dict[str, Any]:
    text = resources.files("kribbe.allocation.simulation").joinpath(FOLDER, name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
