"""For nbgrader's settings: a copy that has lost nbgrader's marks is refused with a sentence, not graded with 0 points.

Google Colab and some other editors store no cell metadata, and nbgrader finds its cells by that alone.
"""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from lessons.course.errors import CourseError


class Marked(Preprocessor):
    """Passes on a notebook that has nbgrader's marks; raises CourseError for one without any."""

    enabled = Bool(True, help="nbconvert's own are off unless asked for").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """The notebook as it is. Raises CourseError, which nbgrader logs; it goes on with the next student."""
        if not any(cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells):
            known = resources["nbgrader"]
            raise CourseError(
                f"The notebook {known['notebook']} of {known['student']} has lost nbgrader's marks, as a copy from "
                "Colab does, so nbgrader cannot grade it. `lessons grade` can: it needs none. Or ask for a copy that "
                "was saved in Jupyter."
            )
        return nb, resources
