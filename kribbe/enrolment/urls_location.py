"""Addresses of the locations' pages."""

from django.urls import path

from kribbe.enrolment.pages import (
    location_bulk,
    location_children,
    location_coming,
    location_list,
    location_make,
    location_offers,
    location_order,
    location_refuse,
    location_register,
    location_today,
    location_urgent,
    look,
    proofs,
)

location_urls = [
    path("at/", location_today.locations_page, name="locations"),
    path("at/<slug:slug>/", location_today.today_page, name="today"),
    path("at/<slug:slug>/waiting-list/", location_list.waiting_list_page, name="waiting_list"),
    path(
        "at/<slug:slug>/waiting-list/<int:preference_id>/",
        location_list.waiting_child_page,
        name="waiting_child",
    ),
    path(
        "at/<slug:slug>/waiting-list/<int:preference_id>/offer/",
        location_make.make_offer_page,
        name="make_offer",
    ),
    path(
        "at/<slug:slug>/waiting-list/<int:preference_id>/refuse/", location_refuse.refuse_page, name="refuse"
    ),
    path("at/<slug:slug>/answers/", location_bulk.bulk_page, name="bulk"),
    path("at/<slug:slug>/waiting-list/<int:preference_id>/proof/", proofs.ask_at_location, name="ask_proof"),
    path("at/<slug:slug>/proofs/", proofs.proofs_at_location, name="location_proofs"),
    path("at/<slug:slug>/offers/", location_offers.offers_page, name="location_offers"),
    path(
        "at/<slug:slug>/offers/<slug:reference>/take-back/", location_offers.take_back_page, name="take_back"
    ),
    path("at/<slug:slug>/offers/<slug:reference>/deposit/", location_offers.deposit_received, name="deposit"),
    path("at/<slug:slug>/children/", location_children.children_page, name="location_children"),
    path(
        "at/<slug:slug>/children/<slug:reference>/give-up/",
        location_children.give_up_page,
        name="location_give_up",
    ),
    path(
        "at/<slug:slug>/children/<slug:reference>/give-up/undo/",
        location_children.take_back_page,
        name="location_give_up_undo",
    ),
    path("at/<slug:slug>/coming-free/", location_coming.coming_free_page, name="coming_free"),
    path("at/<slug:slug>/coming-free/<slug:reference>/up/", location_coming.move_up_page, name="move_up"),
    path(
        "at/<slug:slug>/coming-free/<slug:reference>/up/undo/",
        location_coming.undo_move_up_page,
        name="undo_move_up",
    ),
    path(
        "at/<slug:slug>/coming-free/<slug:reference>/birth/",
        location_coming.birth_answer_page,
        name="birth_answer",
    ),
    path("at/<slug:slug>/urgent/", location_urgent.urgent_page, name="urgent"),
    path("at/<slug:slug>/urgent/<int:request_id>/", location_urgent.urgent_offer_page, name="urgent_offer"),
    path("at/<slug:slug>/last-minute/", location_urgent.last_minute_page, name="last_minute"),
    path(
        "at/<slug:slug>/last-minute/<slug:reference>/gone/",
        location_urgent.last_minute_gone,
        name="last_minute_gone",
    ),
    path("at/<slug:slug>/look/<str:token>/", look.look_page, name="look"),
    path("at/<slug:slug>/register/", location_register.register_page, name="register"),
    path(
        "at/<slug:slug>/register/<slug:reference>/",
        location_register.register_done_page,
        name="register_done",
    ),
    path(
        "at/<slug:slug>/register/<slug:reference>/undo/",
        location_register.register_undo,
        name="register_undo",
    ),
    path("at/<slug:slug>/order/", location_order.criteria_page, name="criteria"),
]
