"""Stage 05: which keys are known, under which names, and which of them may have a session (P9.5)."""

import dataclasses

from lan_identity import PublicIdentity

LEVELS = ("team", "known", "verified")


@dataclasses.dataclass
class TrustedKey:
    name: str
    key: PublicIdentity
    pinned: bool = False
    verified: bool = False
    standing: str = "usual"  # or blocked, or allowed


class Trust:
    def __init__(self, history, names):
        self.history = history
        self.names = names
        self.keys = {}  # fingerprint -> TrustedKey
        for row in history.peers():
            key = PublicIdentity(row["key"])
            self.keys[key.fingerprint] = TrustedKey(row["name"], key, bool(row["pinned"]), bool(row["verified"]),
                                                    row["standing"])
            if row["pinned"]:
                names.pinned[key.fingerprint] = row["name"]
            elif row["standing"] != "usual" or history.has_queued(key.fingerprint):
                names.remembered[key.fingerprint] = row["name"]

    def is_pinned(self, fingerprint: str) -> bool:
        known = self.keys.get(fingerprint)
        return known is not None and known.pinned

    def is_blocked(self, fingerprint: str) -> bool:
        known = self.keys.get(fingerprint)
        return known is not None and known.standing == "blocked"

    def judge(self, fingerprint: str, name: str, access: str) -> str:
        """`welcome`, `first` (to be pinned), `changed` or `refused`."""
        known = self.keys.get(fingerprint)
        pinned = known is not None and known.pinned
        standing = known.standing if known is not None else "usual"
        if standing == "blocked":
            return "refused"
        if not pinned and self.names.pinned_to(name) is not None:
            return "changed"  # /allow does not help
        if standing != "allowed" and (access == "known" and not pinned
                                      or access == "verified" and not (pinned and known.verified)):
            return "refused"
        return "welcome" if pinned else "first"

    def note(self, key: PublicIdentity, name: str) -> TrustedKey:
        """The entry of a key, made if there is none: not pinned."""
        known = self.keys.get(key.fingerprint)
        if known is None:
            known = self.keys[key.fingerprint] = TrustedKey(name, key)
            self.save(known)
        return known

    def pin(self, key: PublicIdentity, name: str) -> None:
        known = self.note(key, name)
        known.name, known.pinned, known.verified = name, True, False
        self.save(known)

    def unpin(self, fingerprint: str) -> None:
        known = self.keys[fingerprint]
        known.pinned = known.verified = False
        self.save(known)

    def set_verified(self, fingerprint: str) -> None:
        self.keys[fingerprint].verified = True
        self.save(self.keys[fingerprint])

    def set_standing(self, key: PublicIdentity, name: str, standing: str) -> None:
        known = self.note(key, name)
        known.standing = standing
        self.save(known)

    def save(self, known: TrustedKey) -> None:
        fingerprint = known.key.fingerprint
        self.history.save_peer(fingerprint, known.name, known.key.der, known.pinned, known.verified, known.standing)
        if known.pinned:
            self.names.pinned[fingerprint] = known.name
            self.names.remembered.pop(fingerprint, None)
        else:
            self.names.pinned.pop(fingerprint, None)
            self.names.remembered[fingerprint] = known.name
