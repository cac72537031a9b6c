"""Addresses of staff."""

from django.urls import path

from kribbe.staff.pages import (
    carer,
    cover,
    documents,
    feeds,
    home,
    locations,
    my_stand_in,
    proposal,
    rest,
    roster,
    service,
    shift,
    stand_in,
    team,
)

app_name = "staff"
urlpatterns = [
    path("my/shifts/<str:token>.ics", feeds.feed, name="feed"),
    path("my/other-carer/", my_stand_in.my_stand_in, name="my_stand_in"),
    path("at/<slug:slug>/replacement/", stand_in.stand_in_page, name="stand_in"),
    path("at/<slug:slug>/replacement/<slug:reference>/undo/", stand_in.undo_page, name="stand_in_undo"),
    path("at/<slug:slug>/family-carers/", service.service_page, name="service"),
    path("at/<slug:slug>/team/", team.team_page, name="team"),
    path("at/<slug:slug>/team/<slug:reference>/", carer.carer_page, name="carer"),
    path("at/<slug:slug>/team/<slug:reference>/pin/", carer.pin, name="pin"),
    path("at/<slug:slug>/team/<slug:reference>/contract/", carer.contract, name="contract"),
    path("at/<slug:slug>/team/<slug:reference>/leave/", carer.leave, name="leave"),
    path("at/<slug:slug>/team/<slug:reference>/cover/", cover.cover_page, name="cover"),
    path("at/<slug:slug>/team/<slug:reference>/calendar/", feeds.change, name="calendar"),
    path("at/<slug:slug>/documents/", documents.documents_page, name="documents"),
    path("at/<slug:slug>/documents/<slug:reference>/", documents.change, name="document"),
    path("at/<slug:slug>/at-home/", home.home_page, name="home"),
    path("at/<slug:slug>/at-home/<slug:reference>/", home.change, name="home_child"),
    path("at/<slug:slug>/roster/", roster.week_page, name="roster"),
    path("at/<slug:slug>/roster/day/", roster.day_page, name="roster_day"),
    path("at/<slug:slug>/roster/rest/", rest.rest_page, name="rest"),
    path("at/<slug:slug>/roster/change/", roster.change, name="roster_change"),
    path("at/<slug:slug>/roster/ahead/", locations.ahead_page, name="ahead"),
    path("at/<slug:slug>/roster/propose/", proposal.ask, name="propose"),
    path("at/<slug:slug>/roster/proposals/<slug:reference>/", proposal.proposal_page, name="proposal"),
    path("at/<slug:slug>/roster/<slug:reference>/<str:on>/", shift.shift_page, name="shift"),
]
