"""How public answers may be kept: for seconds, and looked up again by a weak entity tag."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control

WEAK_TAG_LENGTH = 32


def kept(
    request: HttpRequest, response: HttpResponse, seconds: int, anyone: bool = False
) -> HttpResponseBase:
    """The answer, or 304 where the reader has it. ``anyone``: scripts of any site may read it."""
    tag = f'W/"{sha256(response.content).hexdigest()[:WEAK_TAG_LENGTH]}"'
    response["ETag"] = tag
    patch_cache_control(response, public=True, max_age=seconds)
    if anyone:
        response["Access-Control-Allow-Origin"] = "*"
    found = get_conditional_response(request, etag=tag, response=response)
    assert found is not None
    return found
