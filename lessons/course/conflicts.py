"""Why pip found no set of packages: pip is asked again about the packages that its last words name.

pip's own words do not say it: where a pinned version refuses this Python, they speak of two requirements that agree.
Only the standard library is used, because nothing else is there before the first install.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Ask = Callable[[str], str]  # what pip says when it is to find a requirement


@dataclass(frozen=True)
class Wanted:
    """A package that pip could not have, and what there is of it; `version` is "" where none is pinned."""

    name: str
    version: str
    there: tuple[str, ...]  # versions for this Python and this machine
    needs: str  # what Python the pinned version needs, "" if it takes this one

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()

    @property
    def is_there(self) -> bool:
        """Whether pip could have had it."""
        return self.version in {found.partition("+")[0] for found in self.there} if self.version else bool(self.there)


def reason(words: str, ask: Ask, here: str, has_index: bool = True, mirror: str = "") -> str:
    """One paragraph: what is wrong, and what to do; `here` is this Python, such as "3.11.2 on linux-x86_64".

    Without an index pip looks in folders alone, and it is no wonder that it does not find pip there. `mirror` is the
    address of an index of one's own, "" for the public one.
    """
    python = here.split()[0]
    if refused := re.search(r"Package '([^']+)' requires a different Python: \S+ not in '([^']+)'", words):
        return f"{refused[1]} needs Python {_plain(refused[2])}, this is {python}. {OTHER_PYTHON}"
    wanted = [look_up(requirement, ask) for requirement in requirements(words)]
    for package in wanted:
        if package.needs:
            return f"{package} needs Python {package.needs}, this is {python}. {OTHER_PYTHON}"
    absent = [package for package in wanted if not package.is_there]
    if absent:
        return _absent(absent, ask, here, has_index, mirror)
    told = _conflict(words)
    return f"The packages do not go together{': ' + told if told else ''}. {NEWEST}"


INTERNET = (
    "The package index could not be reached. Connect to the internet (or set HTTPS_PROXY), "
    "then give the same command again."
)
NEWEST = (
    "Get the newest course (`git pull`) and give the same command again; if it stays so, tell the authors what pip "
    "says below."
)
OTHER_PYTHON = (
    "Delete the folder .venv and give the command with such a Python: `make course PYTHON=python3.12`, or "
    "`python3.12 setup_course.py lab`. A newer course (`git pull`) may take this one."
)


def requirements(words: str) -> list[str]:
    """What pip's last words name as missing, or as pinned in constraints.txt, each once."""
    found = re.findall(r"(?:No matching distribution found for|The user requested \(constraint\)) (\S+)", words)
    return list(dict.fromkeys(found))


def look_up(requirement: str, ask: Ask) -> Wanted:
    """Ask pip for a version below 0: there is none, so nothing is downloaded, and pip lists the versions that are."""
    name, _, version = re.sub(r"[\[;].*", "", requirement).partition("==")
    name = re.split(r"[<>=!~]", name)[0]
    words = ask(f"{name}<0")
    there = re.search(r"\(from versions: ([^)]*)\)", words)
    needs = re.search(rf"[ ;:]{re.escape(version)} Requires-Python ([^;\n]+)", words) if version else None
    versions = there[1].split(", ") if there and there[1] != "none" else []
    return Wanted(name, version, tuple(versions), _plain(needs[1]) if needs else "")


def _plain(specifier: str) -> str:
    """ ">=3.11.5" as "3.11.5"; what says more than one bound is left as it is."""
    return re.sub("^>=([^,]*)$", r"\1", specifier.strip())


def _absent(absent: list[Wanted], ask: Ask, here: str, has_index: bool, mirror: str) -> str:
    """The index lacks a version; or it was not reached, which is so if it has not even pip."""
    if has_index and not any(package.there for package in absent) and not look_up("pip", ask).there:
        return f"{INTERNET} {SILENT.format(mirror)}" if mirror else INTERNET
    first = absent[0]
    others = f" (there are: {', '.join(first.there[-3:])})" if first.there else ""
    if mirror:
        return f"Your package index, {mirror}, has no {first} for Python {here}{others}. {OTHER_INDEX}"
    return f"There is no build of {first} for Python {here}{others}. {NO_BUILD}"


OTHER_INDEX = (
    "Let those who keep it add that version, or take the public index: set PIP_INDEX_URL=https://pypi.org/simple (it "
    "goes before pip's own settings), then give the same command again."
)
SILENT = (
    "It is {}, as PIP_INDEX_URL or pip's settings say: see that the address is right, with name and password if it "
    "wants them, or set PIP_INDEX_URL=https://pypi.org/simple for the public one."
)


NO_BUILD = (
    "The README's section For contributors has a table of what was checked: delete the folder .venv and give the "
    "command with such a Python, `make course PYTHON=python3.12`, or on such a machine."
)


def _conflict(words: str) -> str:
    """Who wants what, from pip's own list of the causes."""
    listed = re.search(r"The conflict is caused by:\n((?:[ \t]+\S.*\n?)+)", words)
    return ", ".join(line.strip() for line in listed[1].splitlines()) if listed else ""
