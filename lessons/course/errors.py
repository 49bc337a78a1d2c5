"""The one error that the commands of the course turn into a sentence."""


class CourseError(RuntimeError):
    """An expected problem; its message is a sentence for the learner that says what to do."""
