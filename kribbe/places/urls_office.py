"""Addresses of the desk's pages about locations: licences, rules, imports."""

from django.urls import path

from kribbe.places.pages import charter, imports, licences, runners

OFFICE = "office/<slug:desk>/import/"

RULES = "office/<slug:desk>/rules/"

office_urls = [
    path("office/<slug:desk>/licences-of-locations/", licences.licences_page, name="licences"),
    path("office/<slug:desk>/people-of-locations/", runners.runners_page, name="runners"),
    path("office/<slug:desk>/people-of-locations/<int:grant>/", runners.runner_page, name="runner"),
    path(RULES, charter.agreements_page, name="agreements"),
    path(f"{RULES}new/", charter.new_charter_page, name="new_charter"),
    path(f"{RULES}drop/", charter.drop_charter, name="drop_charter"),
    path(OFFICE, imports.start, name="import"),
    path(f"{OFFICE}file/<str:token>/", imports.look, name="import_preview"),
    path(f"{OFFICE}file/<str:token>/run/", imports.carry_out, name="import_run"),
    path(f"{OFFICE}file/<str:token>/report.csv", imports.report, name="import_report"),
    path(f"{OFFICE}<int:run>/", imports.result, name="import_result"),
    path(f"{OFFICE}<int:run>/report.csv", imports.result_report, name="import_result_report"),
    path(f"{OFFICE}<int:run>/undo/", imports.undo, name="import_undo"),
]
