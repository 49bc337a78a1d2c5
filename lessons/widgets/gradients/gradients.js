// Computation graph: what is seen follows from the expression (or the given nodes), the variables and the step alone.

const BOX = { width: 154, height: 66, column: 230, row: 78, margin: 10 };
const READ_FAULT = "The graph is still the last one.";

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Computation graph");
  const view = { model, root, announce, own: model.get("nodes").length > 0, fault: "", signature: "" };
  view.controls = controls(view);
  view.graph = graphPlot(view);
  view.redraw = coalesced(() => draw(view));
  root.append(...[view.controls.field, view.controls.sliders, view.controls.buttons].filter(Boolean));
  root.append(view.graph.element, view.graph.keys, view.controls.message);
  model.on("change:expression", () => {
    if (document.activeElement !== view.controls.input) view.fault = "";
    view.redraw.later();
  });
  for (const name of ["variables", "step", "nodes"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
}

export { backward, crossings, formatNumber, formula, forward, layout, nodeNames, parse };
export default { render };

function readOrFault(text, known) {
  try {
    return { nodes: parse(text, known), fault: "" };
  } catch (error) {
    if (error instanceof Unreadable) return { nodes: null, fault: error.message };
    throw error;
  }
}

// --- state -----------------------------------------------------------------------------------------------------------

function state(view) {
  const { model, own } = view;
  const variables = model.get("variables");
  if (!own && view.parsed?.text !== model.get("expression")) {
    const text = model.get("expression");
    view.parsed = { text, nodes: readOrFault(text, Object.keys(variables)).nodes ?? view.parsed?.nodes ?? parse("x") };
  }
  const nodes = own ? model.get("nodes") : view.parsed.nodes;
  const { values, locals, problem } = forward(nodes, variables);
  const computed = nodes.map((_, index) => index).filter((index) => nodes[index].parents.length);
  const pass = problem ? { gradients: [], steps: [] } : backward(nodes, locals);
  const reachable = problem ? computed.filter((index) => index < problem.index) : computed;
  const infinite = pass.gradients.findIndex((gradient) => !Number.isFinite(gradient));
  const last = problem ? reachable.length : computed.length + 1 + (infinite < 0 ? pass.steps.length : 0);
  const step = clamp(model.get("step"), 0, last);
  const result = computed.length;
  return { nodes, names: nodeNames(nodes), variables, values, locals, problem, computed, ...pass, infinite, step, last, result };
}

function change(view, values) {
  update(view.model, view.root, values);
  view.redraw.now();
}

function go(view, step) {
  const { last } = state(view);
  change(view, { step: clamp(step, 0, last) });
  view.graph.show();
}

function setExpression(view, text) {
  const variables = view.model.get("variables");
  const { nodes, fault } = readOrFault(text, Object.keys(variables));
  view.fault = fault;
  if (!nodes) return view.redraw.now();
  const { step, last } = state(view);
  const used = nodes.filter(({ label }) => label).map(({ label }) => label);
  const numbers = { ...variables };
  for (const name of used) numbers[name] ??= 1;
  const atEnd = step === last && step > 0;
  change(view, { expression: text, variables: numbers, step: atEnd ? Number.MAX_SAFE_INTEGER : 0 });
  if (atEnd) change(view, { step: state(view).last });
}

function setVariable(view, name, value) {
  if (!Number.isFinite(value) || Math.abs(value) > 1e12) {
    view.fault = `${name} must be a number between −10¹² and 10¹²; it keeps its last value.`;
    return view.redraw.now();
  }
  if (readOrFault(view.controls.input.value, Object.keys(view.model.get("variables"))).nodes) view.fault = "";
  change(view, { variables: { ...view.model.get("variables"), [name]: value } });
}

// --- controls --------------------------------------------------------------------------------------------------------

function controls(view) {
  const buttons = html("div", { class: "lw-buttons lw-graph-buttons", role: "group", "aria-label": "Steps" });
  const by = (count) => () => go(view, state(view).step + count);
  const made = {
    start: button("Start", () => go(view, 0)),
    back: button("◀ Back", by(-1)),
    next: button("Step ▶", by(1)),
    result: button("To the result", () => go(view, state(view).result)),
    end: button("To the gradients", () => go(view, state(view).last)),
  };
  const counter = html("span", { class: "lw-counter" });
  buttons.append(...Object.values(made), counter);
  const message = html("p", { class: "lw-message" });
  if (view.own) return { buttons, made, counter, message };
  const input = html("input", { type: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off", id: uniqueId("expression") });
  input.value = view.model.get("expression");
  input.addEventListener("input", () => setExpression(view, input.value));
  const field = html("div", { class: "lw-expression" }, html("label", { for: input.id }, "Expression"), input);
  const fault = html("p", { class: "lw-fault", id: uniqueId("fault") });
  const hint = html("p", { class: "lw-hint" }, "Letters are variables. Signs + − * / **, brackets, and tanh, exp, log, relu: write tanh(x) or x.tanh().");
  field.append(html("div", { class: "lw-below-field" }, fault, hint)); // one takes the place of the other
  const sliders = html("div", { class: "lw-variables" });
  return { field, input, fault, hint, sliders, rows: new Map(), buttons, made, counter, message };
}

function variableRow(view, name) {
  const number = html("input", { type: "number", step: "any", id: uniqueId("number") });
  const slider = html("input", { type: "range", "aria-label": `${name}, slider` });
  const element = html("div", { class: "lw-variable" }, html("label", { for: number.id }, `${name} =`), number, slider);
  const row = { element, number, slider, reach: 0 };
  number.addEventListener("input", () => setVariable(view, name, number.value === "" ? NaN : Number(number.value)));
  number.addEventListener("blur", () => {
    number.value = view.model.get("variables")[name];
    view.redraw.now();
  });
  slider.addEventListener("input", () => setVariable(view, name, Number(slider.value)));
  return row;
}

// The slider reaches 5, or a round number of at least twice the value; it never shrinks under the hand.
function drawVariable({ number, slider, ...row }, keep, value) {
  const wide = Math.abs(value) * 1.999;
  if (Math.abs(value) > row.reach || !row.reach) {
    const power = 10 ** Math.floor(Math.log10(Math.max(wide, 5)));
    keep.reach = [1, 2, 5, 10].map((multiple) => multiple * power).find((reach) => reach >= Math.max(wide, 5) * 0.999);
    setAttributes(slider, { min: -keep.reach, max: keep.reach, step: keep.reach / 100 });
  }
  if (document.activeElement !== number) number.value = value;
  slider.value = value;
  setAttributes(slider, { "aria-valuetext": formatNumber(value) });
}

function drawControls(view, now) {
  const { made, counter, message } = view.controls;
  const { step, last, result, computed, problem } = now;
  for (const [name, off] of [["start", step === 0], ["back", step === 0], ["next", step === last], ["result", step === Math.min(result, last)], ["end", step === last]]) {
    setAttributes(made[name], { "aria-disabled": String(off) });
  }
  const pass = step > result ? "backward" : "forward";
  setText(counter, `${pass}, step ${step} of ${problem ? computed.length : last}`);
  const sentence = explanation(now);
  setText(message, sentence);
  message.dataset.state = problem && step === last ? "stopped" : pass;
  view.announce(view.fault || sentence);
  if (!view.own) drawField(view, now);
}

function drawField(view, { nodes, variables }) {
  const { input, fault, hint, sliders, rows: kept } = view.controls;
  hint.hidden = Boolean(view.fault);
  if (document.activeElement !== input && !view.fault) input.value = view.model.get("expression");
  setText(fault, view.fault ? `${view.fault} ${view.fault.includes("keeps its") ? "" : READ_FAULT}` : "");
  setAttributes(input, { "aria-invalid": String(Boolean(view.fault)), "aria-describedby": fault.id });
  const names = nodes.filter(({ label }) => label).map(({ label }) => label).sort();
  for (const [name, row] of kept) {
    if (names.includes(name)) continue;
    row.element.remove();
    kept.delete(name);
  }
  names.forEach((name, index) => {
    if (!kept.has(name)) kept.set(name, variableRow(view, name));
    const row = kept.get(name);
    if (sliders.children[index] !== row.element) sliders.insertBefore(row.element, sliders.children[index] ?? null);
    drawVariable(row, row, variables[name] ?? 1);
  });
}

// --- the sentence of a step ------------------------------------------------------------------------------------------

function explanation(now) {
  const { step, last, result, problem, computed } = now;
  if (problem && step === last) return stopped(now, problem);
  if (step === 0 && result === 0) return "The result is an input itself. Step once more: its gradient in itself is 1.";
  if (step === 0) return "The inputs have their values. Step forward to compute from left to right.";
  if (step <= result) return forwardSentence(now, computed[step - 1]);
  if (step === result + 1) return seedSentence(now);
  return backwardSentence(now, now.steps[step - result - 2]) + (step === last ? ` ${endSentence(now)}` : "");
}

function stopped({ nodes, names }, { index, reason }) {
  return `Here the computation stops, at ${whole(nodes, names, index)}: ${reason} Change a value or the expression.`;
}

function whole(nodes, names, index) {
  const { operation, parents } = nodes[index];
  return `${names[index]} = ${formula(operation, parents.map((parent) => nameOf(nodes, names, parent)))}`;
}

// A number is called by its value.
function nameOf(nodes, names, index) {
  const { parents, label, number, data } = nodes[index];
  return parents.length || label ? names[index] : formatNumber(number ?? data);
}

function bracketed(value) {
  const text = formatNumber(value);
  return text.startsWith("−") ? `(${text})` : text;
}

function forwardSentence({ nodes, names, values, locals }, index) {
  const { operation, parents } = nodes[index];
  const numbers = formula(operation, parents.map((parent) => bracketed(values[parent])));
  const slopes = parents.map((parent, edge) => `${formatNumber(locals[index][edge])} in ${nameOf(nodes, names, parent)}`);
  const start = parents.length > 1 ? "Local derivatives" : "Local derivative";
  const why = rule(operation) ? ` (${rule(operation)})` : "";
  return `${whole(nodes, names, index)} = ${numbers} = ${formatNumber(values[index])}. ${start}: ${slopes.join(", ")}${why}.`;
}

function seedSentence({ names, nodes, infinite, gradients }) {
  const start = `Backward starts at the result: the gradient of ${nameOf(nodes, names, nodes.length - 1)} in itself is 1, all others start at 0.`;
  if (infinite < 0) return start;
  return `${start} It ends here: the gradient of ${names[infinite]} would be ${formatNumber(gradients[infinite])} for a computer's numbers.`;
}

function backwardSentence({ nodes, names, steps }, { node, parent, local, gradient, before, after }) {
  const name = nameOf(nodes, names, parent);
  const product = `${bracketed(local)} × ${bracketed(gradient)} = ${formatNumber(local * gradient)}`;
  const sum = `gradient of ${name} += local derivative × gradient of ${nameOf(nodes, names, node)} = ${product}.`;
  const edges = steps.filter((other) => other.parent === parent).length;
  if (edges === 1) return `${sum} That is the only edge to ${name}.`;
  const added = `${formatNumber(before)} + ${bracketed(local * gradient)} = ${formatNumber(after)}`;
  return `${sum} ${edges} edges lead to ${name}, and all count: ${added}.`;
}

function endSentence({ nodes, names, gradients }) {
  const inputs = nodes.map((_, index) => index).filter((index) => !nodes[index].parents.length && nodes[index].label);
  const texts = inputs.slice(0, 6).map((index) => `${formatNumber(gradients[index])} in ${names[index]}`);
  const all = texts.length ? `All gradients are there: ${texts.join(", ")}${inputs.length > 6 ? ", ..." : ""}.` : "All gradients are there.";
  return all + ownGradients({ nodes, names, gradients });
}

// What the learner's own backward() left in .grad, if it ran.
function ownGradients({ nodes, names, gradients }) {
  if (!nodes.some(({ grad }) => grad)) return "";
  const far = (index) => Math.abs(nodes[index].grad - gradients[index]) > 1e-9 * Math.max(1, Math.abs(gradients[index]));
  const wrong = nodes.findIndex((_, index) => far(index));
  if (wrong < 0) return " Your own backward() found the same.";
  return ` Your object has other numbers: the .grad of ${nameOf(nodes, names, wrong)} is ${formatNumber(nodes[wrong].grad)}, here it is ${formatNumber(gradients[wrong])}.`;
}

// --- the graph -------------------------------------------------------------------------------------------------------

function graphPlot(view) {
  const marker = uniqueId("arrow");
  const tip = svg("marker", { id: marker, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 11, markerHeight: 11, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" }, svg("path", { d: "M0 0L10 5L0 10Z", class: "lw-tip" }));
  const edges = svg("g", { class: "lw-edges" });
  const slopes = svg("g", { class: "lw-slopes" });
  const boxes = svg("g", { class: "lw-boxes" });
  const root = svg("svg", { class: "lw-graph", role: "group", "aria-label": "Computation graph, inputs at the left" });
  root.append(svg("defs", {}, tip), edges, slopes, boxes);
  const label = "Graph. Right arrow steps forward, left arrow back, Home to the start, End to the gradients.";
  const element = html("div", { class: "lw-graph-window", tabindex: 0, role: "group", "aria-label": label }, root);
  const keyOf = { ArrowRight: () => 1, ArrowLeft: () => -1, Home: () => -Infinity, End: () => Infinity };
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keyOf[event.key]) return;
    event.preventDefault();
    go(view, state(view).step + keyOf[event.key]());
  });
  const keys = html("div", { class: "lw-keys" });
  keys.append(legendKey("value", "lw-sample-value"), legendKey("gradient of the result in it", "lw-sample-gradient"));
  keys.append(html("span", { class: "lw-key" }, html("span", { class: "lw-sample-slope" }, "2.0"), "local derivative, on an edge"));
  keys.append(html("p", { class: "lw-hint" }, "Keys: Tab to the graph, then → and ← step, End and Home go to the ends."));
  const show = () => {
    const active = root.querySelector(".lw-box.lw-active");
    active?.scrollIntoView?.({ block: "nearest", inline: "nearest", behavior: prefersStillness() ? "auto" : "smooth" });
  };
  return { element, root, edges, slopes, boxes, keys, marker, show };
}

function box(view) {
  const { width, height } = BOX;
  const line = (y, word, kind) => [
    svg("text", { x: 8, y, class: "lw-word" }, word),
    svg("text", { x: width - 8, y, class: `lw-number lw-${kind}` }),
  ];
  const element = svg("g", { class: "lw-box", role: "img" }, svg("rect", { width, height, rx: 6 }));
  element.append(svg("text", { x: width / 2, y: 19, class: "lw-name" }), ...line(39, "value", "value"), ...line(57, "gradient", "gradient"));
  return element;
}

function drawGraph(view, now) {
  const { graph } = view;
  const { nodes } = now;
  const signature = JSON.stringify(nodes.map(({ parents }) => parents));
  if (signature !== view.signature) {
    view.signature = signature;
    view.places = layout(nodes);
    placeAll(view, nodes);
  }
  drawBoxes(view, now);
  drawEdges(view, now);
  const count = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
  setAttributes(graph.root, { "aria-label": `Computation graph of ${count}, inputs at the left` });
}

function boxPlace({ column, row }, index) {
  return [BOX.margin + column[index] * BOX.column, BOX.margin + row[index] * BOX.row];
}

function placeAll(view, nodes) {
  const { graph, places } = view;
  const width = 2 * BOX.margin + Math.max(...places.column) * BOX.column + BOX.width;
  const height = 2 * BOX.margin + Math.max(...places.row, ...places.routes.flat(2).map(([, row]) => row)) * BOX.row + BOX.height;
  setAttributes(graph.root, { viewBox: `0 0 ${width} ${height.toFixed(1)}` });
  graph.root.style.cssText = `max-width: ${width}px; min-width: ${Math.round(0.85 * width)}px; aspect-ratio: ${width} / ${height.toFixed(1)};`;
  children(graph.boxes, nodes.length, () => box(view)).forEach((element, index) => {
    const [x, y] = boxPlace(places, index);
    setAttributes(element, { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  });
  const ways = nodes.flatMap(({ parents }, node) => parents.map((_, edge) => way(places, nodes, node, edge)));
  const lines = children(graph.edges, ways.length, () => svg("path", { class: "lw-edge" }));
  const texts = children(graph.slopes, ways.length, () => svg("text", { class: "lw-slope" }));
  const taken = [];
  ways.forEach((spots, index) => {
    const [x, y] = labelPlace(spots, taken);
    taken.push([x, y]);
    setAttributes(lines[index], { d: curve(spots) });
    setAttributes(texts[index], { x: x.toFixed(1), y: (y + 4).toFixed(1) });
  });
}

// The places [x, y, slope] from the right side of the parent to a port of the node. Ports are in the order of arrival.
function way(places, nodes, node, edge) {
  const { parents } = nodes[node];
  const [px, py] = boxPlace(places, parents[edge]);
  const [x, y] = boxPlace(places, node);
  const twins = parents.flatMap((other, index) => (other === parents[edge] ? [index] : []));
  const bow = twins.length > 1 ? twins.indexOf(edge) - (twins.length - 1) / 2 : 0; // edges of one parent stay apart
  const passed = places.routes[node][edge].map(([column, row]) => [
    BOX.margin + column * BOX.column + BOX.width / 2,
    BOX.margin + row * BOX.row + BOX.height / 2,
  ]);
  const spread = Math.min(28, (BOX.height - 12) / parents.length);
  const port = y + BOX.height / 2 + (arrival(places, nodes, node).indexOf(edge) - (parents.length - 1) / 2) * spread;
  const spots = [[px + BOX.width, py + BOX.height / 2 + 18 * bow], ...passed, [x - 1, port]];
  return spots.map(([sx, sy], index) => {
    const [before, after] = [spots[index - 1], spots[index + 1]];
    const slope = before && after ? clamp((after[1] - before[1]) / (after[0] - before[0]), -0.2, 0.2) : 0;
    return [sx, sy, before ? slope : bow * 0.8];
  });
}

// The edges into a node, from the top.
function arrival(places, nodes, node) {
  const { parents } = nodes[node];
  const from = parents.map((parent, edge) => places.routes[node][edge].at(-1)?.[1] ?? places.row[parent]);
  return parents.map((_, edge) => edge).sort((one, other) => from[one] - from[other] || one - other);
}

// The control points of the piece of a curve that ends at spots[index].
function piece(spots, index) {
  const [[x1, y1, slope1], [x2, y2, slope2]] = [spots[index - 1], spots[index]];
  const lean = (x2 - x1) * 0.42;
  return [[x1, y1], [x1 + lean, y1 + lean * slope1], [x2 - lean, y2 - lean * slope2], [x2, y2]];
}

function curve(spots) {
  const write = (points) => points.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join(" ");
  const pieces = spots.slice(1).map((_, index) => `C${write(piece(spots, index + 1).slice(1))}`);
  return `M${write([spots[0].slice(0, 2)])}${pieces.join("")}`;
}

// Where the number of an edge stands: on its last piece, clear of the numbers that stand already.
function labelPlace(spots, taken) {
  const points = piece(spots, spots.length - 1);
  const at = (t) => {
    const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
    return [0, 1].map((axis) => weights.reduce((total, weight, index) => total + weight * points[index][axis], 0));
  };
  const low = points[3][0] - points[0][0] > 2 * (BOX.column - BOX.width) ? 0.7 : 0.5;
  const places = [low, low - 0.15, low + 0.15, low - 0.28, low + 0.25].map(at);
  return places.find(([x, y]) => taken.every(([tx, ty]) => Math.abs(x - tx) > 50 || Math.abs(y - ty) > 15)) ?? places[0];
}

// Three digits, or two where three would not fit.
function compact(value) {
  const text = formatNumber(value);
  return text.length > 9 ? formatNumber(value, 2) : text;
}

function drawBoxes(view, { nodes, names, values, gradients, steps, step, result, computed, problem, last }) {
  const done = new Set(computed.slice(0, Math.min(step, result)));
  const passed = steps.slice(0, Math.max(0, step - result - 1));
  const current = passed[passed.length - 1];
  const shown = nodes.map(() => 0);
  shown[nodes.length - 1] = 1;
  for (const { parent, after } of passed) shown[parent] = after;
  const backwards = step > result;
  const active = !backwards ? computed[step - 1] : current ? current.parent : nodes.length - 1;
  [...view.graph.boxes.children].forEach((element, index) => {
    const has = !nodes[index].parents.length || done.has(index);
    const stopped = problem?.index === index && step === last;
    const value = has ? compact(values[index]) : stopped ? "none" : "";
    const gradient = backwards ? compact(shown[index]) : "";
    const parts = nodes[index].parents.map((parent) => nameOf(nodes, names, parent));
    const full = nodes[index].parents.length ? `${names[index]} = ${formula(nodes[index].operation, parts)}` : names[index];
    setText(element.querySelector(".lw-name"), shortened(full, 18));
    setText(element.querySelector(".lw-value"), value);
    setText(element.querySelector(".lw-gradient"), gradient);
    element.classList.toggle("lw-active", (index === active && step > 0) || stopped);
    element.classList.toggle("lw-waiting", !has && !stopped);
    element.classList.toggle("lw-backward", backwards);
    element.classList.toggle("lw-stopped", stopped);
    setAttributes(element, { "aria-label": `${full}: ${value ? `value ${value}` : "not computed yet"}${gradient && `, gradient ${gradient}`}` });
  });
}

function drawEdges(view, { nodes, locals, steps, step, result, computed }) {
  const done = new Set(computed.slice(0, Math.min(step, result)));
  const passed = steps.slice(0, Math.max(0, step - result - 1));
  const key = ({ node, edge }) => `${node} ${edge}`;
  const used = new Set(passed.map(key));
  const current = passed.length ? key(passed[passed.length - 1]) : "";
  const edges = nodes.flatMap(({ parents }, node) => parents.map((_, edge) => ({ node, edge })));
  edges.forEach((edge, index) => {
    const line = view.graph.edges.children[index];
    const text = view.graph.slopes.children[index];
    const known = done.has(edge.node);
    setText(text, known ? compact(locals[edge.node][edge.edge]) : "");
    const back = used.has(key(edge)); // the arrow turns round: the gradient runs from right to left
    const tip = `url(#${view.graph.marker})`;
    setAttributes(line, { "marker-start": back && tip, "marker-end": !back && tip });
    for (const element of [line, text]) {
      element.classList.toggle("lw-known", known);
      element.classList.toggle("lw-used", back);
      element.classList.toggle("lw-active", key(edge) === current || (step > 0 && step <= result && edge.node === computed[step - 1]));
      element.classList.toggle("lw-backward", step > result);
    }
  });
}

// --- all -------------------------------------------------------------------------------------------------------------

function draw(view) {
  const now = state(view);
  drawGraph(view, now);
  drawControls(view, now);
}
