"""`python -m lessons` is the command `lessons`."""

import sys

from lessons.commands.cli import main

sys.exit(main())
