"""Django's settings, every value of which comes from ``env``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ristoro import env
from ristoro.faces import assets

ENVIRONMENT = env.current()
FACES = Path(__file__).parent / "faces"
WEBMAIL_PARTS = (
    *("mail", "reading", "writing", "mine", "calling", "payee", "claiming"),
    *("phone", "leaving"),
)
CONSOLE_PARTS = (
    "runs",
    "errands",
    "estates",
    "decisions",
    "closing",
    "books",
    "audit",
    "policies",
    "outages",
    "incidents",
    "breaches",
    "programs",
    "payments",
    "claims",
    "evidence",
)

DATABASES = {"default": ENVIRONMENT.database()}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "axes",
    "csp",
    "ristoro.journal",
    "ristoro.staff",
    "ristoro.staff.browsers.apps.BrowsersConfig",
    "ristoro.outages.reports.apps.ReportsConfig",
    "ristoro.outages.incidents.apps.IncidentsConfig",
    "ristoro.outages.breaches.apps.BreachesConfig",
    "ristoro.remedies",
    "ristoro.notices",
    "ristoro.notices.push.apps.PushConfig",
    "ristoro.notices.singles.apps.SinglesConfig",
    "ristoro.fulfilment",
    "ristoro.fulfilment.callers.apps.CallersConfig",
    "ristoro.fulfilment.books.apps.BooksConfig",
    "ristoro.fulfilment.payees.apps.PayeesConfig",
    "ristoro.fulfilment.payments.apps.PaymentsConfig",
    "ristoro.claims.apps.ClaimsConfig",
    "ristoro.workers",
    "ristoro.workers.hooks.apps.HooksConfig",
    "ristoro.faces.status",
    "ristoro.faces.entrance",
    "ristoro.faces.console",
    "ristoro.faces.desk",
    "ristoro.faces.webmail",
    *(f"ristoro.faces.webmail.{part}" for part in WEBMAIL_PARTS),
]
MIDDLEWARE = [
    "ristoro.faces.api.shield.ShieldMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ristoro.faces.packing.PackingMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "ristoro.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
HOLDERS_ZONE = ENVIRONMENT.text("RISTORO_ZONE", "Europe/Rome")
USE_I18N = True
LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English")]
LOCALE_PATHS = [
    FACES / "locale",
    FACES / "status/locale",
    FACES / "webmail/locale",
    *(FACES / "webmail" / part / "locale" for part in WEBMAIL_PARTS),
    FACES / "desk/locale",
    *(FACES / "console" / part / "locale" for part in CONSOLE_PARTS),
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [FACES / "templates"],
        "OPTIONS": {
            "libraries": {
                "said": "ristoro.faces.said",
                "menu": "ristoro.faces.entrance.menu",
                "errands": "ristoro.faces.console.errands.telling",
                "estates": "ristoro.faces.console.estates.words",
                "decisions": "ristoro.faces.console.decisions.telling",
                "telling": "ristoro.faces.console.runs.telling",
                "payments": "ristoro.faces.console.payments.words",
                "service": "ristoro.faces.status.words",
                "breaches": "ristoro.faces.console.breaches.telling",
                "claims": "ristoro.faces.console.claims.words",
                "evidence": "ristoro.faces.console.evidence.words",
                "desk": "ristoro.faces.desk.words",
                "posta": "ristoro.faces.webmail.tags",
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
            ],
        },
    }
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

# The faces. The key is empty where there is none yet: commands that sign nothing need no key, and
# Django refuses to sign with an empty one; `ristoro serve` asks for it by name first.
SECRET_KEY = ENVIRONMENT.secret_or_empty("RISTORO_SECRET_KEY")
ALLOWED_HOSTS = ENVIRONMENT.text("RISTORO_HOSTS", "127.0.0.1 localhost .localhost").split()
STATIC_URL = assets.folder_of(FACES / "static")
STATICFILES_DIRS = [FACES / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = assets.KEPT_FOR_GOOD
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
BEHIND_TLS = ENVIRONMENT.flag("RISTORO_BEHIND_TLS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
# Not "no-referrer": with it, browsers send forms with `Origin: null`, which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Only where nobody but its user reaches the machine: `ristoro demo` sets it to no.
SECOND_FACTOR = ENVIRONMENT.flag("RISTORO_SECOND_FACTOR", default=True)
# Between an approval and the first grant: two people can think again, and cancel.
APPROVAL_WAIT = timedelta(
    seconds=ENVIRONMENT.number("RISTORO_APPROVAL_WAIT", 600, 0, 7 * 24 * 3600)
)
# Between a holder's giving of an account and the first payment to it: whoever did not give it is
# told by a letter, and has so long to undo it.
PAYEE_WAIT = timedelta(
    seconds=ENVIRONMENT.number("RISTORO_PAYEE_WAIT", 72 * 3600, 0, 30 * 24 * 3600)
)
# For how long an account is kept once nothing is owed to it: banks send payments back after days.
PAYEE_KEPT = timedelta(days=ENVIRONMENT.number("RISTORO_PAYEE_DAYS", 30, 0, 366))
# Above how much, in minor units, a second person agrees before damages are settled.
CLAIM_SECOND_ABOVE = ENVIRONMENT.number("RISTORO_CLAIM_SECOND_ABOVE", 10_000, 0, 99_999_999_999)
# The province, by its two letters, whose patron saint's day is no working day; empty for none.
CLAIM_PROVINCE = ENVIRONMENT.text("RISTORO_CLAIM_PROVINCE", "")
# Whether months or space may be offered to a claimant besides money, or instead of a part of it.
CLAIM_IN_KIND = ENVIRONMENT.flag("RISTORO_CLAIM_IN_KIND", default=True)
LOGIN_URL = "entrance:sign-in"
LOGIN_REDIRECT_URL = "console:runs"
LOGOUT_REDIRECT_URL = "entrance:sign-in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Locked by the pair of name and address, or anybody could lock a colleague out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = "ristoro.faces.webmail.attempts.failure_limit"
AXES_COOLOFF_TIME = 1  # hours
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
# What a failed sign-in keeps of its form; the draft is an account, sealed (faces.webmail.payee).
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "address", "draft"]
AXES_LOCKOUT_TEMPLATE = "entrance/locked.html"
# Everything that went wrong is said on standard error, with where it happened, and nothing that a
# holder typed. A page that is not there, or a form that was refused, is no fault of ours.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
