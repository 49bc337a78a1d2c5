"""The command `lessons`: `cli` puts it together, every verb has a file of its own, `copies` looks after my-course/."""
