"""Few garbage collections for a while, and as many as before afterwards."""

import gc

import pytest

from kribbe.trust.collector import SELDOM, few_collections


def test_garbage_is_looked_for_seldom_and_then_as_before() -> None:
    usual = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        with few_collections():
            assert gc.get_threshold() == SELDOM
        assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.set_threshold(*usual)


def test_a_fault_changes_nothing_of_that() -> None:
    usual = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        with pytest.raises(ZeroDivisionError), few_collections():
            _ = 1 / 0
        assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.set_threshold(*usual)
