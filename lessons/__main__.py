"""`python -m lessons` is the command `lessons`."""

import sys

from lessons.cli import main

sys.exit(main())
