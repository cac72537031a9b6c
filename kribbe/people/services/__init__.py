"""What changes people: households, children, facts, accounts and roles. One file a subject."""

from kribbe.people.services.accounts import grant_role, link_user, make_account, revoke_role
from kribbe.people.services.consents import add_organisation, give_consent, withdraw_consent
from kribbe.people.services.facts import end_fact, record_fact, reopen_fact
from kribbe.people.services.families import FamilyData, register_families
from kribbe.people.services.households import (
    AdultData,
    ChildData,
    add_child,
    change_address,
    change_adult,
    change_language,
    record_birth,
    record_school,
    register_household,
)
from kribbe.people.services.log_ins import let_in, open_log_ins, take_out
from kribbe.people.services.own_file import own_file
from kribbe.people.services.search_keys import rebuild_keys, refresh_keys

__all__ = [
    "AdultData",
    "ChildData",
    "FamilyData",
    "add_child",
    "add_organisation",
    "change_address",
    "change_adult",
    "change_language",
    "end_fact",
    "give_consent",
    "grant_role",
    "let_in",
    "link_user",
    "make_account",
    "open_log_ins",
    "own_file",
    "rebuild_keys",
    "record_birth",
    "record_fact",
    "record_school",
    "refresh_keys",
    "register_families",
    "register_household",
    "reopen_fact",
    "revoke_role",
    "take_out",
    "withdraw_consent",
]
