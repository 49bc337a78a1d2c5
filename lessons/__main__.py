"""`python -m lessons` is the command `lessons`."""

import sys


def outside() -> list[str]:
    """Where modules are looked for, without the folder that one happens to be in: others may have put files there."""
    here, home = sys.path[0], __file__.rpartition("lessons")[0].rstrip("/\\")
    return sys.path if here == home else sys.path[1:]


if __name__ == "__main__":
    if not sys.flags.safe_path:
        sys.path[:] = outside()
    from lessons.commands.cli import main

    sys.exit(main())
