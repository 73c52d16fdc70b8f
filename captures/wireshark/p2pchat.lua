-- A Wireshark dissector for the programs of this course: the calculator (stage 01), the registry and the chats between
-- peers (stages 02 to 04), and peers without a registry (stage 05): their datagrams, and the frames of their sessions. For Wireshark and tshark 4.0 and later. The README beside this file says what to try with
-- it.
--
-- To install it:
--   1. In Wireshark, open Help > About Wireshark > Folders, and double-click the line "Personal Lua Plugins".
--   2. Copy this file into the folder that opens. Press Ctrl+Shift+L (macOS: Cmd+Shift+L), or start Wireshark again.
-- Or only for once:  tshark -X lua_script:p2pchat.lua -r FILE
--
-- Numbers such as P6.2 are clauses of lessons/protocol.md.
--
-- The file has two halves. The first is plain Lua without Wireshark: it takes bytes and text, and returns values. Our
-- tests run it in Lua 5.2, 5.3 and 5.4: Wireshark 4.0 and 4.2 use Lua 5.2, later ones use 5.4. The second half shows in
-- Wireshark what the first half has found out.

------------------------------------------------------------------------------------------------------------------------
-- Operations on 32 bits
------------------------------------------------------------------------------------------------------------------------

-- Lua 5.3 and later have operators for bits, Lua 5.2 has a library. Lua 5.2 reports a syntax error in a file with these
-- operators, even in code that never runs. So they are in a string, and we use them if the string compiles.
-- All functions take and return integers from 0 to 2^32 - 1; `low` and `high` take a sum of a few such integers.
local operators = load([[
  return {
    both = function(a, b) return a & b end,
    xor = function(a, b) return a ~ b end,
    invert = function(a) return ~a & 0xffffffff end,
    left = function(a, count) return (a << count) & 0xffffffff end,
    right = function(a, count) return a >> count end,
    low = function(sum) return sum & 0xffffffff end,
    high = function(sum) return sum >> 32 end,
  }
]])
local bits
if operators then
  bits = operators()
else
  bits = {
    both = bit32.band,
    xor = bit32.bxor,
    invert = bit32.bnot,
    left = bit32.lshift,
    right = bit32.rshift,
    low = function(sum) return sum % 4294967296 end,
    high = function(sum) return math.floor(sum / 4294967296) end,
  }
end
local both, xor, invert, left, right, low, high =
  bits.both, bits.xor, bits.invert, bits.left, bits.right, bits.low, bits.high

-- The 4 bytes at `position`, as an integer, the most significant byte first.
local function read_32_bits(text, position)
  local a, b, c, d = text:byte(position, position + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function write_32_bits(value)
  return string.char(right(value, 24), both(right(value, 16), 255), both(right(value, 8), 255), both(value, 255))
end

local function decode_hex(digits)
  return (digits:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function encode_hex(bytes)
  return (bytes:gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
end

------------------------------------------------------------------------------------------------------------------------
-- SHA-256, SHA-512 (FIPS 180-4) and HMAC (RFC 2104)
------------------------------------------------------------------------------------------------------------------------

-- The round constants of SHA-512: the first 64 bits of the fractional parts of the cube roots of the first 80 primes.
-- Those of SHA-256 are the first 32 bits of the first 64 of them (FIPS 180-4, section 4.2).
local ROUND_CONSTANTS = [[
  428a2f98d728ae22 7137449123ef65cd b5c0fbcfec4d3b2f e9b5dba58189dbbc 3956c25bf348b538 59f111f1b605d019
  923f82a4af194f9b ab1c5ed5da6d8118 d807aa98a3030242 12835b0145706fbe 243185be4ee4b28c 550c7dc3d5ffb4e2
  72be5d74f27b896f 80deb1fe3b1696b1 9bdc06a725c71235 c19bf174cf692694 e49b69c19ef14ad2 efbe4786384f25e3
  0fc19dc68b8cd5b5 240ca1cc77ac9c65 2de92c6f592b0275 4a7484aa6ea6e483 5cb0a9dcbd41fbd4 76f988da831153b5
  983e5152ee66dfab a831c66d2db43210 b00327c898fb213f bf597fc7beef0ee4 c6e00bf33da88fc2 d5a79147930aa725
  06ca6351e003826f 142929670a0e6e70 27b70a8546d22ffc 2e1b21385c26c926 4d2c6dfc5ac42aed 53380d139d95b3df
  650a73548baf63de 766a0abb3c77b2a8 81c2c92e47edaee6 92722c851482353b a2bfe8a14cf10364 a81a664bbc423001
  c24b8b70d0f89791 c76c51a30654be30 d192e819d6ef5218 d69906245565a910 f40e35855771202a 106aa07032bbd1b8
  19a4c116b8d2d0c8 1e376c085141ab53 2748774cdf8eeb99 34b0bcb5e19b48a8 391c0cb3c5c95a63 4ed8aa4ae3418acb
  5b9cca4f7763e373 682e6ff3d6b2b8a3 748f82ee5defb2fc 78a5636f43172f60 84c87814a1f0ab72 8cc702081a6439ec
  90befffa23631e28 a4506cebde82bde9 bef9a3f7b2c67915 c67178f2e372532b ca273eceea26619c d186b8c721c0c207
  eada7dd6cde0eb1e f57d4f7fee6ed178 06f067aa72176fba 0a637dc5a2c898a6 113f9804bef90dae 1b710b35131c471b
  28db77f523047d84 32caab7b40c72493 3c9ebe0a15c9bebc 431d67c49c100d4c 4cc5d4becb3e42b6 597f299cfc657e2a
  5fcb6fab3ad6faec 6c44198c4a475817
]]

-- The initial state: the same bits of the square roots of the first 8 primes (FIPS 180-4, section 5.3).
local INITIAL_STATE = [[
  6a09e667f3bcc908 bb67ae8584caa73b 3c6ef372fe94f82b a54ff53a5f1d36f1 510e527fade682d1 9b05688c2b3e6c1f
  1f83d9abfb41bd6b 5be0cd19137e2179
]]

-- Words of 64 bits as two tables: the upper and the lower halves. (In Lua 5.2 a number holds only 53 bits exactly.)
local function parse_words(digits)
  local upper, lower = {}, {}
  for first, second in digits:gmatch("(%x%x%x%x%x%x%x%x)(%x%x%x%x%x%x%x%x)") do
    upper[#upper + 1] = tonumber(first, 16)
    lower[#lower + 1] = tonumber(second, 16)
  end
  return upper, lower
end

local CONSTANTS_UPPER, CONSTANTS_LOWER = parse_words(ROUND_CONSTANTS)
local STATE_UPPER, STATE_LOWER = parse_words(INITIAL_STATE)

-- Padding: a bit 1, zeros, and the length of the message in bits in the last bytes of the last block (section 5.1).
local function pad(message, block_length, length_length)
  local zeros = -(#message + 1 + length_length) % block_length
  local bit_length = #message * 8
  return message .. "\128" .. string.rep("\0", zeros + length_length - 8)
    .. write_32_bits(high(bit_length)) .. write_32_bits(low(bit_length))
end

local function rotate(value, count)
  return xor(right(value, count), left(value, 32 - count))
end

-- The SHA-256 of a string of bytes: 32 bytes.
local function sha256(message)
  local state = { table.unpack(STATE_UPPER) }
  local schedule = {}
  message = pad(message, 64, 8)
  for block = 1, #message, 64 do
    for i = 1, 16 do schedule[i] = read_32_bits(message, block + 4 * (i - 1)) end
    for i = 17, 64 do
      local w15, w2 = schedule[i - 15], schedule[i - 2]
      local sigma0 = xor(xor(rotate(w15, 7), rotate(w15, 18)), right(w15, 3))
      local sigma1 = xor(xor(rotate(w2, 17), rotate(w2, 19)), right(w2, 10))
      schedule[i] = low(schedule[i - 16] + sigma0 + schedule[i - 7] + sigma1)
    end
    local a, b, c, d, e, f, g, h = table.unpack(state)
    for i = 1, 64 do
      local sum1 = xor(xor(rotate(e, 6), rotate(e, 11)), rotate(e, 25))
      local choice = xor(both(e, f), both(invert(e), g))
      local first = h + sum1 + choice + CONSTANTS_UPPER[i] + schedule[i]
      local sum0 = xor(xor(rotate(a, 2), rotate(a, 13)), rotate(a, 22))
      local majority = xor(xor(both(a, b), both(a, c)), both(b, c))
      h, g, f, e, d, c, b, a = g, f, e, low(d + first), c, b, a, low(first + sum0 + majority)
    end
    for i, value in ipairs({ a, b, c, d, e, f, g, h }) do state[i] = low(state[i] + value) end
  end
  for i = 1, 8 do state[i] = write_32_bits(state[i]) end
  return table.concat(state)
end

-- Rotates a word of 64 bits, given as its halves, to the right.
local function rotate_64_bits(upper, lower, count)
  if count >= 32 then
    upper, lower, count = lower, upper, count - 32
  end
  return xor(right(upper, count), left(lower, 32 - count)), xor(right(lower, count), left(upper, 32 - count))
end

-- Three rotations of a word, XORed: what SHA-512 calls an upper-case sigma.
local function three_rotations(upper, lower, count1, count2, count3)
  local upper1, lower1 = rotate_64_bits(upper, lower, count1)
  local upper2, lower2 = rotate_64_bits(upper, lower, count2)
  local upper3, lower3 = rotate_64_bits(upper, lower, count3)
  return xor(xor(upper1, upper2), upper3), xor(xor(lower1, lower2), lower3)
end

-- Two rotations and a shift of a word, XORed: a lower-case sigma.
local function two_rotations_and_shift(upper, lower, count1, count2, shift)
  local upper1, lower1 = rotate_64_bits(upper, lower, count1)
  local upper2, lower2 = rotate_64_bits(upper, lower, count2)
  local lower3 = xor(right(lower, shift), left(upper, 32 - shift))
  return xor(xor(upper1, upper2), right(upper, shift)), xor(xor(lower1, lower2), lower3)
end

-- The SHA-512 of a string of bytes: 64 bytes. Names with _u and _l are the upper and lower halves of 64-bit words.
local function sha512(message)
  local state_u, state_l = { table.unpack(STATE_UPPER) }, { table.unpack(STATE_LOWER) }
  local words_u, words_l = {}, {}
  message = pad(message, 128, 16)
  for block = 1, #message, 128 do
    for i = 1, 16 do
      words_u[i] = read_32_bits(message, block + 8 * (i - 1))
      words_l[i] = read_32_bits(message, block + 8 * (i - 1) + 4)
    end
    for i = 17, 80 do
      local sigma0_u, sigma0_l = two_rotations_and_shift(words_u[i - 15], words_l[i - 15], 1, 8, 7)
      local sigma1_u, sigma1_l = two_rotations_and_shift(words_u[i - 2], words_l[i - 2], 19, 61, 6)
      local sum_l = words_l[i - 16] + sigma0_l + words_l[i - 7] + sigma1_l
      words_l[i] = low(sum_l)
      words_u[i] = low(words_u[i - 16] + sigma0_u + words_u[i - 7] + sigma1_u + high(sum_l))
    end
    local au, bu, cu, du, eu, fu, gu, hu = table.unpack(state_u)
    local al, bl, cl, dl, el, fl, gl, hl = table.unpack(state_l)
    for i = 1, 80 do
      local sum1_u, sum1_l = three_rotations(eu, el, 14, 18, 41)
      local choice_u = xor(both(eu, fu), both(invert(eu), gu))
      local choice_l = xor(both(el, fl), both(invert(el), gl))
      local first_l = hl + sum1_l + choice_l + CONSTANTS_LOWER[i] + words_l[i]
      local first_u = hu + sum1_u + choice_u + CONSTANTS_UPPER[i] + words_u[i] + high(first_l)
      first_u, first_l = low(first_u), low(first_l)
      local sum0_u, sum0_l = three_rotations(au, al, 28, 34, 39)
      local majority_u = xor(xor(both(au, bu), both(au, cu)), both(bu, cu))
      local majority_l = xor(xor(both(al, bl), both(al, cl)), both(bl, cl))
      local fourth_l, whole_l = dl + first_l, first_l + sum0_l + majority_l
      local fourth_u = low(du + first_u + high(fourth_l))
      local whole_u = low(first_u + sum0_u + majority_u + high(whole_l))
      hu, gu, fu, eu, du, cu, bu, au = gu, fu, eu, fourth_u, cu, bu, au, whole_u
      hl, gl, fl, el, dl, cl, bl, al = gl, fl, el, low(fourth_l), cl, bl, al, low(whole_l)
    end
    local added_u, added_l = { au, bu, cu, du, eu, fu, gu, hu }, { al, bl, cl, dl, el, fl, gl, hl }
    for i = 1, 8 do
      local sum_l = state_l[i] + added_l[i]
      state_l[i] = low(sum_l)
      state_u[i] = low(state_u[i] + added_u[i] + high(sum_l))
    end
  end
  local parts = {}
  for i = 1, 8 do parts[i] = write_32_bits(state_u[i]) .. write_32_bits(state_l[i]) end
  return table.concat(parts)
end

-- HMAC-SHA-512: 64 bytes. The key is at most a block long (128 bytes), as all keys of P6 are.
local function hmac_sha512(key, message)
  key = key .. string.rep("\0", 128 - #key)
  local function key_xored_with(byte)
    return (key:gsub(".", function(character) return string.char(xor(character:byte(), byte)) end))
  end
  return sha512(key_xored_with(0x5c) .. sha512(key_xored_with(0x36) .. message))
end

------------------------------------------------------------------------------------------------------------------------
-- AES-256-CBC, to decrypt (FIPS 197; SP 800-38A, section 6.2)
------------------------------------------------------------------------------------------------------------------------

-- Multiplication in the field of 256 elements in which AES computes (FIPS 197, section 4.2).
local function multiply(a, b)
  local product = 0
  while b > 0 do
    if b % 2 == 1 then product = xor(product, a) end
    a = a * 2
    if a > 255 then a = xor(a, 0x11b) end
    b = right(b, 1)
  end
  return product
end

-- The S-box: each byte's inverse in that field, and an affine transformation of it (section 5.1.1).
local S_BOX, INVERSE_S_BOX = {}, {}
do
  local power, inverse_power = 1, 1
  repeat
    power = multiply(power, 3) -- 3 generates the field: its powers are all elements but 0,
    inverse_power = multiply(inverse_power, 0xf6) -- and 0xf6 is the inverse of 3.
    local twice = inverse_power * 257 -- The byte beside itself, so that a shift is a rotation.
    local value = xor(xor(inverse_power, both(right(twice, 7), 255)), both(right(twice, 6), 255))
    value = xor(xor(value, both(right(twice, 5), 255)), both(right(twice, 4), 255))
    S_BOX[power] = xor(value, 0x63)
  until power == 1
  S_BOX[0] = 0x63
  for byte = 0, 255 do INVERSE_S_BOX[S_BOX[byte]] = byte end
end

-- What InvMixColumns multiplies by (section 5.3.3).
local TIMES_9, TIMES_11, TIMES_13, TIMES_14 = {}, {}, {}, {}
for byte = 0, 255 do
  TIMES_9[byte], TIMES_11[byte] = multiply(byte, 9), multiply(byte, 11)
  TIMES_13[byte], TIMES_14[byte] = multiply(byte, 13), multiply(byte, 14)
end

local ROUNDS = 14 -- for a key of 256 bits

-- The round keys, one byte behind the other: 15 times 16 bytes (section 5.2).
local function expand_key(key)
  local bytes = { key:byte(1, 32) }
  local round_constant = 1
  for i = 33, 16 * (ROUNDS + 1), 4 do
    local word = { bytes[i - 4], bytes[i - 3], bytes[i - 2], bytes[i - 1] }
    if (i - 1) % 32 == 0 then
      word = { xor(S_BOX[word[2]], round_constant), S_BOX[word[3]], S_BOX[word[4]], S_BOX[word[1]] }
      round_constant = multiply(round_constant, 2)
    elseif (i - 1) % 32 == 16 then
      word = { S_BOX[word[1]], S_BOX[word[2]], S_BOX[word[3]], S_BOX[word[4]] }
    end
    for j = 1, 4 do bytes[i + j - 1] = xor(bytes[i + j - 33], word[j]) end
  end
  return bytes
end

-- Decrypts the block in state[1] to state[16], in place (section 5.3). Byte i stands in row (i - 1) % 4.
local function decrypt_block(state, round_keys)
  for i = 1, 16 do state[i] = xor(state[i], round_keys[16 * ROUNDS + i]) end
  for round = ROUNDS - 1, 0, -1 do
    local moved = {}
    for i = 0, 15 do
      -- InvShiftRows: row r moves by r columns, which are 4 bytes apart. InvSubBytes: the S-box backwards.
      local from = (i - 4 * (i % 4)) % 16
      moved[i + 1] = xor(INVERSE_S_BOX[state[from + 1]], round_keys[16 * round + i + 1])
    end
    for column = 1, 13, 4 do
      local a, b, c, d = moved[column], moved[column + 1], moved[column + 2], moved[column + 3]
      if round == 0 then -- The last round mixes no columns.
        state[column], state[column + 1], state[column + 2], state[column + 3] = a, b, c, d
      else
        state[column] = xor(xor(TIMES_14[a], TIMES_11[b]), xor(TIMES_13[c], TIMES_9[d]))
        state[column + 1] = xor(xor(TIMES_9[a], TIMES_14[b]), xor(TIMES_11[c], TIMES_13[d]))
        state[column + 2] = xor(xor(TIMES_13[a], TIMES_9[b]), xor(TIMES_14[c], TIMES_11[d]))
        state[column + 3] = xor(xor(TIMES_11[a], TIMES_13[b]), xor(TIMES_9[c], TIMES_14[d]))
      end
    end
  end
end

-- AES-256-CBC in plain Lua. `key` has 32 bytes, `iv` 16, `ciphertext` whole blocks. The padding is not removed.
local function decrypt_cbc_in_lua(key, iv, ciphertext)
  local round_keys = expand_key(key)
  local previous = { iv:byte(1, 16) }
  local blocks = {}
  for position = 1, #ciphertext, 16 do
    local block = { ciphertext:byte(position, position + 15) }
    local state = { table.unpack(block) }
    decrypt_block(state, round_keys)
    for i = 1, 16 do state[i] = xor(state[i], previous[i]) end
    blocks[#blocks + 1] = string.char(table.unpack(state))
    previous = block
  end
  return table.concat(blocks)
end

-- The same with libgcrypt, which is much faster: from Wireshark 4.6 on there is a class for it.
local function decrypt_cbc_with_gcrypt(key, iv, ciphertext)
  local cipher = GcryptCipher.open(GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_CBC, 0)
  cipher:setkey(ByteArray.new(key, true)) -- true: these are the bytes themselves, not hexadecimal digits
  cipher:setiv(ByteArray.new(iv, true))
  return cipher:decrypt(nil, ByteArray.new(ciphertext, true)):raw()
end

-- Chooses one of the two. The class is new, so we first test it with a known answer: SP 800-38A, F.2.6.
local function choose_decrypt_cbc()
  local key = decode_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
  local iv = decode_hex("000102030405060708090a0b0c0d0e0f")
  local ciphertext = decode_hex("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d")
  local plaintext = decode_hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
  local succeeded, answer = pcall(decrypt_cbc_with_gcrypt, key, iv, ciphertext)
  if succeeded and answer == plaintext then return decrypt_cbc_with_gcrypt end
  return decrypt_cbc_in_lua
end

local decrypt_cbc = choose_decrypt_cbc()

------------------------------------------------------------------------------------------------------------------------
-- Sealed lines (P6.2, P6.3) and the key log (P6.5)
------------------------------------------------------------------------------------------------------------------------

-- Opens what A256CBC-HS512 of RFC 7518 has sealed.
-- `key`: 64 bytes, the first 32 for the MAC, the last 32 for AES; `seq`: an integer; the others: bytes.
-- Returns the line; or nil and what is wrong.
local function open_sealed(key, seq, iv, ciphertext, tag)
  local upper = math.floor(seq / 4294967296)
  local additional_data = write_32_bits(upper) .. write_32_bits(seq - upper * 4294967296)
  local bit_length = "\0\0\0\0\0\0\0\64" -- of the additional data
  local mac = hmac_sha512(key:sub(1, 32), additional_data .. iv .. ciphertext .. bit_length)
  if mac:sub(1, 32) ~= tag then return nil, "the tag is wrong: changed on the way, or sealed with another key" end
  local padded = decrypt_cbc(key:sub(33, 64), iv, ciphertext)
  local count = padded:byte(-1)
  if count < 1 or count > 16 or padded:sub(-count) ~= string.rep(string.char(count), count) then
    return nil, "the padding is wrong, although the tag is right"
  end
  return padded:sub(1, -count - 1)
end

-- The keys in the text of a key log: a table from transcript hash (64 lower-case digits) to the keys of both sides.
-- Other lines are skipped: the file may hold some, and its last line may be unfinished.
local function parse_key_log(text)
  local chats = {}
  for line in text:gmatch("[^\r\n]+") do
    local transcript, initiator, responder = line:match("^P2PCHAT04 +(%x+) +(%x+) +(%x+) *$")
    if transcript and #transcript == 64 and #initiator == 128 and #responder == 128 then
      chats[transcript:lower()] = { initiator = decode_hex(initiator), responder = decode_hex(responder) }
    end
  end
  return chats
end

------------------------------------------------------------------------------------------------------------------------
-- Text
------------------------------------------------------------------------------------------------------------------------

local REPLACEMENT = "\239\191\189" -- U+FFFD

-- Patterns of well-formed characters of more than one byte (The Unicode Standard, table 3-7).
local LONGER_CHARACTERS = {
  "^[\194-\223][\128-\191]",
  "^\224[\160-\191][\128-\191]",
  "^[\225-\236\238\239][\128-\191][\128-\191]",
  "^\237[\128-\159][\128-\191]",
  "^\240[\144-\191][\128-\191][\128-\191]",
  "^[\241-\243][\128-\191][\128-\191][\128-\191]",
  "^\244[\128-\143][\128-\191][\128-\191]",
}

-- Returns valid UTF-8, with U+FFFD for each byte that belongs to no character; and whether there was no such byte.
local function to_utf8(bytes)
  local position = bytes:find("[\128-\255]")
  if not position then return bytes, true end
  local parts, valid, copied = {}, true, 1
  while position do
    local last
    for _, pattern in ipairs(LONGER_CHARACTERS) do
      last = last or select(2, bytes:find(pattern, position))
    end
    if not last then
      valid, last = false, position
      parts[#parts + 1] = bytes:sub(copied, position - 1)
      parts[#parts + 1] = REPLACEMENT
      copied = position + 1
    end
    position = bytes:find("[\128-\255]", last + 1)
  end
  parts[#parts + 1] = bytes:sub(copied)
  return table.concat(parts), valid
end

local function is_utf8(bytes)
  return select(2, to_utf8(bytes))
end

-- Removes a CR at the end of a line (P0.1).
local function without_carriage_return(line)
  return (line:gsub("\r$", ""))
end

-- Makes text safe to show: control characters but tab and bidirectional controls become U+FFFD (P3.4).
local function printable(text)
  text = to_utf8(text)
  text = text:gsub("[\0-\8\10-\31\127]", REPLACEMENT):gsub("\194[\128-\159]", REPLACEMENT)
  text = text:gsub("\226\128[\170-\174]", REPLACEMENT):gsub("\226\129[\166-\169]", REPLACEMENT)
  return text
end

-- At most `limit` bytes of a text, cut between characters.
local function shorten(text, limit)
  if #text <= limit then return text end
  local last = limit
  while last > 0 and text:find("^[\128-\191]", last + 1) do last = last - 1 end
  return text:sub(1, last) .. "…"
end

local function is_hex(value)
  return type(value) == "string" and #value % 2 == 0 and not value:find("[^0-9a-f]")
end

-- Whether this is a valid username (P2.1).
local function is_username(value)
  return type(value) == "string" and #value <= 32 and value:find("^[A-Za-z0-9_-]+$") ~= nil and value:lower() ~= "you"
end

-- Whether the first of two equally long numbers in hexadecimal is smaller. Lua's own `<` for strings depends on the
-- system's locale: in some locales, "aa" comes after "z".
local function is_smaller(digits, other)
  for position = 1, #digits do
    local one, two = digits:byte(position), other:byte(position)
    if one ~= two then return one < two end
  end
  return false
end

local function is_integer(value, smallest, largest)
  return type(value) == "number" and value >= smallest and value <= largest and value == math.floor(value)
end

local LARGEST_INTEGER = 9007199254740991 -- 2^53 - 1: up to there JavaScript counts exactly.

------------------------------------------------------------------------------------------------------------------------
-- JSON (RFC 8259), with the place of each value in the line
------------------------------------------------------------------------------------------------------------------------

-- Values that are nested deeper are refused, so that no line exhausts our stack. The course's lines have two levels.
local MAX_DEPTH = 100

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local function encode_utf8(code_point)
  if code_point < 0x80 then return string.char(code_point) end
  local function following(shift) return 0x80 + both(right(code_point, shift), 0x3f) end
  if code_point < 0x800 then return string.char(0xc0 + right(code_point, 6), following(0)) end
  if code_point < 0x10000 then return string.char(0xe0 + right(code_point, 12), following(6), following(0)) end
  return string.char(0xf0 + right(code_point, 18), following(12), following(6), following(0))
end

local function refuse(problem)
  error({ problem = problem }, 0)
end

-- The number of a \u escape at `position`, or nil.
local function escaped_unit(text, position)
  local digits = text:match("^\\u(%x%x%x%x)", position)
  return digits and tonumber(digits, 16)
end

-- The string whose opening quote is at `first`: its value, and the position of its closing quote.
-- The third result says whether it has a lone surrogate, which is no character.
local function parse_string(text, first)
  local parts, lone_surrogate, position = {}, false, first + 1
  while true do
    local stop = text:find('["\\\0-\31]', position)
    if not stop then refuse("a string without an end") end
    parts[#parts + 1] = text:sub(position, stop - 1)
    local character = text:sub(stop, stop)
    if character == '"' then return table.concat(parts), stop, lone_surrogate end
    if character ~= "\\" then refuse("a control character in a string") end
    local unit = escaped_unit(text, stop)
    if not unit then
      local escape = ESCAPES[text:sub(stop + 1, stop + 1)]
      if not escape then refuse("an unknown escape") end
      parts[#parts + 1] = escape
      position = stop + 2
    else
      position = stop + 6
      if unit >= 0xd800 and unit <= 0xdbff then
        local second = escaped_unit(text, position)
        if second and second >= 0xdc00 and second <= 0xdfff then
          unit = 0x10000 + (unit - 0xd800) * 0x400 + (second - 0xdc00)
          position = position + 6
        end
      end
      if unit >= 0xd800 and unit <= 0xdfff then
        lone_surrogate = true
        unit = 0xfffd
      end
      parts[#parts + 1] = encode_utf8(unit)
    end
  end
end

-- The value at `position`, and the position after it. A value is a table: `kind`, `first` and `last` (its place in the
-- text), and `value` of a string, number or boolean, `members` of an object (by name), `elements` of an array.
local function parse_value(text, position, depth)
  if depth > MAX_DEPTH then refuse("nested too deeply") end
  local function skip_space(from) return text:find("[^ \t\r\n]", from) or #text + 1 end
  position = skip_space(position)
  local character = text:sub(position, position)
  local node = { first = position }

  if character == '"' then
    node.kind = "string"
    node.value, node.last, node.lone_surrogate = parse_string(text, position)
  elseif character == "{" or character == "[" then
    local closing = character == "{" and "}" or "]"
    node.kind = character == "{" and "object" or "array"
    node.members, node.elements = {}, {}
    position = skip_space(position + 1)
    if text:sub(position, position) ~= closing then
      while true do
        local name
        if closing == "}" then
          if text:sub(position, position) ~= '"' then refuse("a member without a name") end
          local last
          name, last = parse_string(text, position)
          position = skip_space(last + 1)
          if text:sub(position, position) ~= ":" then refuse("a colon is missing") end
          position = position + 1
        end
        local value
        value, position = parse_value(text, position, depth + 1)
        if name then node.members[name] = value else node.elements[#node.elements + 1] = value end
        position = skip_space(position)
        local separator = text:sub(position, position)
        if separator == closing then break end
        if separator ~= "," then refuse("a comma is missing") end
        position = skip_space(position + 1)
      end
    end
    node.last = position
  else
    local word = text:match("^[%a]+", position)
    if word == "true" or word == "false" or word == "null" then
      node.kind, node.last = word == "null" and "null" or "boolean", position + #word - 1
      if word ~= "null" then node.value = word == "true" end
    else
      local last = select(2, text:find("^-?%d+", position))
      if not last or text:find("^-?0%d", position) then refuse("a value is missing") end
      last = select(2, text:find("^%.%d+", last + 1)) or last
      last = select(2, text:find("^[eE][+-]?%d+", last + 1)) or last
      node.kind, node.last, node.value = "number", last, tonumber(text:sub(position, last))
    end
  end
  return node, node.last + 1
end

-- Parses a text. Returns its value; or nil and why it is not JSON.
local function parse_json(text)
  local succeeded, node, after = pcall(parse_value, text, 1, 1)
  if not succeeded then
    return nil, type(node) == "table" and node.problem or tostring(node)
  end
  if text:find("[^ \t\r\n]", after) then return nil, "something stands behind the value" end
  return node
end

------------------------------------------------------------------------------------------------------------------------
-- What a single line says
------------------------------------------------------------------------------------------------------------------------

-- Findings are lists of problems and weaknesses. Each has the name of an expert info below, and a text.
local function add_problem(findings, name, text)
  findings.problems[#findings.problems + 1] = { name = name, text = text }
end

local function add_weakness(findings, name, text)
  findings.weaknesses[#findings.weaknesses + 1] = { name = name, text = text }
end

-- A Reading holds the fields of a line in the order in which they are shown, and the problems of the line alone.
-- Values are strings and integers; `node` is the place in the line.
local Reading = {}
Reading.__index = Reading

local function new_reading(object)
  return setmetatable({ object = object, items = {}, problems = {}, weaknesses = {}, summary = "" }, Reading)
end

-- The value of a member that is a string; anything else is nil.
function Reading:text(name)
  local node = self.object.members[name]
  return node and node.kind == "string" and node.value or nil
end

function Reading:number(name)
  local node = self.object.members[name]
  return node and node.kind == "number" and node.value or nil
end

-- Adds a member to the fields if it exists and has the expected type. `field` is the name of the field without
-- "p2pchat.". Returns the text for a summary.
function Reading:show_text(name, field)
  local value = self:text(name)
  if not value then return "?" end
  value = printable(value)
  self.items[#self.items + 1] = { field = field or name, value = value, node = self.object.members[name] }
  return shorten(value, 150)
end

function Reading:show_integer(name, field, largest)
  local value = self:number(name)
  if not is_integer(value, 0, largest) then return "?" end
  self.items[#self.items + 1] = { field = field or name, value = value, node = self.object.members[name] }
  return string.format("%d", value)
end

-- Fields for integers have 32 bits; a larger one is shown in the line, and in no field.
local LARGEST_SHOWN = 4294967295

-- The largest public key that P4.4 allows: p - 2, in hexadecimal digits, with zeros in front as on the wire.
-- For modp2048, p is group 14 of RFC 3526, section 3.
local LARGEST_PUBLIC_KEY = {
  toy = "15",
  modp2048 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd"
    .. "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
    .. "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f"
    .. "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"
    .. "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510"
    .. "15728e5a8aacaa68fffffffffffffffd",
}

-- What is wrong with a public key (P4.4), or nil.
local function public_key_problem(group, digits)
  local largest = LARGEST_PUBLIC_KEY[group]
  if not largest then return nil end
  if not is_hex(digits) then return "the public key is not lower-case hexadecimal" end
  if #digits ~= #largest then
    return string.format("the public key has %d digits instead of %d", #digits, #largest)
  end
  if is_smaller(digits, string.rep("0", #largest - 1) .. "2") then return "the public key is below 2" end
  if is_smaller(largest, digits) then return "the public key is above p - 2" end
  return nil
end

-- How many users of a list, and how many lines of a packet, are shown in full. Wireshark stops at a packet with more
-- than a million items.
local MAX_USERS_SHOWN = 1000
local MAX_LINES_SHOWN = 5000

local function read_user(reading)
  local name = reading:show_text("username")
  return name, name .. " at " .. reading:show_text("host") .. ":" .. reading:show_integer("port", "port", 65535)
end

-- A function for each type of line, which reads the line. It checks what P2.7, P3 and P4.4 demand.
local readers = {}

function readers.hello(reading)
  local stage = reading:show_text("stage")
  reading:show_text("from")
  reading:show_text("to")
  reading.summary = "hello (stage " .. stage .. ")"
  if not is_username(reading:text("from")) then add_problem(reading, "bad_member", "from is no username") end
end

function readers.key(reading)
  local group = reading:show_text("group")
  local digits = reading:show_text("publicKey", "public_key")
  reading.summary = "key, group " .. group .. ": " .. shorten(digits, 16)
  local problem = public_key_problem(reading:text("group"), reading:text("publicKey"))
  if problem then add_problem(reading, "bad_public_key", problem .. " (P4.4)") end
  if reading:text("group") == "toy" then
    add_weakness(reading, "toy_group", "the group is a toy (p = 23): anybody finds the private keys by trying")
  end
end

function readers.message(reading)
  local id = reading:show_integer("id", "id", LARGEST_SHOWN)
  reading.summary = "message " .. id .. ": " .. reading:show_text("text")
  local text = reading:text("text")
  if not text or #text < 1 or #text > 8192 or reading.object.members.text.lone_surrogate then
    add_problem(reading, "bad_member", "a text is 1 to 8192 bytes of UTF-8 (P3.4)")
  end
  if not is_integer(reading:number("id"), 1, LARGEST_INTEGER) then
    add_problem(reading, "bad_member", "an id is an integer from 1 (P3.2)")
  end
end

function readers.ack(reading)
  reading.summary = "ack " .. reading:show_integer("id", "id", LARGEST_SHOWN)
  if not is_integer(reading:number("id"), 1, LARGEST_INTEGER) then
    add_problem(reading, "bad_member", "an id is an integer from 1 (P3.2)")
  end
end

function readers.bye(reading)
  reading.summary = "bye"
  if reading:text("reason") then reading.summary = "bye: " .. reading:show_text("reason") end
end

readers["error"] = function(reading)
  reading.summary = "error " .. reading:show_text("code") .. ": " .. reading:show_text("message")
  reading.error_line = true
end

function readers.xored(reading)
  local digits = reading:text("ciphertext")
  reading:show_text("ciphertext")
  if not is_hex(digits) then
    reading.summary = "xored, unreadable"
    add_problem(reading, "bad_member", "a ciphertext is lower-case hexadecimal (P5.1)")
    return
  end
  reading.length = math.floor(#digits / 2)
  reading.summary = string.format("xored, %d bytes", reading.length)
end

function readers.sealed(reading)
  local seq = reading:show_integer("seq", "seq", LARGEST_SHOWN)
  reading:show_text("iv")
  reading:show_text("ciphertext")
  reading:show_text("tag")
  local iv, ciphertext, tag = reading:text("iv"), reading:text("ciphertext"), reading:text("tag")
  if not is_integer(reading:number("seq"), 0, LARGEST_INTEGER) then
    add_problem(reading, "bad_record", "seq is no integer from 0 (P6.3)")
  elseif not (is_hex(iv) and #iv == 32) then
    add_problem(reading, "bad_record", "an IV is 32 lower-case hexadecimal digits (P6.2)")
  elseif not (is_hex(tag) and #tag == 64) then
    add_problem(reading, "bad_record", "a tag is 64 lower-case hexadecimal digits (P6.2)")
  elseif not (is_hex(ciphertext) and #ciphertext > 0 and #ciphertext % 32 == 0) then
    add_problem(reading, "bad_record", "a ciphertext is whole blocks of 16 bytes, in lower-case hexadecimal (P6.2)")
  else
    reading.well_formed = true
  end
  reading.summary = "sealed seq " .. seq
  if is_hex(ciphertext) then
    reading.length = math.floor(#ciphertext / 2)
    reading.summary = reading.summary .. string.format(", %d bytes", reading.length)
  end
end

function readers.register(reading)
  local name = reading:show_text("username")
  reading.summary = "register " .. name .. ", listening on port " .. reading:show_integer("port", "port", 65535)
  if not is_username(reading:text("username")) then
    add_problem(reading, "bad_member", "a username is 1 to 32 of A-Z a-z 0-9 _ -, and not you (P2.1)")
  elseif not is_integer(reading:number("port"), 1, 65535) then
    add_problem(reading, "bad_member", "a port is an integer from 1 to 65535 (P2.1)")
  end
end

function readers.registered(reading) reading.summary = "registered " .. reading:show_text("username") end
function readers.list(reading) reading.summary = "list" end
function readers.lookup(reading) reading.summary = "lookup " .. reading:show_text("username") end
function readers.leave(reading) reading.summary = "leave" end
function readers.ping(reading) reading.summary = "ping" end
function readers.pong(reading) reading.summary = "pong" end
function readers.left(reading) reading.summary = "left: " .. reading:show_text("username") end
function readers.user(reading) reading.summary = "user " .. select(2, read_user(reading)) end
function readers.joined(reading) reading.summary = "joined: " .. select(2, read_user(reading)) end

function readers.users(reading)
  local users = reading.object.members.users
  if not users or users.kind ~= "array" then
    reading.summary = "users: ?"
    add_problem(reading, "bad_member", "users is no list")
    return
  end
  local names = {}
  for index, element in ipairs(users.elements) do
    if index > MAX_USERS_SHOWN then break end
    if element.kind == "object" then
      local user = new_reading(element)
      local name, label = read_user(user)
      names[#names + 1] = name
      reading.items[#reading.items + 1] = { label = label, node = element, items = user.items }
    end
  end
  reading.summary = "users: " .. (#names > 0 and shorten(table.concat(names, ", "), 100) or "none")
  if #users.elements > MAX_USERS_SHOWN then
    reading.summary = reading.summary .. string.format(" (%d in all)", #users.elements)
  end
end

-- The types that peers send to each other, that clients send to the registry, and that the registry sends.
local BETWEEN_PEERS = {
  hello = true, key = true, message = true, ack = true, bye = true, xored = true, sealed = true, ["error"] = true,
}
local FROM_CLIENT = { register = true, list = true, lookup = true, leave = true, pong = true }
local FROM_REGISTRY = {
  registered = true, users = true, user = true, joined = true, left = true, ping = true, ["error"] = true,
}

-- Reads a JSON line of stages 02 to 04. The line may hold any bytes, so that each value keeps its place in the packet;
-- invalid UTF-8 is replaced when it is shown. Pure: the result does not depend on earlier lines.
local function read_json_line(text)
  local object, reason = parse_json(text)
  local reading = new_reading(object)
  if not object or object.kind ~= "object" then
    reading.summary = shorten(printable(text), 200)
    add_problem(reading, "not_json", object and "not a JSON object" or "not JSON: " .. reason)
    reading.object = { members = {} }
    return reading
  end
  reading.type = reading:text("type")
  if not reading.type then
    reading.summary = shorten(printable(text), 200)
    add_problem(reading, "not_json", "an object without a string type")
    return reading
  end
  local reader = readers[reading.type]
  reading.items[1] = { field = "type", value = printable(reading.type), node = object.members.type }
  if reader then
    reader(reading)
  else
    reading.summary = shorten(printable(reading.type), 200)
    add_problem(reading, "bad_type", "unknown type")
  end
  return reading
end

-- Reads a line of the calculator (P1).
local function read_calculator_line(text, from_client)
  local reading = new_reading({ members = {} })
  local whole = { first = 1, last = #text }
  local shown = printable(text)
  if not from_client then
    reading.type = "reply"
    reading.items[1] = { field = "reply", value = shown, node = whole }
    local value, reason = text:match("^= (.*)$"), text:match("^error: (.*)$")
    if value then
      reading.items[2] = { field = "value", value = printable(value), node = { first = 3, last = #text } }
    elseif reason then
      reading.items[2] = { field = "reason", value = printable(reason), node = { first = 8, last = #text } }
      reading.error_line = true
    end
    reading.summary = "reply: " .. shorten(shown, 200)
  elseif text:upper():find("^[ \t]*END[ \t]*$") then
    reading.type = "end"
    reading.summary = "END"
  else
    reading.type = "request"
    reading.items[1] = { field = "request", value = shown, node = whole }
    reading.summary = "request: " .. shorten(shown, 200)
  end
  return reading
end

------------------------------------------------------------------------------------------------------------------------
-- Stage 05: tokens (P8.4) and the lines of frames (P9.1)
------------------------------------------------------------------------------------------------------------------------

local BASE64URL = {}
for index = 1, 64 do
  BASE64URL[("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"):byte(index)] = index - 1
end

-- The bytes of whole groups of four characters without padding, each three bytes.
local function decode_base64url(text)
  return (text:gsub("....", function(group)
    local a, b, c, d = group:byte(1, 4)
    local value = ((BASE64URL[a] * 64 + BASE64URL[b]) * 64 + BASE64URL[c]) * 64 + BASE64URL[d]
    return string.char(right(value, 16), both(right(value, 8), 255), both(value, 255))
  end))
end

-- Parts of a token, in bytes: a version, a time, and an IV; then the ciphertext; then a MAC.
local BEFORE_CIPHERTEXT, MAC_BYTES, BLOCK_BYTES = 25, 32, 16

-- What a token says to everybody: `upper` and `lower` half of its time in seconds, the `length` of its ciphertext in
-- bytes, and where the characters of that begin and end. If the text is no token: nil, and why.
local function read_token(text)
  if text == "" then return nil, "nothing instead of a token" end
  if not text:find("^[A-Za-z0-9_-]+=?=?$") then return nil, "no token: not base64url" end
  if #text % 4 ~= 0 then return nil, "no token: the padding is missing" end
  local padding = #text:match("=*$")
  local size = #text / 4 * 3 - padding
  -- Bits that no byte needs are 0 in the one spelling.
  local last = BASE64URL[text:byte(-1 - padding)]
  if padding == 1 and last % 4 ~= 0 or padding == 2 and last % 16 ~= 0 then
    return nil, "no token: another spelling of its bytes"
  end
  local length = size - BEFORE_CIPHERTEXT - MAC_BYTES
  if length < BLOCK_BYTES then return nil, "no token: too short" end
  if length % BLOCK_BYTES ~= 0 then return nil, "no token: the ciphertext is not whole blocks of 16 bytes" end
  local beginning = decode_base64url(text:sub(1, 12))
  if beginning:byte() ~= 0x80 then return nil, "no token: its version is not 0x80" end
  return {
    upper = read_32_bits(beginning, 2),
    lower = read_32_bits(beginning, 6),
    length = math.floor(length),
    -- Four characters hold three bytes: a character is counted to the part that begins in it.
    first = math.floor(BEFORE_CIPHERTEXT * 4 / 3) + 1,
    last = math.floor((BEFORE_CIPHERTEXT + length) * 4 / 3),
  }
end

-- The time of a token in words.
local function token_time(token)
  local succeeded, text = pcall(os.date, "!%Y-%m-%d %H:%M:%S UTC", token.lower)
  return token.upper == 0 and succeeded and text or "after the year 2106"
end

-- The address and the team in the first line of a frame, or nil. The line has no CR any more.
local function read_frame_header(text)
  if #text > 128 then return nil end
  local address, team = text:match("^<([%[%]%x.:]+:%d+)> @ <([A-Za-z0-9_-]+)>$")
  if not address or #team > 32 then return nil end
  if not (address:find("^%[[%x.:]+%]:%d+$") or address:find("^[%d.]+:%d+$")) then return nil end
  return address, team
end

-- Reads a token, in a line or in a datagram.
local function read_token_line(text)
  local reading = new_reading({ members = {} })
  local token, problem = read_token(text)
  reading.token = token
  if not token then
    reading.summary = "no token: " .. shorten(printable(text), 100)
    add_problem(reading, "bad_token", problem .. " (P8.4)")
    return reading
  end
  reading.type = "token"
  reading.length = token.length
  reading.items[1] = { field = "token", value = text, node = { first = 1, last = #text } }
  reading.items[2] = {
    field = "ciphertext",
    value = text:sub(token.first, token.last),
    node = { first = token.first, last = token.last },
  }
  reading.summary = string.format("token of %s, %d bytes", token_time(token), token.length)
  return reading
end

-- Reads a line of a frame. `part` says which of its three lines it is, or "wrong".
local function read_frame_line(text, part)
  if part == "token" then return read_token_line(text) end
  local reading = new_reading({ members = {} })
  local address, team = read_frame_header(text)
  if part == "header" and address then
    reading.type = "header"
    reading.items[1] = { field = "address", value = address, node = { first = 2, last = 1 + #address } }
    reading.items[2] = { field = "team", value = team, node = { first = #text - #team, last = #text - 1 } }
    reading.summary = "frame, team " .. team
  elseif part == "end" then
    reading.type = "end"
    reading.summary = "end of the frame"
  else
    reading.summary = shorten(printable(text), 200)
  end
  return reading
end

-- The most bytes of a datagram (P8.5) and of a frame (P9.1), and how far the time of a datagram may be off, in seconds
-- (P8.6).
local MAX_DATAGRAM_BYTES, MAX_FRAME_BYTES, MAX_SECONDS_OFF = 1472, 262144, 30

-- Reads a datagram. `now` is when it was captured, in seconds since 1970.
local function read_datagram(bytes, now)
  local reading = read_token_line(bytes)
  if #bytes > MAX_DATAGRAM_BYTES then
    add_problem(reading, "bad_token", string.format("%d bytes: at most 1472 are allowed (P8.5)", #bytes))
  end
  local token = reading.token
  local age = token and math.floor(now) - (token.upper * 4294967296 + token.lower)
  if age and math.abs(age) > MAX_SECONDS_OFF then
    local text = age > 0 and "made %.0f s before it was captured" or "made %.0f s after it was captured"
    add_problem(reading, "bad_time", string.format(text, math.abs(age)) .. ": a clock is wrong, or it is old (P8.6)")
  end
  return reading
end

-- Whether bytes begin with a frame: "yes", "no", or "perhaps" if their first line is not complete.
local function begins_as_frame(bytes)
  local line = bytes:match("^([^\n]*)\n")
  if line then return read_frame_header(without_carriage_return(line)) and "yes" or "no" end
  if #bytes > 128 then return "no" end
  local rest = bytes:match("^<[%[%]%x.:]*(.*)$")
  local between = "> @ <"
  if rest == between:sub(1, #rest) then return "perhaps" end
  return rest:find("^> @ <[A-Za-z0-9_-]*>?\r?$") and "perhaps" or "no"
end

-- Whether a connection begins like one between peers: "yes", "no", or "perhaps" if its first line is not complete.
-- A chat that had begun before the capture is recognised by its later lines, too.
local function begins_as_peer(bytes)
  if bytes:find("^<") then return begins_as_frame(bytes) end
  if not bytes:find("^{") then return "no" end
  local line = bytes:match("^([^\n]*)\n")
  if line then
    local object = parse_json(line)
    if not object or object.kind ~= "object" then return "no" end
    local function has(name, kind) return object.members[name] and object.members[name].kind == kind end
    local name = has("type", "string") and object.members.type.value
    local fits = name == "hello" and has("stage", "string") and has("from", "string") and has("to", "string")
      or name == "message" and has("id", "number") and has("text", "string")
      or name == "xored" and has("ciphertext", "string")
      or name == "sealed" and has("seq", "number") and has("iv", "string") and has("tag", "string")
    return fits and "yes" or "no"
  end
  -- Many programs send JSON. We wait only while the bytes can still become a hello, and only for 512 bytes.
  if #bytes > 512 then return "no" end
  local name = bytes:match('^{%s*"(%w*)')
  if not name then return bytes:find("^{%s*$") and "perhaps" or "no" end
  local closed = bytes:match('^{%s*"%w*(.?)') ~= ""
  for _, expected in ipairs({ "type", "stage", "from", "to" }) do
    if closed and name == expected or not closed and expected:sub(1, #name) == name then return "perhaps" end
  end
  return "no"
end

------------------------------------------------------------------------------------------------------------------------
-- What came before: the state of each connection
------------------------------------------------------------------------------------------------------------------------

-- Follows all connections of a capture. It receives each line once, in the order of the capture. It returns all that
-- depends on earlier lines: the names of both sides, the line that this one answers, and its problems and weaknesses.
-- `find_keys` returns the keys of the chat with this transcript hash (see parse_key_log), or nil.
local Tracker = {}
Tracker.__index = Tracker

local function new_tracker(find_keys)
  return setmetatable({ find_keys = find_keys, streams = {}, public_keys = {}, datagrams = {} }, Tracker)
end

-- The state of a connection. `number` is Wireshark's tcp.stream.
function Tracker:stream(number)
  local stream = self.streams[number]
  if not stream then
    stream = { sides = {}, questions = {}, answered = 0, ivs = {}, xored = {} }
    self.streams[number] = stream
  end
  return stream
end

-- One of the two ends of a connection. `endpoint` is any string that names it.
local function side_of(stream, endpoint)
  local side = stream.sides[endpoint]
  if not side then
    side = { endpoint = endpoint, open = {} }
    stream.sides[endpoint] = side
  end
  return side
end

local function other_side(stream, endpoint)
  for other, side in pairs(stream.sides) do
    if other ~= endpoint then return side end
  end
  return nil
end

-- Decides by its first line what a connection is. A client may send anything, so only a line of the server proves
-- whether the server is the calculator or the registry.
local function recognise(stream, endpoint, text)
  if read_frame_header(text) then
    stream.kind = "session"
    return
  end
  local reading = text:find("^[ \t]*{") and read_json_line(text)
  local name = reading and reading.type
  if name and BETWEEN_PEERS[name] and name ~= "error" then
    stream.kind = "peer"
  elseif reading then
    stream.kind = "registry"
    stream.client = not FROM_REGISTRY[name] and endpoint or nil
    stream.server = FROM_REGISTRY[name] and endpoint or nil
  else
    stream.kind = "calculator"
    local is_reply = text:find("^= ") or text:find("^error: ")
    stream.client = not is_reply and endpoint or nil
    stream.server = is_reply and endpoint or nil
  end
end

-- Corrects the decision by the first line of the server, if the first line of the client has misled us.
local function reconsider(stream, text)
  if text:find("^{") and read_json_line(text).type then
    stream.kind = "registry"
  elseif text:find("^= ") or text:find("^error: ") then
    stream.kind = "calculator"
  end
end

-- The longest line that may come from this end, its LF included (P0.3).
function Tracker:max_line_bytes(stream, endpoint)
  if stream.kind == "calculator" then return 4096 end
  if stream.kind == "registry" and stream.client and stream.client ~= endpoint then return 4 * 1024 * 1024 end
  return 262144
end

-- A message, ack or bye, in clear or out of a sealed line (P3.2, P3.3, P3.8).
local function track_chat_line(stream, side, frame, reading, facts)
  local other = other_side(stream, side.endpoint)
  local id = reading:number("id")
  if side.goodbye then
    add_problem(facts, "bad_turn", "after its goodbye in frame " .. side.goodbye .. " (P3.8)")
  elseif reading.type == "message" and is_integer(id, 1, LARGEST_INTEGER) then
    if side.next_id and id ~= side.next_id then
      add_problem(facts, "bad_id", string.format("message %d out of turn: %d was expected (P3.2)", id, side.next_id))
    end
    side.next_id = math.max(id + 1, side.next_id or 0)
    side.open[id] = frame
  elseif reading.type == "ack" and is_integer(id, 1, LARGEST_INTEGER) then
    local asked = other and other.open[id]
    if asked then
      facts.answers = asked
      other.open[id] = nil
    elseif stream.complete and not stream.unreadable then
      add_problem(facts, "bad_ack", string.format("an ack of message %d, which is not open (P3.3)", id))
    end
  elseif reading.type == "bye" then
    side.goodbye = frame
  end
end

local function track_hello(stream, side, reading, facts)
  local other = other_side(stream, side.endpoint)
  local hello = { stage = reading:text("stage"), from = reading:text("from"), to = reading:text("to") }
  if side.hello then
    add_problem(facts, "bad_turn", "a second hello")
    return
  end
  if not stream.initiator then
    stream.initiator = side.endpoint
    stream.complete = true
    stream.names = { hello.from, hello.to }
    stream.stage = hello.stage
  elseif other and other.hello then
    if hello.stage ~= other.hello.stage then add_problem(facts, "bad_hello", "the stages differ (P3.1)") end
    local function differ(one, two) return not one or not two or one:lower() ~= two:lower() end
    if differ(hello.from, other.hello.to) or differ(hello.to, other.hello.from) then
      add_problem(facts, "bad_hello", "the names do not fit the hello of the initiator (P3.1)")
    end
    -- The responder's hello has the name with which it has registered. The initiator may have used other cases.
    stream.names[2] = hello.from
  end
  side.hello = hello
  side.hello_line = reading.line
  side.next_id, side.next_seq = 1, 0
end

-- Six groups of five digits, as both programs show them (P4.6).
local function safety_number(one, two)
  if #one == #two and is_smaller(two, one) then one, two = two, one end
  local hash = sha256("p2p-chat safety number" .. decode_hex(one) .. decode_hex(two))
  local groups = {}
  for group = 0, 5 do
    local value = 0
    for index = 5 * group + 1, 5 * group + 5 do value = (value * 256 + hash:byte(index)) % 100000 end
    groups[#groups + 1] = string.format("%05d", value)
  end
  return table.concat(groups, " ")
end

function Tracker:track_key(stream, side, frame, reading, facts)
  local other = other_side(stream, side.endpoint)
  if stream.stage == "02" then add_problem(facts, "bad_turn", "stage 02 has no keys") end
  if side.key_line then
    add_problem(facts, "bad_turn", "a second key")
    return
  end
  local group, digits = reading:text("group"), reading:text("publicKey")
  if stream.complete and not (side.hello and other and other.hello) then
    add_problem(facts, "bad_turn", "a key before both hellos (P4.1)")
  end
  side.key_line, side.group, side.public_key = reading.line, group, digits
  if group == "modp2048" and digits then
    -- In a group with 20 private keys, equal ones are no surprise.
    local earlier = self.public_keys[digits]
    if earlier then
      local text = "the same public key as in frame %d: keys are to be fresh (P4.3)"
      add_weakness(facts, "equal_public_keys", string.format(text, earlier))
    end
    self.public_keys[digits] = earlier or frame
  end
  if not (other and other.key_line) then return end

  stream.keys_passed = true
  if other.group ~= group then
    add_problem(facts, "bad_group", "the groups differ (P4.2)")
  elseif is_hex(digits) and is_hex(other.public_key) then
    facts.safety_number = safety_number(digits, other.public_key)
  end
  if side.hello_line and other.hello_line then
    local initiator = stream.sides[stream.initiator]
    local responder = other_side(stream, stream.initiator)
    local lines = { initiator.hello_line, responder.hello_line, initiator.key_line, responder.key_line, "" }
    stream.transcript = encode_hex(sha256(table.concat(lines, "\n")))
    facts.transcript = stream.transcript
  end
end

-- How many digits two strings of hexadecimal digits have in common at their beginning, in whole bytes.
local function common_beginning(digits, other)
  local count = 0
  while count < #digits and digits:sub(count + 1, count + 2) == other:sub(count + 1, count + 2) do
    count = count + 2
  end
  return count
end

-- An xored line is compared with this many earlier lines of the connection.
local MAX_COMPARED = 64

-- Every line is XORed with the same bytes (P5.1), so equal parts of two lines give equal parts of ciphertext.
local function track_xored(stream, frame, reading, facts)
  if stream.stage and stream.stage ~= "03" then add_problem(facts, "bad_turn", "xored lines belong to stage 03") end
  local digits = reading:text("ciphertext")
  if not is_hex(digits) or digits == "" then return end
  local longest, alike = 0, nil
  for index = math.max(1, #stream.xored - MAX_COMPARED + 1), #stream.xored do
    local earlier = stream.xored[index]
    local count = common_beginning(digits, earlier.digits)
    if count > longest or earlier.digits == digits then longest, alike = count, earlier end
  end
  if alike and alike.digits == digits then
    add_weakness(facts, "equal_ciphertexts", "the same ciphertext as in frame " .. alike.frame .. ": it says the same")
  elseif longest >= 8 then
    local text = "begins with the same %d bytes as the one in frame %d: so do the two lines inside (P5.2)"
    add_weakness(facts, "equal_ciphertexts", string.format(text, math.floor(longest / 2), alike.frame))
  end
  stream.xored[#stream.xored + 1] = { digits = digits, frame = frame }
end

-- Decrypts a sealed line if we have its keys. It is called again when the line is shown again, because new keys may
-- have been logged.
function Tracker:open(facts, reading)
  if facts.opened or not facts.transcript or not reading.well_formed then return end
  local keys = self.find_keys(facts.transcript)
  if not keys then return end
  local line, problem = open_sealed(
    keys[facts.role],
    reading:number("seq"),
    decode_hex(reading:text("iv")),
    decode_hex(reading:text("ciphertext")),
    decode_hex(reading:text("tag"))
  )
  facts.opened = { line = line, problem = problem }
  if problem then add_problem(facts, "bad_record", problem .. " (P6.3)") end
end

function Tracker:track_sealed(stream, side, frame, reading, facts)
  if stream.stage and stream.stage ~= "04" then add_problem(facts, "bad_turn", "sealed lines belong to stage 04") end
  local seq, iv = reading:number("seq"), reading:text("iv")
  if is_integer(seq, 0, LARGEST_INTEGER) then
    local expected = side.next_seq or seq
    if seq < expected then
      add_problem(facts, "bad_seq", string.format("seq %d again: %d was expected (P6.3)", seq, expected))
    elseif seq > expected then
      add_problem(facts, "bad_seq", string.format("seq %d: %d was expected, so some are missing (P6.3)", seq, expected))
    end
    side.next_seq = math.max(expected, seq + 1)
  end
  if iv then
    local twin = stream.ivs[iv]
    if twin then
      local text = "the same IV as in frame %d: an IV is to be fresh for every line (P6.2)"
      add_weakness(facts, "equal_ivs", string.format(text, twin))
    end
    stream.ivs[iv] = twin or frame
  end
  facts.transcript = stream.transcript
  facts.role = side.endpoint == stream.initiator and "initiator" or "responder"
  self:open(facts, reading)
  if not (facts.opened and facts.opened.line) then
    -- We cannot read this line, so we cannot follow ids and acks any more.
    side.next_id, stream.unreadable = nil, true
    return
  end
  local inner = read_json_line(facts.opened.line)
  if inner.type == "message" or inner.type == "ack" or inner.type == "bye" then
    track_chat_line(stream, side, frame, inner, facts)
  else
    add_problem(facts, "bad_turn", "only message, ack and bye are sealed (P6.4)")
  end
end

function Tracker:track_peer(stream, side, frame, reading, facts)
  local kind = reading.type
  local other = other_side(stream, side.endpoint)
  if not stream.complete and kind ~= "hello" then
    facts.without_beginning = true
  end
  if kind == "hello" then
    track_hello(stream, side, reading, facts)
  elseif kind == "key" then
    self:track_key(stream, side, frame, reading, facts)
  elseif kind == "xored" or kind == "sealed" then
    if stream.complete and not stream.keys_passed then add_problem(facts, "bad_turn", "before the keys") end
    if kind == "xored" then
      track_xored(stream, frame, reading, facts)
    else
      self:track_sealed(stream, side, frame, reading, facts)
    end
  elseif kind == "message" or kind == "ack" or kind == "bye" then
    if stream.keys_passed or stream.stage == nil and (next(stream.ivs) or next(stream.xored)) then
      add_problem(facts, "clear_after_keys", "in clear, after the keys (P5.1, P6.4)")
    elseif stream.complete and kind ~= "bye" and not (side.hello and other and other.hello) then
      add_problem(facts, "bad_turn", "before both hellos")
    elseif kind ~= "bye" and (stream.stage == "03" or stream.stage == "04") then
      add_problem(facts, "clear_after_keys", "in clear: in this stage messages wait for the keys (P5.1, P6.2)")
    else
      track_chat_line(stream, side, frame, reading, facts)
    end
  elseif kind and kind ~= "error" and readers[kind] then
    add_problem(facts, "bad_turn", "not allowed between peers")
  end
  facts.stage = stream.stage
  if stream.names then
    local is_initiator = side.endpoint == stream.initiator
    facts.from = stream.names[is_initiator and 1 or 2]
    facts.to = stream.names[is_initiator and 2 or 1]
  end
end

-- Finds the client's request that this line answers. Answers come in the order of the requests (P1.2, P2.5).
local function answer_next(stream, facts)
  if stream.answered < #stream.questions then
    stream.answered = stream.answered + 1
    facts.answers = stream.questions[stream.answered]
  end
end

local function track_registry(stream, side, frame, reading, facts)
  local kind = reading.type
  local from_client = side.endpoint == stream.client
  if from_client then
    if kind == "register" and not stream.username then stream.claimed = reading:text("username") end
    if kind == "pong" then
      facts.answers, stream.ping = stream.ping, nil
    elseif kind ~= "leave" then
      stream.questions[#stream.questions + 1] = frame
    end
    if kind and readers[kind] and not FROM_CLIENT[kind] then
      add_problem(facts, "bad_turn", "not allowed from a client")
    end
  else
    if kind == "registered" then stream.username = reading:text("username") end
    if kind == "ping" then
      stream.ping = frame
    elseif kind == "registered" or kind == "users" or kind == "user" or kind == "error" then
      answer_next(stream, facts)
    end
    if kind and readers[kind] and not FROM_REGISTRY[kind] then
      add_problem(facts, "bad_turn", "not allowed from the registry")
    end
  end
  local name = stream.username or stream.claimed or "client"
  facts.between = from_client and { name, "registry" } or { "registry", name }
end

-- A line of a frame (P9.1). After one that is wrong, a header begins a frame anew.
local function track_session(stream, side, frame, text, size, facts)
  local other = other_side(stream, side.endpoint)
  local address, team = read_frame_header(text)
  local expected = side.expected or "header"
  facts.stage = "05"
  facts.part = expected
  side.frame_bytes = (expected == "header" and 0 or side.frame_bytes or 0) + size
  if address then
    if expected ~= "header" then add_problem(facts, "bad_frame", "a header before the end of the last frame (P9.1)") end
    local known = stream.team
    if known and known.name ~= team then
      add_problem(facts, "bad_frame", string.format("another team than in frame %d (P9.1)", known.frame))
    end
    stream.team = known or { name = team, frame = frame }
    side.address, side.expected, facts.part, side.frame_bytes = address, "token", "header", size
  elseif expected == "header" then
    add_problem(facts, "bad_frame", "no header of a frame (P9.1)")
    facts.part = "wrong"
  elseif expected == "token" then
    side.expected = "end"
  elseif text == "<end>" then
    side.expected = "header"
  else
    add_problem(facts, "bad_frame", "not the end of the frame: <end> is missing (P9.1)")
    facts.part, side.expected = "wrong", "header"
  end
  if side.frame_bytes > MAX_FRAME_BYTES then add_problem(facts, "bad_frame", "the frame is too long (P9.1)") end
  facts.from, facts.to = side.address, other and other.address
end

-- Tells of a datagram what depends on earlier ones: the same token goes to all destinations of a beat at once, and is
-- never sent later again (P8.5, P8.7).
function Tracker:datagram(frame, now, bytes)
  local facts = { problems = {}, weaknesses = {} }
  local earlier = self.datagrams[bytes]
  if not earlier then
    self.datagrams[bytes] = { frame = frame, now = now }
  elseif now - earlier.now > 1 then
    local text = "the same as in frame %d, %.0f s later: sent again (P8.6)"
    add_problem(facts, "bad_repeat", string.format(text, earlier.frame, now - earlier.now))
  end
  return facts
end

-- Gives the tracker a line, without its LF but with a CR if it has one. Returns the facts about the line that must be
-- remembered.
function Tracker:line(number, endpoint, receiver, frame, bytes)
  local stream = self:stream(number)
  local side = side_of(stream, endpoint)
  side_of(stream, receiver)
  local facts = { problems = {}, weaknesses = {} }
  if side.dropping then -- This is the end of a line that was already reported.
    side.dropping = nil
    facts.dropped = true
    return facts
  end
  local text = without_carriage_return(bytes)
  if not stream.kind then
    recognise(stream, endpoint, text)
  elseif stream.kind ~= "peer" and stream.kind ~= "session" then
    if not stream.client then stream.client = endpoint ~= stream.server and endpoint or nil end
    if endpoint ~= stream.client then reconsider(stream, text) end
  end
  facts.kind = stream.kind
  facts.from_client = endpoint == stream.client
  if not is_utf8(text) then add_problem(facts, "bad_encoding", "not UTF-8 (P0.4)") end
  if #bytes + 1 > self:max_line_bytes(stream, endpoint) then
    add_problem(facts, "line_too_long", "the line is too long (P0.3)")
    return facts
  end

  if stream.kind == "calculator" then
    local reading = read_calculator_line(text, facts.from_client)
    if reading.type == "request" then
      stream.questions[#stream.questions + 1] = frame
    elseif reading.type == "reply" then
      answer_next(stream, facts)
    end
    facts.stage = "01"
    facts.between = facts.from_client and { "client", "calculator" } or { "calculator", "client" }
    return facts
  end
  if stream.kind == "session" then
    track_session(stream, side, frame, text, #bytes + 1, facts)
    return facts
  end
  local reading = read_json_line(text)
  reading.line = text
  if stream.kind == "peer" then
    self:track_peer(stream, side, frame, reading, facts)
  else
    track_registry(stream, side, frame, reading, facts)
  end
  return facts
end

-- Tells the tracker that there are `length` bytes after the last LF, and with `may_wait` that more may follow. Returns
-- as facts whether to wait for more, or why not.
function Tracker:rest(number, endpoint, length, may_wait)
  local stream = self:stream(number)
  local side = side_of(stream, endpoint)
  local facts = { problems = {}, weaknesses = {} }
  if side.dropping then
    facts.dropped = true
  elseif length + 1 > self:max_line_bytes(stream, endpoint) then
    -- All bytes from this end up to the next LF belong to this line. They are dropped.
    side.dropping = true
    add_problem(facts, "line_too_long", "the line is too long (P0.3)")
  else
    facts.wait = may_wait
    facts.unfinished = not may_wait
  end
  return facts
end

-- Our tests load this file outside of Wireshark. There it returns the functions of its first half.
if Proto == nil then
  return {
    sha256 = sha256,
    sha512 = sha512,
    hmac_sha512 = hmac_sha512,
    decrypt_cbc = decrypt_cbc,
    decrypt_cbc_in_lua = decrypt_cbc_in_lua,
    open_sealed = open_sealed,
    parse_key_log = parse_key_log,
    parse_json = parse_json,
    to_utf8 = to_utf8,
    printable = printable,
    shorten = shorten,
    public_key_problem = public_key_problem,
    safety_number = safety_number,
    begins_as_peer = begins_as_peer,
    read_token = read_token,
    token_time = token_time,
    read_frame_header = read_frame_header,
    read_datagram = read_datagram,
    decode_hex = decode_hex,
    encode_hex = encode_hex,
  }
end

------------------------------------------------------------------------------------------------------------------------
-- Wireshark: names of fields, preferences
------------------------------------------------------------------------------------------------------------------------

local p2pchat = Proto("p2pchat", "P2P chat course")

local fields = {
  type = ProtoField.string("p2pchat.type", "Type"),
  line = ProtoField.string("p2pchat.line", "Line"),
  part = ProtoField.string("p2pchat.part", "Part of a line"),
  stage = ProtoField.string("p2pchat.stage", "Stage"),
  from = ProtoField.string("p2pchat.from", "From"),
  to = ProtoField.string("p2pchat.to", "To"),
  answers = ProtoField.framenum("p2pchat.answers", "Answers the line in frame", base.NONE, frametype.REQUEST),
  -- The calculator
  request = ProtoField.string("p2pchat.request", "Request"),
  reply = ProtoField.string("p2pchat.reply", "Reply"),
  value = ProtoField.string("p2pchat.value", "Value"),
  -- The registry
  user = ProtoField.none("p2pchat.user", "User"),
  username = ProtoField.string("p2pchat.username", "Username"),
  host = ProtoField.string("p2pchat.host", "Host"),
  port = ProtoField.uint16("p2pchat.port", "Port"),
  -- Peers
  id = ProtoField.uint32("p2pchat.id", "Id"),
  text = ProtoField.string("p2pchat.text", "Text"),
  reason = ProtoField.string("p2pchat.reason", "Reason"),
  code = ProtoField.string("p2pchat.code", "Error code"),
  message = ProtoField.string("p2pchat.message", "Error message"),
  group = ProtoField.string("p2pchat.group", "Group"),
  public_key = ProtoField.string("p2pchat.public_key", "Public key"),
  safety_number = ProtoField.string("p2pchat.safety_number", "Safety number"),
  transcript = ProtoField.string("p2pchat.transcript", "SHA-256 of the transcript"),
  seq = ProtoField.uint32("p2pchat.seq", "Sequence number"),
  iv = ProtoField.string("p2pchat.iv", "IV"),
  ciphertext = ProtoField.string("p2pchat.ciphertext", "Ciphertext"),
  length = ProtoField.uint32("p2pchat.length", "Length of the ciphertext in bytes"),
  tag = ProtoField.string("p2pchat.tag", "Tag"),
  tag_right = ProtoField.bool("p2pchat.tag_right", "Tag is right"),
  inner = ProtoField.string("p2pchat.inner", "Decrypted line"),
  -- Peers without a registry
  team = ProtoField.string("p2pchat.team", "Team"),
  address = ProtoField.string("p2pchat.address", "Address, as the sender says"),
  token = ProtoField.string("p2pchat.token", "Token"),
  token_time = ProtoField.absolute_time("p2pchat.token_time", "Time of the token, in clear", base.UTC),
  -- Findings
  problem = ProtoField.string("p2pchat.problem", "Problem"),
  weakness = ProtoField.string("p2pchat.weakness", "Weakness"),
}
p2pchat.fields = fields

local function new_expert(name, text, group, severity)
  return ProtoExpert.new("p2pchat." .. name, text, group, severity)
end

local MALFORMED, SEQUENCE, PROTOCOL, SECURITY, UNDECODED =
  expert.group.MALFORMED, expert.group.SEQUENCE, expert.group.PROTOCOL, expert.group.SECURITY, expert.group.UNDECODED
local ERROR, WARN, NOTE = expert.severity.ERROR, expert.severity.WARN, expert.severity.NOTE

local experts = {
  -- Wrong
  bad_encoding = new_expert("bad_encoding", "Not UTF-8", MALFORMED, ERROR),
  line_too_long = new_expert("line_too_long", "Line too long", MALFORMED, ERROR),
  not_json = new_expert("not_json", "Not a JSON object with a type", MALFORMED, ERROR),
  bad_type = new_expert("bad_type", "Unknown type", MALFORMED, ERROR),
  bad_member = new_expert("bad_member", "A member that is not allowed", MALFORMED, ERROR),
  bad_turn = new_expert("bad_turn", "Not allowed here", PROTOCOL, ERROR),
  bad_hello = new_expert("bad_hello", "The hellos do not fit", PROTOCOL, ERROR),
  bad_group = new_expert("bad_group", "The groups differ", PROTOCOL, ERROR),
  bad_id = new_expert("bad_id", "Message out of turn", SEQUENCE, ERROR),
  bad_ack = new_expert("bad_ack", "Ack of a message that is not open", SEQUENCE, ERROR),
  bad_seq = new_expert("bad_seq", "Sequence number repeated or skipped", SEQUENCE, ERROR),
  bad_public_key = new_expert("bad_public_key", "Public key not allowed", SECURITY, ERROR),
  bad_record = new_expert("bad_record", "Sealed line that will be refused", SECURITY, ERROR),
  bad_token = new_expert("bad_token", "Not a token", MALFORMED, ERROR),
  bad_frame = new_expert("bad_frame", "Not a frame", MALFORMED, ERROR),
  bad_time = new_expert("bad_time", "A token of another time", SECURITY, ERROR),
  bad_repeat = new_expert("bad_repeat", "A token that is sent again later", SECURITY, ERROR),
  clear_after_keys = new_expert("clear_after_keys", "In clear, where it must be encrypted", SECURITY, ERROR),
  -- Weak
  toy_group = new_expert("toy_group", "Toy group", SECURITY, WARN),
  equal_ivs = new_expert("equal_ivs", "Equal IVs", SECURITY, WARN),
  equal_ciphertexts = new_expert("equal_ciphertexts", "Equal beginnings of ciphertexts", SECURITY, WARN),
  equal_public_keys = new_expert("equal_public_keys", "Equal public keys", SECURITY, WARN),
  -- To be noted
  error_line = new_expert("error_line", "Error line", expert.group.RESPONSE_CODE, NOTE),
  unfinished = new_expert("unfinished", "A line without its LF is never acted on (P0.5)", PROTOCOL, NOTE),
  without_beginning =
    new_expert("without_beginning", "The handshake of this chat is not in the capture", SEQUENCE, NOTE),
  no_keys = new_expert("no_keys", "The key log has no keys for this chat", UNDECODED, NOTE),
}
p2pchat.experts = experts

local DEFAULT_PORTS = "10000-10001"

p2pchat.prefs.ports = Pref.range("TCP ports", DEFAULT_PORTS,
  "Ports of calculators and registries. Chats between peers are recognised whatever their ports.", 65535)
p2pchat.prefs.keylog_file = Pref.string("Key log file", "",
  "The file that a stage 04 client has written with CHATKEYLOGFILE. With it, sealed lines are decrypted.")

------------------------------------------------------------------------------------------------------------------------
-- Wireshark: the key log file
------------------------------------------------------------------------------------------------------------------------

local MAX_KEY_LOG_BYTES = 16 * 1024 * 1024

local key_log = { chats = {} }

-- Reads the key log again if it has grown. (In a live capture, programs log keys while Wireshark runs.)
local function refresh_key_log()
  local path = p2pchat.prefs.keylog_file
  if path == "" then return end
  local home = os.getenv("HOME") or os.getenv("USERPROFILE")
  if home then path = path:gsub("^~([/\\])", function(separator) return home .. separator end) end
  local file = io.open(path, "rb")
  if not file then
    key_log = { chats = {}, problem = "cannot open the key log " .. path }
    return
  end
  local size = file:seek("end")
  if size ~= key_log.size then
    file:seek("set")
    key_log = { chats = parse_key_log(file:read(MAX_KEY_LOG_BYTES) or ""), size = size }
  end
  file:close()
end

local function find_keys(transcript)
  if not key_log.chats[transcript] then refresh_key_log() end
  return key_log.chats[transcript]
end

------------------------------------------------------------------------------------------------------------------------
-- Wireshark: what is remembered of a capture
------------------------------------------------------------------------------------------------------------------------

-- Wireshark dissects all packets once, in order. Later it dissects some of them again, in any order. So facts that
-- depend on earlier lines are found in the first pass, and remembered: facts_of[frame number][the line itself].
local tracker, facts_of

local function forget_all()
  tracker = new_tracker(find_keys)
  facts_of = {}
  key_log = { chats = {} }
end

forget_all()
p2pchat.init = forget_all -- Wireshark calls it whenever it opens a capture, or begins again from the first packet.

local get_stream_number = Field.new("tcp.stream")
local get_fin = Field.new("tcp.flags.fin")

-- What the functions below need to know about the current packet.
local function new_context(tvb, pinfo, tree)
  local streams, fins = { get_stream_number() }, { get_fin() } -- With TCP inside TCP, ours is the last.
  local may_wait = pinfo.can_desegment
  return {
    tvb = tvb,
    pinfo = pinfo,
    tree = tree,
    bytes = tvb:len() > 0 and tvb:raw() or "",
    frame = pinfo.number,
    stream = streams[#streams] and streams[#streams].value or 0,
    sender = tostring(pinfo.src) .. " " .. tostring(pinfo.src_port),
    receiver = tostring(pinfo.dst) .. " " .. tostring(pinfo.dst_port),
    may_wait = (may_wait == true or type(may_wait) == "number" and may_wait > 0)
      and not (fins[#fins] and fins[#fins].value == true),
    shown = 0,
    seen = {}, -- how often each line has been seen in these bytes
  }
end

-- The facts about a line, or about the bytes after the last line. `find_out` finds them in the first pass; later they
-- are remembered. `name` is the line itself, because its position in TCP's bytes may differ between passes. Equal lines
-- in one packet are counted.
local function facts_about(context, name, find_out)
  local remembered = facts_of[context.frame]
  if not remembered then
    remembered = {}
    facts_of[context.frame] = remembered
  end
  name = context.stream .. " " .. name
  local earlier = remembered[name]
  if context.pinfo.visited then
    context.seen[name] = (context.seen[name] or 0) + 1
    return earlier and earlier[context.seen[name]] or nil
  end
  local facts = find_out()
  remembered[name] = earlier or {}
  table.insert(remembered[name], facts)
  return facts
end

local NO_FACTS = { problems = {}, weaknesses = {} }

------------------------------------------------------------------------------------------------------------------------
-- Wireshark: showing
------------------------------------------------------------------------------------------------------------------------

local PROTOCOL_COLUMN = "P2PCHAT"

local function write_columns(pinfo, text)
  if tostring(pinfo.cols.protocol) == PROTOCOL_COLUMN then -- The packet already has one of our lines.
    pinfo.cols.info:append("; " .. text)
  else
    pinfo.cols.protocol:set(PROTOCOL_COLUMN)
    pinfo.cols.info:set(text)
  end
end

-- Adds the fields of a reading. Position 1 of its line is the byte at `offset` of `tvb`.
local function add_items(parent, tvb, offset, items)
  for _, item in ipairs(items) do
    local range = tvb(offset + item.node.first - 1, item.node.last - item.node.first + 1)
    if item.items then
      add_items(parent:add(fields.user, range):set_text("User: " .. item.label), tvb, offset, item.items)
    else
      parent:add(fields[item.field], range, item.value)
    end
  end
end

local function add_findings(parent, range, findings)
  for _, problem in ipairs(findings.problems) do
    local item = parent:add(fields.problem, range, problem.text):set_generated()
    item:add_proto_expert_info(experts[problem.name], problem.text)
  end
  for _, weakness in ipairs(findings.weaknesses) do
    local item = parent:add(fields.weakness, range, weakness.text):set_generated()
    item:add_proto_expert_info(experts[weakness.name], weakness.text)
  end
end

-- Shows the line inside a sealed line, in a byte view of its own.
local function add_inner_line(parent, line)
  local tvb = ByteArray.new(line, true):tvb("Decrypted line")
  local reading = read_json_line(line)
  if not is_utf8(line) then add_problem(reading, "bad_encoding", "not UTF-8 (P0.4)") end
  local item = parent:add(fields.inner, tvb(), printable(line)):set_generated()
  add_items(item, tvb, 0, reading.items)
  add_findings(item, tvb(), reading)
  return reading
end

local function add_sealed(item, range, reading, facts)
  if not reading.well_formed then return end
  tracker:open(facts, reading)
  if not facts.opened then
    if p2pchat.prefs.keylog_file ~= "" and facts.transcript then
      item:add_proto_expert_info(experts.no_keys, key_log.problem or "The key log has no keys for this chat")
    end
    return
  end
  item:add(fields.tag_right, range, facts.opened.line ~= nil):set_generated()
  if facts.opened.line and facts.opened.line ~= "" then
    reading.summary = "sealed seq " .. string.format("%d", reading:number("seq")) .. ": "
      .. add_inner_line(item, facts.opened.line).summary
  end
end

local function add_token_time(item, range, reading)
  local token = reading.token
  if token and token.upper == 0 then item:add(fields.token_time, range, NSTime.new(token.lower, 0)):set_generated() end
end

-- Adds what the line itself does not say: the sender, the receiver, the stage.
local function add_circumstances(item, range, reading, facts)
  if reading.type ~= "hello" then
    if facts.stage then item:add(fields.stage, range, printable(facts.stage)):set_generated() end
    if facts.from then item:add(fields.from, range, printable(facts.from)):set_generated() end
    if facts.to then item:add(fields.to, range, printable(facts.to)):set_generated() end
  end
  if reading.length then item:add(fields.length, range, reading.length):set_generated() end
  if facts.safety_number then item:add(fields.safety_number, range, facts.safety_number):set_generated() end
  if facts.transcript and reading.type == "key" and facts.stage == "04" then
    item:add(fields.transcript, range, facts.transcript):set_generated()
  end
  if facts.answers then item:add(fields.answers, facts.answers):set_generated() end
end

-- Shows a line: the bytes from `first` to `last`, and the LF behind them.
local function show_line(context, first, last)
  local bytes = context.bytes:sub(first, last)
  local facts = facts_about(context, bytes .. "\n", function()
    return tracker:line(context.stream, context.sender, context.receiver, context.frame, bytes)
  end) or NO_FACTS
  context.shown = context.shown + 1
  if context.shown > MAX_LINES_SHOWN then return end

  local range = context.tvb(first - 1, last - first + 2)
  local item = context.tree:add(p2pchat, range)
  local text = without_carriage_return(bytes)
  local too_long = facts.problems[1] and facts.problems[#facts.problems].name == "line_too_long"
  local reading
  if facts.dropped or too_long then
    reading = new_reading({ members = {} })
    reading.summary = facts.dropped and "the rest of a line that is too long" or "a line that is too long"
    item:add(fields.part, range, printable(text:sub(1, 1000)))
  else
    if facts.kind == "calculator" then
      reading = read_calculator_line(text, facts.from_client)
    elseif facts.kind == "session" then
      reading = read_frame_line(text, facts.part)
    else
      reading = read_json_line(text)
    end
    item:add(fields.line, range, printable(text))
    local is_implied = facts.kind == "calculator" or facts.kind == "session"
    if is_implied and reading.type then item:add(fields.type, range, reading.type):set_generated() end
    add_items(item, context.tvb, first - 1, reading.items)
    add_sealed(item, range, reading, facts)
    add_token_time(item, range, reading)
    add_circumstances(item, range, reading, facts)
  end
  add_findings(item, range, reading)
  add_findings(item, range, facts)
  if reading.error_line then item:add_proto_expert_info(experts.error_line, shorten(reading.summary, 200)) end
  if facts.without_beginning then item:add_proto_expert_info(experts.without_beginning) end

  local between = facts.between or facts.from and { facts.from, facts.to or "?" }
  local label = reading.summary
  local problem = reading.problems[1] or facts.problems[1]
  if problem then label = label .. " [" .. problem.text .. "]" end
  local direction = between and printable(between[1]) .. " → " .. printable(between[2]) .. " " or ""
  item:set_text("P2P chat course: " .. shorten(direction .. label, 200)) -- Wireshark cuts labels at 240 bytes.
  if context.shown <= 20 then
    write_columns(context.pinfo, direction == context.direction and label or direction .. label)
    context.direction = direction -- All lines of a packet have the same direction: once is enough.
  end
end

-- Shows the bytes from `first` on, which end without an LF. Returns true if it must wait for more bytes.
local function show_rest(context, first)
  local length = #context.bytes - first + 1
  local facts = facts_about(context, tostring(length), function()
    return tracker:rest(context.stream, context.sender, length, context.may_wait)
  end) or { wait = context.may_wait, problems = {}, weaknesses = {} }
  if facts.wait then return true end
  local range = context.tvb(first - 1, length)
  local item = context.tree:add(p2pchat, range)
  item:add(fields.part, range, printable(context.bytes:sub(first, first + 999)))
  add_findings(item, range, facts)
  if facts.unfinished then item:add_proto_expert_info(experts.unfinished) end
  local label = facts.unfinished and "a part of a line" or "a part of a line that is too long"
  item:set_text("P2P chat course: " .. label)
  write_columns(context.pinfo, label)
  return false
end

------------------------------------------------------------------------------------------------------------------------
-- Wireshark: dissecting
------------------------------------------------------------------------------------------------------------------------

-- Cuts TCP's bytes into lines. If the last line is not complete, Wireshark calls us again with all its bytes when the
-- next segment has come.
local function dissect(context)
  local first = 1
  while first <= #context.bytes do
    local line_feed = context.bytes:find("\n", first, true)
    if not line_feed then
      if show_rest(context, first) then
        context.pinfo.desegment_offset = first - 1
        context.pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
      end
      break
    end
    show_line(context, first, line_feed - 1)
    first = line_feed + 1
  end
  if context.shown > MAX_LINES_SHOWN then
    context.tree:add(p2pchat, context.tvb()):set_text(
      string.format("P2P chat course: %d more lines, not shown", context.shown - MAX_LINES_SHOWN))
  end
  return context.tvb:len()
end

-- Shows a datagram of stage 05: beacons are sealed, so it can tell only what every token tells.
local function dissect_datagram(tvb, pinfo, tree)
  local bytes = tvb:len() > 0 and tvb:raw() or ""
  local now = pinfo.abs_ts
  local remembered = facts_of[pinfo.number] or {}
  facts_of[pinfo.number] = remembered
  if not remembered.datagram then remembered.datagram = tracker:datagram(pinfo.number, now, bytes) end
  local reading, facts = read_datagram(bytes, now), remembered.datagram
  local range = tvb()
  local item = tree:add(p2pchat, range)
  if reading.type then item:add(fields.type, range, reading.type):set_generated() end
  add_items(item, tvb, 0, reading.items)
  add_token_time(item, range, reading)
  item:add(fields.stage, range, "05"):set_generated()
  if reading.length then item:add(fields.length, range, reading.length):set_generated() end
  add_findings(item, range, reading)
  add_findings(item, range, facts)
  local label = reading.summary
  local problem = reading.problems[1] or facts.problems[1]
  if problem then label = label .. " [" .. problem.text .. "]" end
  item:set_text("P2P chat course: " .. shorten(label, 200))
  write_columns(pinfo, label)
  return tvb:len()
end

-- The kinds of ports, as Wireshark counts them.
local UDP_PORT = 3

-- The ports that peers of stage 05 try for their sessions (P8.1), if they are no ports of servers.
local function is_session_port(port)
  if port < 5000 or port > 5009 then return false end
  for first, last in p2pchat.prefs.ports:gmatch("(%d+)%-?(%d*)") do
    if port >= tonumber(first) and port <= (tonumber(last) or tonumber(first)) then return false end
  end
  return true
end

local dissect_if_peer

function p2pchat.dissector(tvb, pinfo, tree)
  if pinfo.port_type == UDP_PORT then return dissect_datagram(tvb, pinfo, tree) end
  if is_session_port(pinfo.src_port) or is_session_port(pinfo.dst_port) then
    -- Many programs use these ports. So only what begins like ours is ours.
    return dissect_if_peer(tvb, pinfo, tree) and tvb:len() or 0
  end
  local context = new_context(tvb, pinfo, tree)
  -- In a later pass, Wireshark also gives us the packets from before the connection was recognised. These are not ours.
  local recognised_in = tracker:stream(context.stream).recognised_in
  if recognised_in and context.frame < recognised_in then return 0 end
  return dissect(context)
end

-- Peers listen on any port, so we recognise their connections by the first bytes.
function dissect_if_peer(tvb, pinfo, tree)
  local context = new_context(tvb, pinfo, tree)
  local stream = tracker:stream(context.stream)
  local is_known = stream.recognised_in ~= nil and stream.recognised_in < context.frame
  local answer = is_known and "yes" or begins_as_peer(context.bytes)
  if answer == "yes" then
    stream.recognised_in = stream.recognised_in or context.frame
    -- From now on, Wireshark gives this connection to us only. (4.6 has changed this attribute. If a version refuses
    -- our value, `recognised_in` is enough.)
    pcall(function() pinfo.conversation = p2pchat end)
    dissect(context)
    return true
  end
  if answer == "perhaps" and context.may_wait then
    pinfo.desegment_offset = 0
    pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
    return true
  end
  return false
end

local tcp_ports = DissectorTable.get("tcp.port")
local registered_ports = DEFAULT_PORTS
tcp_ports:add(registered_ports, p2pchat)
tcp_ports:add_for_decode_as(p2pchat)
p2pchat:register_heuristic("tcp", dissect_if_peer)

-- Peers of stage 05 try ten ports for their sessions. Their datagrams go to one port; answers, to the port of the session.
tcp_ports:add("5000-5009", p2pchat)
local udp_ports = DissectorTable.get("udp.port")
udp_ports:add(54545, p2pchat)
udp_ports:add_for_decode_as(p2pchat)
p2pchat:register_heuristic("udp", function(tvb, pinfo, tree)
  if tvb:len() == 0 or not read_token(tvb:raw()) then return false end
  dissect_datagram(tvb, pinfo, tree)
  return true
end)

function p2pchat.prefs_changed()
  key_log = { chats = {} }
  if p2pchat.prefs.ports == registered_ports then return end
  if registered_ports ~= "" then tcp_ports:remove(registered_ports, p2pchat) end
  registered_ports = p2pchat.prefs.ports
  if registered_ports ~= "" then tcp_ports:add(registered_ports, p2pchat) end
end
