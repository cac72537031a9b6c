"""Settings of the tests: those of the product on a server and in a folder of the tests' own, and quick."""

from kribbe.config.server_user import make_folder
from kribbe.testing.server import data_dir, use_test_environment

use_test_environment()

from kribbe.config.settings import *  # noqa: E402, F403  the environment must be ready first
from kribbe.config.settings import DATABASES  # noqa: E402  likewise

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = data_dir() / "static"
make_folder(STATIC_ROOT)
DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
