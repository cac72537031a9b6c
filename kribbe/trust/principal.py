"""Who acts: built once a request by middleware, handed to services, and free of the database."""

from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """What a role is held over."""

    REGION = "region"
    DESK = "desk"
    ORGANISER = "organiser"
    LOCATION = "location"
    HOUSEHOLD = "household"
    REFERRER = "referrer"


class Role(StrEnum):
    """The roles of the desk; what each may do stands in `permissions.py`."""

    PARENT = "parent"
    CO_PARENT = "co_parent"
    MANAGER = "manager"
    ORGANISER = "organiser"
    CLERK = "clerk"
    POLICY_OFFICER = "policy_officer"
    ADMINISTRATOR = "administrator"
    REFERRER = "referrer"


PARENTS = frozenset({Role.PARENT, Role.CO_PARENT})
"""Roles of families; who holds none but these is no staff."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held over one scope. `only` names the actions it is narrowed to; empty: all of the role's."""

    role: Role
    scope: Scope
    scope_id: int
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Principal:
    """The person (or the system) behind a request. `user_id` None is a visitor or the system itself."""

    user_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = field(default=())
    verified: bool = False
    """True once a second factor was given in this session; staff roles count only then."""
    household_id: int | None = None
    """Of several own households the one whose pages this session chose to see."""

    @property
    def is_visitor(self) -> bool:
        return self.user_id is None

    @property
    def is_staff(self) -> bool:
        return any(grant.role not in PARENTS for grant in self.grants)

    def scope_ids(self, scope: Scope, *roles: Role, action: str = "") -> frozenset[int]:
        """Ids of that scope over which one of these roles is held, and for that action if one is named."""
        return frozenset(
            grant.scope_id
            for grant in self.grants
            if grant.scope is scope and grant.role in roles and (not grant.only or action in grant.only)
        )


VISITOR = Principal()
SYSTEM = Principal(name="Kribbe")
"""Jobs and schedules act under this name."""
