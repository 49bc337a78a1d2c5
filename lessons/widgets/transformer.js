// Alignment viewer: shares and probabilities come from the kernel with every text; which written character is looked at
// is chosen here, by pointer (a look) or by click and arrow keys (a choice).

const SLOW = 4000; // milliseconds without an answer after which we say so
const PAUSE = 700; // of typing, after which a text is sent
const NO_ANSWER = "No answer. A new text needs a running kernel: it may be busy, or gone. The picture goes on without one.";
const DIGITS = [..."0123456789-?"]; // the last: what the decoder reads at the start, written only by mistake
const READOUTS = ["written", "probability", "entropy of its look", "as if spread over"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Alignment viewer");
  const view = { model, root, announce, pointed: null, timers: {}, slow: false };
  view.redraw = coalesced(() => draw(view));
  view.text = textField(view);
  view.source = html("div", { class: "lw-source", role: "img" });
  view.written = writtenRow(view);
  view.others = html("div", { class: "lw-others", role: "group", "aria-label": "Probability of each character here" });
  view.numbers = readouts(READOUTS);
  view.message = html("p", { class: "lw-message" });
  const caption = (text) => html("p", { class: "lw-caption" }, text);
  root.append(view.text.element, caption("Read: the share of the look, in %"), view.source);
  root.append(caption("Written: point at one, or choose with the arrow keys (below: its probability, in %)"), view.written);
  root.append(view.numbers.element, view.message, caption("What it could have written here, in %"), view.others);
  model.on("change:data", () => {
    view.pointed = null;
    showText(view);
    view.redraw.later();
  });
  model.on("change:place", view.redraw.later);
  model.on("change:text", () => showText(view));
  showText(view);
  draw(view);
  return () => Object.values(view.timers).forEach(clearTimeout);
}

export default { render };

// --- the text --------------------------------------------------------------------------------------------------------

function textField(view) {
  const input = html("input", { type: "text", spellcheck: "false", autocomplete: "off", dir: "auto" });
  const hint = html("span", { class: "lw-hint" }, "Enter sends it; so does a short pause.");
  const label = html("label", { class: "lw-text" }, html("span", {}, "A date, in words "), hint, input);
  const examples = Object.entries(view.model.get("examples")).map(([language, text]) =>
    button(language, () => {
      input.value = text;
      send(view);
    }),
  );
  const status = html("p", { class: "lw-status" });
  const later = () => {
    clearTimeout(view.timers.pause);
    view.timers.pause = setTimeout(() => send(view), PAUSE);
  };
  input.addEventListener("input", (event) => event.isComposing || later());
  input.addEventListener("compositionend", later); // Chinese is written in several keys
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) send(view);
  });
  const buttons = html("div", { class: "lw-buttons", role: "group", "aria-label": "Examples" }, ...examples);
  return { element: html("div", {}, label, buttons, status), input, status };
}

function send(view) {
  const { model, root, text, timers } = view;
  clearTimeout(timers.pause);
  const value = text.input.value.toWellFormed?.() ?? text.input.value;
  if (value === model.get("text")) return;
  update(model, root, { text: value });
  clearTimeout(timers.slow);
  view.slow = false;
  timers.slow = setTimeout(() => {
    view.slow = true;
    showText(view);
  }, SLOW);
  showText(view);
}

// An answer is here when the data are those of the text. While someone types, the field is left alone.
function showText({ model, root, text, timers, slow, announce }) {
  const { text: answered, note } = model.get("data");
  const wanted = model.get("text");
  if (text.input.value !== wanted && document.activeElement !== text.input) text.input.value = wanted;
  const open = answered !== wanted;
  setAttributes(root, { "aria-busy": open && "true" });
  if (!open) clearTimeout(timers.slow);
  const lost = slow || root.classList.contains("lw-disconnected");
  const said = open ? (lost ? NO_ANSWER : "The model reads your text …") : note;
  setText(text.status, said);
  text.status.dataset.state = open ? "waiting" : "read";
  if (said) announce(said);
}

// --- what was written ------------------------------------------------------------------------------------------------

// The whole row has the focus and names the character that is chosen, so that no focus has to move.
function writtenRow(view) {
  const row = html("div", { class: "lw-written", role: "listbox", tabindex: 0, "aria-orientation": "horizontal", "aria-label": "Written characters. Arrow keys choose." });
  const index = (event) => [...row.children].indexOf(event.target.closest("[role=option]"));
  const point = (place) => {
    if (view.pointed === place) return;
    view.pointed = place;
    view.redraw.now();
  };
  const choose = (place) => {
    view.pointed = null;
    update(view.model, view.root, { place });
    view.redraw.now();
  };
  row.addEventListener("pointerover", (event) => index(event) >= 0 && point(index(event)));
  row.addEventListener("pointerleave", () => point(null));
  row.addEventListener("click", (event) => index(event) >= 0 && choose(index(event)));
  row.addEventListener("keydown", (event) => {
    const [place, last] = [view.model.get("place"), row.children.length - 1];
    const to = { ArrowLeft: place - 1, ArrowUp: place - 1, ArrowRight: place + 1, ArrowDown: place + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    choose((to + last + 1) % (last + 1));
    event.preventDefault();
  });
  return row;
}

// --- drawing ---------------------------------------------------------------------------------------------------------

// A bar, a character and a number; `bdi` keeps Hebrew and Arabic from turning their neighbours round.
function cell(attributes = {}) {
  return html("span", { class: "lw-cell", ...attributes }, html("span", { class: "lw-track" }, html("span", { class: "lw-fill" })), html("bdi"), html("small"));
}

function drawCell(element, character, share) {
  const [track, name, number] = element.children;
  track.firstChild.style.height = `${(100 * share).toFixed(1)}%`;
  setText(name, character);
  setText(number, percent(share));
  element.classList.toggle("lw-little", share < 0.005);
}

function percent(share) {
  return (100 * share).toFixed(share >= 0.0995 || share < 0.0005 ? 0 : 1);
}

function draw(view) {
  const { model, source, written, others, numbers, message } = view;
  const { characters, written: iso, shares, entropies, probabilities } = model.get("data");
  const chosen = model.get("place");
  const place = view.pointed ?? chosen;
  const look = shares[place];
  const sure = [...iso].map((character, at) => probabilities[at][DIGITS.indexOf(character)]);
  children(source, characters.length, () => cell()).forEach((element, at) => drawCell(element, characters[at], look[at]));
  children(written, iso.length, () => cell({ role: "option", id: uniqueId("written") })).forEach((element, at) => {
    drawCell(element, iso[at], sure[at]);
    element.classList.toggle("lw-seen", at === place);
    setAttributes(element, { "aria-selected": String(at === chosen), "aria-label": `${iso[at]}, ${model.get("places")[at]}, ${percent(sure[at])} %` });
  });
  setAttributes(written, { "aria-activedescendant": written.children[chosen].id });
  children(others, DIGITS.length, () => cell()).forEach((element, at) => drawCell(element, DIGITS[at], probabilities[place][at]));
  numbers.set("written", `“${iso[place]}”: ${model.get("places")[place]}`);
  numbers.set("probability", `${percent(sure[place])} %`);
  numbers.set("entropy of its look", `${entropies[place].toFixed(2)} bits`);
  numbers.set("as if spread over", `${(2 ** entropies[place]).toFixed(1)} characters`);
  const order = look.map((share, at) => [share, at]).sort(([one], [other]) => other - one);
  const most = order.slice(0, 3).map(([share, at]) => `“\u2068${characters[at]}\u2069” (place ${at + 1}, ${percent(share)} %)`);
  const words = `To write “${iso[place]}”, the ${model.get("places")[place]}, it looked most at ${most.join(", ")}.`;
  setAttributes(source, { "aria-label": `Characters read: ${characters.join(" ")}. ${words}` });
  setText(message, words);
  view.announce(words);
}
