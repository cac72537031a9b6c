"""Addresses of rounds: what a family, a location and the desk see of them."""

from django.urls import path

from kribbe.rounds.pages import location, office, standing, waiting, week

app_name = "rounds"
urlpatterns = [
    path("my/requests/<str:reference>/standing/", standing.standing, name="standing"),
    path("at/<slug:slug>/rounds/", location.proposals, name="proposals"),
    path("at/<slug:slug>/week-choices/", week.week, name="week"),
    path("office/<slug:desk>/rounds/", office.rounds, name="rounds"),
    path("office/<slug:desk>/rounds/waiting/", waiting.waiting, name="waiting"),
    path("office/<slug:desk>/rounds/<str:reference>/", office.round_page, name="round"),
    path("office/<slug:desk>/rounds/<str:reference>/do/", office.round_do, name="round_do"),
]
