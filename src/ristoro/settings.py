"""Django's settings, every value of which comes from ``env``."""

from __future__ import annotations

from ristoro import env

ENVIRONMENT = env.current()

DATABASES = {"default": ENVIRONMENT.database()}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "ristoro.journal",
    "ristoro.staff",
    "ristoro.remedies",
    "ristoro.notices",
    "ristoro.fulfilment",
    "ristoro.workers",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": []},
    }
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
