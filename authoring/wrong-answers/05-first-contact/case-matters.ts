// caught by: P9.5-verdicts
  /** Says if this key, which has proved itself, may have a session under the name that it says. Changes nothing. */
  judge(fingerprint: string, saidName: string, access: Access): Verdict {
    const key = this.get(fingerprint);
    if (key?.standing === "blocked") return "refused";
    // `/allow` overrides no changed key, so this is asked first.
    if (!key?.isPinned && this.holderOf(saidName) !== undefined) return "changed";
    if (!mayEnter(key, access)) return "refused";
    if (!key?.isPinned) return "first";
    return key.name === saidName ? "welcome" : "renamed";
  }
