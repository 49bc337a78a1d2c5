// Draw a digit: ink (or an untouched example) is the only state; all else that is seen is computed from it, each time.

const UNITS = 6; // whose input weights are shown
const STEP = PAPER / SIDE; // of an arrow key
const MOST_MAPS = 4;

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Draw a digit");
  const view = { model, root, announce, erasing: false, pen: { x: PAPER / 2, y: PAPER / 2, down: false } };
  readModel(view);
  view.redraw = coalesced(() => draw(view));
  view.paper = paper(view);
  view.seen = square("the 28 × 28 picture that the model sees", SIDE, "lw-seen");
  view.bars = bars();
  view.maps = view.hidden.slice(0, MOST_MAPS).map((layer, index) => heatMap(view, layer, index));
  view.units = strongUnits(view);
  view.message = html("p", { class: "lw-message" });
  root.append(top(view), view.message, below(view));
  model.on("change:ink", () => readInk(view));
  model.on("change:example", () => readInk(view));
  readInk(view);
  draw(view);
}

export { asSeen, erf, formatNumber, onPaper, penStroke, run, softmax };
export default { render };

// --- state -----------------------------------------------------------------------------------------------------------

// Bytes from Python, in memory of their own: floats need an aligned start.
function bytesOf(model, name) {
  const { buffer, byteOffset, byteLength } = model.get(name);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

function readModel(view) {
  view.layers = view.model.get("layers");
  view.numbers = new Float32Array(bytesOf(view.model, "weights"));
  view.hidden = hiddenLayers(view.layers);
  const pixels = new Uint8Array(bytesOf(view.model, "examples"));
  const count = pixels.length / (SIDE * SIDE);
  view.examples = Array.from({ length: count }, (_, index) => pixels.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE));
}

function readInk(view) {
  view.example = view.model.get("example");
  const { example } = view;
  view.ink = view.examples[example] ? onPaper(view.examples[example]) : new Uint8Array(bytesOf(view.model, "ink"));
  view.redraw?.later();
}

// Tells Python, at the end of a stroke.
function save(view) {
  const ink = new DataView(view.ink.slice().buffer);
  update(view.model, view.root, { ink, example: view.example });
}

function stroke(view, [x1, y1], [x2, y2], erase) {
  penStroke(view.ink, x1, y1, x2, y2, erase ? 1.5 * PEN : PEN, erase);
  view.example = -1; // no longer untouched
  view.redraw.now();
}

function clear(view) {
  view.ink = new Uint8Array(PAPER * PAPER);
  view.example = -1;
  view.pen.down = false;
  save(view);
  view.redraw.now();
}

function loadExample(view, index) {
  view.ink = onPaper(view.examples[index]);
  view.example = index;
  view.pen.down = false;
  save(view);
  view.redraw.now();
}

function pictureOf(view) {
  const example = view.examples[view.example];
  return example ? Float64Array.from(example, (byte) => byte / 255) : asSeen(view.ink);
}

// --- the paper -------------------------------------------------------------------------------------------------------

// A canvas of its own pixels, drawn through an image of the same size.
function square(label, side, name) {
  const canvas = html("canvas", { width: side, height: side, class: name, role: "img", "aria-label": label });
  const context = canvas.getContext("2d");
  return { canvas, context, image: context.createImageData(side, side) };
}

function paint({ context, image }, count, colour) {
  const words = new Uint32Array(image.data.buffer);
  for (let at = 0; at < count; at += 1) words[at] = colour(at);
  context.putImageData(image, 0, 0);
}

// Opaque colours as the canvas keeps them in memory.
function rgb(red, green, blue) {
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}

const GREYS = Array.from({ length: 256 }, (_, ink) => rgb(255 - ink, 255 - ink, 255 - ink));

function paper(view) {
  const made = square("", PAPER, "lw-paper");
  const label = "Paper. Arrow keys move the pen, Space puts it down and lifts it, Enter makes a dot, Shift and arrows erase, Delete clears.";
  setAttributes(made.canvas, { tabindex: 0, role: "application", "aria-label": label });
  const cursor = html("span", { class: "lw-cursor", "aria-hidden": "true" });
  const element = html("div", { class: "lw-paper-frame" }, made.canvas, cursor);
  byPointer(view, made.canvas);
  byKeyboard(view, made.canvas);
  return { ...made, element, cursor };
}

function byPointer(view, canvas) {
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * PAPER, ((event.clientY - box.top) / box.height) * PAPER];
  };
  let last = null;
  const to = (event) => {
    const erase = view.erasing || event.shiftKey || (event.buttons & 32) > 0; // the other end of a stylus
    const next = place(event);
    stroke(view, last ?? next, next, erase);
    last = next;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 && event.button !== 5) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    [view.pen.down, last] = [false, null];
    to(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) to(one);
  });
  const end = () => {
    if (!last) return;
    [view.pen.x, view.pen.y] = last.map((value) => clamp(value, 0, PAPER));
    last = null;
    save(view);
  };
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(type, end);
}

function byKeyboard(view, canvas) {
  const { pen } = view;
  const move = ([dx, dy], event) => {
    const from = [pen.x, pen.y];
    pen.x = clamp(pen.x + dx * STEP, 0, PAPER);
    pen.y = clamp(pen.y - dy * STEP, 0, PAPER);
    if (event.shiftKey) stroke(view, from, [pen.x, pen.y], true);
    else if (pen.down) stroke(view, from, [pen.x, pen.y], view.erasing);
  };
  const dot = (erase) => stroke(view, [pen.x, pen.y], [pen.x, pen.y], erase);
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS[event.key]) move(ARROWS[event.key], event);
    else if (event.key === " " && !event.repeat) {
      pen.down = !pen.down;
      if (pen.down) dot(view.erasing);
    } else if (event.key === "Enter") dot(view.erasing || event.shiftKey);
    else if (event.key === "Delete" || event.key === "Backspace") clear(view);
    else if (event.key !== " ") return;
    event.preventDefault();
    view.redraw.now();
  });
  canvas.addEventListener("keyup", (event) => {
    if (ARROWS[event.key] || event.key === "Enter" || event.key === " ") save(view);
  });
  canvas.addEventListener("blur", () => {
    pen.down = false;
    view.redraw.later();
  });
}

function drawPaper(view) {
  const { canvas, cursor } = view.paper;
  paint(view.paper, PAPER * PAPER, (at) => GREYS[view.ink[at]]);
  cursor.style.cssText = `left: ${(100 * view.pen.x) / PAPER}%; top: ${(100 * view.pen.y) / PAPER}%;`;
  cursor.classList.toggle("lw-down", view.pen.down);
  canvas.classList.toggle("lw-erasing", view.erasing);
}

function top(view) {
  const erase = html("input", { type: "checkbox" });
  erase.addEventListener("change", () => {
    view.erasing = erase.checked;
    view.redraw.now();
  });
  const buttons = html("div", { class: "lw-buttons lw-paper-buttons" }, button("Clear", () => clear(view)));
  buttons.append(html("label", { class: "lw-key" }, erase, "erase"));
  const left = html("figure", { class: "lw-digit-panel lw-draw" }, html("figcaption", {}, "Draw here, large"), view.paper.element, buttons);
  const caption = "The model sees 28 × 28";
  const note = "As in MNIST: scaled until the longer side has 20 pixels, then moved until the centre of mass is in the middle.";
  const middle = html("figure", { class: "lw-digit-panel lw-see" }, html("figcaption", {}, caption), view.seen.canvas, html("p", { class: "lw-hint" }, note));
  const right = html("figure", { class: "lw-digit-panel lw-answer" }, html("figcaption", {}, "Probability of each digit"), view.bars.element);
  const hint = "Mouse, finger or keys: arrows move the pen, Space lowers or lifts it, Enter makes a dot, Shift erases, Delete clears.";
  return html("div", {}, html("div", { class: "lw-digit-panels" }, left, middle, right), exampleButtons(view), html("p", { class: "lw-hint" }, hint));
}

function exampleButtons(view) {
  const labels = view.model.get("labels");
  const row = html("div", { class: "lw-buttons lw-examples", role: "group", "aria-label": "Examples" });
  if (view.examples.length) row.append(html("span", {}, "Examples:"));
  view.examples.forEach((example, index) => {
    const name = labels.length ? `Example ${index + 1}, labelled ${labels[index]}` : `Example ${index + 1}`;
    const picture = square("", SIDE, "lw-thumbnail");
    setAttributes(picture.canvas, { "aria-hidden": "true" });
    paint(picture, SIDE * SIDE, (at) => GREYS[example[at]]);
    const pressed = button("", () => loadExample(view, index), { "aria-label": name, title: name });
    pressed.append(picture.canvas);
    row.append(pressed);
  });
  return row;
}

// --- the answer ------------------------------------------------------------------------------------------------------

function bars() {
  const element = html("div", { class: "lw-bars", role: "img" });
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const fill = html("span", { class: "lw-fill" });
    const text = html("span", { class: "lw-percent", "data-digit": digit });
    const row = html("div", { class: "lw-bar" }, html("span", {}, String(digit)), html("span", { class: "lw-track" }, fill), text);
    element.append(row);
    return { row, fill, text };
  });
  return { element, rows };
}

function percent(share) {
  const value = 100 * share;
  if (value > 99.95 && value < 100) return "> 99.9 %";
  if (value > 0 && value < 0.05) return "< 0.1 %";
  return `${value.toFixed(1)} %`;
}

function drawBars(view, probabilities) {
  const best = probabilities ? strongest(probabilities, 1)[0] : -1;
  view.bars.rows.forEach(({ row, fill, text }, digit) => {
    fill.style.transform = `scaleX(${probabilities ? probabilities[digit].toFixed(4) : 0})`;
    setText(text, probabilities ? percent(probabilities[digit]) : "");
    row.classList.toggle("lw-best", digit === best);
  });
  const all = probabilities?.map((share, digit) => `${digit}: ${percent(share)}`).join(", ");
  setAttributes(view.bars.element, { "aria-label": all ? `Probabilities: ${all}` : "No probabilities: the paper is empty" });
}

function sentence(view, probabilities, empty) {
  const [first, second] = strongest(probabilities, 2);
  const labels = view.model.get("labels");
  if (empty) {
    return `The paper is empty: draw a digit. (Asked all the same, the model answers ${first}, with ${percent(probabilities[first])}: its ten probabilities always add up to 1.)`;
  }
  const said = `The model says ${first} (${percent(probabilities[first])}), then ${second} (${percent(probabilities[second])}).`;
  if (!view.examples[view.example] || !labels.length) return said;
  return `${said} This example is labelled ${labels[view.example]}${labels[view.example] === first ? "." : ": the model is wrong."}`;
}

// --- inside ----------------------------------------------------------------------------------------------------------

// Orange above 0, blue below, paper at 0; `strength` in −1..1.
const WARM = [213, 94, 0];
const COLD = [0, 114, 178];

function signed(strength) {
  const end = strength >= 0 ? WARM : COLD;
  const share = Math.min(Math.abs(strength), 1);
  return rgb(...end.map((part) => Math.round(255 + share * (part - 255))));
}

const SIGNED = Array.from({ length: 511 }, (_, index) => signed((index - 255) / 255));

function signedColour(value, largest) {
  return SIGNED[Math.round(255 + 255 * clamp(value / largest, -1, 1))];
}

function largestSize(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest || 1;
}

function heatMap(view, layer, index) {
  const { outputs } = view.layers[layer.start];
  const columns = Math.ceil(Math.sqrt(outputs));
  const rows = Math.ceil(outputs / columns);
  const canvas = html("canvas", { width: columns, height: rows, class: "lw-map", role: "img" });
  canvas.style.aspectRatio = `${columns} / ${rows}`;
  const context = canvas.getContext("2d");
  const caption = html("figcaption", {});
  const element = html("figure", { class: "lw-map-panel" }, canvas, caption);
  const kind = layer.end > layer.start ? ` after ${view.layers[layer.end].kind.replace("relu", "ReLU").replace(/gelu.*/, "GELU")}` : "";
  const title = `Hidden layer ${index + 1}: ${outputs} units${kind}`;
  return { element, caption, canvas, context, image: context.createImageData(columns, rows), title, layer, count: outputs };
}

function drawMap(map, values) {
  const largest = largestSize(values ?? [0]);
  const blank = rgb(255, 255, 255);
  paint(map, map.count, values ? (at) => signedColour(values[at], largest) : () => blank);
  const silent = values ? values.reduce((count, value) => count + (value === 0), 0) : 0;
  const text = values ? `${map.title}. Largest ${formatNumber(largest, 2)}, ${Math.round((100 * silent) / map.count)}\u00a0% exactly\u00a00.` : `${map.title}.`;
  setText(map.caption, text);
  setAttributes(map.canvas, { "aria-label": text });
}

// The input weights of the most active units of the first hidden layer.
function strongUnits(view) {
  if (!view.hidden.length) return null;
  const count = Math.min(UNITS, view.layers[view.hidden[0].start].outputs);
  const pictures = Array.from({ length: count }, () => square("", SIDE, "lw-unit"));
  const captions = pictures.map(() => html("figcaption", {}));
  const figures = pictures.map(({ canvas }, index) => html("figure", {}, canvas, captions[index]));
  const element = html("figure", { class: "lw-units" }, html("div", { class: "lw-unit-row" }, ...figures));
  element.append(html("figcaption", {}, "The most active units of hidden layer 1, each with its 784 input weights: ink on orange excites the unit, ink on blue holds it down."));
  return { element, pictures, captions };
}

function drawUnits(view, values) {
  const { weight, inputs } = view.layers[view.hidden[0].start];
  const chosen = values ? strongest(values, view.units.pictures.length) : [];
  view.units.pictures.forEach((picture, place) => {
    const unit = chosen[place];
    const known = unit !== undefined;
    const weights = known ? view.numbers.subarray(weight + unit * inputs, weight + (unit + 1) * inputs) : [];
    const largest = largestSize(weights);
    paint(picture, SIDE * SIDE, known ? (at) => signedColour(weights[at], largest) : () => GREYS[0]);
    const text = known ? `unit ${unit}: ${formatNumber(values[unit], 2)}` : "";
    setText(view.units.captions[place], text);
    setAttributes(picture.canvas, { "aria-label": known ? `Input weights of ${text}` : "No unit yet" });
  });
}

function below(view) {
  const element = html("div", { class: "lw-inside" }, ...view.maps.map((map) => map.element));
  if (view.units) element.append(view.units.element);
  return element;
}

// --- all -------------------------------------------------------------------------------------------------------------

function draw(view) {
  const picture = pictureOf(view);
  const empty = !picture.some((value) => value > 0);
  const outputs = run(view.layers, view.numbers, picture);
  const probabilities = softmax(outputs[outputs.length - 1]);
  drawPaper(view);
  paint(view.seen, SIDE * SIDE, (at) => GREYS[Math.round(255 * picture[at])]);
  drawBars(view, empty ? null : probabilities);
  for (const map of view.maps) drawMap(map, empty ? null : outputs[map.layer.end]);
  if (view.units) drawUnits(view, empty ? null : outputs[view.hidden[0].end]);
  const said = sentence(view, probabilities, empty);
  setText(view.message, said);
  view.message.dataset.state = empty ? "empty" : "answered";
  view.announce(`${said}${view.pen.down ? " The pen is down." : ""}`);
}
