// Merge player: what is seen follows from the text, the number of steps and the most there may be, and from nothing else.

const MOST_CHARACTERS = 2000;
const ROWS = 8; // of the table of pairs
const MOST_BOXES = 600; // of the text in tokens; the counts are those of the whole text
const PAUSE = 700; // milliseconds between the steps that are played
const READOUTS = ["merges", "vocabulary", "tokens", "tokens per character"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Merge player");
  const view = { model, root, announce, timer: 0, cut: 0, memory: {} };
  view.field = textField("Text to learn from", 3, MOST_CHARACTERS, (text, cut) => takeText(view, text, cut));
  view.controls = playerControls(view);
  view.next = html("p", { class: "lw-next-line" });
  view.text = tokenBoxes({ role: "group", "aria-label": "The text in tokens" });
  view.more = html("p", { class: "lw-hint" });
  view.learnt = tokenBoxes({ role: "group", "aria-label": "Tokens learnt so far" });
  view.table = html("tbody", {});
  view.numbers = readouts(READOUTS);
  view.message = html("p", { class: "lw-message" });
  view.redraw = coalesced(() => drawPlayer(view));
  root.append(view.field.element, view.controls.element, view.next, playerPanels(view), view.numbers.element, view.message);
  for (const name of ["text", "step", "most"]) model.on(`change:${name}`, view.redraw.later);
  drawPlayer(view);
  return () => clearInterval(view.timer);
}

export { afterMerges, label, learn, mergeAll, pairTable, preTokenise, spelling };
export default { render };

// --- state -----------------------------------------------------------------------------------------------------------

// What is learnt from a text is kept until the text changes; a step is then quick.
function playerState({ model, memory }) {
  const text = model.get("text");
  const most = model.get("most");
  if (memory.text !== text || memory.most !== most) Object.assign(memory, { text, most, ...learn(text, most) });
  const { merges, ids } = memory;
  const step = clamp(model.get("step"), 0, merges.length);
  if (memory.now?.text !== text || memory.now?.step !== step || memory.now?.merges !== merges) {
    memory.now = { text, step, merges, ...afterMerges(memory, step) };
  }
  const { words, table } = memory.now;
  const next = step < merges.length ? merges[step] : null;
  return { text, most, merges, ids, step, words, table, next };
}

function go(view, step) {
  const { merges } = playerState(view);
  update(view.model, view.root, { step: clamp(step, 0, merges.length) });
  view.redraw.now();
}

function takeText(view, text, cut) {
  pause(view);
  view.cut = cut;
  update(view.model, view.root, { text });
  view.redraw.now();
}

function play(view) {
  if (view.timer) return pause(view);
  const { step, merges } = playerState(view);
  if (step >= merges.length) go(view, 0);
  if (prefersStillness()) return go(view, merges.length);
  view.timer = setInterval(() => {
    const now = playerState(view);
    go(view, now.step + 1);
    if (now.step + 1 >= now.merges.length) pause(view);
  }, PAUSE);
  view.redraw.now();
}

function pause(view) {
  clearInterval(view.timer);
  view.timer = 0;
  view.redraw.later();
}

// --- controls --------------------------------------------------------------------------------------------------------

function playerControls(view) {
  const id = uniqueId("slider");
  const input = html("input", { type: "range", id, min: 0, step: 1 });
  const output = html("output", { for: id });
  input.addEventListener("input", () => {
    pause(view);
    go(view, Number(input.value));
  });
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, "Merges"), " ", output);
  const slider = html("div", { class: "lw-slider lw-player-slider" }, caption, html("span", { class: "lw-slider-track" }, input));
  const by = (change) => () => {
    pause(view);
    go(view, change(playerState(view).step));
  };
  const steps = [button("Back", by((step) => step - 1)), button("Step", by((step) => step + 1))];
  const playButton = button("Play", () => play(view));
  const reset = button("Reset", by(() => 0));
  const buttons = html("div", { class: "lw-buttons" }, ...steps, playButton, reset);
  return { element: html("div", { class: "lw-controls" }, slider, buttons), input, output, steps, playButton };
}

function playerPanels(view) {
  const head = html("tr", {}, html("th", { scope: "col" }, "pair"), html("th", { scope: "col", class: "lw-count" }, "occurs"));
  const table = html("table", { class: "lw-pairs" }, html("thead", {}, head), view.table);
  const left = html("div", { class: "lw-wide" }, html("h4", {}, "The text in tokens"), view.text.element, view.more);
  left.append(html("h4", {}, "Tokens learnt, the latest first"), view.learnt.element);
  const right = html("div", { class: "lw-narrow" }, html("h4", {}, "Which pair is next?"), table);
  return html("div", { class: "lw-two" }, left, right);
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function drawPlayer(view) {
  const now = playerState(view);
  view.field.show(now.text);
  drawPlayerControls(view, now);
  setText(view.next, nextLine(now));
  drawText(view, now);
  drawPairs(view, now);
  const learnt = now.merges.slice(0, now.step).map(({ pair, count }, rank) => {
    const token = pair.join("");
    return { text: label(token), kind: tint(rank), small: String(256 + rank), name: `${pairText(pair)}, ${count} times; “${token}”` };
  });
  view.learnt.draw(learnt.reverse());
  const tokens = now.words.reduce((sum, word) => sum + word.length, 0);
  const values = [now.step, 256 + now.step, tokens, perCharacter(tokens, [...now.text].length)];
  values.forEach((value, index) => view.numbers.set(READOUTS[index], String(value)));
  const text = playerMessage(view, now, tokens);
  setText(view.message, text);
  view.announce(`${nextLine(now)} ${text}`);
}

function drawPlayerControls(view, { step, merges }) {
  const { input, output, steps, playButton } = view.controls;
  setAttributes(input, { max: Math.max(merges.length, 1), "aria-valuetext": `${step} of ${merges.length}`, disabled: !merges.length });
  input.value = step;
  setText(output, `${step} of ${merges.length}`);
  setAttributes(steps[0], { "aria-disabled": step === 0 && "true" });
  setAttributes(steps[1], { "aria-disabled": step === merges.length && "true" });
  setText(playButton, view.timer ? "Pause" : "Play");
}

function pairText([first, second]) {
  return `${label(first)} + ${label(second)}`;
}

function nextLine({ next, table, step, merges }) {
  if (next) return `Next: ${pairText(next.pair)} → ${label(next.pair.join(""))}, which occurs ${times(next.count)}.`;
  if (!table.length) return merges.length ? "Every word is one token: no pair is left." : "There is no pair to merge yet.";
  return `${step} merges, as many as this player makes. The next pair would be ${pairText(table[0].pair)}.`;
}

function times(count) {
  return count === 1 ? "once" : `${count.toLocaleString("en")} times`;
}

function tint(rank) {
  return `lw-tint-${rank % TINTS}`;
}

// Tokens learnt wear a colour of their own, single bytes none; the next pair is underlined, the latest token framed.
function drawText(view, { words, merges, step, next }) {
  const ranks = new Map(merges.slice(0, step).map(({ pair }, rank) => [pair.join(""), rank]));
  const latest = step ? merges[step - 1].pair.join("") : null;
  const boxes = [];
  for (const word of words) {
    if (boxes.length >= MOST_BOXES) break;
    const marked = nextPlaces(word, next);
    word.forEach((token, index) => {
      const kinds = [ranks.has(token) ? tint(ranks.get(token)) : "", marked.get(index) ?? "", token === latest ? "lw-latest" : ""];
      boxes.push({ text: label(token), kind: kinds.concat(index ? "" : "lw-begins").filter(Boolean).join(" "), name: `“${token}”` });
    });
  }
  view.text.draw(boxes.slice(0, MOST_BOXES));
  const more = words.reduce((sum, word) => sum + word.length, 0) - MOST_BOXES;
  setText(view.more, more > 0 ? `… and ${plural(more, "token")} more` : "");
}

// Which tokens of a word the next merge joins: index -> class of its left or right half.
function nextPlaces(word, next) {
  const found = new Map();
  for (let i = 0; next && i + 1 < word.length; i += 1) {
    if (word[i] === next.pair[0] && word[i + 1] === next.pair[1]) {
      found.set(i, "lw-next lw-next-left");
      found.set(i + 1, "lw-next lw-next-right");
      i += 1;
    }
  }
  return found;
}

function drawPairs(view, { table, next }) {
  const shown = table.slice(0, ROWS);
  const most = shown[0]?.count ?? 1;
  const rows = children(view.table, ROWS, () => html("tr", {}, html("td", {}), html("td", { class: "lw-count" })));
  rows.forEach((row, index) => {
    const { pair, count } = shown[index] ?? {};
    row.classList.toggle("lw-first", index === 0 && next !== null);
    row.style.setProperty("--share", pair ? count / most : 0);
    setText(row.children[0], pair ? pairText(pair) : "\u00a0");
    setText(row.children[1], pair ? count.toLocaleString("en") : "");
  });
}

function playerMessage(view, { text, next, table, step, merges }, tokens) {
  if (view.cut) return `The text was cut after ${view.cut.toLocaleString("en")} characters, as many as fit here.`;
  if (!text) return "There is no text yet: write some words above, best with repetitions.";
  if (text.includes("\ufffd")) return "“�” stands for what was no character, such as half of an emoji; it counts as one.";
  const ties = next ? table.filter(({ count }) => count === next.count).length : 0;
  if (next?.count === 1) return "Every pair left occurs once: from here on the text is learnt by heart, and no other text gains.";
  const tie = ties > 1 ? ` ${ties} pairs share first place; the one of the smallest ids wins.` : "";
  if (step === 0) return `So far each token is one byte, which is one character in English.${tie}`;
  const before = ENCODER.encode(readable(text)).length;
  const saved = `${plural(before, "byte")} are now ${plural(tokens, "token")}.`;
  return step === merges.length && !next ? saved : `${saved}${tie}`;
}
