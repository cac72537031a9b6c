"""Addresses of staff."""

from django.urls import path

from kribbe.staff.pages import team

app_name = "staff"
urlpatterns = [
    path("at/<slug:slug>/team/", team.team_page, name="team"),
    path("at/<slug:slug>/team/<slug:reference>/", team.carer_page, name="carer"),
    path("at/<slug:slug>/team/<slug:reference>/pin/", team.pin, name="pin"),
]
