"""The world of the tests that walk all addresses."""

from kribbe.config.tests.world import world

__all__ = ["world"]
