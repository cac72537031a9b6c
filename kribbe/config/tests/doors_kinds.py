"""What a door is, and who may knock.

Anna Maes is a parent with a request, an offer and a placement; Charlie is a parent of another household and must
not reach Anna's things.
"""

from dataclasses import dataclass

ALL = {
    "visitor", "anna", "charlie", "manager", "other manager", "organiser", "clerk", "other clerk",
    "policy officer", "administrator", "other administrator", "unverified clerk", "referrer",
}  # fmt: skip
STAFF = ALL - {"visitor", "anna", "charlie", "unverified clerk"}
LOGGED_IN = ALL - {"visitor"}
ANNA = {"anna", "clerk"}
LOCATION = {"manager", "organiser"}
LOCATION_READ = LOCATION | {"administrator", "clerk"}
LOCATION_CHANGE = LOCATION | {"administrator"}
CLERK = {"clerk"}
FIGURES = {"clerk", "policy officer", "administrator"}
ADMIN = {"administrator"}
POLICY = {"policy officer"}
PUBLIC = ALL


PARTS = 4
"""The routes are shared out, so that workers can try them side by side."""


@dataclass(frozen=True)
class Door:
    """Who passes, with which arguments, and by which method."""

    who: set[str]
    args: tuple[str, ...] = ()
    post: bool = False
    query: str = ""
    """After the address, with the same names in brackets."""
    hidden: bool = False
    """Not there for anybody in this world, a visitor included."""
    token: bool = False
    """Opened by the token of a tablet alone, whoever is logged in."""


REFERENCE_OF_HOUSEHOLD = ("household",)
DRAFT = ("desk", "draft")
REQUEST = ("request",)
SLUG = ("slug",)
DESK = ("desk",)
OFFICE_HOUSEHOLD = ("desk", "household")
