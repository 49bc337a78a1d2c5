// Three tokenizers: what is seen follows from the text and from the token that the pointer or the focus is on.

const MOST_CHARACTERS = 20000;
const MOST_BOXES = 400; // of a row; the counts are those of the whole text
const PLAIN = "Point at a token, or press Tab and the arrow keys.";

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Three tokenizers");
  const view = { model, root, announce, cut: 0, chosen: null, memory: {} };
  view.field = textField("Your text", 3, MOST_CHARACTERS, (text, cut) => takeText(view, text, cut));
  view.tokenizers = tokenizers(model.get("data"));
  view.rows = view.tokenizers.map((tokenizer, index) => tokenizerRow(view, tokenizer, index));
  view.detail = html("p", { class: "lw-detail" });
  view.message = html("p", { class: "lw-message" });
  view.redraw = coalesced(() => drawThree(view));
  root.append(view.field.element, ...view.rows.map(({ element }) => element), view.detail, view.message);
  model.on("change:text", () => {
    view.chosen = null;
    view.redraw.later();
  });
  drawThree(view);
}

export { byteLevel, bytes, label, looksEnglish, preTokenise, wordPiece };
export default { render };

// --- state -----------------------------------------------------------------------------------------------------------

function tokenizers({ gpt2, minilm, own }) {
  const third = own
    ? { name: "yours", about: `yours: byte-level BPE, ${own.size.toLocaleString("en")} tokens`, encode: byteLevel(own) }
    : { name: "bytes", about: "bytes of UTF-8: 256 tokens", encode: bytes };
  return [
    { name: "GPT-2", about: "GPT-2: byte-level BPE, 50,257 tokens", encode: byteLevel(gpt2) },
    { name: "MiniLM", about: "MiniLM: WordPiece, 30,522 tokens", encode: wordPiece(minilm), isWords: true },
    third,
  ];
}

function threeState({ model, memory, tokenizers: all }) {
  const text = model.get("text");
  if (memory.text !== text) Object.assign(memory, { text, rows: all.map(({ encode }) => encode(text)), characters: [...text] });
  return memory;
}

function takeText(view, text, cut) {
  view.cut = cut;
  view.chosen = null;
  update(view.model, view.root, { text });
  view.redraw.now();
}

function choose(view, chosen) {
  if (view.chosen?.row === chosen?.row && view.chosen?.index === chosen?.index) return;
  view.chosen = chosen;
  view.redraw.now();
}

// --- the rows --------------------------------------------------------------------------------------------------------

function tokenizerRow(view, { about }, row) {
  const heading = html("h4", {}, about, " ");
  const count = html("span", { class: "lw-total" });
  heading.append(count);
  const boxes = tokenBoxes({ role: "listbox", "aria-label": about, "aria-orientation": "horizontal", tabindex: 0, class: "lw-tokens lw-row" });
  const more = html("p", { class: "lw-hint" });
  const place = (event) => [...boxes.element.children].indexOf(event.target.closest(".lw-token"));
  boxes.element.addEventListener("pointerover", (event) => place(event) >= 0 && choose(view, { row, index: place(event) }));
  boxes.element.addEventListener("pointerleave", () => document.activeElement === boxes.element || choose(view, null));
  boxes.element.addEventListener("focus", () => view.chosen?.row === row || choose(view, firstOf(view, row)));
  boxes.element.addEventListener("keydown", (event) => walk(view, row, event));
  return { element: html("section", { class: "lw-tokenizer" }, heading, boxes.element, more), boxes, count, more };
}

function firstOf(view, row) {
  return threeState(view).rows[row].length ? { row, index: 0 } : null;
}

function walk(view, row, event) {
  const last = Math.min(threeState(view).rows[row].length, MOST_BOXES) - 1;
  const now = view.chosen?.row === row ? view.chosen.index : 0;
  const places = { ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now - 1, ArrowUp: now - 1, Home: 0, End: last };
  if (!(event.key in places) || event.ctrlKey || event.metaKey || event.altKey || last < 0) return;
  event.preventDefault();
  choose(view, { row, index: clamp(places[event.key], 0, last) });
  view.rows[row].boxes.element.children[view.chosen.index].scrollIntoView({ block: "nearest" });
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function drawThree(view) {
  const { text, rows, characters } = threeState(view);
  view.field.show(text);
  if (view.chosen && !rows[view.chosen.row][view.chosen.index]) view.chosen = null;
  const chosen = view.chosen && rows[view.chosen.row][view.chosen.index];
  rows.forEach((tokens, row) => drawRow(view, row, tokens, chosen, characters));
  const detail = chosen ? detailLine(view, chosen, characters) : PLAIN;
  setText(view.detail, detail);
  const message = threeMessage(view, text, rows);
  setText(view.message, message);
  view.announce(chosen ? detail : message);
}

function drawRow(view, row, tokens, chosen, characters) {
  const { boxes, count, more } = view.rows[row];
  const { isWords } = view.tokenizers[row];
  const own = view.chosen?.row === row;
  const shown = tokens.slice(0, MOST_BOXES).map((token, index) => {
    const same = chosen && (own ? view.chosen.index === index : overlap(token, chosen));
    const kinds = [token.text === "[UNK]" && isWords ? "lw-unknown" : token.end === 0 ? "lw-added" : `lw-tint-${index % TINTS}`];
    if (same) kinds.push(own ? "lw-chosen" : "lw-same");
    return { text: isWords ? visible(token.text) : label(token.text), small: String(token.id), kind: kinds.join(" ") };
  });
  const drawn = boxes.draw(shown);
  drawn.forEach((box, index) => {
    const selected = own && view.chosen.index === index;
    if (!box.id) setAttributes(box, { id: uniqueId("token"), role: "option" });
    setAttributes(box, { "aria-selected": selected ? "true" : "false" });
  });
  setAttributes(boxes.element, { "aria-activedescendant": own ? drawn[view.chosen.index]?.id : null });
  const added = tokens.filter(({ end }) => end === 0).length;
  const total = tokens.length - added;
  const note = added ? " and [CLS], [SEP]" : "";
  setText(count, `${plural(total, "token")}${note}, ${perCharacter(total, characters.length)} per character`);
  setText(more, tokens.length > MOST_BOXES ? `… and ${plural(tokens.length - MOST_BOXES, "token")} more` : "");
}

function overlap(one, other) {
  return one.start < other.end && other.start < one.end;
}

function detailLine(view, token, characters) {
  const { name } = view.tokenizers[view.chosen.row];
  const head = `${name}, token ${view.chosen.index}: id ${token.id}, spelt “${token.text}”`;
  if (token.end === 0) return `${head}; added, it stands for no character.`;
  const covered = characters.slice(token.start, token.end).join("");
  const short = [...covered].length > 40 ? `${[...covered].slice(0, 40).join("")}…` : covered;
  const sharing = threeState(view).rows[view.chosen.row].filter(({ start, end }) => start < token.end && token.start < end).length;
  const shared = sharing > 1 && token.end - token.start === 1 ? `, which ${sharing} tokens share` : "";
  return `${head}; text[${token.start}:${token.end}] is “${visible(short)}”${shared}.`;
}

function threeMessage(view, text, rows) {
  if (view.cut) return `The text was cut after ${view.cut.toLocaleString("en")} characters, as many as fit here.`;
  if (!text) return "There is no text: GPT-2 makes no token of it, MiniLM its two special ones.";
  const notes = [];
  if (text.includes("\ufffd")) notes.push("“�” stands for what was no character, such as half of an emoji; MiniLM drops it.");
  const pieces = rows[1].filter(({ end }) => end > 0).map((token) => token.text);
  const unknown = pieces.filter((piece) => piece === "[UNK]").length;
  if (unknown) notes.push(`MiniLM has ${plural(unknown, "[UNK]")}: what stood there is lost to it.`);
  if (!looksEnglish(text, pieces)) notes.push("This does not look like English, and these models were trained on English.");
  return notes.join(" ") || "The same text, the same meaning, three rows of numbers: a model sees nothing but these.";
}
