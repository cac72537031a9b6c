"""Addresses of the city's figures."""

from django.urls import path

from kribbe.policy.pages import coverage, expansion, figures, flows, official, past, reports, rows, simulation

app_name = "policy"
urlpatterns = [
    path("office/<slug:desk>/figures/", figures.figures, name="figures"),
    path("office/<slug:desk>/figures/coverage/", coverage.page, name="coverage"),
    path("office/<slug:desk>/figures/months/", past.months, name="past"),
    path("office/<slug:desk>/figures/months/<int:year>-<int:month>/", past.one_month, name="month"),
    path("office/<slug:desk>/figures/rows/<slug:figure>/<slug:part>/", rows.rows, name="rows"),
    path("office/<slug:desk>/figures/borders/", flows.page, name="flows"),
    path("office/<slug:desk>/figures/official/", official.official, name="official"),
    path("office/<slug:desk>/simulation/", simulation.page, name="simulation"),
    path("office/<slug:desk>/licences/", official.licences, name="licences"),
    path("office/<slug:desk>/licences/<int:key>/", official.settle_one, name="settle"),
    path("office/<slug:desk>/licences/<int:key>/undo/", official.unsettle_one, name="unsettle"),
    path("office/<slug:desk>/reports/", reports.year, name="reports"),
    path("office/<slug:desk>/reports/<str:reference>/", reports.report, name="report"),
    path("office/<slug:desk>/expansion/", expansion.listed, name="files"),
    path("office/<slug:desk>/expansion/new/", expansion.add, name="new_file"),
    path("office/<slug:desk>/expansion/<str:reference>/", expansion.one, name="file"),
    path("office/<slug:desk>/expansion/<str:reference>/change/", expansion.change, name="change_file"),
    path("office/<slug:desk>/expansion/<str:reference>/step/", expansion.step, name="step"),
    path("office/<slug:desk>/expansion/<str:reference>/grant/", expansion.add_grant, name="file_grant"),
    path("office/<slug:desk>/grants/", expansion.all_grants, name="grants"),
    path("office/<slug:desk>/grants/new/", expansion.add_grant, name="new_grant"),
    path("office/<slug:desk>/grants/<str:reference>/paid/", expansion.pay_grant, name="pay_grant"),
]
