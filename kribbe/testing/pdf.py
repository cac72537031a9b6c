"""The structure of a tagged PDF, as a reader that speaks goes through it."""

import io
from typing import Any

from pypdf import PdfReader


def tags_of(pdf: bytes) -> list[str]:
    """The structure's types in reading order, and those without a text for who can't see marked."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node["/S"] + ("" if node["/S"] != "/Figure" or "/Alt" in node else "!"))
            walk(node.get("/K", []))

    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    walk(root["/StructTreeRoot"]["/K"])
    return found


def tables_have_heads(pdf: bytes) -> bool:
    """Whether there is a table and each has a head, so that no cell is heard without its column."""
    tables = " ".join(tags_of(pdf)).split("/Table ")[1:]
    return bool(tables) and all("/TH" in each for each in tables)
