// Inside your GPT. The text and the settings are the model's; what is looked at (place, layer, head, number) is the view's.

const STAGES = [
  ["embedded", "token + position", "the stream begins"],
  ["normed", "norm", "what attention reads"],
  ["query", "query", "what this token asks"],
  ["key", "key", "what it answers to"],
  ["value", "value", "what it hands out"],
  ["scores", "scores", "query · key, for each token so far"],
  ["weights", "weights", "softmax: who is looked at"],
  ["mixed", "mixed", "values by these weights, all heads"],
  ["attended", "attention's output", "what is added to the stream"],
  ["middle", "stream", "after the attention"],
  ["second", "norm", "what the feed-forward network reads"],
  ["expanded", "expanded", "four times as many"],
  ["activated", "after GELU", "what is left of them"],
  ["contracted", "feed-forward's output", "what is added to the stream"],
  ["after", "stream", "after this layer"],
  ["last", "last norm", "what is compared with every token"],
];
const MOST_TERMS = 7;
const MOST_SHARP = 256; // with more numbers than that, a strip has less than a pixel or so for each
const [BELOW, ABOVE] = [COLOURS.blue, COLOURS.orange].map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Inside your GPT");
  const view = { model, root, announce, looked: { part: "weights", layer: 0, head: 0, place: 0, index: 0 } };
  view.gpt = unpackWeights(model.get("weights"), model.get("structure"));
  view.encode = byteLevel(model.get("structure").tokenizer);
  view.spelt = model.get("structure").tokens;
  view.parts = build(view);
  root.append(...view.parts.all);
  view.redraw = coalesced(() => draw(view));
  for (const name of ["text", "temperature", "top_k", "top_p", "min_p"]) model.on(`change:${name}`, () => retrace(view));
  retrace(view, true);
  return () => clearTimeout(view.timer);
}

export { unpackWeights, traceOf, shapedProbabilities, madeOf, drawnFrom };
export { encodedIds, forTest };
export default { render };

function encodedIds(text, tokenizer) {
  return byteLevel(tokenizer)(text).map(({ id }) => id);
}

// Everything that a test compares with Python, from one call.
function forTest(base64, layout, ids, old = null) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const gpt = unpackWeights(new DataView(bytes.buffer), layout);
  const before = old && traceOf(gpt, old);
  const trace = traceOf(gpt, ids, before);
  const last = trace.places.at(-1);
  const wrong = [];
  for (let layer = 0; layer < gpt.n_layers; layer += 1) {
    for (const [part] of STAGES) {
      const at = { part, layer, head: gpt.n_heads - 1, place: ids.length - 1, index: ids.length - 1 };
      const { total } = madeOf(gpt, trace, at);
      if (Math.abs(total - numbersOf(last, at)[at.index]) > 1e-9) wrong.push([part, layer]);
    }
  }
  return {
    logits: trace.places.map(({ logits }) => [...logits]),
    streams: trace.places.map(({ layers }) => layers.map(({ after }) => [...after])),
    weights: last.layers.map(({ heads }) => heads.map(({ weights }) => [...weights])),
    kept: before ? trace.places.filter((place, at) => place === before.places[at]).length : 0,
    wrong,
  };
}

// --- elements --------------------------------------------------------------------------------------------------------

function build(view) {
  const { model } = view;
  const text = html("input", { type: "text", spellcheck: "false", autocomplete: "off", dir: "auto" });
  const write = (values) => update(model, view.root, values);
  text.addEventListener("input", (event) => event.isComposing || write({ text: readable(text.value) }));
  text.addEventListener("compositionend", () => write({ text: readable(text.value) }));
  const field = html("label", { class: "lw-text" }, html("span", {}, "Text "), html("span", { class: "lw-hint" }, "a new line is written \\n"), text);
  const buttons = html("div", { class: "lw-buttons" },
    button("Write a token", () => writeTokens(view, 1)),
    button("Write 20", () => writeTokens(view, 20)),
    button("Remove the last", () => setIds(view, view.trace.ids.slice(0, -1))));
  const sliders = [
    slider(view, "temperature", "temperature", 0, 2, 0.05),
    slider(view, "top_k", "top-k (0: all)", 0, 50, 1),
    slider(view, "top_p", "top-p", 0.05, 1, 0.05),
    slider(view, "min_p", "min-p", 0, 0.5, 0.01),
  ];
  const settings = html("div", { class: "lw-gpt-settings" }, ...sliders.map(({ element }) => element));
  const tokens = html("div", { class: "lw-gpt-tokens", role: "listbox", "aria-label": "tokens of the text", "aria-orientation": "horizontal" });
  const layers = choice(view, "layer", "layer", view.gpt.n_layers);
  const heads = choice(view, "head", "head", view.gpt.n_heads);
  const bars = html("div", { class: "lw-bars lw-gpt-next", "aria-label": "the likeliest next tokens" });
  const stages = html("div", { class: "lw-gpt-stages" });
  const made = html("div", { class: "lw-gpt-made", "aria-live": "off" });
  const message = html("p", { class: "lw-status" });
  const note = html("p", { class: "lw-hint" }, model.get("structure").note);
  const body = html("div", { class: "lw-gpt-body" }, html("section", { "aria-label": "every number of one token" }, layers.element, heads.element, stages),
    html("section", { "aria-label": "what comes next, and the number chosen" }, html("h4", {}, "next token"), bars, html("h4", {}, "the number chosen"), made));
  return { all: [field, message, buttons, settings, tokens, body, note], text, tokens, layers, heads, bars, stages, made, message, sliders };
}

function slider({ model, root }, name, label, min, max, step) {
  const id = uniqueId(name);
  const input = html("input", { type: "range", id, min, max, step, "data-name": name });
  const output = html("output", { for: id });
  input.addEventListener("input", () => update(model, root, { [name]: Number(input.value) }));
  const show = () => {
    input.value = model.get(name);
    setText(output, String(model.get(name)));
  };
  return { element: html("label", { for: id }, `${label} `, output, input), show };
}

function choice(view, name, label, count) {
  const group = uniqueId(name);
  const inputs = Array.from({ length: count }, (_, at) => html("input", { type: "radio", name: group, value: at }));
  inputs.forEach((input, at) => input.addEventListener("change", () => look(view, { [name]: at })));
  const labels = inputs.map((input, at) => html("label", {}, input, String(at)));
  return { element: html("fieldset", { class: "lw-gpt-choice" }, html("legend", {}, label), ...labels), inputs };
}

// --- acting ----------------------------------------------------------------------------------------------------------

function retrace(view, first = false) {
  const { model, gpt } = view;
  // What the model wrote need not be cut as the tokenizer would cut it: its own tokens are kept.
  const kept = view.written?.text === model.get("text");
  const found = kept ? view.written.ids : view.encode(model.get("text").replaceAll("\\n", "\n")).map(({ id }) => id);
  const ids = found.slice(0, gpt.max_length);
  view.cut = found.length - ids.length;
  view.trace = traceOf(gpt, ids.length ? ids : [newLine(view)], view.trace);
  const last = view.trace.ids.length - 1;
  if (first || view.looked.place > last || view.follow) view.looked.place = last;
  view.follow = false;
  look(view, {});
}

function newLine({ spelt }) {
  return spelt.indexOf("\n");
}

function look(view, change) {
  Object.assign(view.looked, change);
  const numbers = numbersOf(view.trace.places[view.looked.place], view.looked);
  view.looked.index = clamp(view.looked.index, 0, numbers.length - 1);
  view.redraw.now();
}

function setIds(view, ids) {
  const text = ids.map((id) => view.spelt[id]).join("").replaceAll("\n", "\\n");
  view.follow = true;
  view.written = { text, ids };
  update(view.model, view.root, { text });
}

// One token now, the others in the frames that follow, so that each can be seen.
function writeTokens(view, count) {
  clearTimeout(view.timer);
  const { model, gpt, trace } = view;
  if (trace.ids.length >= gpt.max_length) return setIds(view, trace.ids.slice(gpt.max_length / 2));
  const chances = chancesAt(trace.places.at(-1), settingsOf(model));
  setIds(view, [...trace.ids, drawnFrom(chances, Math.random())]);
  if (count > 1) view.timer = setTimeout(() => writeTokens(view, count - 1), prefersStillness() ? 0 : 60);
}

// The order of the logits is kept: the draw and the bars both ask for it.
function chancesAt(place, settings) {
  place.order ??= orderOf(place.logits);
  return shapedProbabilities(place.logits, settings, place.order);
}

function settingsOf(model) {
  return Object.fromEntries(["temperature", "top_k", "top_p", "min_p"].map((name) => [name, model.get(name)]));
}

// --- drawing ---------------------------------------------------------------------------------------------------------

// The numbers of one part at one place.
function numbersOf(place, { part, layer, head }) {
  if (part === "embedded") return place.embedded;
  if (part === "last") return place.normed;
  if (part === "logit") return place.logits;
  const values = place.layers[layer];
  return part === "scores" || part === "weights" ? values.heads[head][part] : values[part];
}

function draw(view) {
  const { model, parts, looked, trace } = view;
  if (document.activeElement !== parts.text) parts.text.value = model.get("text");
  parts.sliders.forEach(({ show }) => show());
  parts.layers.inputs[looked.layer].checked = true;
  parts.heads.inputs[looked.head].checked = true;
  setText(parts.message, view.cut ? `The model has ${view.gpt.max_length} positions; the last ${view.cut} tokens of the text are left out.` : `${trace.ids.length} of ${view.gpt.max_length} positions used.`);
  drawTokens(view);
  drawStages(view);
  drawNext(view);
  drawMade(view);
}

function named(view, id) {
  return visible(view.spelt[id] ?? "");
}

function drawTokens(view) {
  const { parts, looked, trace } = view;
  const make = (at) => {
    const element = html("button", { type: "button", role: "option" }, html("bdi"));
    element.addEventListener("click", () => look(view, { place: at }));
    element.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: view.trace.ids.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      look(view, { place: clamp(to, 0, view.trace.ids.length - 1) });
      parts.tokens.children[view.looked.place].focus();
    });
    return element;
  };
  const shares = trace.places[looked.place].layers[looked.layer].heads[looked.head].weights;
  children(parts.tokens, trace.ids.length, make).forEach((element, at) => {
    const share = at < shares.length ? shares[at].toFixed(3) : "0";
    const state = `${trace.ids[at]} ${share} ${Math.sign(at - looked.place)}`;
    if (element.state === state) return;
    element.state = state;
    setText(element.firstChild, named(view, trace.ids[at]));
    setAttributes(element, { "aria-selected": String(at === looked.place), tabindex: at === looked.place ? 0 : -1, title: `token ${at}` });
    element.style.setProperty("--share", share);
    element.classList.toggle("lw-later", at > looked.place);
  });
}

function drawStages(view) {
  const { parts, looked, trace } = view;
  const make = (at) => strip(view, STAGES[at]);
  children(parts.stages, STAGES.length, make).forEach((row, at) => {
    const [part] = STAGES[at];
    drawStrip(row.lastChild, numbersOf(trace.places[looked.place], { ...looked, part }), part === looked.part ? looked.index : -1, part === "weights");
    row.classList.toggle("lw-emphasis", part === looked.part);
  });
}

// A slider over the numbers of a part: a picture of them, and a frame around the one that is chosen.
function strip(view, [part, title, meaning]) {
  const picture = html("canvas", { height: 1, "aria-hidden": "true" });
  const cells = html("div", { class: "lw-gpt-strip", tabindex: 0, role: "slider", "aria-label": `${title}: ${meaning}` }, picture, html("span", { class: "lw-chosen" }));
  const pick = (event) => {
    const box = cells.getBoundingClientRect();
    const count = numbersOf(view.trace.places[view.looked.place], { ...view.looked, part }).length;
    look(view, { part, index: clamp(Math.floor(((event.clientX - box.left) / box.width) * count), 0, count - 1) });
  };
  cells.addEventListener("pointerdown", (event) => {
    cells.setPointerCapture(event.pointerId);
    pick(event);
  });
  cells.addEventListener("pointermove", (event) => cells.hasPointerCapture(event.pointerId) && pick(event));
  cells.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10, Home: -1e6, End: 1e6 }[event.key];
    if (!step) return;
    event.preventDefault();
    look(view, { part, index: (view.looked.part === part ? view.looked.index : 0) + step });
  });
  return html("div", {}, html("span", { title: meaning }, title), cells);
}

// The numbers of a place never change, so the same array has the same picture.
function drawStrip(cells, numbers, chosen, areShares) {
  if (cells.numbers === numbers && cells.chosen === chosen) return;
  const [picture, mark] = cells.children;
  if (cells.numbers !== numbers) paint(picture, numbers, areShares);
  Object.assign(cells, { numbers, chosen });
  mark.hidden = chosen < 0;
  mark.style.left = `${(100 * Math.max(0, chosen)) / numbers.length}%`;
  mark.style.width = `${100 / numbers.length}%`;
  setAttributes(cells, { "aria-valuemin": 0, "aria-valuemax": numbers.length - 1, "aria-valuenow": Math.max(0, chosen) });
  setAttributes(cells, { "aria-valuetext": chosen < 0 ? "not chosen" : `number ${chosen}: ${formatNumber(numbers[chosen])}` });
}

// Blue below 0, orange above, the stronger the larger: a pixel for each number, in a row that the style sheet stretches.
// A weak colour is a transparent one, which lets the ground of either theme through.
function paint(picture, numbers, areShares) {
  const largest = areShares ? 1 : numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 1e-9);
  const pixels = new ImageData(numbers.length, 1);
  const { data } = pixels; // red, green, blue and how opaque it is, for each number
  for (let at = 0; at < numbers.length; at += 1) {
    const colour = numbers[at] < 0 ? BELOW : ABOVE;
    for (let i = 0; i < 3; i += 1) data[4 * at + i] = colour[i];
    data[4 * at + 3] = 255 * Math.min(1, Math.abs(numbers[at]) / largest);
  }
  if (picture.width !== numbers.length) picture.width = numbers.length;
  picture.getContext("2d", { willReadFrequently: true }).putImageData(pixels, 0, 0); // kept where the processor writes it
  picture.classList.toggle("lw-many", numbers.length > MOST_SHARP);
}

function drawNext(view) {
  const { parts, looked, trace, model } = view;
  const settings = settingsOf(model);
  const state = [looked.place, ...Object.values(settings)].join();
  if (view.next?.trace === trace && view.next.state === state) return;
  view.next = { trace, state };
  const place = trace.places[looked.place];
  const chances = chancesAt(place, settings);
  const order = [...place.order.subarray(0, 10)]; // what settings leave keeps its order, and what they forbid comes last
  const following = trace.ids[looked.place + 1];
  drawBars(parts.bars, order.map((id) => ({ name: named(view, id), share: chances[id], emphasis: id === following })));
  [...parts.bars.children].forEach((row, at) => {
    setAttributes(row, { tabindex: 0, role: "button", "aria-label": `${named(view, order[at])}: ${percentText(chances[order[at]])}. How its logit is made` });
    row.onclick = () => look(view, { part: "logit", index: order[at] });
    row.onkeydown = (event) => event.key === "Enter" && row.onclick();
  });
}

function drawMade(view) {
  const { parts, looked, gpt, trace } = view;
  const { how, terms, total } = madeOf(gpt, trace, looked);
  const title = looked.part === "logit" ? `logit of ${named(view, looked.index)}` : `${STAGES.find(([part]) => part === looked.part)[1]}[${looked.index}]`;
  const ordered = [...terms].sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
  const shown = ordered.slice(0, MOST_TERMS);
  const rest = ordered.slice(MOST_TERMS);
  if (rest.length) shown.push([`the other ${rest.length}`, rest.reduce((sum, [, value]) => sum + value, 0)]);
  const where = ["embedded", "last", "logit"].includes(looked.part) ? "" : `, layer ${looked.layer}`;
  const rows = shown.map(([name, value]) => html("tr", {}, html("td", {}, name), html("td", {}, formatNumber(value))));
  parts.made.replaceChildren(
    html("p", {}, html("strong", {}, title), ` at token ${looked.place}${where}: ${how}`),
    html("table", {}, html("tbody", {}, ...rows), html("tfoot", {}, html("tr", {}, html("td", {}, "together"), html("td", { "data-name": "total" }, formatNumber(total))))),
  );
  view.announce(`${title}: ${formatNumber(total)}`);
}
