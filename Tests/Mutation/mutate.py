"""Plants the mistakes of mutants.txt, one at a time, in a copy of the sources, and runs the suites that should notice.

The copy is .build/mutation, built in the debug configuration, where a changed file is rebuilt in seconds. A mutant is
killed if a test fails, crashes or exceeds the time limit.
"""

import argparse
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / ".build" / "mutation"
TABLE = pathlib.Path(__file__).with_name("mutants.txt")
COPIED = ["Package.swift", "Package.resolved", "module.modulemap", "Sources", "Tests", "Examples/Data"]


@dataclasses.dataclass
class Mutant:
    number: int
    file: str
    before: str
    after: str
    tests: str
    explanation: str


def mutants() -> list[Mutant]:
    """The rows of the table: blocks of lines, of which the last, an explanation, may be missing."""
    blocks = re.split(r"\n{2,}", re.sub(r"(?m)^#.*\n", "", TABLE.read_text()).strip())
    rows = []
    for number, block in enumerate(blocks, 1):
        row = re.fullmatch(r"(\S+)\n- (.*)\n\+ ?(.*)\ntests (\S+)(?:\nequivalent: ([^\n]+))?", block)
        if not row:
            sys.exit(f"mutate: mutant {number} in {TABLE.name} is not written as the head of the file says:\n{block}")
        mutant = Mutant(number, row[1], row[2], row[3], row[4], row[5] or "")
        count = (ROOT / mutant.file).read_text().count(mutant.before)
        if count != 1:
            sys.exit(f"mutate: {mutant.file} has {count} times, and not once: {mutant.before}")
        rows.append(mutant)
    return rows


def write_if_changed(target: pathlib.Path, content: bytes) -> None:
    """Files that stay as they are keep their times, so that they are not built again."""
    if not target.exists() or target.read_bytes() != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def copy_sources() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *COPIED],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = {pathlib.Path(name) for name in listed.split("\0") if name and (ROOT / name).exists()}
    for part in COPIED:
        for old in (COPY / part).rglob("*"):
            if old.is_file() and old.relative_to(COPY) not in files:
                old.unlink()
    for file in files:
        write_if_changed(COPY / file, (ROOT / file).read_bytes())


def run(tests: str, limit: float) -> tuple[bool, bool, str]:
    """Whether the tests ran, whether they passed, and what was printed."""
    command = ["swift", "test", "--disable-xctest", "--filter", tests]
    process = subprocess.Popen(
        command, cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        start_new_session=True)
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
    return "Test run started" in output, process.returncode == 0, output


def check_unmutated(chosen: list[Mutant], limit: float) -> None:
    """Refuses to go on where tests fail without a mutant, or where a row names none."""
    ran, passed, output = run("|".join(sorted({mutant.tests for mutant in chosen})), limit)
    if not (ran and passed):
        failures = [line for line in output.splitlines() if "error:" in line or line.startswith("✘")]
        sys.exit("\n".join(["mutate: without a mutant:", *failures]))
    names = set(re.findall(r"(?:Suite|Test) (\w+)", output))
    for part in {part for mutant in chosen for part in re.findall(r"\w+\b(?!\.)", mutant.tests)}:
        if not any(part in name for name in names):
            sys.exit(f"mutate: no test is called {part}")


def verdict(mutant: Mutant, limit: float) -> str:
    source = (ROOT / mutant.file).read_text()
    target = COPY / mutant.file
    write_if_changed(target, source.replace(mutant.before, mutant.after).encode())
    try:
        ran, passed, output = run(mutant.tests, limit)
    finally:
        write_if_changed(target, source.encode())
    if not ran:
        print(output[-1500:], file=sys.stderr)
        return "does not compile"
    if not passed:
        return "killed"
    return "explained" if mutant.explanation else "SURVIVED"


def selected(mutant: Mutant, choices: list[str]) -> bool:
    for choice in choices:
        numbers = re.fullmatch(r"(\d+)(?:-(\d+))?", choice)
        if not numbers and choice in mutant.file:
            return True
        if numbers and int(numbers[1]) <= mutant.number <= int(numbers[2] or numbers[1]):
            return True
    return not choices


def main() -> None:
    parser = argparse.ArgumentParser(prog="./Scripts/mutate", description=__doc__.splitlines()[0])
    parser.add_argument("choices", nargs="*", help="part of a file's path, a number of a mutant or a range; all without")
    parser.add_argument("--list", action="store_true", help="print the mutants, and run nothing")
    parser.add_argument("--unchecked", action="store_true", help="leave out the run of the tests without a mutant")
    parser.add_argument("--limit", type=float, default=600, metavar="S", help="seconds for a mutant (%(default)s)")
    arguments = parser.parse_args()

    chosen = [mutant for mutant in mutants() if selected(mutant, arguments.choices)]
    if not chosen:
        sys.exit("mutate: no mutant is called so; --list prints them")
    if arguments.list:
        for mutant in chosen:
            print(f"{mutant.number:3} {mutant.file}\n  - {mutant.before}\n  + {mutant.after}")
        return

    copy_sources()
    # The first build takes minutes, and nothing is printed before.
    if not arguments.unchecked:
        check_unmutated(chosen, 5 * arguments.limit)
    verdicts = []
    for mutant in chosen:
        start = time.monotonic()
        verdicts.append(verdict(mutant, arguments.limit))
        print(f"{mutant.number:3} {verdicts[-1]:16} {time.monotonic() - start:4.0f} s  {mutant.file}: {mutant.before}",
              flush=True)
    print(", ".join(f"{verdicts.count(kind)} {kind}" for kind in sorted(set(verdicts))))
    if {"SURVIVED", "does not compile"} & set(verdicts):
        sys.exit(1)


if __name__ == "__main__":
    main()
