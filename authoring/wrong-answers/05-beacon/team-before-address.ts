// caught by: P8.6-gate-order
  #check(datagram: Buffer, sourceHost: string, nowMs: number): Judgement {
    const { team, teamKey, ownFingerprint, isPinned, hasPlace } = this.#options;
    if (datagram.length > BEACON_MAX_BYTES) return dropped("size");
    const token = openBeacon(datagram, teamKey);
    if (token === undefined) return dropped("token");
    const age = Math.floor(nowMs / 1000) - token.seconds;
    if (Math.abs(age) > TIME_TOLERANCE) return this.#wrongTime(age, sourceHost, nowMs);
    const claim = parseBeacon(token.plaintext, token.seconds);
    if (claim === undefined) return dropped("shape");
    const { content } = claim;
    const fingerprint = fingerprintOf(claim.key);
    if (fingerprint === ownFingerprint) return dropped("own");
    const last = this.#heard.get(fingerprint);
    const reason = last === undefined ? undefined : whyNotLater(content, last);
    if (reason === "repeated") return { kind: "dropped", reason, repeated: fingerprint };
    if (reason !== undefined) return dropped(reason);
    if (!hasKeyForm(claim.key)) return dropped("key");
    if (!this.#budget.take(sourceHost, isPinned(fingerprint), nowMs)) return dropped("rate");
    const key = parsePublicKey(claim.key);
    if (key === undefined) return dropped("key");
    if (!isSignedBy(key, BEACON_LABEL, Buffer.from(claim.body), claim.signature)) return dropped("signature");
    if (content.team !== team) return dropped("team");
    if (parseAddress(content.address)?.host !== sourceHost) return dropped("address");
    // A goodbye needs no place: nobody is remembered for it.
    if (content.type === "beacon" && !hasPlace(fingerprint, sourceHost, nowMs)) return dropped("full");
    const isNewSession = last === undefined || content.session > last.session;
    this.#remember(fingerprint, content, isNewSession ? undefined : last);
    return { kind: "accepted", beacon: { ...content, key }, isNewSession };
  }
