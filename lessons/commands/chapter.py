"""`lessons chapter`: the skeleton of a new chapter, as in `lessons.teaching.chapter`."""

from __future__ import annotations

import argparse

HELP = "for authors: lay the skeleton of a new chapter"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("number", metavar="NN", help="its number in the syllabus, for example 09")
    parser.add_argument("topic", metavar="TOPIC", help="its topic, for example applications")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching import chapter

    return chapter.run(options.number, options.topic)
