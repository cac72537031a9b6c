"""Addresses of a location's capacity, closing days and profile."""

from django.urls import URLPattern

location_urls: list[URLPattern] = []
