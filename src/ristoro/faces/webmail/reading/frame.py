"""The document in which a stranger's page is shown: the second and third layer.

It is a document of its own address and not a ``srcdoc``, which would inherit the policy of the
application's page: there either no style of a letter would be shown, or the application would have
to allow styles in markup. It is in a sandbox twice, by the frame's attribute and by its own policy,
so that it is as harmless when it is opened by itself.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.html import escape

SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
"""What the frame may: open a link apart. No script, no form, no origin, no way to the page
around it."""

_STYLE: Final = """\
:root{color-scheme:light;background:#fff;color:#1a1a1a;font:16px/1.5 system-ui,sans-serif}
body{margin:0;padding:12px;overflow-wrap:anywhere}
img{max-width:100%;height:auto}
table{max-width:100%}
pre{white-space:pre-wrap}
blockquote{margin:0 0 0 4px;padding-left:10px;border-left:3px solid #c5c5c5}
a[href]{color:#0645ad}
a[href]:hover::after,a[href]:focus-visible::after{content:attr(href);position:fixed;left:0;bottom:0;\
max-width:100%;padding:2px 8px;font:12px/1.5 monospace;color:#1a1a1a;background:#fff6c9;\
border-top:1px solid #8a7400;word-break:break-all;z-index:1}
@media (max-width:620px){table,td,th,div,p{max-width:calc(100vw - 24px)!important}
table[width]{width:100%!important}td,th{width:auto!important}
img{max-width:min(100%,calc(100vw - 64px))!important}}
.top{border-bottom:1px solid #8a8a8a;margin-bottom:16px}
.top h1{font-size:22px;margin:0 0 8px}
.top p{margin:0 0 4px}
.top .hint{color:#555}
.top .false{border:2px solid #a4161a;padding:8px;font-weight:600}
.paper{contain:layout paint}
.plain{white-space:pre-wrap}
@media print{.hint{display:none}.paper{contain:none}a[href]:hover::after{content:none}}
"""


def document(clean: str, lang: str, pictures: str = "", title: str = "") -> HttpResponse:
    """The frame's document around a cleaned page. ``pictures`` is the address below which remote
    ones may be had through us; empty where none may be."""
    policy = content_policy(pictures)
    text = (
        f'<!doctype html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>{clean}</body></html>\n"
    )
    response = HttpResponse(text, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = (
        f"{policy}; sandbox {SANDBOX}; frame-ancestors 'self'; report-uri /csp"
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    return response


def content_policy(pictures: str = "") -> str:
    """What the page may load: its own styles, its own pictures, and those that we hand on."""
    images = f"data: {pictures}" if pictures else "data:"
    return (
        "default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src {images}; font-src 'none'; form-action 'none'; base-uri 'none'"
    )
