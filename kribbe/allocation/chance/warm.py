"""Compiling the futures ahead of their first use, on a list of one."""

import numpy as np

from kribbe.allocation.chance.futures import futures
from kribbe.allocation.chance.scene import Past, Places, Scene, Share, Stays, requests


def warm_up() -> None:
    """Play one future of one request, so that the machine code is kept."""
    one, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    asked = requests(
        [
            dict.fromkeys(("registered", "start", "latest", "birth", "day", "pattern", "price"), 1)
            | {"until": 2, "other": 0, "wishes": [(0, 0, 0)]}
        ]
    )
    room = np.ones((1, 3, 14), np.int16)
    places = Places(np.arange(2), room, none, 36 * one, one, np.ones((1, 4), np.int64), none)
    share = Share(1, 2)
    past = Past(1, asked, share, share, share, 0.0, 1)
    futures(Scene(asked, places, Stays(none, none, one, one), past), seed=1, batches=2, each=1, months=2)
