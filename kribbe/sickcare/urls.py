"""Addresses of sick-child care: of a family, of a carer with a link, and of the desk."""

from django.urls import path

from kribbe.sickcare.pages import carer, family, office, public

app_name = "sickcare"
urlpatterns = [
    path("my/sick-care/", public.own, name="my"),
    path("households/<str:reference>/sick-care/", family.family, name="family"),
    path("office/<slug:desk>/sick-care/", office.calls, name="calls"),
    path("office/<slug:desk>/sick-care/carers/", office.carers, name="carers"),
    path("<slug:desk>/sick-care/", public.about, name="about"),
    path("<slug:desk>/sick-care/ask/", public.ask_here, name="ask_here"),
    path("<slug:desk>/sick-care/answer/<str:token>/", carer.answer_page, name="answer"),
    path("<slug:desk>/sick-care/days/<str:token>/", carer.days_page, name="days"),
]
