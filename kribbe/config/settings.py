"""Django's settings, all taken from the environment (see `environment.py` and docs/reference/settings.md)."""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kribbe.config import embedded, logs
from kribbe.config.environment import load

django_stubs_ext.monkeypatch()

ENVIRONMENT = load()
ROOT = Path(__file__).resolve().parents[1]

SECRET_KEY = ENVIRONMENT.secret_key.get_secret_value()
SECRET_KEY_FALLBACKS = [key.get_secret_value() for key in ENVIRONMENT.former_keys]
NATIONAL_NUMBER_KEY = ENVIRONMENT.hash_key.get_secret_value()
DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
ALLOWED_HOSTS = ENVIRONMENT.hosts
BASE_URL = ENVIRONMENT.base_url
API_LIMIT = ENVIRONMENT.api_limit
HAND_OVER_DAYS = ENVIRONMENT.hand_over_days
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "kribbe.people",
    "csp",
    "kribbe.trust",
    "kribbe.web",
    "kribbe.region",
    "kribbe.places",
    "kribbe.contact",
    "kribbe.enrolment",
    "kribbe.rounds",
    "kribbe.planning",
    "kribbe.staff",
    "kribbe.attendance",
    "kribbe.outofschool",
    "kribbe.sickcare",
    "kribbe.billing",
    "kribbe.banking",
    "kribbe.taxes",
    "kribbe.api",
    "kribbe.policy",
    "kribbe.upkeep",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kribbe.web.middleware.NulMiddleware",
    "kribbe.web.middleware.HeadMiddleware",
    "kribbe.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "kribbe.web.language.LanguageByAddress",
    "kribbe.web.receiving.RefuseHuge",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "kribbe.people.middleware.PrincipalMiddleware",
    "kribbe.region.middleware.DeskMiddleware",
]

ROOT_URLCONF = "kribbe.config.urls"
WSGI_APPLICATION = "kribbe.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kribbe.web.context.shell",
            ],
            "builtins": [
                "kribbe.web.templatetags.telling",
                "kribbe.web.templatetags.week",
                "kribbe.web.templatetags.pieces",
                "kribbe.web.templatetags.parts",
                "kribbe.web.templatetags.fields",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
FORM_RENDERER = "kribbe.web.forms.Renderer"

DATABASE_URL = ENVIRONMENT.database_url or embedded.address(ENVIRONMENT.data_dir)
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(DATABASE_URL)
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c statement_timeout={ENVIRONMENT.statement_timeout_ms} -c lock_timeout={ENVIRONMENT.lock_timeout_ms}"
    " -c pgtrigger.ignore={}"
)
"""No trigger is left out: said outright, since each trigger of each row asks, and not knowing costs it 0.2 ms."""
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "trust_cache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "kribbe.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if BASE_URL.startswith("https") else "http"
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kribbe"
MFA_FORMS = {"activate_totp": "kribbe.people.second_factor.SetUpForm"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:start"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("fr", _("French")), ("en", _("English")), ("de", _("German"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone
FORMAT_MODULE_PATH = ["kribbe.web.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static_root
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

FILES_DIR = ENVIRONMENT.files_root
FILE_UPLOAD_HANDLERS = ["kribbe.trust.receiving.LimitedUpload"]

EMAIL_BACKEND = "kribbe.contact.backend.DeskBackend"
MAIL_URL = ENVIRONMENT.mail
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
ADDRESS_REGISTER = ENVIRONMENT.address_register
ADDRESS_REGISTER_URL = ENVIRONMENT.address_register_url
ADDRESS_REGISTER_KEY = ENVIRONMENT.address_register_key.get_secret_value()
BASEMAP_URL = ENVIRONMENT.basemap_url
BASEMAP_ATTRIBUTION = ENVIRONMENT.basemap_attribution
TRAVEL_SOURCE = ENVIRONMENT.travel

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https")
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kribbe.web.errors.stale_form"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_HSTS_SECONDS = 31_536_000 if BASE_URL.startswith("https") else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BASE_URL.startswith("https") else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *ENVIRONMENT.basemap_origins],
        "connect-src": [SELF, *ENVIRONMENT.basemap_origins],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING_CONFIG = None
logs.configure(ENVIRONMENT.log_format)
