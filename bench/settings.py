"""Settings of the bench: those of the product, and the bare view's address beside the others."""

from pathlib import Path

from kribbe.config.settings import *  # noqa: F403  the product's, whole
from kribbe.config.settings import TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates"]
