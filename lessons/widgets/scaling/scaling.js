// Plan a cluster: all plans are computed here, in a few milliseconds; Python hears what was chosen.

const MOST_POWER = 14;
const RANGES = { tokens: [1e9, 2e13], batch_tokens: [1e5, 3e7] };
const MEMORY_PARTS = ["weights", "gradients", "optimizer", "activations"];
const NUMBERS = ["days", "cost", "used", "a step"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Plan a cluster");
  const view = { model, root, announce };
  view.redraw = coalesced(() => draw(view));
  view.choices = [
    choice(view, "model", "Model", model.get("models").map(({ name }) => name)),
    choice(view, "device", "Device", model.get("devices").map(({ name }) => name)),
    choice(view, "network", "Network", Object.keys(model.get("networks"))),
  ];
  view.many = devicesSlider(view);
  view.sliders = Object.keys(RANGES).map((name) => amountSlider(view, name));
  view.price = priceField(view);
  view.picture = plot({ title: "Days against devices", xLabel: "devices", yLabel: "days", width: 430, height: 300 });
  view.picture.root.classList.add("lw-days");
  view.points = view.picture.layer("plans");
  view.here = svg("line", { class: "lw-here" });
  view.picture.layer("at").append(view.here);
  view.bar = memoryBar(view);
  view.numbers = readouts(NUMBERS);
  view.message = html("p", { class: "lw-message" });
  const panels = html("div", { class: "lw-panels" }, panelOf("Days, for every number of devices; hollow: too little memory", view.picture.root), panelOf("Memory of one device", view.bar.root, view.bar.keys));
  const controls = [html("div", { class: "lw-controls" }, ...view.choices.map(({ element }) => element), view.price.element), html("div", { class: "lw-controls" }, view.many.element, ...view.sliders.map(({ element }) => element))];
  root.append(...controls, panels, view.numbers.element, view.message);
  for (const name of ["model", "device", "network", "n_devices", "tokens", "batch_tokens", "price"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
}

export { bestPlan, everyPlan, withCuts };
export default { render };

// --- controls --------------------------------------------------------------------------------------------------------

function set(view, values) {
  update(view.model, view.root, values);
  view.redraw.now();
}

function choice(view, name, label, options) {
  const id = uniqueId(name);
  const select = html("select", { id }, ...options.map((option) => html("option", { value: option }, option)));
  select.addEventListener("change", () => set(view, { [name]: select.value }));
  return { name, select, element: html("span", { class: "lw-choice" }, html("label", { for: id }, `${label}: `), select) };
}

function slider(label, steps, change) {
  const id = uniqueId("amount");
  const input = html("input", { type: "range", id, min: 0, max: steps, step: 1 });
  const output = html("output", { for: id });
  input.addEventListener("input", () => change(Number(input.value)));
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, label), " ", output);
  const show = (place, text) => {
    input.value = place;
    setAttributes(input, { "aria-valuetext": text });
    setText(output, text);
  };
  return { element: html("div", { class: "lw-slider" }, caption, input), show };
}

function devicesSlider(view) {
  return slider("Devices:", MOST_POWER, (power) => set(view, { n_devices: 2 ** power }));
}

// A slider over a range in 80 equal steps of its logarithm.
function amountSlider(view, name) {
  const [low, high] = RANGES[name].map(Math.log10);
  const label = name === "tokens" ? "Tokens in all:" : "Tokens in a batch:";
  const made = slider(label, 80, (place) => {
    const value = Number((10 ** (low + ((high - low) * place) / 80)).toPrecision(3));
    set(view, { [name]: clamp(value, ...RANGES[name]) });
  });
  made.draw = () => {
    const value = view.model.get(name);
    made.show(Math.round(((Math.log10(value) - low) / (high - low)) * 80), formatNumber(value));
  };
  return made;
}

function priceField(view) {
  const id = uniqueId("price");
  const input = html("input", { type: "number", id, min: 0, max: 1000, step: 0.1, class: "lw-price" });
  input.addEventListener("change", () => {
    const value = Number(input.value);
    if (input.value !== "" && value >= 0 && value <= 1000) set(view, { price: value });
    else input.value = view.model.get("price");
  });
  return { input, element: html("span", { class: "lw-choice" }, html("label", { for: id }, "Price of a device for an hour: "), input) };
}

// --- pictures --------------------------------------------------------------------------------------------------------

function panelOf(words, ...parts) {
  return html("figure", { class: "lw-panel" }, html("figcaption", {}, words), ...parts);
}

function memoryBar() {
  const root = svg("svg", { viewBox: "0 0 430 110", class: "lw-plot lw-memory", role: "img" });
  const parts = MEMORY_PARTS.map((name) => svg("rect", { y: 20, height: 44, class: `lw-part lw-part-${name}` }));
  const limit = svg("line", { y1: 10, y2: 74, class: "lw-limit" });
  const words = svg("text", { y: 96, class: "lw-label" });
  root.append(svg("line", { x1: 12, x2: 12, y1: 14, y2: 70, class: "lw-zero" }), ...parts, limit, words);
  const keys = html("div", { class: "lw-keys" }, ...MEMORY_PARTS.map((name) => legendKey(name, `lw-key-${name}`)));
  return { root, parts, limit, words, keys };
}

function taskOf(view, n) {
  const { model } = view;
  const named = (list, name) => model.get(list).find((one) => one.name === name);
  return {
    model: named("models", model.get("model")),
    device: named("devices", model.get("device")),
    n,
    tokens: model.get("tokens"),
    batchTokens: model.get("batch_tokens"),
    bandwidth: model.get("networks")[model.get("network")],
  };
}

function draw(view) {
  const { model } = view;
  for (const { name, select } of view.choices) select.value = model.get(name);
  const n = model.get("n_devices");
  view.many.show(Math.log2(n), n.toLocaleString("en"));
  for (const one of view.sliders) one.draw();
  if (document.activeElement !== view.price.input) view.price.input.value = model.get("price");
  drawDays(view, n);
  const task = taskOf(view, n);
  const plan = bestPlan(task);
  drawMemory(view, task, plan);
  describe(view, task, plan);
}

function drawDays(view, n) {
  const { picture } = view;
  const plans = Array.from({ length: MOST_POWER + 1 }, (_, power) => bestPlan(taskOf(view, 2 ** power)));
  const days = plans.filter((plan) => plan).map((plan) => Math.log10(plan.days));
  const [low, high] = days.length ? [Math.floor(Math.min(...days)), Math.ceil(Math.max(...days) + 1e-9)] : [0, 1];
  const top = Math.max(high, low + 1);
  const marks = Array.from({ length: top - low + 1 }, (_, step) => [low + step, tickText(10 ** (low + step))]);
  picture.setDomain([-0.5, MOST_POWER + 0.5], [low, top], marks);
  for (const tick of picture.root.querySelectorAll(".lw-x-tick")) setText(tick, (2 ** Number(tick.textContent)).toLocaleString("en"));
  const points = children(view.points, plans.length, () => svg("circle", { r: 5 }));
  plans.forEach((plan, power) => {
    points[power].style.display = plan ? "" : "none";
    if (!plan) return;
    setAttributes(points[power], { cx: picture.x(power), cy: picture.y(Math.log10(plan.days)), class: plan.fits ? "lw-plan" : "lw-plan lw-plan-large" });
  });
  const x = picture.x(Math.log2(n));
  setAttributes(view.here, { x1: x, x2: x, y1: picture.box.y, y2: picture.box.y + picture.box.height });
}

function drawMemory(view, { device }, plan) {
  const { bar } = view;
  const gigabytes = (bytes) => `${formatNumber(bytes / 1e9)} GB`;
  const total = plan ? plan.bytes : 0;
  const across = linearScale([0, 1.1 * Math.max(total, device.memory)], [12, 420]);
  let left = 0;
  MEMORY_PARTS.forEach((name, place) => {
    const size = plan ? plan.memory[name] : 0;
    setAttributes(bar.parts[place], { x: across(left), width: across(left + size) - across(left) });
    left += size;
  });
  const edge = across(device.memory);
  setAttributes(bar.limit, { x1: edge, x2: edge });
  setAttributes(bar.words, { x: 215 });
  const words = `${gigabytes(total)} of ${gigabytes(device.memory)} (dashed)`;
  setText(bar.words, words);
  setAttributes(bar.root, { "aria-label": `Memory: ${words}` });
}

function amount(value) {
  return value >= 1e6 ? `${formatNumber(value / 1e6)} million` : formatNumber(value);
}

function describe(view, task, plan) {
  const { model, numbers } = view;
  const cost = plan ? plan.days * 24 * model.get("price") * task.n : 0;
  numbers.set("days", plan ? formatNumber(plan.days) : "–");
  numbers.set("cost", plan ? amount(cost) : "–");
  numbers.set("used", plan ? `${(100 * plan.used).toFixed(1)} %` : "–");
  numbers.set("a step", plan ? `${formatNumber(plan.step)} s` : "–");
  const words = sentence(task, plan);
  setText(view.message, words);
  view.message.classList.toggle("lw-too-large", !plan || !plan.fits);
  view.announce(words);
}

function sentence(task, plan) {
  if (!plan) return "There are more devices than can be used: every copy of the model needs at least one text of the batch.";
  const parts = [];
  if (plan.tensor > 1) parts.push(`${plan.tensor} devices share every layer`);
  if (plan.stages > 1) parts.push(`${plan.stages} groups of layers form a pipeline`);
  parts.push(plan.replicas > 1 ? `${plan.replicas.toLocaleString("en")} copies read different texts` : "one copy reads all texts");
  if (plan.replicas > 1) parts.push(plan.sharded === 3 ? "weights, gradients and AdamW's state are cut among the copies" : "AdamW's state is cut among the copies");
  if (plan.recomputed) parts.push("layers are computed twice");
  const start = plan.fits ? "The fastest plan that fits" : `It does not fit into ${task.device.name}s of ${formatNumber(task.device.memory / 1e9)} GB. The plan that needs least`;
  return `${start}: ${parts.join("; ")}.`;
}
