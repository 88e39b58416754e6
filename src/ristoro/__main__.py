"""``python -m ristoro`` and the command ``ristoro``: errors for people come without a traceback."""

from __future__ import annotations

import sys

from ristoro.kernel.errors import RistoroError

try:
    from ristoro.cli.loading import loading
    from ristoro.cli.program import program
except RistoroError as error:
    print(error, file=sys.stderr)
    sys.exit(2)


def main() -> None:
    """Run a command; exit code 2 when an input was refused or something is missing."""
    try:
        with loading():
            command = program(*sys.argv[1:2])
        command()
    except RistoroError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
