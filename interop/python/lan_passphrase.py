"""Stage 05: the team's passphrase: from a file or a terminal, or six new words (P8.1)."""

import getpass
import secrets
import sys

SHORT = 16  # characters
LONGEST_LINE = 65_536
WORDS = 6
# Words that nobody has to look up, and that are easy to say: a consonant, a vowel, twice. 3,600 of them.
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprtv" for vowel in "aeiou"]


class NoPassphrase(Exception):
    """One line that says what to do."""


def new_passphrase() -> str:
    return " ".join(secrets.choice(SYLLABLES) + secrets.choice(SYLLABLES) for _ in range(WORDS))


def read_passphrase(path: str | None) -> str:
    if path is None and not sys.stdin.isatty():
        raise NoPassphrase("no passphrase: use --passphrase-file FILE, or start the program in a terminal")
    try:
        if path is None:
            passphrase = getpass.getpass("passphrase of the team: ")
        else:
            passphrase = first_line(path)
    except UnicodeDecodeError:
        raise NoPassphrase(f"the first line of {path} is not UTF-8") from None
    except OSError as problem:
        raise NoPassphrase(f"{path} cannot be read: {problem.strerror}") from None
    except EOFError:
        passphrase = ""
    if not passphrase:
        raise NoPassphrase("the passphrase is empty; --new-team prints a good one")
    if len(passphrase) < SHORT:
        print(f"warning: a passphrase under {SHORT} characters can be guessed; --new-team prints a good one",
              file=sys.stderr, flush=True)
    return passphrase


def first_line(path: str) -> str:
    with open(path, "rb") as file:
        line = file.readline(LONGEST_LINE + 1)
    if len(line) > LONGEST_LINE:
        raise NoPassphrase(f"the first line of {path} is too long")
    if line.endswith(b"\n"):
        line = line[:-1].removesuffix(b"\r")
    return line.decode("utf-8")
