// captures/wireshark/p2pchat.lua in other versions of Lua than that of the Wireshark at hand: Wireshark 4.0 and 4.2 have
// Lua 5.2 inside, later ones 5.4. Its pure half is checked against node:crypto and JSON.parse; the other half runs in an
// imitation of Wireshark that is stricter than the original about what it is given.

import { isUtf8 } from "node:buffer";
import { spawnSync } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { frameHeaderOf } from "../../captures/explain/frames.ts";
import { tokenOf } from "../../captures/explain/tokens.ts";
import { KNOWN } from "../../captures/testing/lan-capture.ts";
import { KNOWN_SESSIONS, keyLogLine } from "../support/conversations.ts";
import { withTool } from "../support/tools.ts";

const DISSECTOR = fileURLToPath(new URL("../../captures/wireshark/p2pchat.lua", import.meta.url));

const NIST: { key: string; iv: string; plaintext: string; ciphertext: string } = JSON.parse(
  readFileSync(new URL("../vectors/nist-cbc-aes256.json", import.meta.url), "utf8"),
);

const hex = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("hex");

/** What our scripts have in common: the dissector's pure half as `pure`, and bytes from hexadecimal digits. */
const PRELUDE = `
setmetatable(_G, { __newindex = function(_, name) error("a global variable: " .. tostring(name), 2) end })
local pure = dofile(arg[1])
local function bytes(digits) return (digits:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)) end
local function digits(text) return (text:gsub(".", function(byte) return string.format("%02x", byte:byte()) end)) end
`;

/** Prints a JSON value in one form only: members sorted, strings in hexadecimal digits. */
const PRINT_JSON = `
local function canonical(node)
  if node.kind == "string" then return "s" .. digits(node.value) end
  if node.kind == "number" then return "n" .. (node.value == 0 and "0" or string.format("%a", node.value + 0.0)) end
  if node.kind == "boolean" or node.kind == "null" then return tostring(node.value) end
  local parts = {}
  if node.kind == "array" then
    for _, element in ipairs(node.elements) do parts[#parts + 1] = canonical(element) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, value in pairs(node.members) do parts[#parts + 1] = digits(name) .. ":" .. canonical(value) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end
for line in io.lines(arg[2]) do
  local node = pure.parse_json(bytes(line))
  print(node and canonical(node) or "refused")
end
`;

/** The same form, of what JSON.parse gives. */
function canonical(value: unknown): string {
  if (typeof value === "string") return `s${hex(value.toWellFormed())}`;
  if (typeof value === "number") return `n${formatNumber(value)}`;
  if (value === null) return "nil";
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const parts = Object.entries(value as object).map(
    ([name, member]) => `${hex(name.toWellFormed())}:${canonical(member)}`,
  );
  return `{${parts.sort().join(",")}}`;
}

/** What %a of C gives: the bits of the double, which no two languages round differently. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return "0";
  const double = Buffer.alloc(8);
  double.writeDoubleBE(Math.abs(value));
  const bits = double.readBigUInt64BE();
  const exponent = Number(bits >> 52n);
  const fraction = (bits & (2n ** 52n - 1n)).toString(16).padStart(13, "0").replace(/0+$/, "");
  const power = exponent === 0 ? -1022 : exponent - 1023;
  const digits = `0x${exponent === 0 ? 0 : 1}${fraction && `.${fraction}`}p${power < 0 ? power : `+${power}`}`;
  return value < 0 ? `-${digits}` : digits;
}

/**
 * Wireshark, as far as the dissector knows it. It reads segments from a file (stream, frame, side, hexadecimal digits),
 * cuts and joins them as TCP's dissector does, dissects all of them twice, and prints what is shown the second time.
 */
const IMITATION = `
local gcrypt_mode, gcrypt_calls = arg[3], 0
local function check(condition, message) if not condition then error(message, 3) end end
local function check_text(text, name)
  check(type(text) == "string", name .. " is no string")
  check(not text:find("\\0", 1, true), name .. " has a NUL")
  if utf8 then check(utf8.len(text), name .. " is not UTF-8: " .. digits(text)) end
end
local LIMITS = { uint16 = 65535, uint32 = 4294967295, framenum = 4294967295 }
local output
local environment = {}

local function new_tvb(content)
  local tvb = { content = content }
  function tvb:len() return #content end
  function tvb:raw() return content end
  return setmetatable(tvb, { __call = function(_, offset, length)
    offset, length = offset or 0, length or #content
    check(offset >= 0 and length >= 0 and offset + length <= #content, "a range out of bounds")
    return { is_range = true }
  end })
end

local function new_item(depth)
  local item = {}
  function item:add(field, ...)
    local arguments = { ... }
    if type(arguments[1]) == "table" and not arguments[1].is_time then check(arguments[1].is_range, "no range"); table.remove(arguments, 1) end
    local value = arguments[1]
    check(field and field.registered, "a field that is not registered")
    if field.kind == "string" then check_text(value, field.name) end
    if LIMITS[field.kind] then
      check(math.floor(value) == value and value >= 0 and value <= LIMITS[field.kind], field.name .. " out of range")
      value = string.format("%d", value)
    end
    if field.kind == "absolute_time" then check(value.is_time, field.name .. " is no time") end
    if field.kind == "bool" then check(type(value) == "boolean", field.name .. " is no boolean") end
    if field.kind ~= "protocol" then output[#output + 1] = field.name .. "=" .. tostring(value) end
    return new_item(depth + 1)
  end
  function item:set_text(text)
    check_text(text, "a label")
    if depth == 1 then output[#output + 1] = text end
    return self
  end
  function item:set_generated() return self end
  function item:add_proto_expert_info(expert, text)
    check(expert and expert.is_expert, "no expert info")
    if text ~= nil then check_text(text, "an expert info") end
  end
  return item
end

local proto
local function Proto_new(_, name)
  local settings = {}
  proto = { kind = "protocol", name = name, registered = true }
  return setmetatable(proto, {
    __index = function(_, key)
      if key == "prefs" then return setmetatable({}, {
        __index = settings,
        __newindex = function(_, pref, value) settings[pref] = value.default end,
      }) end
      if key == "register_heuristic" then return function(_, list, dissector)
        check(list == "tcp" or list == "udp", "another list")
        rawset(proto, list == "tcp" and "heuristic" or "datagram_heuristic", dissector)
      end end
      error("no attribute " .. key)
    end,
    __newindex = function(_, key, value)
      if key == "fields" or key == "experts" then
        for _, entry in pairs(value) do entry.registered = true end
      end
      rawset(proto, key, value)
    end,
  })
end
rawset(_G, "Proto", setmetatable({}, { __call = Proto_new }))
rawset(_G, "ProtoField", setmetatable({}, { __index = function(_, kind)
  return function(name) return { kind = kind, name = name } end
end }))
rawset(_G, "ProtoExpert", { new = function(name, text, group, severity)
  check(name and text and group and severity, "an expert info that lacks something")
  return { is_expert = true }
end })
local anything = setmetatable({}, { __index = function(_, name) return name end })
rawset(_G, "NSTime", { new = function(seconds, nanoseconds)
  check(math.floor(seconds) == seconds and seconds >= 0 and seconds < 4294967296 and nanoseconds == 0, "a time out of range")
  return setmetatable({}, { __tostring = function() return string.format("%d", seconds) end, __index = { is_time = true } })
end })
rawset(_G, "base", anything); rawset(_G, "frametype", anything)
rawset(_G, "expert", { group = anything, severity = anything })
local function new_pref(_, default) return { default = default } end
rawset(_G, "Pref", { range = new_pref, string = new_pref })
rawset(_G, "DESEGMENT_ONE_MORE_SEGMENT", 0x0fffffff)
rawset(_G, "Field", { new = function(name) return function()
  if name == "tcp.stream" then return { value = environment.stream } end
  return { value = false }
end end })
rawset(_G, "DissectorTable", { get = function()
  return { add = function() end, remove = function() end, add_for_decode_as = function() end }
end })
rawset(_G, "ByteArray", { new = function(content, is_raw)
  check(is_raw == true, "digits instead of bytes")
  return { raw = function() return content end, tvb = function() check(#content > 0, "empty"); return new_tvb(content) end, content = content }
end })
if gcrypt_mode ~= "none" then
  rawset(_G, "GCRY_CIPHER_AES256", 9); rawset(_G, "GCRY_CIPHER_MODE_CBC", 3)
  rawset(_G, "GcryptCipher", { open = function(algorithm, mode, flags)
    check(algorithm == 9 and mode == 3 and flags == 0, "another cipher")
    local key, iv
    return {
      setkey = function(_, value) key = value.content end,
      setiv = function(_, value) iv = value.content end,
      decrypt = function(_, target, source)
        check(target == nil, "in place")
        gcrypt_calls = gcrypt_calls + 1
        if gcrypt_mode == "broken" then return ByteArray.new("broken", true) end
        return ByteArray.new(pure.decrypt_cbc_in_lua(key, iv, source.content), true)
      end,
    }
  end })
end

dofile(arg[1])
proto.prefs.keylog_file = { default = arg[4] }
proto.prefs_changed()
proto.init()

local function dissect_all(visited)
  output = {}
  local pending, recognised = {}, {}
  for line in io.lines(arg[2]) do
    local stream, frame, side, content = line:match("^(%d+) (%d+) (%a) (%x*)$")
    stream, frame = tonumber(stream), tonumber(frame)
    local column = { set = function(self, text) check_text(text, "a column"); self.text = text end,
      append = function(self, text) check_text(text, "a column"); self.text = self.text .. text end }
    local info = setmetatable({ text = "" }, { __index = column, __tostring = function(self) return self.text end })
    local protocol = setmetatable({ text = "TCP" }, { __index = column, __tostring = function(self) return self.text end })
    local pinfo = { number = frame, visited = visited, can_desegment = 1, src = "127.0.0.1", dst = "127.0.0.1",
      src_port = side == "a" and 50000 or 40000, dst_port = side == "a" and 40000 or 50000,
      port_type = side == "d" and 3 or 2, abs_ts = 1764360042.5,
      cols = { info = info, protocol = protocol } }
    environment.stream = stream
    local direction = stream .. side
    local data = (pending[direction] or "") .. bytes(content)
    if side == "d" then
      data = bytes(content)
      if not proto.datagram_heuristic(new_tvb(data), pinfo, new_item(0)) then
        proto.dissector(new_tvb(data), pinfo, new_item(0))
      end
    elseif recognised[stream] then
      proto.dissector(new_tvb(data), pinfo, new_item(0))
    else
      check(type(proto.heuristic(new_tvb(data), pinfo, new_item(0))) == "boolean", "the heuristic gives no boolean")
      recognised[stream] = pinfo.conversation ~= nil
    end
    pending[direction] = pinfo.desegment_len and data:sub(pinfo.desegment_offset + 1) or nil
  end
  return table.concat(output, "\\n")
end
local first = dissect_all(false)
local second = dissect_all(true)
check(first == second, "two passes differ")
io.write(second, "\\n", "gcrypt calls: ", string.format("%d", gcrypt_calls), "\\n")
`;

for (const lua of ["lua5.2", "lua5.4"]) {
  withTool(lua, ["-v"], `the Wireshark dissector in ${lua}`, () => {
    let folder = "";

    before(() => {
      folder = mkdtempSync(join(tmpdir(), "wireshark-lua-"));
    });

    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    /** Runs a script behind the prelude. `input` becomes a file, which is its second argument. What it prints, in lines. */
    function run(script: string, input: string, ...more: string[]): string[] {
      const [scriptFile, inputFile] = [join(folder, "script.lua"), join(folder, "input")];
      writeFileSync(scriptFile, PRELUDE + script);
      writeFileSync(inputFile, input);
      const result = spawnSync(lua, [scriptFile, DISSECTOR, inputFile, ...more], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
      expect(result.stderr).to.equal("");
      expect(result.status).to.equal(0);
      return result.stdout.split("\n").slice(0, -1);
    }

    it("hashes as node:crypto does", () => {
      const lengths = [
        0, 1, 3, 54, 55, 56, 63, 64, 65, 110, 111, 112, 119, 120, 127, 128, 129, 239, 240, 255, 1000, 8192,
      ];
      const cases = lengths.map((length) => ({ key: randomBytes(32), message: randomBytes(length) }));
      const answers = run(
        `for line in io.lines(arg[2]) do
          local key, message = line:match("^(%x+) (%x*)$")
          key, message = bytes(key), bytes(message)
          print(digits(pure.sha256(message)) .. digits(pure.sha512(message)) .. digits(pure.hmac_sha512(key, message)))
        end`,
        cases.map(({ key, message }) => `${hex(key)} ${hex(message)}\n`).join(""),
      );
      const expected = cases.map(({ key, message }) =>
        [createHash("sha256"), createHash("sha512"), createHmac("sha512", key)]
          .map((hash) => hash.update(message).digest("hex"))
          .join(""),
      );
      expect(answers).to.deep.equal(expected);
    });

    it("decrypts the known answer of NIST (SP 800-38A, F.2.6)", () => {
      const script = `print(digits(pure.decrypt_cbc(bytes("${NIST.key}"), bytes("${NIST.iv}"), bytes("${NIST.ciphertext}"))))`;
      expect(run(script, "")).to.deep.equal([NIST.plaintext]);
    });

    it("reads JSON as JSON.parse does, and refuses what it refuses", () => {
      const valid = fc.sample(fc.json({ stringUnit: "binary" }), 300);
      const broken = fc.sample(
        fc.tuple(
          fc.json(),
          fc.nat(),
          fc.constantFrom("", '"', "{", "]", ",", ":", "\\", "0", "-", ".", "e", "\t", "\u0001"),
        ),
        400,
      );
      const texts = [
        ...valid,
        ...broken.map(([text, at, inserted]) => {
          const position = at % (text.length + 1);
          return text.slice(0, position) + inserted + text.slice(position + (at % 2));
        }),
        ...[
          "",
          " ",
          "1.",
          ".5",
          "-",
          "01",
          "-0",
          "1e5",
          "1E+5",
          "1e",
          "1.5e-7",
          "123456789012345678901234567890",
          "1e999",
        ],
        ...[
          '"\\u00e9\\ud83d\\ude00\\/\\b"',
          '"\\ud83d"',
          '"\\ude00\\ud83d"',
          '"\\ud83dx"',
          '"\\u12"',
          '"\\x"',
          '"',
        ],
        ...[
          '{"a":1,"a":2}',
          '{"a":1,}',
          "[1,]",
          "[,1]",
          "{1:2}",
          '{"a"}',
          "nul",
          "truex",
          "[1] 2",
          "\ufeff1",
          "[1]\n",
        ],
        ...[`${"[".repeat(90)}${"]".repeat(90)}`, "[".repeat(100_000), `{"a":`.repeat(100_000)],
      ];
      const answers = run(PRINT_JSON, texts.map((text) => `${hex(text)}\n`).join(""));
      const expected = texts.map((text) => {
        try {
          return canonical(JSON.parse(text.toWellFormed()));
        } catch {
          return "refused";
        }
      });
      for (const [i, text] of texts.entries()) expect(answers[i], text.slice(0, 300)).to.equal(expected[i]);
      expect(answers).to.have.length(texts.length);
    });

    it("knows UTF-8 as Node does", () => {
      const parts = ["a", "é", "☕", "😀", "\ud7ff", "\ue000", "\u{10ffff}"].map((text) => Buffer.from(text));
      const wrong = [
        "80",
        "c0af",
        "c1bf",
        "e08080",
        "eda080",
        "f0808080",
        "f4908080",
        "f5808080",
        "ff",
        "e298",
        "f09f98",
        "c3",
      ];
      parts.push(...wrong.map((text) => Buffer.from(text, "hex")));
      const cases = parts.flatMap((one) => parts.map((two) => Buffer.concat([one, two, Buffer.from("z")])));
      for (let count = 0; count < 500; count += 1) cases.push(randomBytes(1 + (count % 6)));
      const answers = run(
        `for line in io.lines(arg[2]) do
          local text, valid = pure.to_utf8(bytes(line))
          print(tostring(valid) .. " " .. digits(text))
        end`,
        cases.map((bytes) => `${hex(bytes)}\n`).join(""),
      );
      for (const [index, bytes] of cases.entries()) {
        const [valid, text = ""] = answers[index]?.split(" ") ?? [];
        expect(valid, hex(bytes)).to.equal(String(isUtf8(bytes)));
        expect(isUtf8(Buffer.from(text, "hex")), hex(bytes)).to.equal(true);
        if (isUtf8(bytes)) expect(text).to.equal(hex(bytes));
      }
    });

    it("knows tokens of stage 05 by their form, as show does", () => {
      const { valid, invalid } = KNOWN.fernet;
      const texts = [...valid, ...invalid].map(({ token }) => token);
      const answers = run(
        `for line in io.lines(arg[2]) do
          local token = pure.read_token(bytes(line))
          print(token and string.format("%d %d %d", token.upper, token.lower, token.length) or "none")
        end`,
        texts.map((text) => `${hex(text)}\n`).join(""),
      );
      const expected = texts.map((text) => {
        const token = tokenOf(Buffer.from(text));
        if (token === undefined) return "none";
        const time = Buffer.from(text, "base64url").subarray(1);
        return `${time.readUInt32BE(0)} ${time.readUInt32BE(4)} ${token.ciphertext.length}`;
      });
      expect(answers).to.deep.equal(expected);
      expect(expected.filter((answer) => answer !== "none").length).to.be.greaterThan(valid.length);
      expect(expected.filter((answer) => answer === "none").length).to.be.greaterThan(15);
    });

    it("knows the first line of a frame by its form, as show does", () => {
      const lines = [
        ...["<10.0.0.1:5000> @ <rocket>", "<[::1]:5000> @ <a-B_9>", "<[fe80::1]:5000> @ <r>"],
        ...["", "<end>", "<10.0.0.1:5000> @ <>", "<10.0.0.1> @ <rocket>", "<10.0.0.1:5000> @ <rocket> "],
        ...[
          "<10.0.0.1:5000>@<rocket>",
          "<::1:5000> @ <rocket>",
          "<alice:5000> @ <rocket>",
          "<[1.2.3.4:5> @ <x>",
        ],
        ...[`<10.0.0.1:5000> @ <${"x".repeat(32)}>`, `<10.0.0.1:5000> @ <${"x".repeat(33)}>`],
      ];
      const answers = run(
        'for line in io.lines(arg[2]) do print(pure.read_frame_header(bytes(line)) or "none") end',
        lines.map((line) => `${hex(line)}\n`).join(""),
      );
      expect(answers).to.deep.equal(lines.map((line) => frameHeaderOf(Buffer.from(line))?.address ?? "none"));
    });

    it("gives the known answers for sealed lines and safety numbers", () => {
      const rows = KNOWN_SESSIONS.flatMap(({ keys, records }) =>
        records.map(({ sender, line }) => {
          const { seq, iv, ciphertext, tag } = JSON.parse(line);
          return [
            sender === "initiator" ? keys.initiatorKey : keys.responderKey,
            seq,
            iv,
            ciphertext,
            tag,
          ].join(" ");
        }),
      );
      const opened = run(
        `for line in io.lines(arg[2]) do
          local key, seq, iv, ciphertext, tag = line:match("^(%x+) (%d+) (%x+) (%x+) (%x+)$")
          local text = pure.open_sealed(bytes(key), tonumber(seq), bytes(iv), bytes(ciphertext), bytes(tag))
          print(digits(text), (pure.open_sealed(bytes(key), tonumber(seq) + 1, bytes(iv), bytes(ciphertext), bytes(tag))))
        end`,
        rows.map((row) => `${row}\n`).join(""),
      );
      const plaintexts = KNOWN_SESSIONS.flatMap(({ records }) =>
        records.map(({ plaintext }) => `${hex(plaintext)}\tnil`),
      );
      expect(opened).to.deep.equal(plaintexts);

      const keys = KNOWN_SESSIONS.map(({ handshake }) =>
        handshake.slice(2).map((line): string => JSON.parse(line).publicKey),
      );
      const numbers = run(
        `for line in io.lines(arg[2]) do
          local one, two = line:match("^(%x+) (%x+)$")
          print(pure.safety_number(one, two)); print(pure.safety_number(two, one))
        end`,
        keys.map((pair) => `${pair.join(" ")}\n`).join(""),
      );
      expect(numbers).to.deep.equal(
        KNOWN_SESSIONS.flatMap(({ safetyNumber }) => [safetyNumber, safetyNumber]),
      );
    });

    describe("in an imitation of Wireshark", () => {
      /** Segments of all known sessions, each line cut in pieces, and what is shown of them. */
      function show(gcrypt: "none" | "working" | "broken", garbage: readonly Buffer[] = []): string[] {
        const log = join(folder, "chat.keys");
        writeFileSync(log, KNOWN_SESSIONS.map(keyLogLine).join(""));
        let segments = "";
        let frame = 0;
        const add = (stream: number, side: string, bytes: Buffer) => {
          frame += 1;
          segments += `${stream} ${frame} ${side} ${hex(bytes)}\n`;
        };
        for (const [stream, { handshake, records }] of KNOWN_SESSIONS.entries()) {
          const turns = [
            ...handshake.map((line, index) => ({ side: index % 2 === 0 ? "a" : "b", line })),
            ...records.map(({ sender, line }) => ({ side: sender === "initiator" ? "a" : "b", line })),
          ];
          for (const { side, line } of turns) {
            const bytes = Buffer.from(`${line}\n`);
            const third = Math.ceil(bytes.length / 3);
            for (const at of [0, 1, 2]) add(stream, side, bytes.subarray(at * third, (at + 1) * third));
          }
          for (const bytes of garbage) add(stream, "d", bytes);
          for (const bytes of garbage) add(stream, "a", Buffer.concat([bytes, Buffer.from("\n")]));
        }
        return run(IMITATION, segments, gcrypt, log);
      }

      const inner = KNOWN_SESSIONS.flatMap(({ records }) =>
        records.map(({ plaintext }) => `p2pchat.inner=${plaintext}`),
      );

      it("decrypts with plain Lua, with GcryptCipher, and in spite of a broken one", () => {
        const answers = (["none", "working", "broken"] as const).map((mode) => show(mode));
        for (const lines of answers) {
          expect(lines.filter((line) => line.startsWith("p2pchat.inner="))).to.deep.equal(inner);
          expect(lines.filter((line) => line.startsWith("p2pchat.problem="))).to.deep.equal([]);
          expect(lines.slice(0, -1)).to.deep.equal(answers[0]?.slice(0, -1));
        }
        // One call finds out whether it works; then one for each record.
        expect(answers.map((lines) => lines.at(-1))).to.deep.equal([
          "gcrypt calls: 0",
          `gcrypt calls: ${1 + inner.length}`,
          "gcrypt calls: 1",
        ]);
      });

      it("never fails on hostile lines", () => {
        const samples = KNOWN_SESSIONS.flatMap(({ handshake, records }) => [
          ...handshake,
          ...records.map(({ line }) => line),
        ]);
        samples.push(
          '{"type":"message","id":1,"text":"x"}',
          '{"type":"users","users":[{"username":"a","host":"b","port":1}]}',
          "<10.0.0.1:5000> @ <rocket>",
          "<end>",
          ...KNOWN.fernet.valid.map(({ token }) => token),
        );
        const values = [
          "0",
          "-1",
          "1e999",
          "1e300",
          "4294967296",
          "0.5",
          "9007199254740991",
          '"\\u0000"',
          "null",
          "[[]]",
          "{}",
        ];
        const garbage = fc
          .sample(
            fc.tuple(fc.constantFrom(...samples), fc.nat(), fc.constantFrom(...values), fc.uint8Array()),
            300,
          )
          .map(([sample, number, value, bytes]) => {
            if (number % 3 === 0) return Buffer.from(bytes).map((byte) => (byte === 0x0a ? 0 : byte));
            if (number % 3 === 1)
              return Buffer.from(
                sample.replace(/:("[^"]*"|\d+|\[.*\])/g, (all) => (all.length % 2 ? all : `:${value}`)),
              );
            const changed = Buffer.from(sample);
            changed[number % changed.length] = bytes[0] === 0x0a ? 0 : (bytes[0] ?? 0);
            return changed;
          })
          .map((bytes) => Buffer.from(bytes));
        const lines = show("none", garbage);
        expect(lines.filter((line) => line.startsWith("p2pchat.problem=")).length).to.be.greaterThan(100);
      });
    });
  });
}
