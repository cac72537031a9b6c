"""Addresses of a desk's public pages and of its settings."""

from django.urls import path

from kribbe.region.pages import logo, public, settings

app_name = "region"
urlpatterns = [
    path("", public.start, name="start"),
    path("<slug:desk>/", public.home, name="home"),
    path("<slug:desk>/logo/<int:number>.png", public.logo, name="logo"),
    path("<slug:desk>/how-it-works/", public.how, name="how"),
    path("<slug:desk>/accessibility/", public.accessibility, name="accessibility"),
    path("<slug:desk>/privacy/", public.privacy, name="privacy"),
    path("office/<slug:desk>/settings/", settings.contacts, name="settings"),
    path("office/<slug:desk>/settings/look/", settings.look, name="settings_look"),
    path("office/<slug:desk>/settings/look/preview/", settings.look_preview, name="settings_look_preview"),
    path("office/<slug:desk>/settings/logo/", logo.page, name="settings_logo"),
    path("office/<slug:desk>/settings/logo/back/", logo.turn_back, name="settings_logo_back"),
    path("office/<slug:desk>/settings/policy/", settings.policy, name="settings_policy"),
    path(
        "office/<slug:desk>/settings/policy/preview/", settings.policy_preview, name="settings_policy_preview"
    ),
    path("office/<slug:desk>/settings/reasons/", settings.reasons, name="settings_reasons"),
]
