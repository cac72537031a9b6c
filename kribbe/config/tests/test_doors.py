"""Every address and who may pass its door: an outsider gets "not found", a visitor is asked to log in.

Anna Maes is a parent with a request, an offer and a placement; Charlie is a parent of another household and must
not reach Anna's things. A route that has no row here fails the test, and so does a row without a route.
"""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kribbe.config.tests.world import client_of
from kribbe.enrolment.pages.list_table import LISTS

pytestmark = pytest.mark.django_db

ALL = {
    "visitor", "anna", "charlie", "manager", "other manager", "organiser", "clerk", "other clerk",
    "policy officer", "administrator", "other administrator", "unverified clerk", "referrer",
}  # fmt: skip
STAFF = ALL - {"visitor", "anna", "charlie", "unverified clerk"}
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

THIRD_PARTY = ("account_", "mfa_", "set_language", "socialaccount", "usersessions")
"""Routes of packages and of the shell, open to all or guarded and tested by the package itself."""


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

DOORS: dict[str, Door] = {
    "livez": Door(PUBLIC),
    "readyz": Door(PUBLIC),
    "api_reference": Door(PUBLIC),
    "api:openapi-json": Door(PUBLIC),
    "api:locations": Door(PUBLIC),
    "api:location": Door(PUBLIC, SLUG),
    "api:location_free": Door(PUBLIC, SLUG),
    "api:free": Door(PUBLIC),
    "api:desks": Door(PUBLIC),
    "api:desk": Door(PUBLIC, DESK),
    "api:areas": Door(PUBLIC),
    "api:area": Door(PUBLIC, ("nis",)),
    "web:brand_css": Door(PUBLIC, DESK),
    "web:gallery": Door(set(), hidden=True),
    "web:gallery_search": Door(set(), hidden=True),
    "web:gallery_request": Door(set(), hidden=True),
    "web:gallery_waiting_list": Door(set(), hidden=True),
    "web:gallery_points": Door(set(), hidden=True),
    "web:gallery_areas": Door(set(), hidden=True),
    "region:start": Door(PUBLIC),
    "region:home": Door(PUBLIC, DESK),
    "region:how": Door(PUBLIC, DESK),
    "region:accessibility": Door(PUBLIC, DESK),
    "region:privacy": Door(PUBLIC, DESK),
    "region:settings": Door(ADMIN, DESK),
    "region:settings_look": Door(ADMIN, DESK),
    "region:settings_look_preview": Door(ADMIN, DESK),
    "region:settings_policy": Door(ADMIN, DESK),
    "region:settings_policy_preview": Door(ADMIN, DESK),
    "region:settings_reasons": Door(ADMIN, DESK),
    "people:start": Door(STAFF | {"anna", "charlie"}),
    "people:my_data": Door({"anna", "charlie"}),
    "people:household_data": Door(ANNA, REFERENCE_OF_HOUSEHOLD),
    "people:export_household": Door(ANNA, REFERENCE_OF_HOUSEHOLD),
    "people:change_address": Door(ANNA, REFERENCE_OF_HOUSEHOLD),
    "people:change_language": Door(ANNA, REFERENCE_OF_HOUSEHOLD, post=True),
    "people:change_adult": Door(ANNA, ("household", "adult")),
    "people:record_birth": Door(ANNA, ("household", "unborn")),
    "people:record_fact": Door(ANNA, REFERENCE_OF_HOUSEHOLD, post=True),
    "people:end_fact": Door(ANNA, ("household", "fact"), post=True),
    "people:reopen_fact": Door(ANNA, ("household", "fact"), post=True),
    "people:consents": Door(ANNA, REFERENCE_OF_HOUSEHOLD),
    "people:withdraw_consent": Door(ANNA, ("household", "consent"), post=True),
    "people:referrers": Door(ADMIN, DESK),
    "people:new_referrer": Door(ADMIN, DESK),
    "people:end_referrer": Door(set(), ("desk", "none"), post=True),
    "enrolment:families": Door({"referrer"}),
    "enrolment:new_family": Door({"referrer"}),
    "enrolment:family": Door(set(), REFERENCE_OF_HOUSEHOLD),
    "enrolment:family_request": Door(set(), REFERENCE_OF_HOUSEHOLD, post=True),
    "enrolment:my_trail": Door({"anna", "charlie"}),
    "people:roles": Door(ADMIN, DESK),
    "people:confirm_revoke": Door(ADMIN, ("desk", "grant")),
    "people:revoke": Door(ADMIN, ("desk", "grant"), post=True),
    "contact:messages": Door({"anna", "charlie"}),
    "contact:message": Door({"anna"}, ("notice",)),
    "contact:threads": Door({"anna", "charlie"}),
    "contact:new_thread": Door({"anna", "charlie"}),
    "contact:thread": Door({"anna"}, ("thread",)),
    "contact:withdraw_post": Door({"anna"}, ("thread", "post"), post=True),
    "contact:ask_desk": Door({"anna"}, ("thread",), post=True),
    "contact:location_threads": Door(LOCATION, SLUG),
    "contact:location_new_thread": Door(LOCATION, SLUG),
    "contact:location_thread": Door(LOCATION, ("slug", "thread")),
    "contact:location_withdraw_post": Door(LOCATION, ("slug", "location_thread", "location_post"), post=True),
    "contact:location_ask_desk": Door(LOCATION, ("slug", "thread"), post=True),
    "contact:office_told": Door(CLERK, DESK),
    "contact:location_told": Door(LOCATION, SLUG),
    "contact:office_threads": Door(CLERK, DESK),
    "contact:office_new_thread": Door(CLERK, ("desk",), query="?household={household}"),
    "contact:office_thread": Door(CLERK, ("desk", "office_thread")),
    "contact:office_withdraw_post": Door(CLERK, ("desk", "office_thread", "office_post"), post=True),
    "contact:visits": Door({"anna", "charlie"}),
    "contact:make_feed": Door({"anna", "charlie"}, post=True),
    "contact:revoke_feed": Door({"anna", "charlie"}, post=True),
    "contact:book_visit": Door({"anna"}, ("moment",), post=True),
    "contact:move_visit": Door({"anna"}, ("visit_booked",)),
    "contact:cancel_visit": Door({"anna"}, ("visit_booked",), post=True),
    "contact:location_visits": Door(LOCATION, SLUG),
    "contact:location_make_feed": Door(LOCATION, SLUG, post=True),
    "contact:location_revoke_feed": Door(LOCATION, SLUG, post=True),
    "contact:location_cancel_moment": Door(LOCATION, ("slug", "moment")),
    "contact:feed": Door(set(), ("word",), hidden=True),
    "contact:policy": Door(ADMIN, DESK),
    "contact:texts": Door(ADMIN, DESK),
    "contact:text": Door(ADMIN, ("desk", "text_room", "text_name", "text_language")),
    "contact:reset_text": Door(ADMIN, ("desk", "text_room", "text_name", "text_language"), post=True),
    "contact:undelivered": Door(CLERK, DESK),
    "contact:undelivered_mail": Door(CLERK, ("desk", "lost_mail")),
    "contact:post_instead": Door(CLERK, ("desk", "lost_mail"), post=True),
    "contact:set_aside": Door(CLERK, ("desk", "lost_mail"), post=True),
    "contact:letters": Door(CLERK, DESK),
    "contact:print_letters": Door(CLERK, DESK),
    "contact:post_letters": Door(CLERK, DESK, post=True),
    "contact:letter": Door(CLERK, ("desk", "letter")),
    "contact:post_letter": Door(CLERK, ("desk", "letter"), post=True),
    "contact:undo_post": Door(CLERK, ("desk", "letter"), post=True),
    "contact:tasks": Door(CLERK, DESK),
    "contact:new_task": Door(CLERK, DESK),
    "contact:task_done": Door(CLERK, ("desk", "task"), post=True),
    "contact:task_undo": Door(CLERK, ("desk", "task"), post=True),
    "contact:new_note": Door(set(), DESK),
    "contact:note_remove": Door(CLERK, ("desk", "note"), post=True),
    "contact:note_restore": Door(CLERK, ("desk", "note"), post=True),
    "contact:location_work": Door(CLERK, ("desk", "slug")),
    "contact:questions": Door(CLERK, DESK),
    "contact:question_subjects": Door(CLERK, DESK),
    "contact:question_drop": Door(set(), ("desk", "none"), post=True),
    "contact:mailbox": Door(set(), hidden=True),
    "contact:mail": Door(set(), ("one",), hidden=True),
    "places:search": Door(PUBLIC, DESK),
    "places:map_points": Door(PUBLIC, DESK),
    "places:outlines": Door(PUBLIC, DESK),
    "places:suggest": Door(PUBLIC, DESK),
    "places:favourites": Door(PUBLIC, DESK),
    "places:keep": Door(set(), DESK, post=True, hidden=True),
    "places:compare": Door(PUBLIC, DESK),
    "places:location": Door(PUBLIC, ("desk", "slug")),
    "places:location_point": Door(PUBLIC, ("desk", "slug")),
    "places:import": Door(ADMIN, DESK),
    "places:import_preview": Door(set(), ("desk", "word")),
    "places:import_run": Door(set(), ("desk", "word"), post=True),
    "places:import_report": Door(set(), ("desk", "word")),
    "places:import_result": Door(set(), ("desk", "none")),
    "places:import_result_report": Door(set(), ("desk", "none")),
    "places:import_undo": Door(set(), ("desk", "none"), post=True),
    "places:capacity": Door(LOCATION_READ, SLUG),
    "places:new_group": Door(LOCATION_CHANGE, SLUG),
    "places:group": Door(LOCATION_CHANGE, ("slug", "group")),
    "places:group_places": Door(LOCATION_CHANGE, ("slug", "group")),
    "places:group_in_use": Door(LOCATION_CHANGE, ("slug", "group"), post=True),
    "places:drop_places": Door(LOCATION_CHANGE, ("slug", "capacity"), post=True),
    "places:closing_days": Door(LOCATION_READ, SLUG),
    "places:remove_closing_days": Door(LOCATION_CHANGE, ("slug", "closing"), post=True),
    "places:profile": Door(LOCATION_READ, SLUG),
    "places:photos": Door(LOCATION_READ, SLUG),
    "places:change_photo": Door(LOCATION_CHANGE, ("slug", "photo"), post=True),
    "places:hours": Door(LOCATION_READ, SLUG),
    "places:inspections": Door(LOCATION_READ, SLUG),
    "places:open_days": Door(LOCATION_READ, SLUG),
    "places:take_away": Door(LOCATION_CHANGE, ("slug", "photo_kind", "photo"), post=True),
    "places:put_back": Door(LOCATION_CHANGE, ("slug", "photo_kind", "photo"), post=True),
    "places:charter": Door(LOCATION_READ, SLUG),
    "places:licences": Door(CLERK | ADMIN, DESK),
    "places:licence": Door(CLERK | ADMIN, SLUG),
    "places:runners": Door(ADMIN, DESK),
    "places:runner": Door(ADMIN, ("desk", "runner")),
    "places:agreements": Door(CLERK | ADMIN, DESK),
    "places:new_charter": Door(ADMIN, DESK),
    "places:drop_charter": Door(ADMIN, DESK, post=True),
    "places:photo": Door(PUBLIC, ("desk", "slug", "photo_key", "photo_name")),
    "places:report": Door(PUBLIC, ("desk", "slug", "inspection")),
    "enrolment:save_search": Door(PUBLIC, DESK),
    "enrolment:saved_search": Door(PUBLIC, ("desk", "word")),
    "enrolment:stop_search": Door(set(), ("desk", "word"), post=True, hidden=True),
    "enrolment:new_request": Door(PUBLIC, DESK),
    "enrolment:stop_reminder": Door(PUBLIC, ("desk", "word")),
    "enrolment:continue_request": Door(PUBLIC, ("desk", "word")),
    "enrolment:draft": Door(set(), DRAFT),
    "enrolment:draft_child": Door(set(), DRAFT),
    "enrolment:draft_days": Door(set(), DRAFT),
    "enrolment:draft_choices": Door(set(), DRAFT),
    "enrolment:draft_review": Door(set(), DRAFT),
    "enrolment:draft_later": Door(set(), DRAFT),
    "enrolment:draft_sent": Door(set(), DRAFT),
    "enrolment:my": Door({"anna", "charlie"}),
    "enrolment:request": Door(ANNA, REQUEST),
    "enrolment:request_need": Door(ANNA, REQUEST),
    "enrolment:request_wishes": Door(ANNA, REQUEST),
    "enrolment:request_end": Door(ANNA, REQUEST),
    "enrolment:request_reopen": Door(ANNA, REQUEST, post=True),
    "enrolment:request_birth": Door(ANNA, ("unborn_request",)),
    "enrolment:offer": Door(ANNA, ("offer",)),
    "enrolment:placement": Door(ANNA, ("placement",)),
    "enrolment:locations": Door(STAFF),
    "enrolment:today": Door(LOCATION, SLUG),
    "enrolment:waiting_list": Door(LOCATION, SLUG),
    "enrolment:waiting_child": Door(LOCATION, ("slug", "preference")),
    "enrolment:make_offer": Door(LOCATION, ("slug", "preference")),
    "enrolment:refuse": Door(LOCATION, ("slug", "preference")),
    "enrolment:location_offers": Door(LOCATION, SLUG),
    "enrolment:take_back": Door(LOCATION, ("slug", "offer")),
    "enrolment:deposit": Door(LOCATION, ("slug", "placement"), post=True),
    "enrolment:location_children": Door(LOCATION, SLUG),
    "enrolment:vacancies": Door(PUBLIC, DESK),
    "enrolment:vacancy": Door(PUBLIC, ("vacancy",)),
    "enrolment:request_switches": Door(ANNA, REQUEST),
    "enrolment:urgent": Door(LOCATION, SLUG),
    "enrolment:urgent_offer": Door(LOCATION, ("slug", "urgent")),
    "enrolment:last_minute": Door(LOCATION, SLUG),
    "enrolment:last_minute_gone": Door(LOCATION, ("slug", "last_minute"), post=True),
    "enrolment:coming_free": Door(LOCATION, SLUG),
    "enrolment:move_up": Door(LOCATION, ("slug", "placement"), post=True),
    "enrolment:undo_move_up": Door(LOCATION, ("slug", "placement"), post=True),
    "enrolment:birth_answer": Door(LOCATION, ("slug", "placement"), post=True),
    "enrolment:look": Door(PUBLIC, ("slug", "look")),
    "enrolment:office_stale": Door(CLERK, DESK),
    "enrolment:weekly_letters": Door(CLERK, DESK),
    "enrolment:office_direct": Door(CLERK, DESK),
    "enrolment:office_direct_seen": Door(CLERK, ("desk", "direct"), post=True),
    "enrolment:register": Door(LOCATION, SLUG),
    "enrolment:register_done": Door(LOCATION, ("slug", "visit")),
    "enrolment:register_undo": Door(LOCATION, ("slug", "visit"), post=True),
    "enrolment:bulk": Door(LOCATION, SLUG, post=True),
    "enrolment:ask_proof": Door(LOCATION, ("slug", "preference")),
    "enrolment:location_proofs": Door(LOCATION, SLUG),
    "enrolment:office_proofs": Door(CLERK, DESK),
    "enrolment:office_ask_proof": Door(CLERK, OFFICE_HOUSEHOLD),
    "enrolment:review_proof": Door(CLERK | LOCATION, ("proof",)),
    "enrolment:proof_file": Door(CLERK | LOCATION, ("proof",)),
    "enrolment:my_proof": Door({"anna"}, ("proof",)),
    "enrolment:my_proof_file": Door({"anna"}, ("proof",)),
    "enrolment:criteria": Door(LOCATION_READ, SLUG),
    "enrolment:office": Door(CLERK, DESK),
    "enrolment:fee": Door(CLERK, DESK),
    "enrolment:hand_overs": Door(CLERK, DESK),
    "enrolment:hand_over_undo": Door(set(), ("desk", "none"), post=True),
    "enrolment:hand_over_file": Door(set(), ("desk", "none", "kind")),
    "enrolment:new_hand_over": Door(CLERK, OFFICE_HOUSEHOLD),
    "enrolment:list_late": Door(CLERK, DESK),
    **{f"enrolment:{one.url_name}": Door(CLERK, DESK) for one in LISTS},
    "enrolment:office_new_request": Door(CLERK, DESK, post=True),
    "enrolment:household": Door(CLERK, OFFICE_HOUSEHOLD),
    "enrolment:office_fact": Door(CLERK, OFFICE_HOUSEHOLD, post=True),
    "enrolment:office_fact_end": Door(CLERK, (*OFFICE_HOUSEHOLD, "fact"), post=True),
    "enrolment:office_birth": Door(CLERK, (*OFFICE_HOUSEHOLD, "unborn"), post=True),
    "enrolment:office_end": Door(CLERK, (*OFFICE_HOUSEHOLD, "request"), post=True),
    "enrolment:office_reopen": Door(CLERK, (*OFFICE_HOUSEHOLD, "request"), post=True),
    "policy:figures": Door(FIGURES, DESK),
    "policy:coverage": Door(FIGURES, DESK),
    "policy:past": Door(FIGURES, DESK),
    "policy:month": Door(FIGURES, ("desk", "year", "month")),
    "policy:rows": Door(CLERK, ("desk", "figure", "part")),
    "upkeep:pairs": Door(CLERK, DESK),
    "upkeep:pair": Door(CLERK, ("desk", "pair")),
    "policy:flows": Door(FIGURES, DESK),
    "policy:simulation": Door(LOCATION | CLERK | POLICY, DESK),
    "policy:official": Door(FIGURES, DESK),
    "policy:licences": Door(FIGURES, DESK),
    "policy:settle": Door(FIGURES, ("desk", "difference")),
    "policy:unsettle": Door(FIGURES, ("desk", "difference"), post=True),
    "policy:reports": Door(POLICY, DESK),
    "policy:report": Door(POLICY, ("desk", "report")),
    "policy:files": Door(POLICY, DESK),
    "policy:new_file": Door(POLICY, DESK),
    "policy:file": Door(POLICY, ("desk", "file")),
    "policy:change_file": Door(POLICY, ("desk", "file")),
    "policy:step": Door(POLICY, ("desk", "file")),
    "policy:file_grant": Door(POLICY, ("desk", "file")),
    "policy:grants": Door(POLICY, DESK),
    "policy:new_grant": Door(POLICY, DESK),
    "policy:pay_grant": Door(POLICY, ("desk", "place_grant")),
    "upkeep:questions": Door(CLERK, DESK),
    "upkeep:births": Door(CLERK, DESK),
    "upkeep:absences": Door(CLERK, DESK),
    "upkeep:phantom": Door(CLERK, DESK),
    "upkeep:phantom_file": Door(CLERK, DESK),
    "upkeep:complaints": Door(CLERK, DESK),
    "upkeep:office_complaint": Door(CLERK, ("desk", "complaint")),
    "upkeep:first_days": Door(LOCATION, SLUG),
    "upkeep:first_day": Door(ANNA, ("placement",)),
    "rounds:standing": Door(ANNA, REQUEST),
    "rounds:proposals": Door(LOCATION, SLUG),
    "rounds:week": Door(LOCATION, SLUG),
    "rounds:rounds": Door(CLERK, DESK),
    "rounds:waiting": Door(CLERK, DESK),
    "rounds:round": Door(CLERK, ("desk", "round")),
    "planning:my_days": Door({"anna", "charlie"}),
    "planning:my_agreement": Door(ANNA, ("placement",)),
    "planning:my_absence": Door(ANNA, ("placement",)),
    "planning:my_absence_back": Door(ANNA, ("placement",), post=True),
    "planning:my_file": Door({"anna"}, ("placement",)),
    "planning:my_file_paper": Door({"anna"}, ("placement",)),
    "planning:my_extra": Door(ANNA, ("placement",)),
    "planning:my_extra_back": Door(ANNA, ("placement",), post=True),
    "planning:my_short_notice": Door(ANNA, ("placement",), post=True),
    "planning:extra_days": Door(LOCATION, SLUG),
    "planning:answer_day": Door(LOCATION, ("slug", "day_change"), post=True),
    "planning:files": Door(LOCATION, SLUG),
    "planning:file": Door(LOCATION, ("slug", "cared")),
    "planning:file_paper": Door(LOCATION, ("slug", "cared")),
    "planning:my_paper": Door(ANNA, ("paper",)),
    "planning:day": Door(LOCATION, SLUG),
    "planning:absence": Door(LOCATION, ("slug", "placement"), post=True),
    "planning:week": Door(LOCATION, SLUG),
    "planning:year": Door(LOCATION, SLUG),
    "planning:agreements": Door(LOCATION, SLUG),
    "planning:agreement": Door(LOCATION, ("slug", "placement")),
    "planning:write": Door(LOCATION, ("slug", "placement")),
    "planning:withdraw": Door(LOCATION, ("slug", "paper"), post=True),
    "planning:paper": Door(LOCATION, ("slug", "paper")),
    "planning:team": Door(LOCATION, SLUG),
    "planning:house_rules": Door(LOCATION, SLUG),
    "sickcare:my": Door({"anna", "charlie"}),
    "sickcare:family": Door(ANNA, REFERENCE_OF_HOUSEHOLD),
    "sickcare:calls": Door(CLERK, DESK),
    "sickcare:carers": Door(CLERK, DESK),
    "sickcare:answer": Door(PUBLIC, ("desk", "sick_answer")),
    "sickcare:days": Door(PUBLIC, ("desk", "sick_days")),
    "attendance:my": Door({"anna", "charlie"}),
    "attendance:my_month": Door(ANNA, ("placement",)),
    "attendance:my_dispute": Door(ANNA, ("placement", "on")),
    "attendance:day": Door(LOCATION, SLUG),
    "attendance:press": Door(LOCATION, SLUG, post=True),
    "attendance:child_day": Door(LOCATION, ("slug", "placement", "on")),
    "attendance:answer": Door(LOCATION, ("slug", "placement", "on"), post=True),
    "attendance:month": Door(LOCATION, SLUG),
    "attendance:month_csv": Door(LOCATION, SLUG),
    "attendance:month_pdf": Door(LOCATION, SLUG),
    "attendance:evacuation": Door(LOCATION, SLUG),
    "attendance:evacuation_pdf": Door(LOCATION, SLUG),
    "attendance:devices": Door(LOCATION, SLUG),
    "attendance:revoke": Door(LOCATION, ("slug", "none"), post=True),
    "attendance:tablet": Door(PUBLIC, SLUG),
    "attendance:enrol": Door(PUBLIC, SLUG),
    "attendance:tablet_worker": Door(PUBLIC, SLUG),
    "attendance:tablet_manifest": Door(PUBLIC, SLUG),
    "attendance:tablet_day": Door(set(), SLUG, token=True),
    "attendance:tablet_sync": Door(set(), SLUG, post=True, token=True),
    "attendance:tablet_pin": Door(set(), SLUG, post=True, token=True),
    "staff:team": Door(LOCATION, SLUG),
    "staff:carer": Door(LOCATION, ("slug", "carer")),
    "staff:pin": Door(LOCATION, ("slug", "carer"), post=True),
    "outofschool:my": Door({"anna", "charlie"}),
    "outofschool:my_ask": Door({"anna", "charlie"}, ("club",)),
    "outofschool:my_week": Door({"anna", "charlie"}, ("holiday",)),
    "outofschool:family": Door(ANNA, REFERENCE_OF_HOUSEHOLD),
    "outofschool:ask": Door(ANNA, ("household", "club")),
    "outofschool:week": Door(ANNA, ("household", "holiday")),
    "outofschool:clubs": Door({"organiser", "clerk"}, DESK),
    "outofschool:new_club": Door(CLERK, DESK),
    "outofschool:figures": Door(CLERK, DESK),
    "outofschool:rules": Door(ADMIN, DESK),
    "outofschool:schools": Door(ADMIN, DESK),
    "outofschool:day": Door({"organiser", "clerk"}, ("desk", "club"), query="?on={club_day}"),
    "outofschool:hours": Door({"organiser", "clerk"}, ("desk", "club"), query="?month={club_month}"),
    "outofschool:requests": Door({"organiser", "clerk"}, ("desk", "club")),
    "outofschool:holidays": Door({"organiser", "clerk"}, ("desk", "club")),
    "outofschool:club_data": Door({"organiser", "clerk"}, ("desk", "club")),
    "outofschool:search": Door(PUBLIC, DESK),
    "outofschool:club": Door(PUBLIC, ("desk", "club")),
    "staff:contract": Door(LOCATION, ("slug", "carer"), post=True),
    "staff:leave": Door(LOCATION, ("slug", "carer"), post=True),
    "staff:calendar": Door(LOCATION, ("slug", "carer"), post=True),
    "staff:feed": Door(PUBLIC, ("shifts",)),
    "staff:roster": Door(LOCATION, SLUG),
    "staff:roster_day": Door(LOCATION, SLUG),
    "staff:roster_change": Door(LOCATION, SLUG, post=True),
    "staff:ahead": Door(LOCATION, SLUG),
    "staff:propose": Door(LOCATION, SLUG, post=True),
    "staff:proposal": Door(LOCATION, ("slug", "proposal")),
    "staff:shift": Door(LOCATION, ("slug", "carer", "day_on")),
    "rounds:round_do": Door(CLERK, ("desk", "round"), post=True),
    "upkeep:complain": Door(ANNA, REQUEST),
    "upkeep:complaint": Door(ANNA, ("complaint",)),
    "upkeep:second_parent": Door({"anna", "charlie"}),
    "upkeep:invitation": Door(PUBLIC, ("invitation",)),
    "upkeep:still_needed": Door(PUBLIC, ("desk", "question")),
    "enrolment:audit": Door(ADMIN, DESK),
}


def route_names(resolver: URLResolver | None = None, space: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found |= route_names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            found.add(f"{space}{pattern.name}")
    return found


def test_every_route_has_its_door():
    ours = {name for name in route_names() if not name.startswith(THIRD_PARTY)}
    assert ours == set(DOORS)


def addresses(resolver, before=""):
    """Every route as text, its parts without their names, and its name."""
    for pattern in resolver.url_patterns:
        address = before + re.sub(r"<(\w+:)?\w+>", "<>", str(pattern.pattern))
        yield from (
            addresses(pattern, address) if isinstance(pattern, URLResolver) else [(address, pattern.name)]
        )


def test_no_address_hides_another():
    known = Counter(address for address, _name in set(addresses(get_resolver())))
    twice = [address for address, times in known.items() if times > 1]
    assert twice == []


def outcome(response):
    """passed, not found, or sent on to log in or to give the second factor."""
    if response.status_code in {404, 403}:
        return "not found"
    if response.status_code == 302 and response.url.startswith("/account/"):
        return "log in"
    if any(template.name == "web/session_ended.html" for template in response.templates):
        return "log in"
    return "passed"


@pytest.mark.parametrize("part", range(PARTS))
def test_doors(part, world):
    users, named = world
    clients = {who: client_of(users, who) for who in sorted(ALL)}
    wrong = {}
    for name in sorted(DOORS)[part::PARTS]:
        door = DOORS[name]
        address = reverse(name, args=[named[arg] for arg in door.args]) + door.query.format(**named)
        for who, client in clients.items():
            found = knock(client, address, post=door.post)
            if found != expected(who, door):
                wrong[name, who] = found
    assert wrong == {}, "\n".join(f"{key}: {found}" for key, found in sorted(wrong.items()))


def knock(client, address, *, post):
    """Try the door, and leave everything behind it as it was."""
    with transaction.atomic():
        response = client.post(address) if post else client.get(address)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return outcome(response)


def expected(who, door):
    if who in door.who:
        return "passed"
    if door.token:
        return "not found"
    if who == "unverified clerk":
        return "log in"
    return "log in" if who == "visitor" and not door.hidden else "not found"
