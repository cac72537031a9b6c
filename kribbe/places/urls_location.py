"""Addresses of a location's capacity, closing days and profile."""

from django.urls import path

from kribbe.places.pages import capacity, charter, closing_days, licences, profile, showing

location_urls = [
    path("at/<slug:slug>/capacity/", capacity.capacity_page, name="capacity"),
    path("at/<slug:slug>/capacity/new/", capacity.new_group_page, name="new_group"),
    path("at/<slug:slug>/capacity/<int:group_id>/", capacity.group_page, name="group"),
    path("at/<slug:slug>/capacity/<int:group_id>/places/", capacity.group_places_page, name="group_places"),
    path("at/<slug:slug>/capacity/<int:group_id>/use/", capacity.group_in_use, name="group_in_use"),
    path("at/<slug:slug>/capacity/planned/<int:capacity_id>/drop/", capacity.drop_places, name="drop_places"),
    path("at/<slug:slug>/closing-days/", closing_days.closing_days_page, name="closing_days"),
    path(
        "at/<slug:slug>/closing-days/<int:closing_id>/remove/",
        closing_days.remove_closing_days,
        name="remove_closing_days",
    ),
    path("at/<slug:slug>/licence/", licences.licence_page, name="licence"),
    path("at/<slug:slug>/profile/", profile.profile_page, name="profile"),
    path("at/<slug:slug>/photos/", showing.photos_page, name="photos"),
    path("at/<slug:slug>/photos/<int:photo_id>/", showing.change_photo, name="change_photo"),
    path("at/<slug:slug>/hours/", showing.hours_page, name="hours"),
    path("at/<slug:slug>/inspections/", showing.inspections_page, name="inspections"),
    path("at/<slug:slug>/open-days/", showing.open_days_page, name="open_days"),
    path("at/<slug:slug>/shown/<slug:kind>/<int:row_id>/remove/", showing.take_away, name="take_away"),
    path("at/<slug:slug>/shown/<slug:kind>/<int:row_id>/put-back/", showing.put_back, name="put_back"),
    path("at/<slug:slug>/rules/", charter.charter_page, name="charter"),
]
