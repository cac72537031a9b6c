"""Addresses of what keeps the list true and the desk fair."""

from django.urls import path

from kribbe.upkeep.pages import pairs

app_name = "upkeep"
urlpatterns = [
    path("office/<slug:desk>/duplicates/", pairs.pairs, name="pairs"),
    path("office/<slug:desk>/duplicates/<str:reference>/", pairs.pair_page, name="pair"),
]
