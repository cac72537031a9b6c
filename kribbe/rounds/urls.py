"""Addresses of rounds: what a family, a location and the desk see of them."""

from django.urls import path

from kribbe.rounds.pages import standing

app_name = "rounds"
urlpatterns = [
    path("my/requests/<str:reference>/standing/", standing.standing, name="standing"),
]
