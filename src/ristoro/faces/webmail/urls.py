"""The addresses of the webmail: Italian words, and the holder's own language on every page."""

from __future__ import annotations

from django.urls import include, path

from ristoro.faces.webmail import brands, policy, signing

own = [
    path("entra/", signing.sign_in, name="sign-in"),
    path("esci/", signing.sign_out, name="sign-out"),
    path("lingua/", signing.language, name="language"),
    path("tinte/<slug:code>-<slug:mark>.css", brands.stylesheet, name="tint"),
    path("csp", policy.reported, name="csp"),
]
urlpatterns = [
    path("", include((own, "webmail"))),
    path("", include("ristoro.faces.webmail.writing.urls")),
    path("", include("ristoro.faces.webmail.mine.urls")),
    path("", include("ristoro.faces.webmail.calling.urls")),
    path("", include("ristoro.faces.webmail.payee.urls")),
    path("", include("ristoro.faces.webmail.claiming.urls")),
    path("", include("ristoro.faces.webmail.phone.urls")),
    path("", include("ristoro.faces.webmail.leaving.urls")),
    path("", include("ristoro.faces.webmail.mail.urls")),
    path("", include("ristoro.faces.webmail.reading.urls")),
]
