// Byte-level BPE and WordPiece in the browser: the twins of lessons/tokens/. Places count code points, as Python does.

// --- text, bytes and words -------------------------------------------------------------------------------------------

const WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

// A lone surrogate cannot be written in UTF-8: it counts as U+FFFD.
function readable(text) {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

function preTokenise(text) {
  return readable(text).match(WORD) ?? [];
}

const ENCODER = new TextEncoder();
const BYTE_CHARACTERS = byteCharacters();
const BYTE_OF = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));
const ALPHABET = [...BYTE_CHARACTERS].sort(); // the order of their ids: no character here needs two units

// A visible character for each of the 256 bytes: itself where Latin-1 shows one, else the next one from U+0100.
function byteCharacters() {
  const visible = (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(visible(byte) ? byte : next++));
}

function spelling(text) {
  return Array.from(ENCODER.encode(text), (byte) => BYTE_CHARACTERS[byte]).join("");
}

function bytesOf(token) {
  return Uint8Array.from([...token], (character) => BYTE_OF.get(character));
}

// --- byte-pair encoding ----------------------------------------------------------------------------------------------

// Join neighbours, the pair of lowest rank first and everywhere, until none has a rank below `limit`.
function mergeAll(pieces, rankOf, limit = Infinity) {
  const rank = (left, right) => (right === undefined ? Infinity : (rankOf(left, right) ?? Infinity));
  let ranks = pieces.map((piece, index) => rank(piece, pieces[index + 1]));
  for (;;) {
    let best = Infinity;
    for (const value of ranks) if (value < best) best = value;
    if (best >= limit || best === Infinity) return pieces;
    const joined = [];
    const sources = []; // where the rank to the right can be kept from; -1: a new piece
    for (let i = 0; i < pieces.length; i += 1) {
      const meets = ranks[i] === best;
      joined.push(meets ? pieces[i] + pieces[i + 1] : pieces[i]);
      sources.push(meets ? -1 : i);
      if (meets) i += 1;
    }
    ranks = sources.map((source, i) => {
      const kept = source >= 0 && sources[i + 1] !== -1;
      return kept ? ranks[source] : rank(joined[i], joined[i + 1]);
    });
    pieces = joined;
  }
}

// What Python sends of a BytePairTokenizer, made ready: see `byte_level_data` in tokens.py.
function byteLevel({ byte_ids: byteIds, merges, merge_ids: mergeIds, special }) {
  const ids = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byteIds[byte]]));
  const ranks = new Map();
  merges.split("\n").forEach((line, rank) => {
    if (!line) return;
    ranks.set(line, rank);
    ids.set(line.replace(" ", ""), typeof mergeIds === "number" ? mergeIds + rank : mergeIds[rank]);
  });
  const rankOf = (left, right) => ranks.get(`${left} ${right}`);
  const cache = new Map();
  const pieces = (word) => {
    if (!cache.has(word)) {
      if (cache.size > 20000) cache.clear();
      cache.set(word, mergeAll([...spelling(word)], rankOf));
    }
    return cache.get(word);
  };
  return (text) => withSpecials(text, special, (part, start) => byteLevelPart(part, start, pieces, ids));
}

function byteLevelPart(part, start, pieces, ids) {
  const found = [];
  let at = start;
  for (const word of part.match(WORD) ?? []) {
    const owners = []; // the place of the character that each byte belongs to
    for (const character of word) {
      for (let left = utf8Length(character); left > 0; left -= 1) owners.push(at);
      at += 1;
    }
    let byte = 0;
    for (const token of pieces(word)) {
      found.push({ id: ids.get(token), text: token, start: owners[byte], end: owners[byte + token.length - 1] + 1 });
      byte += token.length;
    }
  }
  return found;
}

function utf8Length(character) {
  const code = character.codePointAt(0);
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

// Special tokens are cut out first, the longest at each place; `encode(part, start)` does the rest.
function withSpecials(text, special, encode) {
  const names = Object.keys(special).sort((one, other) => other.length - one.length);
  const source = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const parts = names.length ? readable(text).split(new RegExp(`(${source})`, "u")) : [readable(text)];
  const found = [];
  let start = 0;
  parts.forEach((part, index) => {
    const length = [...part].length;
    if (index % 2) found.push({ id: special[part], text: part, start, end: start + length });
    else for (const token of encode(part, start)) found.push(token);
    start += length;
  });
  return found;
}

// --- bytes -----------------------------------------------------------------------------------------------------------

function bytes(text) {
  const found = [];
  [...readable(text)].forEach((character, start) => {
    for (const byte of ENCODER.encode(character)) found.push({ id: byte, text: BYTE_CHARACTERS[byte], start, end: start + 1 });
  });
  return found;
}

// --- WordPiece -------------------------------------------------------------------------------------------------------

const CHUNK = /[^\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u;
const DROPPED = /[\p{Cc}\p{Cf}\p{Co}\ufffd]/u;
const PUNCTUATION = /[\p{P}!-/:-@[-`{-~]/u;
const LONGEST_WORD = 100;

// The normalised characters of a text without spaces, as [character, place]: no accents, no capitals.
function normalised(characters) {
  const parts = [];
  characters.forEach((character, place) => {
    if (!DROPPED.test(character)) for (const part of character.normalize("NFD")) parts.push([part, place]);
  });
  inCanonicalOrder(parts);
  const kept = parts.filter(([part]) => !/\p{Mn}/u.test(part));
  return kept.flatMap(([part, place]) => [...part.toLowerCase()].map((lower) => [lower, place]));
}

// Marks that follow one letter in the order in which the whole text decomposes.
function inCanonicalOrder(parts) {
  const order = [...parts.map(([part]) => part).join("").normalize("NFD")];
  order.forEach((character, index) => {
    if (parts[index][0] === character) return;
    const from = parts.findIndex(([part], other) => other > index && part === character);
    parts.splice(index, 0, ...parts.splice(from, 1));
  });
}

function wordsOf(chunk) {
  const characters = [...chunk];
  const words = [];
  let word = [];
  for (const [character, place] of normalised(characters)) {
    if (PUNCTUATION.test(character) || CHINESE.test(characters[place])) {
      if (word.length) words.push(word);
      words.push([[character, place]]);
      word = [];
    } else word.push([character, place]);
  }
  if (word.length) words.push(word);
  return words;
}

// What Python sends of a WordPieceTokenizer, made ready.
function wordPiece({ vocabulary, special }) {
  const ids = new Map(vocabulary.split("\n").map((token, id) => [token, id]));
  const cache = new Map();
  const pieces = (chunk) => {
    if (!cache.has(chunk)) {
      if (cache.size > 20000) cache.clear();
      cache.set(chunk, wordsOf(chunk).flatMap((word) => piecesOf(word, ids)));
    }
    return cache.get(chunk);
  };
  const part = (text, start) => {
    const found = [];
    let unit = 0;
    let at = start;
    for (const match of text.matchAll(CHUNK)) {
      at += [...text.slice(unit, match.index)].length;
      for (const token of pieces(match[0])) found.push({ ...token, start: at + token.start, end: at + token.end });
      at += [...match[0]].length;
      unit = match.index + match[0].length;
    }
    return found;
  };
  const added = (name) => ({ id: special[name], text: name, start: 0, end: 0 });
  return (text) => [added("[CLS]"), ...withSpecials(text, special, part), added("[SEP]")];
}

// The longest known piece, then the longest one that continues it, and so on; [UNK] if that leads nowhere.
function piecesOf(word, ids) {
  const token = (text, from, to) => {
    const places = word.slice(from, to).map(([, place]) => place);
    return { id: ids.get(text), text, start: Math.min(...places), end: Math.max(...places) + 1 };
  };
  const found = [];
  let from = 0;
  while (word.length <= LONGEST_WORD && from < word.length) {
    let to = word.length;
    const spelt = () => (from ? "##" : "") + word.slice(from, to).map(([character]) => character).join("");
    while (to > from && !ids.has(spelt())) to -= 1;
    if (to === from) break;
    found.push(token(spelt(), from, to));
    from = to;
  }
  return from === word.length ? found : [token("[UNK]", 0, word.length)];
}

// --- learning merges -------------------------------------------------------------------------------------------------

// The words of a text, spelt in bytes, and its distinct ones with how often each occurs.
function spelledWords(text) {
  const words = preTokenise(text).map(spelling);
  const weights = new Map();
  for (const word of words) weights.set(word, (weights.get(word) ?? 0) + 1);
  return { words, weights };
}

// How often each pair of neighbours occurs, as a map from "first second".
function pairCounts(words) {
  const counts = new Map();
  for (const { pieces, weight } of words) {
    for (let i = 0; i + 1 < pieces.length; i += 1) {
      const key = `${pieces[i]} ${pieces[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + weight);
    }
  }
  return counts;
}

// The pair that is merged first: the most frequent; among equals the one of the smallest ids.
function byRank(ids) {
  return ({ pair: [a, b], count }, { pair: [c, d], count: other }) => other - count || ids.get(a) - ids.get(c) || ids.get(b) - ids.get(d);
}

function pairTable(words, ids) {
  return [...pairCounts(words)].map(([key, count]) => ({ pair: key.split(" "), count })).sort(byRank(ids));
}

// The first `most` merges of a text, each {pair, count}, the id of every token, and the words.
function learn(text, most) {
  const ids = new Map(ALPHABET.map((character, id) => [character, id]));
  const { words, weights } = spelledWords(text);
  const cut = [...weights].map(([word, weight]) => ({ pieces: [...word], weight }));
  const merges = [];
  while (merges.length < most) {
    const counts = pairCounts(cut);
    const highest = Math.max(...counts.values());
    const ties = [...counts].filter(([, count]) => count === highest);
    const [best] = ties.map(([key, count]) => ({ pair: key.split(" "), count })).sort(byRank(ids));
    if (!best) break;
    merges.push(best);
    const [first, second] = best.pair;
    ids.set(first + second, ids.size);
    const rankOf = (left, right) => (left === first && right === second ? 0 : Infinity);
    for (const entry of cut) if (entry.pieces.includes(first)) entry.pieces = mergeAll(entry.pieces, rankOf, 1);
  }
  return { merges, ids, words, weights };
}

// The text after the first `step` merges: its words as rows of tokens, and the table of pairs that compete to be next.
function afterMerges({ merges, ids, words, weights }, step) {
  const ranks = new Map(merges.slice(0, step).map(({ pair }, rank) => [pair.join(" "), rank]));
  const rankOf = (left, right) => ranks.get(`${left} ${right}`);
  const cut = new Map([...weights.keys()].map((word) => [word, mergeAll([...word], rankOf)]));
  const table = pairTable([...cut].map(([word, pieces]) => ({ pieces, weight: weights.get(word) })), ids);
  return { words: words.map((word) => cut.get(word)), table };
}

// --- what a reader should know ---------------------------------------------------------------------------------------

const SMALL_WORDS = new Set("the and of to is that it for with you not are this have from they".split(" "));

// A guess from alphabet, unknown tokens, small words and the number of pieces; `pieces` are MiniLM's. Short texts pass.
function looksEnglish(text, pieces) {
  const letters = text.match(/\p{L}/gu) ?? [];
  const foreign = letters.filter((letter) => letter > "\u024f").length; // beyond the Latin alphabets
  const unknown = pieces.filter((piece) => piece === "[UNK]").length;
  if (unknown > pieces.length / 4 || foreign > letters.length / 3) return false;
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.length < 4 || words.some((word) => SMALL_WORDS.has(word)) || pieces.length < 1.6 * words.length;
}

const LABELS = new Map();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// A token as it is read: its text where its bytes are whole characters, else the bytes; spaces and controls made visible.
function label(token) {
  if (LABELS.size > 20000) LABELS.clear();
  if (!LABELS.has(token)) LABELS.set(token, [...token].every((character) => BYTE_OF.has(character)) ? read(token) : visible(token));
  return LABELS.get(token);
}

function read(token) {
  const found = bytesOf(token);
  try {
    return visible(DECODER.decode(found));
  } catch (error) {
    if (error instanceof TypeError) return Array.from(found, hexadecimal).join(" ");
    throw error;
  }
}

function hexadecimal(byte) {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

const SIGNS = { " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍" };

function visible(text) {
  const sign = (character) => SIGNS[character] ?? `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  return text.replace(/[\p{Cc}\p{Cf}\p{Z}]|^\p{M}/gu, sign);
}
