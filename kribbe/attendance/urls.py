"""Addresses of the register: what a location, its tablets and a family see."""

from django.urls import path

from kribbe.attendance.pages import (
    compensation,
    day,
    devices,
    evacuation,
    glance,
    mine,
    month,
    photos,
    spare_days,
    tablet,
    typed,
)

app_name = "attendance"
urlpatterns = [
    path("my/one-day/", spare_days.my_spare, name="my_spare"),
    path("my/register/", mine.overview, name="my"),
    path("my/placements/<slug:reference>/register/", mine.month_page, name="my_month"),
    path("my/placements/<slug:reference>/register/<slug:day>/", mine.ask, name="my_dispute"),
    path("my/placements/<slug:reference>/photo/", photos.my_photo, name="my_photo"),
    path("at/<slug:slug>/child-files/<slug:reference>/photo/", photos.child_photo, name="child_photo"),
    path("at/<slug:slug>/attendance/", day.day_page, name="day"),
    path("at/<slug:slug>/attendance/glance/", glance.glance, name="glance"),
    path("at/<slug:slug>/attendance/press/", day.press, name="press"),
    path("at/<slug:slug>/attendance/typed/<uuid:key>/", typed.settle, name="typed"),
    path("at/<slug:slug>/attendance/<slug:reference>/<slug:day>/", day.child_day, name="child_day"),
    path("at/<slug:slug>/attendance/<slug:reference>/<slug:day>/answer/", day.answer_family, name="answer"),
    path("at/<slug:slug>/attendance/register/", month.month_page, name="month"),
    path("at/<slug:slug>/attendance/register.csv", month.month_csv, name="month_csv"),
    path("at/<slug:slug>/attendance/register.pdf", month.month_pdf, name="month_pdf"),
    path("at/<slug:slug>/compensation/", compensation.compensation_page, name="compensation"),
    path("at/<slug:slug>/compensation.csv", compensation.compensation_csv, name="compensation_csv"),
    path("at/<slug:slug>/evacuation/", evacuation.evacuation_page, name="evacuation"),
    path("at/<slug:slug>/evacuation.pdf", evacuation.evacuation_pdf, name="evacuation_pdf"),
    path("at/<slug:slug>/tablets/", devices.devices_page, name="devices"),
    path("at/<slug:slug>/tablets/<slug:reference>/revoke/", devices.revoke_device, name="revoke"),
    path("at/<slug:slug>/tablet/", tablet.shell, name="tablet"),
    path("at/<slug:slug>/tablet/in/", tablet.enrol_page, name="enrol"),
    path("at/<slug:slug>/tablet/day.json", tablet.day_data, name="tablet_day"),
    path("at/<slug:slug>/tablet/faces.json", tablet.faces, name="tablet_faces"),
    path("at/<slug:slug>/tablet/sync", tablet.sync, name="tablet_sync"),
    path("at/<slug:slug>/tablet/pin", tablet.pin, name="tablet_pin"),
    path("at/<slug:slug>/tablet/worker.js", tablet.worker, name="tablet_worker"),
    path("at/<slug:slug>/tablet/tablet.webmanifest", tablet.manifest, name="tablet_manifest"),
]
