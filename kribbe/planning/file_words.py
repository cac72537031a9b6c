"""A child's file in words, as the family, the location and the paper show it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from kribbe.planning.models import ChildFile
from kribbe.planning.selectors.child_file import Person, allergies_of, people


def part_names() -> dict[str, str]:
    """What the parts of a file are called, in their order."""
    return {
        "allergies": _("Allergies"),
        "health": _("Health"),
        "medication": _("Medication"),
        "fetchers": _("Who may fetch the child"),
        "contacts": _("Call in an emergency"),
        "doctor": _("Family doctor"),
        "doctor_phone": _("Phone of the doctor"),
        "vaccinations": _("Vaccinations"),
        "sleep": _("Sleep"),
        "food": _("Food"),
        "comfort": _("What comforts the child"),
        "settling_in": _("Settling in"),
    }


def file_rows(file: ChildFile) -> list[tuple[str, str]]:
    """Every part with what it says, but for the three lists; a part that says nothing gets a dash."""
    names = part_names()
    doctor = " ".join(filter(None, (file.doctor, file.doctor_phone)))
    plain = ("health", "medication", "vaccinations", "sleep", "food", "comfort", "settling_in")
    rows = [(names[name], getattr(file, name) or "–") for name in plain]
    return [*rows[:2], (names["doctor"], doctor or "–"), *rows[2:]]


def file_lists(file: ChildFile) -> dict[str, Any]:
    """The three lists for a template."""
    return {
        "allergies": allergies_of(file),
        "fetchers": people(file.fetchers),
        "contacts": people(file.contacts),
    }


def person_line(person: Person) -> str:
    """`Rita Maes, grandmother, 0470 00 00 00`."""
    return ", ".join(filter(None, (person.name, person.relation, person.phone)))


def said_parts(parts: Sequence[str]) -> str:
    """The names of parts, in the order of the file."""
    names = part_names()
    return ", ".join(name for part, name in names.items() if part in parts)
