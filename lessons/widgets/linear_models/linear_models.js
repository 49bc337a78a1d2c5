// Fit a line: what is seen is drawn from the model's values alone; every action changes those values and draws again.

const MOST_POINTS = 100;
const MOST_STEPS = 1000;
const READOUTS = ["w", "b", "loss L", "least loss", "|gradient|", "learning rate η", "2/λmax", "steps"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Fit a line");
  const view = { model, root, announce, selected: -1, running: 0, message: "", shows: { squares: true, best: false } };
  view.data = dataPlot(view);
  view.bowl = bowlPlot(view);
  view.controls = controls(view);
  view.redraw = coalesced(() => draw(view));
  const panels = html("div", { class: "lw-panels" });
  panels.append(html("figure", { class: "lw-panel" }, view.data.plot.root, view.data.keys));
  panels.append(html("figure", { class: "lw-panel" }, view.bowl.plot.root, view.bowl.keys));
  root.append(panels, view.controls.element);
  model.on("change:points", () => forgetPath(view));
  for (const name of ["points", "w", "b", "learning_rate", "path", "show_threshold"]) {
    model.on(`change:${name}`, view.redraw.later);
  }
  draw(view);
  return () => clearInterval(view.running);
}

export { behaviour, bowlWindow, curvature, dataWindow, gradient, gradientStep, learningRateRange, leastSquares, loss };
export { ahead, contour, contourRadii, formatNumber, lossLimit, ticks };
export default { render };

// --- state -----------------------------------------------------------------------------------------------------------

function state({ model }) {
  const [points, w, b] = ["points", "w", "b"].map((name) => model.get(name));
  const path = model.get("path");
  const end = path[path.length - 1];
  const current = end && end[0] === w && end[1] === b;
  const { large, small, angle } = curvature(points);
  const learningRate = model.get("learning_rate");
  const factors = [1 - learningRate * large, 1 - learningRate * small];
  return { points, w, b, path: current ? path : [[w, b]], large, small, angle, learningRate, factors, threshold: 2 / large };
}

function change(view, values, said = "") {
  view.message = said;
  update(view.model, view.root, values);
  view.redraw.now();
}

// Where the next steps will lead: it follows the slider. It ends where the loss passes all bounds.
function ahead({ points, w, b, learningRate }, count = 20) {
  const path = [[w, b]];
  while (path.length <= count) {
    const place = gradientStep(points, ...path[path.length - 1], learningRate);
    if (!(loss(points, ...place) <= lossLimit(points))) break;
    path.push(place);
  }
  return path;
}

// A path belongs to the bowl on which it was walked. Python may have changed the points.
function forgetPath({ model, root }) {
  if (model.get("path").length > 1) update(model, root, { path: [[model.get("w"), model.get("b")]] });
}

function changePoints(view, points, said = "") {
  const { w, b } = state(view);
  change(view, { points, path: [[w, b]] }, said);
}

function moveTo(view, [w, b]) {
  stop(view);
  change(view, { w, b, path: [[w, b]] });
}

function movePoint(view, index, place) {
  changePoints(view, state(view).points.map((point, other) => (other === index ? place : point)));
}

function addPoint(view, place) {
  const { points } = state(view);
  if (points.length >= MOST_POINTS) return change(view, {}, `${MOST_POINTS} points are enough: remove one first.`);
  view.selected = points.length;
  changePoints(view, [...points, place], "A point was added: drag it, or move it with the arrow keys.");
  focusSelected(view);
}

// Drawn first: with several keys in one frame, `change` alone leaves the new point for the next frame.
function focusSelected(view) {
  view.redraw.atOnce();
  view.data.handles()[view.selected].focus({ preventScroll: true });
}

function addPointBeside(view) {
  const { x, y } = view.data.plot;
  const { points } = state(view);
  const near = points[view.selected] ?? [x.invert((x.range[0] + x.range[1]) / 2), y.domain[0]];
  const shifted = (scale, value, share) => clamp(value + share * (scale.domain[1] - scale.domain[0]), ...scale.domain);
  addPoint(view, [shifted(x, near[0], 0.05), shifted(y, near[1], 0.1)]);
}

function removePoint(view) {
  const { points } = state(view);
  if (points.length === 1) return change(view, {}, "One point has to stay.");
  const index = points[view.selected] ? view.selected : points.length - 1;
  view.selected = Math.min(index, points.length - 2);
  changePoints(view, points.filter((_, other) => other !== index), `Point ${index + 1} was removed.`);
}

function step(view) {
  const { points, w, b, path, learningRate } = state(view);
  const place = gradientStep(points, w, b, learningRate);
  if (path.length > MOST_STEPS) return halt(view, `${MOST_STEPS} steps taken. Press Reset to start again.`);
  if (!(loss(points, ...place) <= lossLimit(points))) return halt(view, "Diverged: the loss has passed all bounds. Press Reset.");
  change(view, { w: place[0], b: place[1], path: [...path, place] });
  return true;
}

function halt(view, said) {
  stop(view);
  change(view, {}, said);
  return false;
}

function run(view, count) {
  if (view.running) return halt(view, "");
  let left = count;
  const once = () => {
    left -= 1;
    if (step(view) && left === 0) halt(view, "");
  };
  if (prefersStillness()) while (left > 0 && step(view)) left -= 1;
  else view.running = setInterval(once, 50);
  view.redraw.later();
}

function stop(view) {
  clearInterval(view.running);
  view.running = 0;
}

function reset(view) {
  stop(view);
  const { points, w, b } = view.model.get("home");
  change(view, { points, w, b, path: [[w, b]] }, "Points and line are back at the start.");
}

// --- left: the data --------------------------------------------------------------------------------------------------

function dataPlot(view) {
  const figure = plot({ title: "Data points and lines", xLabel: "x", yLabel: "y" });
  const layers = Object.fromEntries(["squares", "lines"].map((name) => [name, figure.layer(name)]));
  const best = svg("line", { class: "lw-best-line" });
  const line = svg("line", { class: "lw-line" });
  layers.lines.append(best, line);
  const points = figure.layer("points", false);
  figure.root.addEventListener("dblclick", (event) => {
    if (!event.target.closest(".lw-handle")) addPoint(view, valueAt(figure, event));
  });
  const keys = html("div", { class: "lw-keys" }, legendKey("your line w x + b", "lw-sample-line"));
  const squares = checkbox("squared errors", "lw-sample-square", (on) => show(view, "squares", on));
  const bestKey = checkbox("least-squares line", "lw-sample-best", (on) => show(view, "best", on));
  squares.input.checked = true;
  const hint = "Drag a point, double-click to add one. Keys: Tab, arrows (with Shift farther), A adds, Delete removes.";
  keys.append(squares, bestKey, html("p", { class: "lw-hint" }, hint));
  const handles = () => [...points.children];
  return { plot: figure, layers, best, line, points, keys, handles };
}

function show(view, name, on) {
  view.shows[name] = on;
  view.redraw.now();
}

function pointHandle(view, index) {
  const element = handle(svg("circle", { r: 6, class: "lw-dot" }));
  const within = view.data.plot;
  const move = (place) => movePoint(view, index, place);
  const remove = () => {
    removePoint(view);
    focusSelected(view);
  };
  const add = () => addPointBeside(view);
  element.addEventListener("focus", () => {
    view.selected = index;
  });
  draggable(element, within, move);
  const others = { Delete: remove, Backspace: remove, a: add, "+": add, Insert: add };
  keyboardMoves(element, within, () => state(view).points[index], move, others);
  return element;
}

function drawData(view, { points, w, b }) {
  const { plot: figure, layers, best, line } = view.data;
  const { x, y } = fitWindow(figure, dataWindow, points, points);
  const handles = children(view.data.points, points.length, (index) => pointHandle(view, index));
  points.forEach(([px, py], index) => {
    const label = `Point ${index + 1} of ${points.length}: x ${formatNumber(px)}, y ${formatNumber(py)}. Arrow keys move it, A adds one, Delete removes it.`;
    placeHandle(handles[index], x(px), y(py), label);
  });
  const squares = children(layers.squares, view.shows.squares ? points.length : 0, () => svg("rect", { class: "lw-square" }));
  layers.squares.style.setProperty("--fill", Math.min(0.18, 3 / points.length)); // many squares stay see-through
  squares.forEach((element, index) => setAttributes(element, square(x, y, points[index], w, b)));
  setAttributes(line, lineEnds(x, y, w, b));
  setAttributes(best, { ...lineEnds(x, y, ...leastSquares(points)), visibility: view.shows.best ? "visible" : "hidden" });
}

// A square on the error, on the side away from the line. Its area is the squared error.
function square(x, y, [px, py], w, b) {
  const [top, bottom] = [y(py), y(w * px + b)].sort((one, other) => one - other);
  const side = Math.min(bottom - top, 1e4);
  const left = w * (py - (w * px + b)) > 0 ? x(px) - side : x(px);
  return { x: left, y: clamp(top, -1e4, 1e4), width: side, height: side };
}

function lineEnds(x, y, w, b) {
  const [x1, x2] = x.domain;
  const [low, high] = y.domain;
  const inside = (value) => clamp(value, low - 1e4 * (high - low), high + 1e4 * (high - low));
  return { x1: x(x1), x2: x(x2), y1: y(inside(w * x1 + b)), y2: y(inside(w * x2 + b)) };
}

// Keeps the axes while everything in `places` is inside them: a window that moves under the pointer is no help.
function fitWindow(figure, makeWindow, places, ...values) {
  const inside = ([x, y]) => within(figure.x, x) && within(figure.y, y);
  if (!figure.x || !places.every(inside)) figure.setDomain(...makeWindow(...values));
  return figure;
}

function within({ domain: [low, high] }, value) {
  return low <= value && value <= high;
}

// --- right: the loss bowl --------------------------------------------------------------------------------------------

function bowlPlot(view) {
  const figure = plot({ title: "Loss over weight and bias", xLabel: "w (weight)", yLabel: "b (bias)" });
  const layers = Object.fromEntries(["contours", "labels", "trace"].map((name) => [name, figure.layer(name)]));
  const next = svg("path", { class: "lw-ahead" });
  const trace = svg("path", { class: "lw-trace" });
  const steps = svg("g", {});
  const minimum = svg("path", { class: "lw-minimum", d: "M-6 0H6M0 -6V6" });
  layers.trace.append(next, trace, steps, minimum);
  const place = handle(svg("circle", { r: 7, class: "lw-place" }));
  figure.layer("current", false).append(place);
  const move = (values) => moveTo(view, values);
  draggable(place, figure, move);
  keyboardMoves(place, figure, () => [view.model.get("w"), view.model.get("b")], move);
  const keys = html("div", { class: "lw-keys" });
  keys.append(legendKey("you (drag me)", "lw-sample-place"), legendKey("path of descent", "lw-sample-trace"));
  keys.append(legendKey("the next 20 steps", "lw-sample-ahead"));
  keys.append(legendKey("least loss", "lw-sample-minimum"), legendKey("equal loss", "lw-sample-contour"));
  return { plot: figure, layers, next, trace, steps, minimum, place, keys };
}

function drawBowl(view, now) {
  const { points, w, b, path } = now;
  const { plot: figure, layers, next, trace, steps, minimum, place } = view.bowl;
  const best = leastSquares(points);
  const { x, y } = fitWindow(figure, bowlWindow, [best, path[0]], points, ...path[0]);
  drawContours(layers, figure, points);
  const screen = path.slice(-200).map(([pw, pb]) => [x(pw), y(pb)]);
  setAttributes(trace, { d: pathData(screen) });
  const onward = ahead(now).map(([pw, pb]) => [clamp(x(pw), -1e4, 1e4), clamp(y(pb), -1e4, 1e4)]);
  setAttributes(next, { d: pathData(onward) });
  const dots = children(steps, screen.length - 1, () => svg("circle", { r: 2.5, class: "lw-step" }));
  dots.forEach((dot, index) => setAttributes(dot, { cx: clamp(screen[index][0], -1e4, 1e4), cy: clamp(screen[index][1], -1e4, 1e4) }));
  setAttributes(minimum, { transform: `translate(${x(best[0]).toFixed(2)} ${y(best[1]).toFixed(2)})` });
  const label = `Your line: weight w ${formatNumber(w)}, bias b ${formatNumber(b)}. Arrow keys move it.`;
  placeHandle(place, x(clamp(w, ...x.domain)), y(clamp(b, ...y.domain)), label);
  place.classList.toggle("lw-outside", !(within(x, w) && within(y, b)));
}

function drawContours({ contours, labels }, { x, y }, points) {
  const longest = 1e3 * Math.hypot(x.domain[1] - x.domain[0], y.domain[1] - y.domain[0]);
  const radii = contourRadii(points, [x.domain, y.domain]).reverse();
  const least = loss(points, ...leastSquares(points));
  const outlines = radii.map((radius) => contour(points, radius, longest).map(([w, b]) => [x(w), y(b)]));
  const shapes = children(contours, radii.length, () => svg("path", { class: "lw-contour" }));
  shapes.forEach((shape, index) => setAttributes(shape, { d: pathData(outlines[index], true) }));
  const texts = children(labels, radii.length, () => svg("text", { class: "lw-contour-label" }));
  texts.forEach((text, index) => {
    const spot = index % 2 ? labelSpot(outlines[index], x, y) : null;
    setAttributes(text, { x: spot?.[0], y: spot?.[1], visibility: spot ? "visible" : "hidden" });
    setText(text, formatNumber(least + radii[index] ** 2, 2));
  });
}

// The lowest place of a contour that leaves room for a number.
function labelSpot(outline, x, y) {
  const roomy = outline.filter(([px, py]) => px > x.range[0] + 20 && px < x.range[1] - 20 && py < y.range[0] - 8 && py > y.range[1] + 12);
  return roomy.sort((one, other) => other[1] - one[1])[0];
}

// --- below: controls and numbers -------------------------------------------------------------------------------------

function controls(view) {
  const rate = logSlider("Learning rate η =", 400, (value) => change(view, { learning_rate: value }));
  const marked = checkbox("show 2/λmax", "lw-sample-threshold", (on) => change(view, { show_threshold: on }));
  const runButton = button("Run 20 steps", () => run(view, 20));
  const buttons = html("div", { class: "lw-buttons" });
  buttons.append(button("Step", () => step(view)), runButton, button("Reset", () => reset(view)));
  buttons.append(button("Add point", () => addPointBeside(view)), button("Remove point", () => removePoint(view)));
  const numbers = readouts(READOUTS);
  const message = html("p", { class: "lw-message" });
  const row = html("div", { class: "lw-controls" }, rate.element, html("div", {}, marked, buttons));
  return { element: html("div", {}, row, numbers.element, message), rate, marked, runButton, numbers, message };
}

function drawControls(view, now) {
  const { rate, marked, runButton, numbers, message } = view.controls;
  const verdict = behaviour(now.learningRate, now.large);
  const shown = view.model.get("show_threshold");
  const text = `${formatNumber(now.learningRate)}: ${verdict}`;
  const [low, high] = rateWindow(view, now);
  rate.draw({ low, high, value: now.learningRate, text, markAt: shown ? now.threshold : null, markText: "2/λmax" });
  marked.input.checked = shown;
  setText(runButton, view.running ? "Pause" : "Run 20 steps");
  const rounding = 1e-20 * loss(now.points, 0, 0); // what is left of a loss of 0
  const lossOf = (w, b) => Math.max(loss(now.points, w, b) - rounding, 0);
  const values = [now.w, now.b, lossOf(now.w, now.b), lossOf(...leastSquares(now.points))];
  values.push(Math.hypot(...gradient(now.points, now.w, now.b)), now.learningRate);
  const texts = [...values.map((value) => formatNumber(value, 4)), shown ? formatNumber(now.threshold, 4) : "hidden"];
  [...texts, String(now.path.length - 1)].forEach((value, index) => numbers.set(READOUTS[index], value));
  const { x, y } = view.bowl.plot;
  const away = within(x, now.w) && within(y, now.b) ? "" : " Your line has left the picture of the bowl: Reset brings it back.";
  setText(message, (view.message || explanation(now, verdict)) + away);
  message.dataset.state = verdict;
  const place = `w ${texts[0]}, b ${texts[1]}, loss ${texts[2]}, learning rate ${text}.`;
  view.announce(`${place} ${view.message}`);
}

// The slider keeps its ends while the threshold and the value are well inside.
function rateWindow(view, { threshold, learningRate, large }) {
  const fits = ([low, high]) => low < threshold / 2 && threshold * 1.2 < high && low <= learningRate && learningRate <= high;
  if (!view.rates || !fits(view.rates)) {
    const [low, high] = learningRateRange(large);
    view.rates = [Math.min(low, learningRate), Math.max(high, learningRate)];
  }
  return view.rates;
}

function explanation({ factors: [steep, flat], small }, verdict) {
  const across = `One step multiplies the distance to the minimum by ${formatNumber(steep)} in the steep direction`;
  const because = {
    converges: steep < 0 ? " Below 0 it jumps across the valley, but lands closer." : " Between 0 and 1 it slides down one side.",
    "on the edge": " Near −1 it jumps from side to side and hardly gains or loses.",
    diverges: " Beyond −1 each jump lands farther away: descent diverges.",
  };
  return across + alongTheValley(flat, small) + because[verdict];
}

function alongTheValley(flat, small) {
  if (small === 0) return "; the other direction is level: many lines are equally good.";
  if (flat > 0.995) return " and by almost 1 in the flat one, where it hardly moves: that is what takes so long.";
  return ` and by ${formatNumber(flat)} in the flat one.`;
}

// --- all -------------------------------------------------------------------------------------------------------------

function draw(view) {
  const now = state(view);
  drawData(view, now);
  drawBowl(view, now);
  drawControls(view, now);
}
