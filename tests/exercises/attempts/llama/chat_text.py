"""Attempts at chat_text, written from the task's text alone."""

import functools
import io
import json
import re
from string import Template
import html
import operator
import textwrap


# ---------------------------------------------------------------- right
def right_plus_equals(messages):
    """A beginner's loop that adds to a text."""
    text = ""
    for role, content in messages:
        text += "<|im_start|>" + role + "\n" + content + "<|im_end|>" + "\n"
    text += "<|im_start|>assistant\n"
    return text


def right_join(messages):
    """f-strings in a generator, joined."""
    turns = "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in messages)
    return turns + "<|im_start|>assistant\n"


def right_list_of_pieces(messages):
    """Collects the pieces in a list."""
    pieces = []
    for message in messages:
        pieces.append("<|im_start|>")
        pieces.append(message[0])
        pieces.append("\n")
        pieces.append(message[1])
        pieces.append("<|im_end|>")
        pieces.append("\n")
    pieces += ["<|im_start|>", "assistant", "\n"]
    return "".join(pieces)


def right_format(messages):
    """A template with format."""
    turn = "<|im_start|>{}\n{}<|im_end|>\n"
    return "".join([turn.format(*message) for message in messages]) + "<|im_start|>assistant\n"


def right_percent(messages):
    """A template with the percent sign."""
    return "".join("<|im_start|>%s\n%s<|im_end|>\n" % (r, c) for r, c in messages) + "<|im_start|>assistant\n"


def right_between(messages):
    """What stands between two turns is the glue of a join."""
    turns = [f"{role}\n{content}" for role, content in messages] + ["assistant\n"]
    return "<|im_start|>" + "<|im_end|>\n<|im_start|>".join(turns)


def right_reduce(messages):
    """A fold over the turns."""
    turns = functools.reduce(lambda text, m: text + f"<|im_start|>{m[0]}\n{m[1]}<|im_end|>\n", messages, "")
    return turns + "<|im_start|>assistant\n"


def right_recursion(messages):
    """The first turn and then what the others give."""
    if not messages:
        return "<|im_start|>assistant\n"
    (role, content), *rest = messages
    return f"<|im_start|>{role}\n{content}<|im_end|>\n" + right_recursion(rest)


def right_string_io(messages):
    """Writes into a text in memory."""
    out = io.StringIO()
    for role, content in messages:
        out.write(f"<|im_start|>{role}\n")
        out.write(content)
        out.write("<|im_end|>\n")
    out.write("<|im_start|>assistant\n")
    return out.getvalue()


def right_print_into_a_file(messages):
    """print into a text in memory makes the new lines."""
    out = io.StringIO()
    for role, content in messages:
        print("<|im_start|>" + role, file=out)
        print(content, "<|im_end|>", sep="", file=out)
    print("<|im_start|>assistant", file=out)
    return out.getvalue()


def right_template(messages):
    """A template of the standard library."""
    turn = Template("<|im_start|>$role\n$content<|im_end|>\n")
    return "".join(turn.substitute(role=r, content=c) for r, c in messages) + "<|im_start|>assistant\n"


def right_map(messages):
    """A function for one turn, mapped."""

    def turn(message):
        role, content = message
        return "<|im_start|>" + role + "\n" + content + "<|im_end|>\n"

    return "".join([*map(turn, messages), "<|im_start|>assistant\n"])


def right_generator(messages):
    """A generator yields piece after piece."""

    def pieces():
        for role, content in messages:
            yield f"<|im_start|>{role}"
            yield f"{content}<|im_end|>"
        yield "<|im_start|>assistant"
        yield ""

    return "\n".join(pieces())


def right_index_loop(messages):
    """while and an index."""
    start, end = "<|im_start|>", "<|im_end|>"
    i, text = 0, ""
    while i < len(messages):
        text = text + start + messages[i][0] + "\n" + messages[i][1] + end + "\n"
        i = i + 1
    return text + start + "assistant" + "\n"


def right_last_turn_cut_off(messages):
    """Gives the assistant an empty turn, in a new list, and cuts the end of it off."""
    end = "<|im_end|>\n"
    text = "".join(f"<|im_start|>{r}\n{c}{end}" for r, c in [*messages, ("assistant", "")])
    return text[: -len(end)]


def right_jinja(messages):
    """A Jinja template, as in the files of models; its last new line has to be kept."""
    from jinja2 import Environment

    template = Environment(keep_trailing_newline=True).from_string(
        "{% for role, content in messages %}<|im_start|>{{ role }}\n{{ content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
    )
    return template.render(messages=messages)


# ---------------------------------------------------------------- wrong
def wrong_no_opening(messages):
    """Does not open the answer."""
    return "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in messages)


def wrong_opening_without_new_line(messages):
    """The new line after the last role is missing."""
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant"


def wrong_opening_is_closed(messages):
    """The answer is opened and closed at once."""
    text = "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages)
    return text + "<|im_start|>assistant\n<|im_end|>\n"


def wrong_no_line_between_turns(messages):
    """No new line after <|im_end|>."""
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_line_before_the_end(messages):
    """One new line more, between content and <|im_end|>."""
    return "".join(f"<|im_start|>{r}\n{c}\n<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_stripped_text(messages):
    """strip() at the end takes the last new line away."""
    text = "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"
    return text.strip()


def wrong_stripped_contents(messages):
    """Cuts white space from the contents."""
    text = "".join(f"<|im_start|>{r}\n{c.strip()}<|im_end|>\n" for r, c in messages)
    return text + "<|im_start|>assistant\n"


def wrong_special_texts_removed(messages):
    """Takes <|im_start|> and <|im_end|> out of what was typed."""
    text = ""
    for role, content in messages:
        content = re.sub(r"<\|im_(start|end)\|>", "", content)
        text += f"<|im_start|>{role}\n{content}<|im_end|>\n"
    return text + "<|im_start|>assistant\n"


def wrong_default_system(messages):
    """Adds a system prompt where none is given, as the model's own template does."""
    messages = list(messages)
    if not messages or messages[0][0] != "system":
        messages = [("system", "You are a helpful AI assistant named SmolLM, trained by Hugging Face")] + messages
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"


def wrong_last_message_only(messages):
    """The model reads the last question alone, as if it had a memory."""
    role, content = messages[-1]
    return f"<|im_start|>{role}\n{content}<|im_end|>\n<|im_start|>assistant\n"


def wrong_first_message_only(messages):
    """The return stands inside the loop."""
    for role, content in messages:
        return f"<|im_start|>{role}\n{content}<|im_end|>\n" + "<|im_start|>assistant\n"


def wrong_without_the_system(messages):
    """Leaves the system out."""
    turns = [m for m in messages if m[0] != "system"]
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in turns) + "<|im_start|>assistant\n"


def wrong_without_earlier_answers(messages):
    """Leaves out what the assistant said."""
    turns = [m for m in messages if m[0] != "assistant"]
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in turns) + "<|im_start|>assistant\n"


def wrong_opening_every_time(messages):
    """Opens an answer after each turn: the line is indented too far."""
    text = ""
    for role, content in messages:
        text += f"<|im_start|>{role}\n{content}<|im_end|>\n"
        text += "<|im_start|>assistant\n"
    return text


def wrong_dictionary(messages):
    """By a dictionary of roles, so only the last content of a role is left."""
    turns = dict(messages)
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in turns.items()) + "<|im_start|>assistant\n"


def wrong_appends_to_the_list(messages):
    """Right, but the caller's list has a turn of the assistant now."""
    messages.append(("assistant", ""))
    text = "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages)
    return text[: -len("<|im_end|>\n")]


def wrong_pops_from_the_list(messages):
    """Right, but the caller's list is empty afterwards."""
    text = ""
    while messages:
        role, content = messages.pop(0)
        text += f"<|im_start|>{role}\n{content}<|im_end|>\n"
    return text + "<|im_start|>assistant\n"


def wrong_colon(messages):
    """A colon and a space after the role."""
    return "".join(f"<|im_start|>{r}: {c}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant: "


def wrong_raw_string(messages):
    r"""A raw string, in which \n is two characters."""
    return "".join(rf"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages) + r"<|im_start|>assistant\n"


def wrong_last_turn_open(messages):
    """Writes no <|im_end|> after the last message."""
    end = "<|im_end|>\n"
    text = "".join(f"<|im_start|>{r}\n{c}{end}" for r, c in messages)
    return text[: -len(end)] + "\n<|im_start|>assistant\n"


def wrong_opening_only_after_a_user(messages):
    """Opens the answer only where the user spoke last."""
    text = "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages)
    if messages and messages[-1][0] == "user":
        text += "<|im_start|>assistant\n"
    return text


def wrong_capitals(messages):
    """Writes the roles with capital letters."""
    return "".join(f"<|im_start|>{r.title()}\n{c}<|im_end|>\n" for r, c in messages) + "<|im_start|>Assistant\n"


def wrong_start_and_end_swapped(messages):
    """<|im_end|> before and <|im_start|> behind."""
    return "".join(f"<|im_end|>{r}\n{c}<|im_start|>\n" for r, c in messages) + "<|im_end|>assistant\n"


def wrong_list(messages):
    """Returns a list of turns, not one text."""
    return [f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages] + ["<|im_start|>assistant\n"]


def wrong_print(messages):
    """Prints the text."""
    for role, content in messages:
        print(f"<|im_start|>{role}\n{content}<|im_end|>")
    print("<|im_start|>assistant")


def wrong_quoted(messages):
    """Puts the contents in quotation marks, by json."""
    text = "".join(f"<|im_start|>{r}\n{json.dumps(c)}<|im_end|>\n" for r, c in messages)
    return text + "<|im_start|>assistant\n"


def wrong_role_and_content_swapped(messages):
    """Takes the content for the role."""
    return "".join(f"<|im_start|>{r}\n{c}<|im_end|>\n" for c, r in messages) + "<|im_start|>assistant\n"


def wrong_blank_line(messages):
    """A blank line between the turns."""
    turns = [f"<|im_start|>{r}\n{c}<|im_end|>\n" for r, c in messages]
    return "\n".join([*turns, "<|im_start|>assistant\n"])


def wrong_role_missing(messages):
    """The roles are not written."""
    return "".join(f"<|im_start|>{c}<|im_end|>\n" for _, c in messages) + "<|im_start|>\n"


def wrong_no_line_after_role(messages):
    """The new line between role and content is missing."""
    return "".join(f"<|im_start|>{r}{c}<|im_end|>\n" for r, c in messages) + "<|im_start|>assistant\n"


START = "<|im_start|>"


END = "<|im_end|>"


def right_constants(messages):
    """Names for the two marks, and a plain loop."""
    result = []
    for role, content in messages:
        result.append(f"{START}{role}\n{content}{END}\n")
    result.append(f"{START}assistant\n")
    return "".join(result)


def right_inner_function(messages):
    """A function that opens a turn serves both the turns and the answer."""

    def opened(role):
        return START + role + "\n"

    text = str()
    for each in messages:
        text = text + opened(each[0]) + each[1] + END + "\n"
    return text + opened("assistant")


def right_sum_of_tuples(messages):
    """All pieces of all turns in one tuple."""
    pieces = sum(((START, role, "\n", content, END, "\n") for role, content in messages), ())
    return "".join(pieces + (START, "assistant", "\n"))


def right_from_behind(messages):
    """Begins with the opening and puts turn after turn before it."""
    text = START + "assistant\n"
    for role, content in reversed(messages):
        text = START + role + "\n" + content + END + "\n" + text
    return text


def right_unzipped(messages):
    """Roles and contents apart, zipped together again."""
    roles = [m[0] for m in messages] + ["assistant"]
    contents = [m[1] + END + "\n" for m in messages] + [""]
    return functools.reduce(operator.add, (f"{START}{r}\n{c}" for r, c in zip(roles, contents)))


def right_lines(messages):
    """Lines, each of which ends with a new line."""
    lines = []
    for role, content in messages:
        lines += [START + role, content + END]
    lines += [START + "assistant"]
    return "".join(line + "\n" for line in lines)


def wrong_opened_for_the_user(messages):
    """The opening at the end has the role user."""
    return "".join(f"{START}{r}\n{c}{END}\n" for r, c in messages) + f"{START}user\n"


def wrong_answer_already_there(messages):
    """Skips the opening where the assistant spoke last, so that it would go on with its own text."""
    text = "".join(f"{START}{r}\n{c}{END}\n" for r, c in messages)
    if messages and messages[-1][0] == "assistant":
        return text[: -len(f"{END}\n")]
    return text + f"{START}assistant\n"


def wrong_alternating(messages):
    """Does not read the roles: user and assistant in turn."""
    text = ""
    for i, (_, content) in enumerate(messages):
        text += f"{START}{('user', 'assistant')[i % 2]}\n{content}{END}\n"
    return text + f"{START}assistant\n"


def wrong_system_to_the_front(messages):
    """Sorts the system's turns to the front."""
    ordered = sorted(messages, key=lambda m: m[0] != "system")
    return "".join(f"{START}{r}\n{c}{END}\n" for r, c in ordered) + f"{START}assistant\n"


def wrong_empty_skipped(messages):
    """Leaves out turns without content."""
    return "".join(f"{START}{r}\n{c}{END}\n" for r, c in messages if c) + f"{START}assistant\n"


def wrong_one_line(messages):
    """Joins the lines of a content to one."""
    return "".join(f"{START}{r}\n{' '.join(c.split())}{END}\n" for r, c in messages) + f"{START}assistant\n"


def wrong_escaped(messages):
    """Escapes < and > in the contents, so that nobody can end a turn."""
    return "".join(f"{START}{r}\n{html.escape(c)}{END}\n" for r, c in messages) + f"{START}assistant\n"


def wrong_indented(messages):
    """A text in triple quotes that is dedented afterwards, and loses the first and last line's ends."""
    text = ""
    for role, content in messages:
        text += textwrap.dedent(f"""
            {START}{role}
            {content}{END}
            """)
    return text + f"{START}assistant\n"


def wrong_same_marks(messages):
    """Ends a turn with the mark that starts one."""
    return "".join(f"{START}{r}\n{c}{START}\n" for r, c in messages) + f"{START}assistant\n"


def wrong_end_of_text(messages):
    """GPT-2's mark for the end of a text, where a turn ends."""
    return "".join(f"{START}{r}\n{c}<|endoftext|>\n" for r, c in messages) + f"{START}assistant\n"


def wrong_from_the_last(messages):
    """The newest turn comes first."""
    return "".join(f"{START}{r}\n{c}{END}\n" for r, c in messages[::-1]) + f"{START}assistant\n"


def wrong_as_dictionaries(messages):
    """Expects dictionaries, as Hugging Face has them."""
    return "".join(f"{START}{m['role']}\n{m['content']}{END}\n" for m in messages) + f"{START}assistant\n"


def wrong_spaces_for_lines(messages):
    """Spaces where new lines are due."""
    return "".join(f"{START}{r} {c}{END} " for r, c in messages) + f"{START}assistant "


def wrong_jinja(messages):
    """Jinja drops the last new line of a template unless it is told not to."""
    from jinja2 import Template

    text = "{% for r, c in messages %}<|im_start|>{{ r }}\n{{ c }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
    return Template(text).render(messages=messages)
