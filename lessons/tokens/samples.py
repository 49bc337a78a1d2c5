"""Small texts and tables of the chapter: sentences in two languages, sentences with a bank, pairs of related words."""

from __future__ import annotations

ENGLISH = (
    "The weather is very nice today.",
    "I would like a cup of hot tea.",
    "This film is boring, and it is too long.",
    "Where is the nearest railway station?",
    "My grandmother tells us a story every evening.",
    "The price of bread has risen again this year.",
)
CHINESE = (  # the same six, translated by us
    "今天天气很好。",
    "我想要一杯热茶。",
    "这部电影很无聊，而且太长了。",
    "最近的火车站在哪里？",
    "我奶奶每天晚上给我们讲故事。",
    "今年面包的价格又涨了。",
)

LENDING, RIVER = "The bank lent us the money for the house.", "The fisherman sat on the grassy bank of the river."
COMPANY = {  # words in a sentence of their own, to compare a bank with
    "loan": "She asked for a loan to buy a house.",
    "money": "He counted the money twice.",
    "office": "The office closes at five.",
    "shore": "They walked along the shore of the lake.",
    "stream": "A stream runs through the meadow.",
    "school": "The children walked home from school.",
    "bench": "He sat on a bench in the park.",
}

RELATIONS = {
    "capital": "france paris italy rome spain madrid germany berlin russia moscow japan tokyo china beijing "
    "greece athens england london egypt cairo turkey ankara iran tehran iraq baghdad austria vienna "
    "poland warsaw cuba havana",
    "plural": "car cars dog dogs book books house houses city cities child children man men woman women bird birds "
    "road roads king kings idea ideas",
    "comparative": "big bigger small smaller fast faster slow slower high higher low lower long longer short shorter "
    "strong stronger weak weaker good better bad worse",
    "female": "man woman king queen boy girl brother sister father mother son daughter husband wife uncle aunt "
    "actor actress prince princess nephew niece he she",
    "opposite": "good bad big small hot cold old young rich poor high low long short fast slow strong weak early late",
}

# What is used now: name, kind, entries as published, digits of a number, what happens to unknown characters, source.
TODAY = (
    ("GPT-2 (2019)", "byte-level BPE", 50_257, "any number", "bytes", "Radford et al. 2019"),
    ("GPT-4 (2023)", "byte-level BPE", 100_277, "up to three", "bytes", "tiktoken, cl100k_base"),
    ("GPT-4o (2024)", "byte-level BPE", 200_019, "up to three", "bytes", "tiktoken, o200k_base"),
    ("Llama 2 (2023)", "SentencePiece BPE", 32_000, "one", "bytes (fallback)", "Touvron et al. 2023"),
    ("Llama 3 (2024)", "byte-level BPE", 128_256, "up to three", "bytes", "Grattafiori et al. 2024"),
    ("Qwen 2.5 (2024)", "byte-level BPE", 151_643, "one", "bytes", "Qwen Team 2024"),
    ("Gemma 3 (2025)", "SentencePiece BPE", 262_144, "one", "bytes (fallback)", "Gemma Team 2025"),
    ("BERT (2018)", "WordPiece", 30_522, "any number", "[UNK]", "Devlin et al. 2019"),
    ("XLM-R (2020)", "SentencePiece Unigram", 250_002, "any number", "<unk>", "Conneau et al. 2020"),
)


def pairs(relation: str) -> list[tuple[str, str]]:
    """The pairs of a relation: [("france", "paris"), ...]. Raises KeyError for an unknown one."""
    words = RELATIONS[relation].split()
    return list(zip(words[::2], words[1::2], strict=True))
