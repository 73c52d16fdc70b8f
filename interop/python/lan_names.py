"""Stage 05: which key a name belongs to (P8.10). Peers are told apart by fingerprint, never by name."""

SHORTEST_SUFFIX = 4


class Names:
    def __init__(self, own_name: str, own_fingerprint: str):
        self.own_name = own_name
        self.own_fingerprint = own_fingerprint
        self.pinned = {}  # fingerprint -> the name it is pinned to
        self.heard = {}  # fingerprint -> the name it says, in the order of first hearing
        self.remembered = {}  # keys that are neither, but that the user may speak of

    def name_of(self, fingerprint: str) -> str | None:
        if fingerprint == self.own_fingerprint:
            return self.own_name
        return (self.pinned.get(fingerprint) or self.heard.get(fingerprint)
                or self.remembered.get(fingerprint))

    def of_that_name(self, name: str) -> list[str]:
        """All keys of a name: the owner of the plain name first."""
        folded = name.lower()
        own = [self.own_fingerprint] if self.own_name.lower() == folded else []
        pinned = [key for key, said in self.pinned.items() if said.lower() == folded]
        heard = [key for key, said in self.heard.items() if said.lower() == folded and key not in self.pinned]
        remembered = [key for key, said in self.remembered.items() if said.lower() == folded
                      and key not in self.pinned and key not in self.heard]
        return [*own, *pinned, *heard, *remembered]

    def shown(self, fingerprint: str) -> str:
        """`ann` for the owner of the name, `ann#F3kQ` for everybody else who says it."""
        name = self.name_of(fingerprint)
        if name is None:
            return f"unknown#{fingerprint[:SHORTEST_SUFFIX]}"
        others = self.of_that_name(name)
        if others[0] == fingerprint:
            return name
        length = SHORTEST_SUFFIX
        while any(other.startswith(fingerprint[:length]) for other in others if other != fingerprint):
            length += 1
        return f"{name}#{fingerprint[:length]}"

    def find(self, text: str) -> str | None:
        """The fingerprint that a user means by `ann` or `ann#F3kQ`, or None."""
        name, sign, suffix = text.partition("#")
        candidates = self.of_that_name(name)
        if not sign:
            return candidates[0] if candidates else None
        fitting = [key for key in candidates if key.startswith(suffix)]
        return fitting[0] if len(fitting) == 1 and len(suffix) >= SHORTEST_SUFFIX else None

    def pinned_to(self, name: str) -> str | None:
        """The key that is pinned to this name, or None."""
        return next((key for key, said in self.pinned.items() if said.lower() == name.lower()), None)
