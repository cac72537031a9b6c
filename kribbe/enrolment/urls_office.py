"""Addresses of the desk's own pages."""

from django.urls import path

from kribbe.enrolment.pages import (
    audit,
    fee,
    hand_over,
    list_late,
    new_family,
    office,
    office_free,
    on_behalf,
    proofs,
)
from kribbe.enrolment.pages.list_table import LISTS
from kribbe.enrolment.pages.lists import list_view

office_urls = [
    path("office/<slug:desk>/", office.office, name="office"),
    path("office/<slug:desk>/proofs/", proofs.proofs_at_desk, name="office_proofs"),
    path("office/<slug:desk>/household/<str:reference>/proof/", proofs.ask_at_desk, name="office_ask_proof"),
    path("households/proofs/<str:reference>/", proofs.review_proof, name="review_proof"),
    path("households/proofs/<str:reference>/file/", proofs.proof_file, name="proof_file"),
    path("office/<slug:desk>/new-request/", office.new_request, name="office_new_request"),
    path("office/<slug:desk>/new-family/", new_family.office_new_family, name="office_new_family"),
    path("office/<slug:desk>/household/<str:reference>/", office.household, name="household"),
    path("office/<slug:desk>/household/<str:reference>/fact/", on_behalf.add_fact, name="office_fact"),
    path(
        "office/<slug:desk>/household/<str:reference>/fact/<int:fact>/end/",
        on_behalf.stop_fact,
        name="office_fact_end",
    ),
    path(
        "office/<slug:desk>/household/<str:reference>/birth/<int:child>/",
        on_behalf.birth,
        name="office_birth",
    ),
    path(
        "office/<slug:desk>/household/<str:reference>/end/<str:request_reference>/",
        on_behalf.end,
        name="office_end",
    ),
    path(
        "office/<slug:desk>/household/<str:reference>/reopen/<str:request_reference>/",
        on_behalf.reopen,
        name="office_reopen",
    ),
    path(
        "office/<slug:desk>/household/<str:reference>/no-back/<str:offer>/",
        on_behalf.no_back,
        name="office_no_back",
    ),
    path("office/<slug:desk>/silent-locations/", office_free.stale_page, name="office_stale"),
    path("office/<slug:desk>/weekly-list/", office_free.weekly_letters, name="weekly_letters"),
    path("office/<slug:desk>/audit/", audit.audit, name="audit"),
    path("office/<slug:desk>/fee/", fee.fee, name="fee"),
    path("office/<slug:desk>/hand-overs/", hand_over.hand_overs, name="hand_overs"),
    path("office/<slug:desk>/hand-overs/<int:made>/undo/", hand_over.hand_over_undo, name="hand_over_undo"),
    path(
        "office/<slug:desk>/hand-overs/<int:made>/<slug:kind>/",
        hand_over.hand_over_file,
        name="hand_over_file",
    ),
    path(
        "office/<slug:desk>/household/<str:reference>/hand-over/",
        hand_over.new_hand_over,
        name="new_hand_over",
    ),
    path("office/<slug:desk>/lists/late/", list_late.late, name="list_late"),
    *[
        path(f"office/<slug:desk>/lists/{one.name.replace('_', '-')}/", list_view(one), name=one.url_name)
        for one in LISTS
    ],
]
