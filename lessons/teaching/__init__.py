"""What teachers and authors use: running, solving, projecting, exporting and grading the notebooks."""
