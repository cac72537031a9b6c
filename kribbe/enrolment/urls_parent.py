"""Addresses of the request in four steps and of a parent's own pages."""

from django.urls import path

from kribbe.enrolment.pages import (
    drafts,
    parent,
    proofs,
    referrer,
    saved_search,
    switches,
    trail,
    vacancies,
)

parent_urls = [
    path("my/families/", referrer.families, name="families"),
    path("my/families/new/", referrer.new_family, name="new_family"),
    path("my/families/<str:reference>/", referrer.family, name="family"),
    path("my/families/<str:reference>/request/", referrer.family_request, name="family_request"),
    path("my/who/", trail.my_trail, name="my_trail"),
    path("<slug:desk>/search/save/", saved_search.save, name="save_search"),
    path("<slug:desk>/search/news/<str:token>/", saved_search.saved_search, name="saved_search"),
    path("<slug:desk>/search/news/<str:token>/stop/", saved_search.stop, name="stop_search"),
    path("<slug:desk>/request/", drafts.new_request, name="new_request"),
    path("<slug:desk>/request/continue/<str:token>/", drafts.continue_request, name="continue_request"),
    path("<slug:desk>/request/<str:reference>/", drafts.resume, name="draft"),
    path("<slug:desk>/request/<str:reference>/child/", drafts.child, name="draft_child"),
    path("<slug:desk>/request/<str:reference>/days/", drafts.days, name="draft_days"),
    path("<slug:desk>/request/<str:reference>/choices/", drafts.choices, name="draft_choices"),
    path("<slug:desk>/request/<str:reference>/review/", drafts.review, name="draft_review"),
    path("<slug:desk>/request/<str:reference>/later/", drafts.later, name="draft_later"),
    path("<slug:desk>/request/<str:reference>/sent/", drafts.sent, name="draft_sent"),
    path("<slug:desk>/free-places/", vacancies.vacancies_page, name="vacancies"),
    path("my/free-place/<str:token>/", vacancies.vacancy_page, name="vacancy"),
    path("my/", parent.my, name="my"),
    path("my/requests/<str:reference>/", parent.request_page, name="request"),
    path("my/requests/<str:reference>/need/", parent.change_need_page, name="request_need"),
    path("my/requests/<str:reference>/wishes/", parent.rank_page, name="request_wishes"),
    path("my/requests/<str:reference>/switches/", switches.switches_page, name="request_switches"),
    path("my/requests/<str:reference>/end/", parent.end_page, name="request_end"),
    path("my/requests/<str:reference>/reopen/", parent.reopen_page, name="request_reopen"),
    path("my/requests/<str:reference>/birth/", parent.birth_page, name="request_birth"),
    path("my/proofs/<str:reference>/", proofs.my_proof, name="my_proof"),
    path("my/proofs/<str:reference>/file/", proofs.my_proof_file, name="my_proof_file"),
    path("my/offers/<str:reference>/", parent.offer_page, name="offer"),
    path("my/placements/<str:reference>/", parent.placement_page, name="placement"),
]
