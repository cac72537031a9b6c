"""Addresses of what keeps the list true and the desk fair."""

from django.urls import path

from kribbe.upkeep.pages import (
    complaints,
    first_days,
    forgetting,
    pairs,
    phantom,
    second_parent,
    still_needed,
    taken,
    taken_asked,
)

app_name = "upkeep"
urlpatterns = [
    path("office/<slug:desk>/duplicates/", pairs.pairs, name="pairs"),
    path("office/<slug:desk>/duplicates/<str:reference>/", pairs.pair_page, name="pair"),
    path("office/<slug:desk>/taken-directly/", taken.taken, name="taken"),
    path("office/<slug:desk>/taken-directly/<int:child>/", taken.taken_child, name="taken_child"),
    path("office/<slug:desk>/taken-asked/", taken_asked.taken_asked, name="taken_asked"),
    path("office/<slug:desk>/still-needed/", still_needed.questions, name="questions"),
    path("office/<slug:desk>/births/", phantom.births, name="births"),
    path("office/<slug:desk>/first-days/", first_days.absences, name="absences"),
    path("office/<slug:desk>/open-requests/", phantom.phantom, name="phantom"),
    path("office/<slug:desk>/open-requests/file/", phantom.phantom_file, name="phantom_file"),
    path("office/<slug:desk>/forgetting/", forgetting.forgetting, name="forgetting"),
    path("office/<slug:desk>/forgetting/<str:reference>/", forgetting.hold_household, name="hold"),
    path("office/<slug:desk>/forgotten/", forgetting.forgotten, name="forgotten"),
    path("office/<slug:desk>/complaints/", complaints.complaints, name="complaints"),
    path(
        "office/<slug:desk>/complaints/<str:reference>/", complaints.office_complaint, name="office_complaint"
    ),
    path("at/<slug:slug>/first-days/", first_days.first_days, name="first_days"),
    path("my/first-days/<str:reference>/", first_days.first_day, name="first_day"),
    path("my/requests/<str:reference>/complain/", complaints.new_complaint, name="complain"),
    path("my/complaints/<str:reference>/", complaints.complaint, name="complaint"),
    path("my/second-parent/<str:reference>/", second_parent.second_parent, name="second_parent"),
    path("my/invitation/<str:token>/", second_parent.invitation, name="invitation"),
    path("<slug:desk>/still-needed/<str:token>/", still_needed.still_needed, name="still_needed"),
]
