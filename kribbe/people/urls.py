"""Addresses of accounts, households and roles."""

from django.urls import path

from kribbe.people.pages import consents, log_ins, my_data, roles, start

app_name = "people"
urlpatterns = [
    path("start/", start.start, name="start"),
    path("my/data/", my_data.my_data, name="my_data"),
    path("households/<str:reference>/data/", my_data.household_data, name="household_data"),
    path("households/<str:reference>/data.zip", my_data.export_household, name="export_household"),
    path("households/<str:reference>/address/", my_data.change_address, name="change_address"),
    path("households/<str:reference>/language/", my_data.change_language, name="change_language"),
    path("households/<str:reference>/adults/<int:adult>/", my_data.change_adult, name="change_adult"),
    path("households/<str:reference>/children/<int:child>/birth/", my_data.record_birth, name="record_birth"),
    path(
        "households/<str:reference>/children/<int:child>/school/", my_data.record_school, name="record_school"
    ),
    path("households/<str:reference>/facts/", my_data.record_fact, name="record_fact"),
    path("households/<str:reference>/facts/<int:fact>/end/", my_data.end_fact, name="end_fact"),
    path("households/<str:reference>/facts/<int:fact>/reopen/", my_data.reopen_fact, name="reopen_fact"),
    path("households/<str:reference>/log-ins/", log_ins.log_ins, name="log_ins"),
    path("households/<str:reference>/log-ins/<int:grant>/end/", log_ins.take_out, name="take_out"),
    path("households/<str:reference>/log-ins/of/<int:adult>/", log_ins.let_in, name="let_in"),
    path("households/<str:reference>/referrers/", consents.consents, name="consents"),
    path(
        "households/<str:reference>/referrers/<int:consent>/withdraw/",
        consents.withdraw,
        name="withdraw_consent",
    ),
    path("office/<slug:desk>/referrers/", consents.referrers, name="referrers"),
    path("office/<slug:desk>/referrers/new/", consents.new_referrer, name="new_referrer"),
    path("office/<slug:desk>/referrers/<int:grant>/end/", consents.end_referrer, name="end_referrer"),
    path("office/<slug:desk>/roles/", roles.roles, name="roles"),
    path("office/<slug:desk>/roles/<int:grant>/", roles.confirm_revoke, name="confirm_revoke"),
    path("office/<slug:desk>/roles/<int:grant>/revoke/", roles.revoke, name="revoke"),
]
