"""Addresses of out-of-school care: public, of a family, of a club's staff and of the desk."""

from django.urls import path

from kribbe.outofschool.pages import day, family, offices, own, public, settings, social

app_name = "outofschool"
_family = "households/<str:reference>/out-of-school"
_club = "office/<slug:desk>/clubs/<slug:club>"
urlpatterns = [
    path("my/out-of-school/", own.own, name="my"),
    path("my/out-of-school/ask/<slug:club>/", own.own_ask, name="my_ask"),
    path("my/out-of-school/weeks/<str:week>/", own.own_week, name="my_week"),
    path(f"{_family}/", family.family, name="family"),
    path(f"{_family}/ask/<slug:club>/", family.ask, name="ask"),
    path(f"{_family}/weeks/<str:week>/", family.week, name="week"),
    path("office/<slug:desk>/clubs/", offices.clubs, name="clubs"),
    path("office/<slug:desk>/clubs/new/", offices.new_club, name="new_club"),
    path("office/<slug:desk>/clubs/rules/", settings.rules, name="rules"),
    path("office/<slug:desk>/clubs/schools/", settings.schools, name="schools"),
    path("office/<slug:desk>/clubs/figures.csv", offices.figures, name="figures"),
    path(f"{_club}/day/", day.day_page, name="day"),
    path(f"{_club}/hours/", day.hours, name="hours"),
    path(f"{_club}/social/", social.social, name="social"),
    path(f"{_club}/requests/", offices.requests, name="requests"),
    path(f"{_club}/holidays/", offices.holidays, name="holidays"),
    path(f"{_club}/data/", offices.club_data, name="club_data"),
    path("<slug:desk>/out-of-school/", public.search, name="search"),
    path("<slug:desk>/out-of-school/<slug:club>/", public.club_page, name="club"),
]
