"""Addresses under `/_web/`."""

from django.urls import path

from kribbe.web import pages

app_name = "web"

urlpatterns = [
    path("brand/<slug:slug>.css", pages.brand_css, name="brand_css"),
    path("gallery/", pages.gallery, name="gallery"),
    path("gallery/search/", pages.gallery_search, name="gallery_search"),
    path("gallery/request/", pages.gallery_request, name="gallery_request"),
    path("gallery/waiting-list/", pages.gallery_waiting_list, name="gallery_waiting_list"),
    path("gallery/points.json", pages.gallery_points, name="gallery_points"),
    path("gallery/areas.json", pages.gallery_areas, name="gallery_areas"),
]
