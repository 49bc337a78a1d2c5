"""Where a learner's progress is kept."""

import os
from pathlib import Path


def home() -> Path:
    """The folder of the learner's progress: LESSONS_HOME, or the usual per-user data folder of this platform."""
    if chosen := os.environ.get("LESSONS_HOME"):
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("lessons", appauthor=False))
