"""How exercises work. The authors of exercises need only the names below; see `lessons/exercises/fine_tuning.py`."""

from .definition import (
    CodeExercise,
    Exercise,
    Mistake,
    NumberExercise,
    Option,
    Quiz,
    mistake,
    right,
    wrong,
    wrong_number,
)
from .verdict import Kind, Verdict

__all__ = [
    "CodeExercise",
    "NumberExercise",
    "Quiz",
    "mistake",
    "wrong_number",
    "right",
    "wrong",
    "Exercise",
    "Mistake",
    "Option",
    "Kind",
    "Verdict",
]
