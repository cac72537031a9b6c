"""Tables of figures as files."""

from datetime import date

from kribbe.web.workbooks import KINDS, Row, table_file, workbook

__all__ = ["KINDS", "Row", "dated", "table_file", "workbook"]


def dated(what: str, area: str, day: date) -> str:
    """A file's name: what it holds, of which area (a `Territory.slug`), and the day of it."""
    return f"{what}-{area}-{day:%Y-%m-%d}"
