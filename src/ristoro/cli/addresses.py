"""Where the pages of this machine are opened."""

from __future__ import annotations

from ristoro import env, wiring


def webmail_at(port: int) -> dict[str, str]:
    """Where each brand's webmail is opened on this machine, by the brand's code.

    A name that ends in ``.localhost`` is this machine's own for every browser (RFC 6761).
    """
    brands = wiring.brands_of(env.current()).values()
    local = {
        brand.code: next((name for name in brand.hosts if name.endswith(".localhost")), "")
        for brand in brands
    }
    return {code: f"http://{name or '127.0.0.1'}:{port}/posta/" for code, name in local.items()}
