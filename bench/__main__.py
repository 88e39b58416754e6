"""Every bench, one after another, then the tables: what ``make bench`` runs.

Each is a process of its own, so that none inherits another's memory; a bench that fails stops the
rest, and the results of those before it stay.
"""

from __future__ import annotations

import subprocess
import sys

from bench import table

BENCHES = (
    *("decide", "explain", "estate", "load", "leases", "deposit", "notices"),
    *("webmail_inbox", "webmail_confirm", "console_pages", "examining", "log_lines", "evidence"),
    *("books", "payments", "bank_files"),
)


def main() -> None:
    """Run those named on the command line, by default all."""
    chosen = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in chosen if name not in BENCHES]:
        sys.exit(f"no bench is called {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    for number, name in enumerate(chosen, 1):
        print(f"{number}/{len(chosen)} {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)
    table.main()


if __name__ == "__main__":
    main()
