"""Addresses of finding care, and of the imports."""

from django.urls import path

from kribbe.places.pages import favourites, location, search, suggest
from kribbe.places.urls_location import location_urls
from kribbe.places.urls_office import office_urls

app_name = "places"
urlpatterns = [
    *location_urls,
    *office_urls,
    path("<slug:desk>/search/", search.search, name="search"),
    path("<slug:desk>/search/points.json", search.map_points, name="map_points"),
    path("<slug:desk>/search/outlines.json", search.outlines, name="outlines"),
    path("<slug:desk>/search/addresses/", suggest.suggest, name="suggest"),
    path("<slug:desk>/favourites/", favourites.favourites, name="favourites"),
    path("<slug:desk>/favourites/keep/", favourites.keep, name="keep"),
    path("<slug:desk>/compare/", favourites.compare, name="compare"),
    path("<slug:desk>/locations/<slug:slug>/", location.location, name="location"),
    path("<slug:desk>/locations/<slug:slug>/photos/<slug:key>/<str:name>", location.photo, name="photo"),
    path("<slug:desk>/locations/<slug:slug>/reports/<int:row_id>/", location.report, name="report"),
    path("<slug:desk>/locations/<slug:slug>/point.json", location.point, name="location_point"),
]
