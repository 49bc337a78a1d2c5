// Mask a word: the kernel guesses; here tokens are chosen and guesses are drawn.

const HINT = "Enter sends it; so does a short pause. Then click the words to hide.";
const READOUTS = ["masked", "right at the first guess", "mean surprise of the truth", "of guessing blindly"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Mask a word");
  const view = { model, root, announce, full: false };
  view.redraw = coalesced(() => draw(view));
  const along = () => ({ masked: [] });
  view.text = textField(view, { label: "Your sentence", hint: HINT, goesOn: "So does a new mask.", pause: 400, asks: ["text", "masked"], along });
  view.words = wordButtons(view);
  view.show = button("Show every word", () => mask(view, []));
  view.numbers = readouts(READOUTS);
  view.message = html("p", { class: "lw-message" });
  view.guesses = html("div", { class: "lw-guesses" });
  root.append(view.text.element, view.words, html("div", { class: "lw-buttons" }, view.show), view.numbers.element, view.message, view.guesses);
  for (const name of ["data", "masked"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
  return () => view.text.stop();
}

export { bits, percentText, piecesOf };
export default { render };

// --- the words -------------------------------------------------------------------------------------------------------

// One stop of the Tab key for all words: arrow keys move between them, Enter or Space masks.
function wordButtons(view) {
  const row = html("div", { class: "lw-words", role: "toolbar", "aria-label": "Tokens. Arrow keys move, Enter masks." });
  const index = (event) => [...row.children].indexOf(event.target.closest("button"));
  row.addEventListener("click", (event) => index(event) >= 0 && toggle(view, index(event)));
  row.addEventListener("focusin", (event) => index(event) >= 0 && stopAt(row, index(event)));
  row.addEventListener("keydown", (event) => {
    const [at, last] = [index(event), row.children.length - 1];
    const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    row.children[(to + last + 1) % (last + 1)].focus();
    event.preventDefault();
  });
  return row;
}

// At -1 (no word can be masked) it is the first.
function stopAt(row, at) {
  [...row.children].forEach((element, index) => setAttributes(element, { tabindex: index === Math.max(at, 0) ? 0 : -1 }));
}

function toggle(view, at) {
  const { fixed } = view.model.get("data");
  if (fixed[at]) return;
  const masked = view.model.get("masked").filter((other) => other < fixed.length && !fixed[other]);
  const others = masked.filter((other) => other !== at);
  view.full = others.length === masked.length && masked.length === view.model.get("most_masked");
  if (view.full) return view.redraw.now();
  mask(view, others.length === masked.length ? [...masked, at].sort((one, other) => one - other) : others);
}

function mask(view, masked) {
  view.full = false;
  view.text.ask({ masked });
  view.redraw.now();
}

// --- drawing ---------------------------------------------------------------------------------------------------------

// The surprise at something that was given this probability.
function bits(probability) {
  return -Math.log2(probability);
}

// The positions of all pieces of the word that the token at this position belongs to.
function piecesOf(tokens, at) {
  const continues = (place) => (tokens[place] ?? "").startsWith("##");
  let [start, end] = [at, at + 1];
  while (start > 0 && continues(start)) start -= 1;
  while (continues(end)) end += 1;
  return Array.from({ length: end - start }, (_, index) => start + index);
}

function draw(view) {
  const { model, words, guesses: panels } = view;
  const data = model.get("data");
  const { tokens, fixed, guesses } = data;
  const masked = model.get("masked");
  children(words, tokens.length, () => html("button", { type: "button" }, html("span"), html("small"))).forEach((element, at) => {
    const hidden = masked.includes(at) && !fixed[at];
    const [face, below] = element.children;
    setText(face, hidden ? "[MASK]" : tokens[at]);
    setText(below, hidden ? tokens[at] : "");
    setAttributes(element, { "aria-pressed": fixed[at] ? null : String(hidden), "aria-disabled": fixed[at] && "true", "aria-label": hidden ? `${tokens[at]}, masked` : tokens[at] });
  });
  const stop = [...words.children].findIndex((element) => element.getAttribute("tabindex") === "0");
  stopAt(words, stop < 0 ? fixed.findIndex((one) => !one) : stop);
  children(panels, guesses.length, guessPanel).forEach((panel, at) => drawGuess(panel, guesses[at], data));
  drawNumbers(view, data);
}

function guessPanel() {
  return html("figure", { class: "lw-guess" }, html("figcaption", {}, html("strong"), html("span")), html("div", { class: "lw-bars" }));
}

function drawGuess(panel, { token, probability, rank, top, at }, { vocabulary }) {
  const [caption, bars] = panel.children;
  setText(caption.firstChild, token === null ? `[MASK] at ${at}` : `“${token}”`);
  setText(caption.lastChild, token === null ? ": you hid no word here" : `: place ${rank.toLocaleString("en")} of ${vocabulary.toLocaleString("en")}`);
  const rows = top.map(([name, share]) => ({ name, share, emphasis: name === token }));
  if (token !== null && !rows.some(({ emphasis }) => emphasis)) rows.push({ name: token, share: probability, emphasis: true });
  drawBars(bars, rows);
}

function drawNumbers({ numbers, message, announce, full, model }, { tokens, guesses, vocabulary }) {
  const known = guesses.filter(({ token }) => token !== null);
  const right = known.filter(({ rank }) => rank === 1).length;
  const surprise = known.reduce((sum, { probability }) => sum + bits(probability), 0) / known.length;
  numbers.set(READOUTS[0], `${guesses.length} of ${tokens.length} tokens`);
  numbers.set(READOUTS[1], known.length ? `${right} of ${known.length}` : "–");
  numbers.set(READOUTS[2], known.length ? `${surprise.toFixed(2)} bits` : "–");
  numbers.set(READOUTS[3], `${bits(1 / vocabulary).toFixed(2)} bits`);
  const limit = full ? `Not more than ${model.get("most_masked")} at once: show one again first. ` : "";
  const words = limit + explanation(tokens, guesses, known);
  setText(message, words);
  announce(words);
}

function explanation(tokens, guesses, known) {
  if (!guesses.length) return "Nothing is hidden: click a word, and the model guesses it from the others.";
  const told = known.slice(0, 2).map(({ token, probability, rank, top: [[best, share]] }) => {
    const place = rank === 1 ? "its first guess" : `in place ${rank.toLocaleString("en")}`;
    const first = rank === 1 ? "" : ` It would rather say “${best}” (${percentText(share)}).`;
    return `“${token}” is ${place}, with ${percentText(probability)}.${first}`;
  });
  const hidden = guesses.map(({ at }) => at);
  const partly = known.find(({ at }) => piecesOf(tokens, at).some((place) => !hidden.includes(place)));
  if (partly) told.push(`“${partly.token}” is a piece of a word, and the other pieces still give it away.`);
  return told.join(" ") || "The text has a [MASK] of its own: nobody knows what is right.";
}
