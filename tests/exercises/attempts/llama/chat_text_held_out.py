"""Held-out attempts at chat_text, by another hand, written from the task's text alone."""

import functools
import io
import string


def right_growing_text(messages):
    """Beginner: adds piece after piece to a text."""
    text = ""
    for message in messages:
        text = text + "<|im_start|>"
        text = text + message[0]
        text = text + "\n"
        text = text + message[1]
        text = text + "<|im_end|>"
        text = text + "\n"
    text = text + "<|im_start|>assistant\n"
    return text


def right_join_between(messages):
    """The beginning of the answer as one more, unfinished turn; what ends a turn stands between them."""
    turns = [f"{role}\n{content}" for role, content in messages] + ["assistant\n"]
    return "<|im_start|>" + "<|im_end|>\n<|im_start|>".join(turns)


def right_percent(messages):
    """A pattern with two places, by the percent sign."""
    pattern = "<|im_start|>%s\n%s<|im_end|>\n"
    return "".join([pattern % (role, content) for role, content in messages]) + "<|im_start|>assistant\n"


def right_reduce(messages):
    """functools.reduce from the left."""
    whole = functools.reduce(lambda so_far, turn: f"{so_far}<|im_start|>{turn[0]}\n{turn[1]}<|im_end|>\n", messages, "")
    return whole + "<|im_start|>assistant\n"


def right_print_to_buffer(messages):
    """Prints into a buffer, where every print ends its line."""
    buffer = io.StringIO()
    for role, content in messages:
        print(f"<|im_start|>{role}", file=buffer)
        print(content, end="<|im_end|>\n", file=buffer)
    print("<|im_start|>assistant", file=buffer)
    return buffer.getvalue()


def right_template(messages):
    """A string.Template, filled once for each turn."""
    turn = string.Template("<|im_start|>$role\n$content<|im_end|>\n")
    pieces = [turn.substitute(role=role, content=content) for role, content in messages]
    pieces.append("<|im_start|>assistant\n")
    return "".join(pieces)


def wrong_turns_not_apart(messages):
    """No new line behind the end of a turn."""
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_line_before_the_end(messages):
    """A new line too many, between the content and its end."""
    return "".join(f"<|im_start|>{r}\n{c}\n<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_joined_by_lines(messages):
    """Joins the turns with new lines, so the last one has none before the answer begins."""
    return "\n".join(f"<|im_start|>{r}\n{c}<|im_end|>" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_no_line_for_none(messages):
    """Joins everything with new lines and ends without one."""
    parts = [f"<|im_start|>{r}\n{c}<|im_end|>" for r, c in messages]
    return "\n".join([*parts, "<|im_start|>assistant"])


def wrong_answer_closed(messages):
    """Closes the answer that has not been given yet."""
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in [*messages, ("assistant", "")])


def wrong_answer_only_to_the_user(messages):
    """Opens the answer only if the user spoke last."""
    text = "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages)
    if messages and messages[-1][0] == "user":
        text += "<|im_start|>assistant\n"
    return text


def wrong_assistant_goes_on(messages):
    """Lets the assistant's last turn stand open, to be gone on with."""
    text = "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages)
    if messages and messages[-1][0] == "assistant":
        return text.removesuffix("<|im_end|>\n")
    return text + "<|im_start|>assistant\n"


def wrong_default_system(messages):
    """Puts a system prompt in front where none was given, as SmolLM2's template does."""
    if not messages or messages[0][0] != "system":
        messages = [("system", "You are a helpful AI assistant."), *messages]
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_ends_stripped(messages):
    """Cuts spaces and new lines from both ends of a content."""
    return "".join(f"<|im_start|>{r}\n{c.strip()}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_marks_taken_out(messages):
    """Takes typed marks out of the contents, to be safe."""
    text = ""
    for role, content in messages:
        for mark in ("<|im_start|>", "<|im_end|>"):
            content = content.replace(mark, "")
        text += f"<|im_start|>{role}\n{content}<|im_end|>\n"
    return text + "<|im_start|>assistant\n"


def wrong_role_on_the_same_line(messages):
    """A colon and a space behind the role in place of a new line."""
    return "".join(f"<|im_start|>{r}: {c}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_one_turn_for_one_speaker(messages):
    """Makes one turn of two by the same role."""
    turns = []
    for role, content in messages:
        if turns and turns[-1][0] == role:
            turns[-1] = (role, turns[-1][1] + "\n" + content)
        else:
            turns.append((role, content))
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in turns) + "<|im_start|>assistant\n"


def wrong_roles_by_turns(messages):
    """Supposes that user and assistant speak by turns, and does not look at the role."""
    text = ""
    for place, (_, content) in enumerate(messages):
        role = "assistant" if place % 2 else "user"
        text += f"<|im_start|>{role}\n{content}<|im_end|>\n"
    return text + "<|im_start|>assistant\n"


def wrong_empty_turns_left_out(messages):
    """Leaves out turns that say nothing."""
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages if c) + "<|im_start|>assistant\n"


def wrong_opening_in_the_list(messages):
    """The text is right, but the caller's list has grown by a turn."""
    messages.append(("assistant", ""))
    text = "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages)
    return text[: -len("<|im_end|>\n")]


def wrong_inside_out_format(messages):
    """Formats a text that already holds what was typed: a brace in a content breaks it or is filled in."""
    text = ""
    for role, content in messages:
        text += ("<|im_start|>" + role + "\n" + content + "<|im_end|>\n").format(role=role, content=content)
    return text + "<|im_start|>assistant\n"


def wrong_printed(messages):
    """Prints the text and returns nothing."""
    for role, content in messages:
        print(f"<|im_start|>{role}\n{content}<|im_end|>")
    print("<|im_start|>assistant")
