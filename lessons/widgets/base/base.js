// What all widgets share. Python puts COLOURS above this file and the widget's own file below it: one module, no imports.
// A widget asks its model for get, set, save_changes and on, nothing else, so that it also lives in a page without Python.

// --- elements --------------------------------------------------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg";

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

function svg(name, attributes = {}, ...children) {
  const element = setAttributes(document.createElementNS(SVG, name), attributes);
  element.append(...children);
  return element;
}

function html(name, attributes = {}, ...children) {
  const element = setAttributes(document.createElement(name), attributes);
  element.append(...children);
  return element;
}

// Exactly `count` children of `parent`. Old ones are kept, so that what has the focus or is being dragged stays itself.
function children(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
  return [...parent.children];
}

let lastId = 0;

function uniqueId(stem) {
  lastId += 1;
  return `lw-${stem}-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
}

// --- numbers ---------------------------------------------------------------------------------------------------------

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// A number as a reader wants it: "0.453", "−12.0", "3.2 × 10⁷"; never NaN or Infinity.
function formatNumber(value, digits = 3) {
  if (!Number.isFinite(value)) return "too large";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4) return scientific(value, digits);
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(decimals).replace("-", "−");
}

function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power = [...exponent.replace("+", "")].map((character) => SUPERSCRIPTS[character]).join("");
  return `${mantissa.replace("-", "−")} × 10${power}`;
}

function linearScale([low, high], [start, end]) {
  const factor = (end - start) / (high - low);
  const scale = (value) => start + (value - low) * factor;
  scale.invert = (position) => low + (position - start) / factor;
  scale.domain = [low, high];
  scale.range = [start, end];
  return scale;
}

// Round values (1, 2 or 5 times a power of ten apart) inside [low, high], about `count` of them.
function ticks(low, high, count = 5) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((multiple) => multiple * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function tickText(value) {
  const plain = value === 0 || (Math.abs(value) < 1e5 && Math.abs(value) >= 1e-3);
  if (plain) return String(value).replace("-", "−");
  return scientific(value, 3).replace(/\.?0* × /, "×").replace(/^1×/, "");
}

// --- plots -----------------------------------------------------------------------------------------------------------

// An SVG with axes. `layer(name)` makes a group that is clipped to the plotting area, drawn above the earlier ones.
function plot({ title, xLabel, yLabel, width = 392, height = 320 }) {
  const margin = { left: 66, right: 12, top: 12, bottom: 44 };
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "lw-plot", role: "group", "aria-label": title });
  const clip = uniqueId("clip");
  const box = { x: margin.left, y: margin.top };
  box.width = width - margin.left - margin.right;
  box.height = height - margin.top - margin.bottom;
  root.append(svg("defs", {}, svg("clipPath", { id: clip }, svg("rect", box))));
  const ground = svg("rect", { ...box, class: "lw-ground" });
  const grid = svg("g", { class: "lw-grid", "aria-hidden": "true" });
  root.append(ground, grid);
  const xMiddle = box.x + box.width / 2;
  const yMiddle = box.y + box.height / 2;
  root.append(svg("text", { x: xMiddle, y: height - 6, class: "lw-label" }, xLabel));
  root.append(svg("text", { x: 12, y: yMiddle, class: "lw-label", transform: `rotate(-90 12 ${yMiddle})` }, yLabel));
  const self = { root, box, ground };
  self.layer = (name, clipped = true) => {
    const group = svg("g", { class: `lw-${name}`, "clip-path": clipped && `url(#${clip})` });
    root.append(group);
    return group;
  };
  self.setDomain = (xDomain, yDomain, yMarks = null) => {
    self.x = linearScale(xDomain, [box.x, box.x + box.width]);
    self.y = linearScale(yDomain, [box.y + box.height, box.y]);
    drawGrid(grid, self, yMarks ?? ticks(...yDomain).map((value) => [value, tickText(value)]));
  };
  return self;
}

function drawGrid(grid, { x, y, box }, yMarks) {
  const bottom = box.y + box.height;
  const right = box.x + box.width;
  const marks = ticks(...x.domain).map((value) => [
    svg("line", { x1: x(value), x2: x(value), y1: box.y, y2: bottom }),
    svg("text", { x: x(value), y: bottom + 17, class: "lw-x-tick" }, tickText(value)),
  ]);
  for (const [value, text] of yMarks) {
    marks.push([
      svg("line", { x1: box.x, x2: right, y1: y(value), y2: y(value) }),
      svg("text", { x: box.x - 6, y: y(value) + 4, class: "lw-y-tick" }, text),
    ]);
  }
  grid.replaceChildren(...marks.flat());
}

// The value under a pointer, in the plot's own units and inside its axes.
function valueAt({ root, x, y }, event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(root.getScreenCTM().inverse());
  return [clamp(x.invert(at.x), ...x.domain), clamp(y.invert(at.y), ...y.domain)];
}

// SVG path data through screen positions; far-off ones are pulled in, since renderers choke on huge coordinates.
function pathData(positions, closed = false) {
  const near = (value) => clamp(Number.isFinite(value) ? value : 1e5, -1e5, 1e5).toFixed(2);
  return positions.map(([x, y], index) => `${index ? "L" : "M"}${near(x)} ${near(y)}`).join("") + (closed ? "Z" : "");
}

// --- pointer and keyboard --------------------------------------------------------------------------------------------

// A handle that follows the pointer: a visible mark, a larger area to grab, a ring while it has the focus.
function handle(mark, radius = 15) {
  const attributes = { class: "lw-handle", tabindex: 0, role: "button", "aria-roledescription": "movable point" };
  const area = svg("circle", { r: radius, class: "lw-grab" });
  return svg("g", attributes, area, svg("circle", { r: radius - 3, class: "lw-ring" }), mark);
}

function placeHandle(element, x, y, label) {
  setAttributes(element, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`, "aria-label": label });
}

// Calls move([x, y]) with values of the plot while the pointer is held down on the element.
function draggable(element, within, move) {
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) move(valueAt(within, event));
  });
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

// Arrow keys call move([x, y]) with steps of a hundredth of the axes, with Shift of a tenth; `others` maps more keys.
function keyboardMoves(element, within, position, move, others = {}) {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS[event.key]) {
      const [x, y] = position();
      const size = event.shiftKey ? 0.1 : 0.01;
      const [dx, dy] = ARROWS[event.key];
      const along = ({ domain: [low, high] }, value, step) => clamp(value + step * size * (high - low), low, high);
      move([dx ? along(within.x, x, dx) : x, dy ? along(within.y, y, dy) : y]);
    } else if (others[event.key]) others[event.key]();
    else return;
    event.preventDefault();
  });
}

// --- controls --------------------------------------------------------------------------------------------------------

function button(text, press, attributes = {}) {
  const element = html("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", press);
  return element;
}

// A checkbox that is also the legend of what it shows: `mark` is the class of its sample.
function checkbox(text, mark, toggle) {
  const input = html("input", { type: "checkbox" });
  input.addEventListener("change", () => toggle(input.checked));
  const element = html("label", { class: "lw-key" }, input, html("span", { class: `lw-sample ${mark}` }), text);
  element.input = input;
  return element;
}

function legendKey(text, mark) {
  return html("span", { class: "lw-key" }, html("span", { class: `lw-sample ${mark}` }), text);
}

// A slider over powers of ten. `draw({low, high, value, text, mark, markText})` shows a value and one marked place.
function logSlider(label, steps, change) {
  const id = uniqueId("slider");
  const input = html("input", { type: "range", id, min: 0, max: steps, step: 1 });
  const mark = html("span", { class: "lw-slider-mark", "aria-hidden": "true" });
  const scale = html("span", { class: "lw-slider-scale", "aria-hidden": "true" });
  const output = html("output", { for: id });
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, label), " ", output);
  const track = html("span", { class: "lw-slider-track" }, mark, input, scale);
  const element = html("div", { class: "lw-slider" }, caption, track);
  let range = [0, 1];
  input.addEventListener("input", () => change(10 ** linearScale([0, steps], range)(Number(input.value))));
  const draw = ({ low, high, value, text, markAt, markText }) => {
    const decades = [Math.log10(low), Math.log10(high)];
    const share = (number) => clamp(linearScale(decades, [0, 1])(Math.log10(number)), 0, 1);
    if (range.join() !== decades.join()) drawDecades(scale, decades);
    range = decades;
    input.value = Math.round(share(value) * steps);
    setAttributes(input, { "aria-valuetext": text });
    output.textContent = text;
    mark.hidden = markAt === null;
    mark.textContent = markText;
    if (markAt !== null) mark.style.setProperty("--at", share(markAt));
  };
  return { element, input, draw };
}

function drawDecades(scale, [low, high]) {
  const powers = ticks(low, high, 4).filter(Number.isInteger);
  const marks = powers.map((power) => {
    const text = html("span", {}, tickText(Number((10 ** power).toPrecision(12))));
    text.style.setProperty("--at", linearScale([low, high], [0, 1])(power));
    return text;
  });
  scale.replaceChildren(...marks);
}

// Named numbers in a fixed grid. `set(name, text)` changes one.
function readouts(names) {
  const cells = new Map(names.map((name) => [name, html("dd", { "data-name": name })]));
  const rows = names.map((name) => html("div", {}, html("dt", {}, name), cells.get(name)));
  const element = html("dl", { class: "lw-readouts" }, ...rows);
  return { element, set: (name, text) => setText(cells.get(name), text) };
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// --- the frame of a widget -------------------------------------------------------------------------------------------

// Draws at once, but at most twice a frame however many events arrive: the last state is always the one that is seen.
function coalesced(draw) {
  let waiting = false;
  let drawn = false;
  const frame = () => {
    const again = waiting;
    waiting = drawn = false;
    if (again) draw();
  };
  const later = () => {
    if (!waiting && !drawn) requestAnimationFrame(frame);
    waiting = true;
  };
  const now = () => {
    if (drawn) return later();
    if (!waiting) requestAnimationFrame(frame);
    waiting = false;
    drawn = true;
    draw();
  };
  const atOnce = () => {
    if (!waiting && !drawn) requestAnimationFrame(frame);
    waiting = false;
    drawn = true;
    draw();
  };
  return { now, later, atOnce };
}

const LOST = "The kernel was restarted. What you see still works here, but Python no longer hears of it: run this cell again.";

// Prepares `el`: keys stay inside, screen readers hear `announce`, a note appears when the kernel is gone.
function frame({ model, el }, name, lostNote = LOST) {
  const live = html("p", { class: "lw-live", "aria-live": "polite" });
  const root = html("div", { class: "lessons-widget", role: "group", "aria-label": name });
  root.append(html("p", { class: "lw-lost", role: "note" }, lostNote), live);
  root.dataset.lmSuppressShortcuts = "true"; // JupyterLab would take A, X or the arrows for commands on cells
  for (const type of ["keydown", "keyup", "keypress"]) root.addEventListener(type, (event) => event.stopPropagation());
  el.append(root);
  // ipywidgets' own mark of a lost kernel does not reach views of anywidget, but its event does.
  model.on("comm_live_update", () => root.classList.add("lw-disconnected"));
  let timer = 0;
  const announce = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => setText(live, text), 500);
  };
  return { root, announce };
}

// Sets several values and tells Python, unless its kernel is gone.
function update(model, root, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  if (!root.classList.contains("lw-disconnected")) model.save_changes();
}

function prefersStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
