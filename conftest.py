"""Fixtures of every room's tests; see `kribbe/testing`."""

pytest_plugins = ["kribbe.testing.fixtures", "kribbe.testing.browser"]
