// Attention explorer: scores come from the kernel once; layer, head, temperature and masks are applied here. What is
// seen is drawn from the model's values and from what the pointer is on.

const HINT = "Enter sends it; so does a short pause. [MASK] and [PAD] are allowed.";
const READOUTS = ["token", "entropy of its row", "even spread over", "weight received in all"];
const WATCHED = ["data", "layer", "head", "token", "direction", "temperature", "causal", "hide_padding", "hide_special"];
const MASKS = { causal: "causal: no token sees later ones", hide_padding: "hide [PAD]", hide_special: "hide [CLS] and [SEP]" };

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Attention explorer");
  const view = { model, root, announce, pointed: null, memory: {} };
  view.redraw = coalesced(() => draw(view));
  view.text = textField(view, { label: "Your text", hint: HINT, goesOn: "Everything else goes on without one." });
  view.text.field.hidden = !model.get("editable");
  view.heads = headGrid(view);
  view.controls = controls(view);
  view.columns = columnsPlot(view);
  view.map = heatMap(view);
  const { message, numbers } = view.controls;
  root.append(view.text.element, html("div", { class: "lw-panels" }, view.heads.element, view.controls.element));
  root.append(numbers.element, message, html("div", { class: "lw-panels" }, view.columns.element, view.map.element));
  for (const name of WATCHED) model.on(`change:${name}`, view.redraw.later);
  model.on("change:data", () => {
    view.pointed = null;
  });
  const stop = followTheme(view);
  draw(view);
  return () => {
    stop();
    view.text.stop();
    clearTimeout(view.heads.timer);
  };
}

export { allowedPairs, attentionWeights, entropyBits, shorten };
export default { render };

// --- state -----------------------------------------------------------------------------------------------------------

// The scores as numbers: bytes from Python arrive as a DataView.
function unpack({ tokens, scores, shape: [layers, heads], note }) {
  const { buffer, byteOffset, byteLength } = scores;
  return { tokens, n: tokens.length, layers, heads, note, scores: new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)) };
}

// Everything that is seen. Weights of heads are kept until the scores, the temperature or a mask change.
function state({ model, memory, pointed }) {
  const data = model.get("data");
  if (memory.data !== data) Object.assign(memory, unpack(data), { data, key: "" });
  const temperature = model.get("temperature");
  const [causal, hidePadding, hideSpecial] = Object.keys(MASKS).map((name) => model.get(name));
  const key = [temperature, causal, hidePadding, hideSpecial].join();
  if (memory.key !== key) {
    const allowed = allowedPairs(memory.tokens, { causal, hidePadding, hideSpecial });
    Object.assign(memory, { key, temperature, allowed, weights: new Map(), version: (memory.version ?? 0) + 1 });
  }
  const layer = clamp(model.get("layer"), 0, memory.layers - 1);
  const head = clamp(model.get("head"), 0, memory.heads - 1);
  const chosen = Math.min(model.get("token"), memory.n - 1);
  const from = model.get("direction") === "from";
  const cell = pointed?.cell ?? null;
  const token = pointed ? pointed.token : chosen;
  return { ...memory, layer, head, chosen, token, cell, from, masks: { causal, hidePadding, hideSpecial }, matrix: weightsOf(memory, layer, head) };
}

function scoresOf({ scores, heads, n }, layer, head) {
  const start = (layer * heads + head) * n * n;
  return scores.subarray(start, start + n * n);
}

function weightsOf(memory, layer, head) {
  const { weights, allowed, n, temperature, heads } = memory;
  const index = layer * heads + head;
  if (!weights.has(index)) weights.set(index, attentionWeights(scoresOf(memory, layer, head), allowed, n, temperature));
  return weights.get(index);
}

// One value for each other token: where this one looks (its row), or who looks at it (its column).
function seen({ matrix, allowed, n, from }, token) {
  const places = Array.from({ length: n }, (_, other) => (from ? token * n + other : other * n + token));
  return { values: places.map((at) => matrix[at]), open: places.map((at) => allowed[at] === 1) };
}

function change(view, values) {
  view.pointed = null;
  update(view.model, view.root, values);
  view.redraw.now();
}

function point(view, pointed) {
  const same = (one, other) => one?.token === other?.token && one?.cell?.join() === other?.cell?.join();
  if (same(view.pointed, pointed)) return;
  view.pointed = pointed;
  view.redraw.now();
}

// --- lists and grids: the whole has the focus and names the entry that is chosen, so that no focus has to move --------

function entry(role, name) {
  return { role, class: name, id: uniqueId(role), "aria-selected": "false" };
}

function choose(whole, before, now) {
  if (before) setAttributes(before, { "aria-selected": "false" });
  setAttributes(now, { "aria-selected": "true" });
  setAttributes(whole, { "aria-activedescendant": now.id });
}

// --- all heads -------------------------------------------------------------------------------------------------------

function headGrid(view) {
  const grid = html("div", { class: "lw-heads", role: "grid", tabindex: 0, "aria-label": "All heads. Arrow keys choose." });
  const caption = html("figcaption", {}, "All heads: a row for each layer, counted from 0");
  const self = { element: html("figure", { class: "lw-panel lw-head-panel" }, caption, grid), grid, cells: [], timer: 0, drawn: "", chosen: -1 };
  const chosen = (event) => self.cells.indexOf(event.target.closest("[role=gridcell]"));
  grid.addEventListener("click", (event) => chosen(event) >= 0 && chooseHead(view, chosen(event)));
  grid.addEventListener("keydown", (event) => {
    const { layer, head, heads, layers } = state(view);
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -heads, ArrowDown: heads, Home: -head, End: heads - 1 - head };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    const count = layers * heads;
    chooseHead(view, (layer * heads + head + moves[event.key] + count) % count);
    event.preventDefault();
  });
  return self;
}

function chooseHead(view, index) {
  const { heads } = view.memory;
  change(view, { layer: Math.floor(index / heads), head: index % heads });
}

function buildHeads(self, layers, heads) {
  const number = (text) => html("span", { class: "lw-number", "aria-hidden": "true" }, text);
  const cell = (layer, head) =>
    html("div", { ...entry("gridcell", "lw-head"), "aria-label": `layer ${layer}, head ${head}` }, html("canvas"));
  const rows = Array.from({ length: layers }, (_, layer) => {
    const cells = Array.from({ length: heads }, (_, head) => cell(layer, head));
    return html("div", { role: "row" }, number(layer), ...cells);
  });
  const top = html("div", { role: "presentation" }, number(""), ...Array.from({ length: heads }, (_, head) => number(head)));
  self.grid.replaceChildren(top, ...rows);
  self.grid.style.setProperty("--heads", heads);
  self.cells = [...self.grid.querySelectorAll("[role=gridcell]")];
  Object.assign(self, { drawn: "", chosen: -1 });
}

function drawHeads(view, now) {
  const self = view.heads;
  self.element.hidden = now.layers * now.heads === 1;
  const shape = `${now.layers} ${now.heads}`;
  if (self.shape !== shape) buildHeads(self, now.layers, now.heads);
  self.shape = shape;
  const index = now.layer * now.heads + now.head;
  if (self.chosen !== index) choose(self.grid, self.cells[self.chosen], self.cells[index]);
  self.chosen = index;
  const version = `${now.version} ${view.colour}`;
  if (self.drawn === version) return;
  self.drawn = version;
  clearTimeout(self.timer);
  self.timer = setTimeout(() => drawThumbnails(view, version, 0), 60);
}

// The small pictures follow a moment later, a few at a time: what is being moved stays smooth.
function drawThumbnails(view, version, start) {
  const self = view.heads;
  if (self.drawn !== version) return;
  const { heads, n, allowed } = view.memory;
  const end = performance.now() + 5;
  let at = start;
  for (; at < self.cells.length && performance.now() < end; at += 1) {
    const matrix = weightsOf(view.memory, Math.floor(at / heads), at % heads);
    paint(self.cells[at].firstChild, matrix, allowed, n, view.rgb);
  }
  if (at < self.cells.length) self.timer = setTimeout(() => drawThumbnails(view, version, at), 0);
}

// A picture of n × n pixels. Opacity is the root of the weight, so that small weights are seen, too; grey is forbidden.
function paint(canvas, matrix, allowed, n, [red, green, blue]) {
  if (canvas.width !== n) Object.assign(canvas, { width: n, height: n });
  const context = canvas.getContext("2d");
  const image = context.createImageData(n, n);
  const pixels = new Uint32Array(image.data.buffer); // red is the lowest byte on every machine that runs a browser
  const colour = (blue << 16) | (green << 8) | red;
  for (let at = 0; at < n * n; at += 1) {
    pixels[at] = allowed[at] ? ((Math.round(255 * Math.sqrt(matrix[at])) << 24) | colour) >>> 0 : 0x47808080;
  }
  context.putImageData(image, 0, 0);
}

// --- left: one token and all others ----------------------------------------------------------------------------------

const WIDE = 440; // the units of both pictures
const TOP = 30;
const AT = { left: 104, start: 112, end: 236, right: 242, bar: 338, full: 56, number: WIDE };

function columnsPlot(view) {
  const root = svg("svg", { class: "lw-plot lw-columns", role: "group", "aria-label": "Tokens and where they look" });
  const [leftTitle, rightTitle] = [svg("text", { x: AT.left, y: 16, class: "lw-end" }), svg("text", { x: AT.right, y: 16 })];
  const lines = svg("g", { "aria-hidden": "true" });
  const right = svg("g", { "aria-hidden": "true" });
  const left = svg("g", { class: "lw-tokens", role: "listbox", tabindex: 0, "aria-label": "Tokens. Up and down arrows choose." });
  root.append(leftTitle, rightTitle, lines, right, left);
  const index = (event) => [...left.children].indexOf(event.target.closest?.(".lw-token"));
  root.addEventListener("pointerover", (event) => point(view, index(event) < 0 ? null : { token: index(event) }));
  root.addEventListener("pointerleave", () => point(view, null));
  left.addEventListener("click", (event) => index(event) >= 0 && change(view, { token: index(event) }));
  left.addEventListener("keydown", (event) => {
    const { chosen, n } = state(view);
    const to = { ArrowUp: chosen - 1, ArrowDown: chosen + 1, ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: n - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    change(view, { token: (to + n) % n });
    event.preventDefault();
  });
  const choice = radios(view);
  const element = html("figure", { class: "lw-panel" }, choice, root);
  return { element, root, leftTitle, rightTitle, lines, right, left, choice };
}

function radios(view) {
  const name = uniqueId("direction");
  const options = { from: "where it looks", to: "who looks at it" };
  const labels = Object.entries(options).map(([value, text]) => {
    const input = html("input", { type: "radio", name, value });
    input.addEventListener("change", () => change(view, { direction: value }));
    return html("label", { class: "lw-key" }, input, text);
  });
  return html("div", { class: "lw-keys", role: "radiogroup", "aria-label": "Direction" }, html("span", {}, "Point at a token:"), ...labels);
}

// Long tokens are cut to what fits; Chinese characters are twice as wide as letters.
function shorten(token, most = 12) {
  const letters = [...token];
  const width = (letter) => (letter > "\u2e7f" ? 2 : 1);
  const fits = (count) => letters.slice(0, count).reduce((sum, letter) => sum + width(letter), 0);
  if (fits(letters.length) <= most) return token;
  const count = letters.findIndex((_, at) => fits(at + 1) > most - 1);
  return `${letters.slice(0, count).join("")}…`;
}

function tokenRow() {
  const area = svg("rect", { x: 0, width: AT.start, class: "lw-area" });
  return svg("g", entry("option", "lw-token"), area, svg("text", { x: AT.left, class: "lw-end" }));
}

function otherRow() {
  const [name, number] = [svg("text", { x: AT.right }), svg("text", { x: AT.number, class: "lw-end" })];
  return svg("g", {}, name, svg("rect", { x: AT.bar, class: "lw-bar" }), number);
}

function drawColumns(view, now) {
  const { root, leftTitle, rightTitle, lines, right, left, choice } = view.columns;
  const { tokens, n, token, chosen, from } = now;
  const step = n > 24 ? 17 : 20;
  const y = (index) => TOP + step * (index + 0.5);
  setText(leftTitle, from ? "looks" : "is looked at");
  setText(rightTitle, from ? "is looked at" : "looks, and how much");
  for (const input of choice.querySelectorAll("input")) input.checked = input.value === (from ? "from" : "to");
  const rows = children(left, n, tokenRow);
  const others = children(right, n, otherRow);
  const curves = children(lines, n, () => svg("path", { class: "lw-look" }));
  if (view.columns.placed !== now.data) {
    setAttributes(root, { viewBox: `0 0 ${WIDE} ${TOP + step * n + 4}` });
    tokens.forEach((name, at) => placeRows(rows[at], others[at], name, y(at), step));
    Object.assign(view.columns, { placed: now.data, chosen: null, seen: null });
  }
  if (view.columns.chosen !== rows[chosen]) choose(left, view.columns.chosen, rows[chosen]);
  if (view.columns.seen !== rows[token]) showSeen(view.columns.seen, rows[token]);
  Object.assign(view.columns, { chosen: rows[chosen], seen: rows[token] });
  const { values, open } = seen(now, token);
  setAttributes(rows[token], { "aria-label": `${tokens[token]}: ${strongest(now, values, 3).join(", ") || "nothing"}` });
  values.forEach((value, at) => {
    drawOther(others[at], value, open[at]);
    drawCurve(curves[at], y(token), y(at), value);
  });
}

// What only a new text moves.
function placeRows(row, other, name, y, step) {
  const [area, text] = row.children;
  const [otherText, bar, number] = other.children;
  setAttributes(row, { "aria-label": name, "aria-selected": "false", class: "lw-token" });
  setAttributes(area, { y: y - step / 2, height: step });
  setAttributes(bar, { y: y - step * 0.32, height: step * 0.64 });
  for (const each of [text, otherText, number]) setAttributes(each, { y: y + 4.5 });
  for (const each of [text, otherText]) setText(each, shorten(name));
}

function showSeen(before, now) {
  before?.classList.remove("lw-seen");
  now.classList.add("lw-seen");
}

function drawOther(row, value, open) {
  const [, bar, number] = row.children;
  const width = (AT.full * value).toFixed(2);
  if (bar.getAttribute("width") !== width) setAttributes(bar, { width });
  setText(number, open ? weightText(value) : "–");
  row.classList.toggle("lw-closed", !open);
}

// A curve too thin to be seen is not drawn at all.
function drawCurve(curve, y1, y2, value) {
  const middle = (AT.start + AT.end) / 2;
  const d = value < 0.0005 ? "" : `M${AT.start} ${y1}C${middle} ${y1} ${middle} ${y2} ${AT.end} ${y2}`;
  if (curve.getAttribute("d") !== d) setAttributes(curve, { d });
  const width = Math.max(0.5, 14 * value).toFixed(2);
  if (d && curve.getAttribute("stroke-width") !== width) setAttributes(curve, { "stroke-width": width });
}

function weightText(value) {
  return value > 0 && value < 0.0005 ? "< 0.001" : value.toFixed(3);
}

// The tokens with the largest weights, as words.
function strongest({ tokens }, values, count) {
  const order = values.map((value, at) => [value, at]).filter(([value]) => value >= 0.0005);
  order.sort(([one, first], [other, second]) => other - one || first - second);
  return order.slice(0, count).map(([value, at]) => `“${tokens[at]}” (${value.toFixed(2)})`);
}

// --- right: the whole head -------------------------------------------------------------------------------------------

const MAP = { x: 100, y: 100, side: 338 };

function heatMap(view) {
  const canvas = html("canvas", { class: "lw-pixels" });
  const root = svg("svg", { viewBox: `0 0 ${WIDE} ${WIDE}`, class: "lw-plot lw-map", role: "img" });
  const [rows, columns] = [svg("g", {}), svg("g", {})];
  const ground = svg("rect", { ...MAP, width: MAP.side, height: MAP.side, class: "lw-ground" });
  const band = svg("rect", { class: "lw-band" });
  const spot = svg("rect", { class: "lw-spot" });
  root.append(rows, columns, ground, band, spot);
  const caption = html("figcaption", {}, "The head: rows look, columns are looked at");
  const cell = html("p", { class: "lw-cell" });
  const stack = html("div", { class: "lw-stack" }, canvas, root);
  const find = (event) => cellAt(canvas, view.memory.n, event);
  stack.addEventListener("pointermove", (event) => {
    const found = find(event);
    point(view, found && { token: found[view.model.get("direction") === "from" ? 0 : 1], cell: found });
  });
  stack.addEventListener("pointerleave", () => point(view, null));
  stack.addEventListener("click", () => view.pointed && change(view, { token: view.pointed.token }));
  return { element: html("figure", { class: "lw-panel" }, caption, stack, legend(), cell), root, canvas, rows, columns, band, spot, cell };
}

function cellAt(canvas, n, { clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const [row, column] = [Math.floor(((clientY - top) / height) * n), Math.floor(((clientX - left) / width) * n)];
  return row >= 0 && row < n && column >= 0 && column < n ? [row, column] : null;
}

// Opacity is the root of the weight: 0.01, 0.1 and 0.5 stand where the root puts them.
function legend() {
  const marks = [0, 0.01, 0.1, 0.25, 0.5, 1].map((weight) => {
    const mark = html("span", {}, String(weight));
    mark.style.setProperty("--at", Math.sqrt(weight));
    return mark;
  });
  const scale = html("span", { class: "lw-scale" }, html("span", { class: "lw-ramp" }), ...marks);
  return html("div", { class: "lw-keys" }, html("span", {}, "weight"), scale, legendKey("not allowed", "lw-sample-closed"));
}

function drawMap(view, now) {
  const { root, canvas, rows, columns, band, spot, cell } = view.map;
  const { tokens, n, matrix, allowed, token, from, layer, head } = now;
  const painted = `${now.version} ${layer} ${head} ${view.colour}`;
  if (view.map.painted !== painted) paint(canvas, matrix, allowed, n, view.rgb);
  view.map.painted = painted;
  const side = MAP.side / n;
  const at = (index) => MAP.x + side * (index + 0.5);
  const named = now.cell ?? (from ? [token, null] : [null, token]);
  const shown = (index, axis) => side > 13 || index === named[axis];
  const names = [0, 1].map((axis) => tokens.map((name, index) => [name, index]).filter(([, index]) => shown(index, axis)));
  children(rows, names[0].length, () => svg("text", { x: MAP.x - 5, class: "lw-end" })).forEach((text, order) => {
    const [name, index] = names[0][order];
    setAttributes(text, { y: at(index) + 4.5 });
    setText(text, shorten(name, 11));
  });
  children(columns, names[1].length, () => svg("text", {})).forEach((text, order) => {
    const [name, index] = names[1][order];
    setAttributes(text, { transform: `translate(${at(index) + 4.5} ${MAP.y - 5}) rotate(-90)` });
    setText(text, shorten(name, 11));
  });
  const strip = { start: MAP.x + side * token, long: MAP.side };
  const across = { x: MAP.x, y: strip.start, width: strip.long, height: side };
  setAttributes(band, from ? across : { x: strip.start, y: MAP.y, width: side, height: strip.long });
  const [i, j] = now.cell ?? [0, 0];
  setAttributes(spot, { x: MAP.x + side * j, y: MAP.y + side * i, width: side, height: side, visibility: now.cell ? "visible" : "hidden" });
  setText(cell, now.cell ? cellText(now, i, j) : "Point at a cell to read its weight and its score.");
  setAttributes(root, { "aria-label": `Weights of layer ${layer}, head ${head}, ${n} by ${n} tokens` });
}

function cellText(now, i, j) {
  const at = i * now.n + j;
  const score = formatNumber(scoresOf(now, now.layer, now.head)[at], 3);
  const weight = now.allowed[at] ? `weight ${weightText(now.matrix[at])}` : "not allowed";
  return `“${now.tokens[i]}” looks at “${now.tokens[j]}”: ${weight}, score ${score}`;
}

// --- controls and numbers --------------------------------------------------------------------------------------------

function controls(view) {
  const rate = logSlider("Temperature T =", 200, (temperature) => change(view, { temperature }));
  const [layer, head] = ["layer", "head"].map((name) => selector(name, (value) => change(view, { [name]: value })));
  const masks = Object.fromEntries(
    Object.entries(MASKS).map(([name, text]) => [name, checkbox(text, "lw-no-sample", (on) => change(view, { [name]: on }))]),
  );
  const reset = button("Reset", () => {
    change(view, { temperature: 1, causal: false, hide_special: false, hide_padding: view.model.get("editable"), direction: "from" });
  });
  const choose = html("div", { class: "lw-keys" }, layer.label, head.label);
  const boxes = html("div", { class: "lw-boxes", role: "group", "aria-label": "Masks" }, ...Object.values(masks));
  const hint = html("p", { class: "lw-hint" }, "softmax(score / T) over what the masks allow, in this one head; the layers below stay as they were computed.");
  const element = html("div", { class: "lw-panel" }, choose, rate.element, boxes, html("div", { class: "lw-buttons" }, reset), hint);
  const numbers = readouts(READOUTS);
  return { element, rate, layer, head, masks, numbers, message: html("p", { class: "lw-message" }) };
}

function selector(name, choose) {
  const select = html("select", { "aria-label": name });
  select.addEventListener("change", () => choose(Number(select.value)));
  const draw = (count, value) => {
    children(select, count, (index) => html("option", { value: index }, String(index)));
    select.value = value;
  };
  return { label: html("label", { class: "lw-key" }, name, select), draw };
}

function drawControls(view, now) {
  const { rate, layer, head, masks, numbers, message } = view.controls;
  layer.draw(now.layers, now.layer);
  layer.label.hidden = now.layers === 1;
  head.draw(now.heads, now.head);
  head.label.hidden = now.heads === 1;
  for (const name of Object.keys(MASKS)) masks[name].input.checked = view.model.get(name);
  const padded = now.tokens.includes(PADDING);
  masks.hide_padding.hidden = !padded;
  masks.hide_special.hidden = !now.tokens.some((token) => SPECIAL.includes(token));
  const { temperature, token, tokens, n, matrix } = now;
  const effect = Math.abs(temperature - 1) < 1e-9 ? "unchanged" : temperature < 1 ? "sharper" : "flatter";
  rate.draw({ low: 0.1, high: 10, value: temperature, text: `${formatNumber(temperature)}: ${effect}`, markAt: 1, markText: "T = 1" });
  const row = matrix.subarray(token * n, (token + 1) * n);
  const empty = row.every((weight) => weight === 0);
  const bits = entropyBits(row);
  const received = tokens.reduce((sum, _, other) => sum + matrix[other * n + token], 0);
  numbers.set(READOUTS[0], shorten(tokens[token], 20));
  numbers.set(READOUTS[1], empty ? "none: all zeros" : `${bits.toFixed(3)} bits`);
  numbers.set(READOUTS[2], empty ? "0 tokens" : `${(2 ** bits).toFixed(2)} tokens`);
  numbers.set(READOUTS[3], received.toFixed(3));
  const words = explanation(now, empty);
  setText(message, words);
  view.announce(words);
}

function explanation(now, empty) {
  const { tokens, token, from, n, matrix } = now;
  const most = strongest(now, seen(now, token).values, 3);
  const name = `“${tokens[token]}”`;
  const list = most.length > 1 ? `${most.slice(0, -1).join(", ")} and ${most[most.length - 1]}` : most[0];
  const looks = list ? `${name} looks most at ${list}.` : "";
  const looked = list ? `${name} is looked at most by ${list}.` : `Nobody looks at ${name}.`;
  const nothing = `${name} may look at nothing: the softmax of nothing would be 0/0, so its weights are defined as 0.`;
  const zero = tokens.filter((_, i) => matrix.subarray(i * n, i * n + n).every((weight) => weight === 0));
  const others = zero.length && !(empty && from) ? ` All zeros, because nothing is allowed: the row of ${zero.slice(0, 3).map((other) => `“${other}”`).join(", ")}${zero.length > 3 ? " …" : ""}.` : "";
  return (from ? (empty ? nothing : looks) : looked) + others;
}

// --- all -------------------------------------------------------------------------------------------------------------

// The colour of the weights follows the theme; canvases have to be told.
function followTheme(view) {
  const read = () => {
    view.colour = getComputedStyle(view.root).getPropertyValue("--line").trim() || COLOURS.blue;
    view.rgb = [1, 3, 5].map((start) => parseInt(view.colour.slice(start, start + 2), 16));
  };
  const follow = () => {
    read();
    view.redraw.later();
  };
  read();
  requestAnimationFrame(follow); // now it is in the page
  const observer = new MutationObserver(follow);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", follow);
  return () => {
    observer.disconnect();
    dark.removeEventListener("change", follow);
  };
}

function draw(view) {
  const now = state(view);
  drawColumns(view, now);
  drawMap(view, now);
  drawHeads(view, now);
  drawControls(view, now);
}
