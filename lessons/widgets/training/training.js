// The training monitor: Python sends all that is to be drawn as one value, `run`; the view draws it and asks for a pause.

const PATIENCE = 3000; // milliseconds without an answer, while a cell runs, after which the buttons count as unheard
const ENDED = "The kernel was restarted, so the training is over. With a checkpoint, running its cell again goes on from there.";
const READOUTS = ["step", "loss, mean of 20", "learning rate"];
const MARKS = ["m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", "m-3.6 -3.6h7.2v7.2h-7.2z", "m0 -5l5 5l-5 5l-5 -5z"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Training monitor", ENDED);
  root.classList.add("lw-monitor");
  const view = { model, root, announce, logarithmic: false, asked: "", waiting: new Map(), messages: 0, state: "", number: -1 };
  view.losses = panel("Loss", "loss", ["losses", "means", "metrics"]);
  view.metrics = panel("Validation", "validation", ["metrics"]);
  const logarithmic = checkbox("logarithmic axis", "lw-no-sample", (on) => {
    view.logarithmic = on;
    view.redraw.now();
  });
  view.controls = controls(view, logarithmic);
  view.redraw = coalesced(() => draw(view));
  root.append(view.controls.head, html("div", { class: "lw-panels" }, view.losses.figure, view.metrics.figure), view.controls.foot);
  model.on("change:run", view.redraw.later);
  model.on("msg:custom", (message) => hear(view, message));
  draw(view);
  return () => view.waiting.forEach((timer) => clearTimeout(timer));
}

export { logMarks, numbersOf, series, xWindow, yWindow };
export default { render };

// --- numbers ---------------------------------------------------------------------------------------------------------

// Bytes of Python's float64 -> numbers.
function numbersOf(bytes) {
  if (!bytes) return [];
  return [...new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))];
}

// The curves as lists of [step, value]. Of a group of several steps, the lowest and the highest loss are drawn.
function series({ size, step, lows, highs, means, validation }) {
  const low = numbersOf(lows);
  const high = numbersOf(highs);
  const at = (group) => Math.min((group + 1) * size, step);
  const each = size === 1 ? low.map((value, group) => [at(group), value]) : low.flatMap((value, group) => [[at(group), value], [at(group), high[group]]]);
  const metrics = validation.map(([name, steps, values]) => ({ name, places: steps.map((place, index) => [place, values[index]]) }));
  const isLoss = ({ name }) => name.toLowerCase().includes("loss");
  return {
    each,
    mean: numbersOf(means).map((value, group) => [at(group), value]),
    lossMetrics: metrics.filter(isLoss),
    otherMetrics: metrics.filter((metric) => !isLoss(metric)),
  };
}

// Half, a quarter, ... of all steps, as soon as they fit: the curve is never squeezed into a corner.
function xWindow(step, total) {
  let high = Math.max(total, step, 1);
  while (high / 2 >= Math.max(step, 10)) high /= 2;
  return [0, high];
}

function yWindow(values, logarithmic) {
  const shown = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0));
  if (!shown.length) return logarithmic ? [-1, 0] : [0, 1];
  const low = shown.reduce((one, other) => Math.min(one, other));
  const high = shown.reduce((one, other) => Math.max(one, other));
  if (logarithmic) {
    const [bottom, top] = [Math.log10(low), Math.log10(high)];
    const margin = Math.max(0.05 * (top - bottom), 0.05);
    return [bottom - margin, top + margin];
  }
  if (low >= 0 && high === 0) return [0, 1];
  const room = 0.06 * (Math.max(high, 0) - Math.min(low, 0));
  return [low < 0 ? low - room : 0, Math.max(high, 0) + room];
}

// Marks of a logarithmic axis: powers of ten, with 2 and 5 between them where there is room.
function logMarks([low, high]) {
  const decades = high - low;
  const every = Math.max(1, Math.ceil(decades / 7));
  const factors = decades > 3 ? [1] : decades > 0.6 ? [1, 2, 5] : [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
  const marks = [];
  for (let power = Math.floor(low); power <= high; power += 1) {
    if (power % every) continue;
    for (const factor of factors) {
      const at = power + Math.log10(factor);
      if (at >= low && at <= high) marks.push([at, tickText(Number((factor * 10 ** power).toPrecision(12)))]);
    }
  }
  return marks;
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function panel(title, yLabel, layers) {
  const figure = plot({ title, xLabel: "step", yLabel, height: 290 });
  const groups = Object.fromEntries(layers.map((name) => [name, figure.layer(name, name !== "metrics")]));
  const keys = html("div", { class: "lw-keys" });
  return { plot: figure, groups, keys, figure: html("figure", { class: "lw-panel" }, figure.root, keys) };
}

function controls(view, logarithmic) {
  const pause = button("Pause", () => ask(view, view.model.get("run").state === "paused" ? "resume" : "pause"));
  const stop = button("Stop", () => ask(view, "stop"));
  const progress = html("progress", { "aria-label": "steps done", value: 0, max: 1 });
  const deaf = html("p", { class: "lw-deaf", role: "note", hidden: true });
  deaf.textContent = "This kernel does not hear the buttons while a cell runs. Use Interrupt (the square in the toolbar): the model and the history are kept.";
  const numbers = readouts(READOUTS);
  const message = html("p", { class: "lw-message" });
  const buttons = html("div", { class: "lw-controls" }, html("div", { class: "lw-buttons" }, pause, stop), logarithmic);
  const head = html("div", {}, progress);
  const foot = html("div", {}, buttons, deaf, numbers.element, message);
  return { head, foot, pause, stop, progress, deaf, numbers, message };
}

function draw(view) {
  const run = view.model.get("run");
  follow(view, run);
  const curves = series(run);
  drawLosses(view, run, curves);
  drawMetrics(view, run, curves.otherMetrics);
  drawControls(view, run, curves);
}

function drawLosses(view, run, { each, mean, lossMetrics }) {
  const { plot: figure, groups, keys } = view.losses;
  const places = [...each, ...lossMetrics.flatMap(({ places: all }) => all)];
  const window = yWindow(places.map(([, value]) => value), view.logarithmic);
  figure.setDomain(xWindow(run.step, run.total), window, view.logarithmic ? logMarks(window) : null);
  const at = ([step, value]) => [figure.x(step), figure.y(view.logarithmic ? Math.log10(value) : value)];
  const drawable = ([, value]) => Number.isFinite(value) && (!view.logarithmic || value > 0);
  curve(groups.losses, each, at, drawable);
  curve(groups.means, mean, at, drawable);
  drawPoints(groups.metrics, lossMetrics, at, drawable);
  const eachText = run.size === 1 ? "each batch" : `each batch (lowest and highest of ${run.size})`;
  const names = [[eachText, "lw-sample-each"], ["running mean of 20", "lw-sample-mean"], ...metricKeys(lossMetrics)];
  legend(keys, names);
}

function drawMetrics(view, run, metrics) {
  const { plot: figure, groups, keys, figure: element } = view.metrics;
  element.hidden = !metrics.length;
  const values = metrics.flatMap(({ places }) => places.map(([, value]) => value));
  const [low, high] = yWindow(values, false);
  const share = low === 0 && values.every((value) => value === null || value <= 1);
  figure.setDomain(xWindow(run.step, run.total), [low, share ? 1.02 : high]);
  drawPoints(groups.metrics, metrics, ([step, value]) => [figure.x(step), figure.y(value)], ([, value]) => Number.isFinite(value));
  legend(keys, metricKeys(metrics));
}

// One line; where a value cannot be drawn it is broken.
function curve(group, places, at, drawable) {
  const [path] = children(group, 1, () => svg("path", {}));
  const parts = [[]];
  for (const place of places) {
    if (drawable(place)) parts[parts.length - 1].push(at(place));
    else if (parts[parts.length - 1].length) parts.push([]);
  }
  setAttributes(path, { d: parts.map((part) => pathData(part)).join("") });
}

function drawPoints(layer, metrics, at, drawable) {
  const groups = children(layer, metrics.length, () => svg("g", {}, svg("g", {}), svg("path", { class: "lw-marks" })));
  metrics.forEach(({ places }, index) => {
    curve(groups[index].firstElementChild, places, at, drawable);
    const spots = places.length <= 100 ? places.filter(drawable).map(at) : [];
    const d = spots.map(([x, y]) => `M${x.toFixed(2)} ${y.toFixed(2)}${MARKS[index % MARKS.length]}`);
    setAttributes(groups[index].lastElementChild, { d: d.join("") });
  });
}

function metricKeys(metrics) {
  const latest = (places) => places[places.length - 1][1];
  const text = (value) => (value === null ? "not a number" : formatNumber(value));
  return metrics.map(({ name, places }, index) => [`validation ${name}: ${text(latest(places))}`, `lw-sample-metric-${(index % 3) + 1}`]);
}

function legend(keys, names) {
  if (keys.dataset.names !== JSON.stringify(names)) keys.replaceChildren(...names.map(([text, mark]) => legendKey(text, mark)));
  keys.dataset.names = JSON.stringify(names);
}

function drawControls(view, run, { mean }) {
  const { pause, stop, progress, numbers, message } = view.controls;
  const active = run.state === "running" || run.state === "paused";
  pause.disabled = !active || view.asked === "stop";
  stop.disabled = !active || view.asked === "stop";
  setText(pause, run.state === "paused" ? "Resume" : "Pause");
  setAttributes(progress, { max: Math.max(1, run.total), value: run.step });
  numbers.set("step", run.total ? `${run.step} of ${run.total}` : "–");
  numbers.set("loss, mean of 20", mean.length ? formatNumber(mean[mean.length - 1][1], 4) : "–");
  numbers.set("learning rate", Number.isFinite(run.learning_rate) ? formatNumber(run.learning_rate) : "–");
  message.dataset.state = run.state;
  setText(message, [stateText(run, view.asked), ...(run.notes ?? [])].join(" "));
}

function stateText({ state, step, total, stopped }, asked) {
  if (asked && (state === "running" || state === "paused")) return { pause: "Pausing after this batch.", resume: "Going on.", stop: "Stopping after this batch." }[asked];
  const texts = {
    waiting: "No training yet. Give this monitor to fit(..., monitor=monitor).",
    running: `Running: step ${step} of ${total}.`,
    paused: `Paused after step ${step} of ${total}. Resume goes on, Stop ends the training.`,
    finished: `Finished: ${step} of ${total} steps.`,
    "stopped early": `Stopped ${stopped}.`,
    "stopped by you": `Stopped ${stopped}. The model keeps the weights of this step.`,
    interrupted: `Stopped: ${stopped}. The model keeps its weights.`,
    diverged: `Diverged in step ${step} of ${total}: the loss or its gradient is no longer a number. The model keeps the weights of the step before.`,
    failed: `Ended by an error in step ${step} of ${total}: it is shown below the cell.`,
  };
  return texts[state] ?? state;
}

// --- the kernel ------------------------------------------------------------------------------------------------------

// A change of state ends what was asked for, and is told to screen readers; a new training asks whether it is heard.
function follow(view, run) {
  if (run.number !== view.number || run.state !== view.state) {
    view.asked = "";
    view.announce(stateText(run, ""));
  }
  if (run.number !== view.number && run.state === "running") send(view, { number: run.number });
  if (run.state !== "running" && run.state !== "paused") view.controls.deaf.hidden = true;
  view.number = run.number;
  view.state = run.state;
}

function ask(view, want) {
  view.asked = want;
  send(view, { want, number: view.model.get("run").number });
  view.redraw.now();
}

function send(view, content) {
  if (!view.model.send || view.root.classList.contains("lw-disconnected")) return;
  view.messages += 1;
  const id = view.messages;
  view.waiting.set(id, setTimeout(() => unheard(view, id), PATIENCE));
  view.model.send({ ...content, id });
}

function unheard(view, id) {
  const { state } = view.model.get("run");
  if (view.waiting.has(id) && (state === "running" || state === "paused")) view.controls.deaf.hidden = false;
}

function hear(view, { heard }) {
  clearTimeout(view.waiting.get(heard));
  view.waiting.delete(heard);
  if (!view.waiting.size) view.controls.deaf.hidden = true;
}
