"""Expressions that the computation graph must read, and some that it must refuse with a sentence."""

NUMBERS = {"a": 2.0, "b": -3.0, "c": 7.0, "x": 0.3, "w1": 1.7}
READABLE = [
    "a", "3", "-3", "a + b", "a - b - c", "a / b / c", "a - (b - c)", "a * b + c", "(a * b + c).tanh()",
    "tanh(a*b+c)", "-a ** 2", "(-a) ** 2", "a ** b", "a ** -b", "2 ** -1 ** 2", "a ** 2 ** 3", "a ** 0", "a ** -2",
    "a ** (1 + 1)", "a * a + a", "a*a*a", "x.exp().log().relu()", "relu(b) + relu(a)", "log(a) * exp(x) / w1",
    "- - a", "+a", "--3", "-(3)", "1.5e-3 * x", ".5 * x", "5. * x", "2..tanh()", "1e2.log()", "2 .tanh()",
    "a . tanh ( )", "((((a))))", "a·b − c × 2", "00 + a", "log(1 + exp(-x * w1))", "(a + b) * (a + b) / (c - x)",
    "exp(x) / (exp(x) + exp(w1) + 1)", "a-b", "a+-b", "a--b", "tanh (x)",
]  # fmt: skip
UNREADABLE = [
    "", "   ", "a +", "a b", "2a", "a 2", "(a", "a)", ")", "()", "tanh", "tanh()", "tanh a", "a.tanh", "a.tanh(b)",
    "a.sin()", "sin(a)", "a(b)", "(a)(b)", "2(a)", "a..tanh()", "a ^ 2", "a²", "a // b", "a % b", "a = b", "a == b",
    "lambda: a", "a if b else c", "a and b", "not a", "[a]", "a, b", "tanh(a, b)", "tanh(*a)", "'a'", "1_000", "0x10",
    "1j", "007", "1e999", "9" * 310, "foo", "foo + 1", "a.b", "ab", "None", "True", "__import__('os')", "a;b", "a\\",
    "a#b", "*a", "* a", "/ a", "a ***b", "a */ b", "你好", "あ + 1", "😀", "a + 😀", "x" * 10_000, "(" * 150,
    "()" * 100, "1e", "1e+", "2.tanh()", ".", "a.", ".tanh()", "tanh.a", "tanh(a", "tanh)a(", "-", "+", "\u00a0a",
    "1 2", "a tanh(b)", "a1234", "(a b)", "(a", "await a", "a if b", "+".join(["a * b"] * 30),
]  # fmt: skip
