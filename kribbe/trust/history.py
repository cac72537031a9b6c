"""What a row was: recorded by triggers, so that no console and no bug can pass by."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def remembered(*, exclude: list[str] | None = None) -> Callable[[Model], Model]:
    """Class decorator: keep every version of each row, deletions included."""
    decorate: Callable[[Model], Model] = pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=exclude or []
    )
    return decorate


def change_of(*columns: str) -> pgtrigger.Operation:
    """For a trigger: a change of one of these columns."""
    changed: pgtrigger.Operation = pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]  # untyped there
    return changed


FOLLOWS = """
                    IF NEW.number > 1 AND NOT EXISTS (
                        SELECT FROM $table WHERE books_id = NEW.books_id AND year = NEW.year
                            AND number = NEW.number - 1
                    ) THEN
                        RAISE EXCEPTION 'number % is missing', NEW.number - 1 USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """


def no_number_left_out(name: str, table: str) -> pgtrigger.Trigger:
    """A trigger under a table of documents, numbered within their books and year: each follows the one before."""
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.After, operation=pgtrigger.Insert, func=FOLLOWS.replace("$table", table)
    )
