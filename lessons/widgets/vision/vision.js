// Drag a filter: the picture, the frame on it, nine numbers to edit, and what comes out. Everything is computed here.

const UNIT = 6; // units of the drawing for one pixel
const MOST = 9;
const WATCHED = ["photograph", "weights", "stride", "padding", "row", "column", "pictures"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Drag a filter");
  const view = { model, root, announce };
  view.redraw = coalesced(() => draw(view));
  view.controls = controlsOf(view);
  view.before = pictureOf(view, "the picture with the filter's frame", true);
  view.after = pictureOf(view, "what comes out", false);
  view.filter = filterOf(view);
  view.sum = html("p", { class: "lw-message lw-filter-sum" });
  const panels = html("div", { class: "lw-panels lw-filter-panels" }, view.before.element, view.filter.element, view.after.element);
  root.append(view.controls.element, panels, view.sum);
  for (const name of WATCHED) model.on(`change:${name}`, view.redraw.later);
  draw(view);
}

export { outputSize, filtered, under, scaleOf, colourOf };
export default { render };

// --- state -----------------------------------------------------------------------------------------------------------

function state({ model }) {
  const [stride, padding, weights] = ["stride", "padding", "weights"].map((name) => model.get(name));
  const picture = model.get("pictures")[model.get("photograph")];
  const output = filtered(picture, weights, stride, padding);
  const row = clamp(model.get("row"), 0, output.rows - 1);
  const column = clamp(model.get("column"), 0, output.columns - 1);
  return { picture, stride, padding, weights, output, row, column };
}

function moveTo(view, row, column) {
  const { output } = state(view);
  update(view.model, view.root, { row: clamp(row, 0, output.rows - 1), column: clamp(column, 0, output.columns - 1) });
  view.redraw.now();
}

// --- elements --------------------------------------------------------------------------------------------------------

function chooser(view, label, names, chosen, choose) {
  const id = uniqueId("choice");
  const select = html("select", { id }, ...names.map((name) => html("option", { value: name }, String(name))));
  select.addEventListener("change", () => choose(select.value));
  const show = () => {
    select.value = chosen();
  };
  return { element: html("label", { for: id }, `${label} `, select), show };
}

function controlsOf(view) {
  const { model, root } = view;
  const set = (values) => {
    update(model, root, values);
    view.redraw.now();
  };
  const presets = model.get("presets");
  const named = () => Object.keys(presets).find((name) => presets[name].every((value, at) => value === model.get("weights")[at])) ?? "your own";
  const every = [
    chooser(view, "Picture", Object.keys(model.get("pictures")), () => model.get("photograph"), (name) => set({ photograph: name })),
    chooser(view, "Filter", [...Object.keys(presets), "your own"], named, (name) => name in presets && set({ weights: [...presets[name]] })),
    chooser(view, "Stride", [1, 2, 3], () => model.get("stride"), (value) => set({ stride: Number(value) })),
    chooser(view, "Margin of zeros", [0, 1, 2], () => model.get("padding"), (value) => set({ padding: Number(value) })),
  ];
  return { element: html("div", { class: "lw-controls" }, ...every.map(({ element }) => element)), show: () => every.forEach(({ show }) => show()) };
}

function pictureOf(view, title, movable) {
  const image = svg("image", { preserveAspectRatio: "none", class: "lw-pixels" });
  const outline = svg("rect", { class: "lw-filter-outline" });
  const mark = svg("rect", { class: movable ? "lw-filter-frame" : "lw-filter-mark" });
  const group = movable ? svg("g", { class: "lw-handle", tabindex: 0, role: "button", "aria-roledescription": "filter" }, mark) : mark;
  const drawing = svg("svg", { class: "lw-filter-picture", role: movable ? "group" : "img", "aria-label": title }, image, outline, group);
  const caption = html("figcaption", {});
  const element = html("figure", { class: "lw-panel" }, caption, drawing);
  const self = { element, drawing, image, outline, mark, group, caption };
  if (movable) {
    listenTo(view, self);
  }
  return self;
}

function listenTo(view, self) {
  const go = (event) => {
    const { stride, padding } = state(view);
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(self.drawing.getScreenCTM().inverse());
    const place = (units) => Math.round((units / UNIT + padding - KERNEL / 2) / stride);
    moveTo(view, place(at.y), place(at.x));
  };
  self.drawing.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    self.drawing.setPointerCapture(event.pointerId);
    self.group.focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    go(event);
  });
  self.drawing.addEventListener("pointermove", (event) => {
    if (self.drawing.hasPointerCapture(event.pointerId)) go(event);
  });
  self.group.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { row, column, output } = state(view);
    const far = event.shiftKey ? 5 : 1;
    const steps = { ArrowLeft: [0, -far], ArrowRight: [0, far], ArrowUp: [-far, 0], ArrowDown: [far, 0], Home: [0, -column], End: [0, output.columns] };
    if (!steps[event.key]) return;
    moveTo(view, row + steps[event.key][0], column + steps[event.key][1]);
    event.preventDefault();
  });
}

function filterOf(view) {
  const inputs = Array.from({ length: KERNEL * KERNEL }, (_, at) => {
    const label = `row ${Math.floor(at / KERNEL) + 1}, column ${(at % KERNEL) + 1} of the filter`;
    const input = html("input", { type: "number", step: 0.5, min: -MOST, max: MOST, "aria-label": label });
    input.addEventListener("input", () => {
      if (input.value === "" || !Number.isFinite(Number(input.value))) return;
      const weights = [...view.model.get("weights")];
      weights[at] = clamp(Number(input.value), -MOST, MOST);
      update(view.model, view.root, { weights });
      view.redraw.now();
    });
    return input;
  });
  const products = inputs.map(() => html("span", { class: "lw-product" }));
  const cells = inputs.map((input, at) => html("div", { class: "lw-filter-cell" }, input, products[at]));
  const caption = html("figcaption", {}, "The filter, and below each number its product");
  const element = html("figure", { class: "lw-filter" }, caption, html("div", { class: "lw-filter-grid" }, ...cells));
  return { element, inputs, products };
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function draw(view) {
  const now = state(view);
  const { picture, output, weights, row, column, stride, padding } = now;
  view.controls.show();
  drawPixels(view.before, picture.width, picture.height, padding, (at) => {
    const grey = picture.values[at];
    return [grey, grey, grey];
  });
  const scale = scaleOf(output.values, weights);
  const [blue, orange] = [COLOURS.blue, COLOURS.orange].map(channels);
  drawPixels(view.after, output.columns, output.rows, 0, (at) => colourOf(output.values[at], scale, blue, orange));
  const [top, left] = [row * stride - padding, column * stride - padding];
  setAttributes(view.before.mark, { x: left * UNIT, y: top * UNIT, width: KERNEL * UNIT, height: KERNEL * UNIT });
  setAttributes(view.after.mark, { x: column * UNIT, y: row * UNIT, width: UNIT, height: UNIT });
  setText(view.before.caption, `Picture: ${picture.height} × ${picture.width} pixels`);
  setText(view.after.caption, `What comes out: ${output.rows} × ${output.columns}${scale.aroundZero ? ", blue below 0, orange above" : ""}`);
  drawNumbers(view, now);
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function drawPixels({ drawing, image, outline }, width, height, padding, colour) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let at = 0; at < width * height; at += 1) pixels.data.set([...colour(at), 255], 4 * at);
  context.putImageData(pixels, 0, 0);
  setAttributes(image, { href: canvas.toDataURL(), width: width * UNIT, height: height * UNIT });
  const margin = padding * UNIT;
  const box = { x: -margin, y: -margin, width: width * UNIT + 2 * margin, height: height * UNIT + 2 * margin };
  setAttributes(outline, box);
  setAttributes(drawing, { viewBox: `${box.x - 3} ${box.y - 3} ${box.width + 6} ${box.height + 6}` });
}

function drawNumbers(view, { picture, weights, output, row, column, stride, padding }) {
  const pixels = under(picture, row, column, stride, padding);
  view.filter.inputs.forEach((input, at) => {
    const written = Number(weights[at].toFixed(3));
    if (document.activeElement !== input && Number(input.value || NaN) !== written) input.value = written;
    setText(view.filter.products[at], `×\u00a0${pixels[at].toFixed(2)} =\u00a0${signed(weights[at] * pixels[at])}`);
  });
  const sum = output.values[row * output.columns + column];
  setText(view.sum, `Row ${row + 1}, column ${column + 1}: the nine products add up to ${signed(sum)}. The nine numbers of the filter add up to ${signed(weights.reduce((a, b) => a + b, 0))}.`);
  setAttributes(view.before.group, { "aria-label": `filter at row ${row + 1}, column ${column + 1}: ${signed(sum)}` });
  view.announce(`row ${row + 1}, column ${column + 1}: ${signed(sum)}`);
}

function signed(value) {
  const rounded = Math.abs(value) < 0.005 ? 0 : value;
  return rounded.toFixed(2).replace("-", "−");
}
