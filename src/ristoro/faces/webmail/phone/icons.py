"""The icons of each brand, drawn from the one picture ``ristoro.svg`` in the brand's colour."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from ristoro.faces.webmail import brands
from ristoro.notices.facts import Brand

SOURCE = Path(__file__).parents[2] / "static" / "ristoro.svg"
SIZES = {"192": 192, "512": 512, "maskable-192": 192, "maskable-512": 512, "touch": 180}
"""What is served, by name, in pixels. ``touch`` is for iOS, which rounds corners by itself."""

_MONTHS = 60 * 60 * 24 * 180
_FINE = 4  # drawn so many times larger, then reduced: smooth edges
_STEPS = 24  # straight pieces of a curve
_SAFE = 0.8  # the part of a maskable icon that no shape cuts off (W3C, Web App Manifest)
Point = tuple[float, float]


@require_safe
@cache_control(public=True, max_age=_MONTHS, immutable=True)
def icon(request: HttpRequest, code: str, mark: str, kind: str) -> HttpResponse:
    """One icon of a brand; its address changes with its looks."""
    brand = brands.known().get(code)
    if brand is None or kind not in SIZES or mark != mark_of(brand):
        return HttpResponse(status=404)
    return HttpResponse(drawn(brand.colour, kind), content_type="image/png")


def address_of(brand: Brand, kind: str) -> str:
    """Where an icon is."""
    return reverse("phone:icon", args=[brand.code, mark_of(brand), kind])


def mark_of(brand: Brand) -> str:
    """What changes with the icons' looks."""
    return hashlib.sha256(brand.colour.encode() + SOURCE.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=64)
def drawn(colour: str, kind: str) -> bytes:
    """The icon as PNG: with round corners, or up to the edge where the phone cuts the shape."""
    svg = SOURCE.read_text(encoding="utf-8")
    width = _number(svg, r'viewBox="0 0 ([\d.]+)')
    stroke = _number(svg, r'stroke-width="([\d.]+)"')
    radius = _number(svg, r' rx="([\d.]+)"')
    to_edge = kind not in ("192", "512")
    size = SIZES[kind]
    scale = size * _FINE / width
    image = Image.new("RGBA", (size * _FINE, size * _FINE))
    pen = ImageDraw.Draw(image)
    box = (0, 0, size * _FINE - 1, size * _FINE - 1)
    if to_edge:
        pen.rectangle(box, fill=colour)
    else:
        pen.rounded_rectangle(box, radius=radius * scale, fill=colour)
    inner = scale * _SAFE if to_edge else scale
    shift = (size * _FINE - width * inner) / 2
    ink = brands.ink(colour)
    path = re.search(r'<path d="([^"]+)"', svg)
    for line in outline(path[1] if path else ""):
        points = [(x * inner + shift, y * inner + shift) for x, y in line]
        pen.line(points, fill=ink, width=round(stroke * inner), joint="curve")
        half = stroke * inner / 2
        for x, y in points:
            pen.ellipse((x - half, y - half, x + half, y + half), fill=ink)
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    out = BytesIO()
    (small.convert("RGB") if to_edge else small).save(out, "PNG", optimize=True)
    return out.getvalue()


def outline(path: str) -> Iterator[list[Point]]:
    """The lines of an SVG path of the commands M, m, L, l, H, h, V, v, C and c.

    ``ValueError`` for any other.
    """
    line: list[Point] = []
    for command, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [float(one) for one in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        here = line[-1] if line else (0.0, 0.0)
        base = here if command.islower() else (0.0, 0.0)
        match command.lower():
            case "m":
                if len(line) > 1:
                    yield line
                line = [(base[0] + numbers[0], base[1] + numbers[1])]
            case "h":
                line.append((base[0] + numbers[0], here[1]))
            case "v":
                line.append((here[0], base[1] + numbers[0]))
            case "l":
                line.append((base[0] + numbers[0], base[1] + numbers[1]))
            case "c":
                for at in range(0, len(numbers), 6):
                    start = line[-1]
                    base = start if command.islower() else (0.0, 0.0)
                    some = numbers[at : at + 6]
                    ends = [
                        (base[0] + x, base[1] + y)
                        for x, y in zip(some[::2], some[1::2], strict=True)
                    ]
                    line += _curve(start, *ends)
            case _:
                raise ValueError(f"the icon's path has {command!r}, which is not drawn here")
    if len(line) > 1:
        yield line


def _curve(start: Point, one: Point, two: Point, end: Point) -> Iterator[Point]:
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        u = 1 - t
        weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
        points = (start, one, two, end)
        yield (
            sum(w * p[0] for w, p in zip(weights, points, strict=True)),
            sum(w * p[1] for w, p in zip(weights, points, strict=True)),
        )


def _number(svg: str, pattern: str) -> float:
    found = re.search(pattern, svg)
    if found is None:
        raise ValueError(f"{SOURCE.name} has no {pattern}")
    return float(found[1])
