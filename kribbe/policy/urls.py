"""Addresses of the city's figures."""

from django.urls import path

from kribbe.policy.pages import coverage, figures, past, rows

app_name = "policy"
urlpatterns = [
    path("office/<slug:desk>/figures/", figures.figures, name="figures"),
    path("office/<slug:desk>/figures/coverage/", coverage.page, name="coverage"),
    path("office/<slug:desk>/figures/months/", past.months, name="past"),
    path("office/<slug:desk>/figures/months/<int:year>-<int:month>/", past.one_month, name="month"),
    path("office/<slug:desk>/figures/rows/<slug:figure>/<slug:part>/", rows.rows, name="rows"),
]
