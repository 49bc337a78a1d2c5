"""Make the course ready: an environment in .venv, the packages, the models and data. Then run a command in it.

    python setup_course.py              set up (again and again: what is done is not done twice)
    python setup_course.py --test       set up what the tests need, too
    python setup_course.py lab          set up, then open the course        (make course)
    python setup_course.py run [NN]     set up, then run every notebook     (make run)
    python setup_course.py test         set up, then run every check        (make test)
    python setup_course.py lab --from FOLDER    without internet, from a folder that `lessons pack` filled

Any other command of `lessons` works in the same way. Only the standard library is used, and the file stays readable
to old Pythons, so that they can say what is wrong instead of stopping at the syntax.
"""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)
NEWEST = (3, 14)  # PyTorch 2.13 has no builds for a later one
NEEDED_GB = 4.0


class Problem(Exception):
    """Something that the learner can mend; the message says how."""


def check_python() -> None:
    """Raises Problem if this Python is too old for the course, or too new."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    fitting = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = [name for name in fitting if runs(name)]
    hint = "Get one from python.org or your package manager, then give the same command again."
    if found:
        hint = "{0} is on this machine: `make course PYTHON={0}`, or `{0} setup_course.py lab`.".format(found[0])
    here = ".".join(map(str, sys.version_info[:3]))
    raise Problem(f"The course needs Python 3.11 to 3.{NEWEST[1]}; this is Python {here}. {hint}")


def runs(python: str) -> bool:
    """Whether there is a Python of this name that starts (a version manager's shim may refuse)."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return bool(shutil.which(python)) and subprocess.call([python, "-c", ""], **quiet) == 0


def check_disk() -> None:
    """Raises Problem if the first install would fill the disk."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB:
        raise Problem(
            f"Only {free:.1f} GB are free on the disk of {ROOT}; the first install needs about {NEEDED_GB:.0f} GB. "
            "Free some space or move the course to another disk, then give the same command again."
        )


def base_python() -> str:
    """The Python to make the environment with: never the one inside the environment that may be deleted."""
    return getattr(sys, "_base_executable", None) or sys.executable


def venv_works(installing) -> bool:
    """Whether .venv was finished, was not moved, and its Python still runs (a system upgrade can take it away)."""
    try:
        if installing.MADE.read_text(encoding="utf-8", errors="surrogateescape") != str(installing.VENV):
            return False
        probe = [str(installing.PYTHON), "-I", "-c", "import pip"]
        return subprocess.call(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv(installing) -> None:
    """Make .venv from nothing. Raises Problem if Python lacks what that takes."""
    take_stamps(installing)
    try:
        if installing.VENV.exists():
            print("  The environment .venv is unfinished or was moved: making it anew.")
            shutil.rmtree(str(installing.VENV))
    except OSError as error:
        raise Problem(
            f"The old environment {installing.VENV} cannot be removed ({error.strerror}: {error.filename}). "
            "Close programs that use it (notebooks, terminals), or delete the folder yourself."
        ) from None
    done = subprocess.run(
        [base_python(), "-m", "venv", str(installing.VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise Problem(explain_venv(done.stdout.decode("utf-8", "replace"), installing))
    write_all({installing.MADE: str(installing.VENV)})


def explain_venv(output: str, installing) -> str:
    """A sentence for the usual ways in which `python -m venv` fails, then its own last lines."""
    if "ensurepip" in output or "No module named venv" in output:
        major_minor = "{}.{}".format(*sys.version_info[:2])
        return (
            f"This Python cannot make environments: it lacks ensurepip. On Debian and Ubuntu run "
            f"`sudo apt install python{major_minor}-venv`, then give the same command again."
        )
    lines = output.strip().splitlines()[-4:]
    return installing.explain(lines).replace("pip failed.", "The environment .venv could not be made.", 1)


def take_stamps(installing) -> dict:
    """Remove the stamps, so that .venv counts as unfinished from here on; returns what they said."""
    said = {}
    for file in (installing.stamp(), installing.stamp("test"), installing.MADE):
        if file.is_file():
            said[file] = file.read_text(encoding="utf-8", errors="surrogateescape")
            file.unlink()
    return said


def install_packages(installing, extra: str, lock: int) -> None:
    """The package of this folder, editable, with the versions that were tested; the stamps are written last."""
    from lessons.course import machine

    links = machine.cpu_links(installing.VENV)
    said = take_stamps(installing)
    target = f".[{extra}]" if extra else "."
    arguments = ["install", "--constraint", "constraints.txt", *links, "--editable", target]
    output = installing.Output()
    try:
        installing.pip(installing.PYTHON, arguments, "packages", output, keep_open=(lock,))
    except BaseException:
        if not installing.changed_something(output):  # offline, say: what worked before still works
            write_all(said)
        raise
    write_all({installing.MADE: str(installing.VENV), installing.stamp(extra): installing.fingerprint(extra)})


def write_all(stamps: dict) -> None:
    """Write each stamp in one go: it is there with its whole text, or not at all."""
    for file, text in stamps.items():
        beside = file.with_name(file.name + ".new")
        beside.write_text(text, encoding="utf-8", errors="surrogateescape")
        os.replace(str(beside), str(file))


def set_up(extra: str) -> None:
    """Bring .venv and the assets up to date; a call that finds all in place prints nothing."""
    from lessons.course import assets, installing, machine, surroundings

    if installing.is_ready(extra) and venv_works(installing) and assets.is_installed():
        return
    trouble = ""
    with installing.lock(installing.ROOT / ".venv.lock", "set-up") as lock:
        print("Python {}.{}.{}, course in {}".format(*sys.version_info[:3], ROOT))
        if not installing.is_ready(extra):
            machine.check()
            surroundings.check_paths()
            installing.wheels()  # a folder without any is told before an environment is made
        if not venv_works(installing):
            check_disk()
            print("Making the environment .venv", flush=True)
            make_venv(installing)
        if not installing.is_ready(extra):
            print("Installing the packages (the first time takes one to several minutes)", flush=True)
            install_packages(installing, extra, lock)
            trouble = surroundings.torch_trouble(installing.PYTHON)
        if not assets.is_installed():
            print("Installing the models and data", flush=True)
            assets.install(installing.PYTHON)
    if trouble:
        raise Problem(trouble)
    print(f"The course is ready. Its commands: {lessons_program(installing)} --help", flush=True)


def lessons_program(installing) -> str:
    """What to type for `lessons` in an environment that is not active (PowerShell may refuse to activate it)."""
    program = installing.PYTHON.with_name("lessons")
    return os.path.relpath(str(program), str(installing.ROOT))


def run(command: list) -> int:
    """Run a `lessons` command in the environment, and take its place where the system can do that."""
    from lessons.course import installing

    line = [str(installing.PYTHON), "-m", "lessons", *command]
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(line[0], line)
    with subprocess.Popen(line) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the command has got the same Ctrl-C and answers it


def take_folder(arguments: list) -> list:
    """The arguments without `--from FOLDER`, which becomes LESSONS_WHEELS. Raises Problem if no folder is named."""
    if "--from" not in arguments:
        return arguments
    place = arguments.index("--from")
    if place + 1 == len(arguments):
        raise Problem("--from needs the folder that `lessons pack` filled: --from FOLDER")
    os.environ["LESSONS_WHEELS"] = os.path.abspath(arguments[place + 1])
    return arguments[:place] + arguments[place + 2 :]


def main(arguments: list) -> int:
    """Returns 0, or 1 for a problem that was told, or 130 for Ctrl-C."""
    if arguments and arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        check_python()
        arguments = take_folder(arguments)
        sys.path.insert(0, ROOT)
        from lessons.course.errors import CourseError

        command = [word for word in arguments if word != "--test"]
        try:
            set_up("test" if "--test" in arguments or command[:1] == ["test"] else "")
        except CourseError as error:
            raise Problem(str(error)) from None
        return run(command) if command else 0
    except Problem as problem:
        print(f"\nSet-up stopped: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nSet-up stopped: {explain_os(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Give the same command again to go on.", file=sys.stderr)
        return 130


def explain_os(error: OSError) -> str:
    """A sentence for a file that cannot be written or read."""
    import errno

    if error.errno == errno.ENOSPC:
        return "The disk is full. Free about 4 GB, then give the same command again."
    place = error.filename or ROOT
    return (
        f"{place}: {error.strerror}. Make sure that the folder of the course is yours and can be written, "
        "then give the same command again."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
