"""Compiling the futures ahead of their first use, on a list of one."""

import numpy as np

from kribbe.allocation.chance.futures import futures
from kribbe.allocation.chance.scene import Joint, Past, Places, Scene, Share, Stays, requests


def warm_up() -> None:
    """Play a future of one request by a round and another by a location itself, so that the machine code is kept."""
    one, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    numbers = dict.fromkeys(("registered", "start", "latest", "birth", "day", "pattern", "price"), 1)
    asked = requests(
        [numbers | {"until": 2, "other": 0, "vulnerable": 0, "sibling": -1, "wishes": [(0, 0, 0, 0)]}]
    )
    room = np.ones((1, 3, 14), np.int16)
    places = Places(np.array([0, 1, 1]), room, none, 36 * one, np.ones((1, 4), np.int64), none, none, none)
    share = Share(1, 2)
    past = Past(1, asked, share, share, share, 0.0, 1)
    joint = Joint(np.ones((1, 3), np.int64), one)
    scene = Scene(asked, places, Stays(none, none, one, one), past, joint)
    futures(scene, seed=1, batches=2, each=1, months=2)
