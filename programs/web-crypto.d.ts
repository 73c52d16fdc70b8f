// The one type of WebCrypto that stage 06 takes from browsers' types, and Node.js has under another name.

type CryptoKey = import("node:crypto").webcrypto.CryptoKey;
