// Models for a budget: the models come once from Python; frontier, budget and choice are computed here.

const FAMILY_LOOKS = ["one", "two", "three", "four", "five", "six"];
const COST_UNITS = { milliseconds: "ms", megabytes: "MB" };
const READOUTS = ["accuracy", "milliseconds", "megabytes"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Models for a budget");
  const view = { model, root, announce, all: model.get("models") };
  view.families = [...new Set(view.all.map(({ family }) => family))];
  view.redraw = coalesced(() => draw(view));
  view.picture = plot({ title: "Accuracy against cost", xLabel: " ", yLabel: "accuracy", width: 620, height: 330 });
  view.axisName = view.picture.root.querySelectorAll(".lw-label")[0];
  view.afford = view.picture.layer("afford");
  view.area = svg("rect", { class: "lw-within" });
  view.edge = svg("line", { class: "lw-edge" });
  view.line = svg("path", { class: "lw-frontier" });
  view.afford.append(view.area, view.line, view.edge);
  view.points = view.picture.layer("points", false);
  view.slider = budgetSlider(view);
  view.costs = costButtons(view);
  view.boxes = view.families.map((family, at) => familyBox(view, family, at));
  view.numbers = readouts(READOUTS);
  view.best = html("p", { class: "lw-message" });
  view.looked = html("p", { class: "lw-choice" }, html("strong"), html("span"), html("code"));
  view.picture.root.classList.add("lw-wide");
  view.picture.ground.setAttribute("tabindex", -1); // so that a drag takes the focus from the points
  view.ground = view.picture.ground;
  draggable(view.ground, view.picture, ([value]) => spend(view, value));
  view.ground.addEventListener("pointerdown", (event) => spend(view, valueAt(view.picture, event)[0]));
  root.append(html("div", { class: "lw-controls" }, view.costs.element, view.slider.element), html("div", { class: "lw-keys" }, ...view.boxes), view.picture.root, view.best, view.numbers.element, view.looked);
  for (const name of ["cost", "budget", "at", "hidden"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
}

export { frontier, bestWithin, neighbour };
export default { render };

// --- parts -----------------------------------------------------------------------------------------------------------

function spend(view, budget) {
  update(view.model, view.root, { budget: Math.max(0, Number(budget.toPrecision(4))) });
  view.redraw.now();
}

function look(view, at) {
  if (at === view.model.get("at")) return;
  update(view.model, view.root, { at });
  view.redraw.now();
}

function budgetSlider(view) {
  const id = uniqueId("budget");
  const input = html("input", { type: "range", id, min: 0, max: 200, step: 1 });
  const output = html("output", { for: id });
  input.addEventListener("input", () => spend(view, (view.most * Number(input.value)) / 200));
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, "Budget: "), output);
  return { element: html("div", { class: "lw-slider" }, caption, input), input, output };
}

// The budget keeps its share of the axis when the axis changes.
function costButtons(view) {
  const change = (cost) => {
    if (cost === view.model.get("cost")) return;
    const share = view.model.get("budget") / view.most;
    update(view.model, view.root, { cost, budget: Number((share * mostOf(view, cost)).toPrecision(4)) });
    view.redraw.now();
  };
  const made = Object.keys(COST_UNITS).map((cost) => button(cost, () => change(cost), { "data-cost": cost }));
  return { element: html("div", { class: "lw-buttons", role: "group", "aria-label": "cost" }, ...made), made };
}

function familyBox(view, family, at) {
  const toggle = (isShown) => {
    const others = view.model.get("hidden").filter((name) => name !== family);
    update(view.model, view.root, { hidden: isShown ? others : [...others, family] });
    view.redraw.now();
  };
  const box = checkbox(family, "lw-no-sample", toggle);
  box.insertBefore(svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, class: "lw-sign" }, sign(at)), box.lastChild);
  box.family = family;
  return box;
}

// A shape for each family: who cannot tell the colours can tell these.
function sign(at) {
  const kind = FAMILY_LOOKS[at % FAMILY_LOOKS.length];
  const shapes = {
    one: "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z",
    two: "M-4.5 -4.5H4.5V4.5H-4.5Z",
    three: "M0 -6.5L6.5 0L0 6.5L-6.5 0Z",
    four: "M0 -6L6 5H-6Z",
    five: "M0 6L6 -5H-6Z",
    six: "M-2 -6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
  };
  return svg("path", { d: shapes[kind], class: `lw-family lw-family-${kind}` });
}

// One stop of the Tab key for all points; arrow keys go from model to model, Home and End to the ends.
function pointOf(view, at) {
  const family = view.families.indexOf(view.all[at].family);
  const element = handle(sign(family), 13);
  element.addEventListener("focus", () => look(view, at));
  element.addEventListener("pointerenter", () => look(view, at));
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const many = view.all.length;
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -many, End: many }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    const shown = view.all.map((_, place) => place).filter((place) => isShown(view, place));
    const next = shown[neighbour(shown.map((place) => view.all[place]), shown.indexOf(at), steps, view.model.get("cost"))];
    view.points.children[next].focus();
  });
  element.setAttribute("aria-roledescription", "model");
  return element;
}

function isShown(view, place) {
  return !view.model.get("hidden").includes(view.all[place].family);
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function mostOf(view, cost) {
  return 1.08 * Math.max(...view.all.map((one) => one[cost])) || 1;
}

function axes(view, cost) {
  const accuracies = view.all.map(({ accuracy }) => accuracy);
  const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
  const room = Math.max(0.01, 0.12 * (high - low));
  view.most = mostOf(view, cost);
  view.picture.setDomain([0, view.most], [Math.max(0, low - room), Math.min(1, high + room)]);
  const words = cost === "milliseconds" ? "milliseconds for a text" : "megabytes of its file";
  setText(view.axisName, words);
}

function draw(view) {
  const { model, picture, all } = view;
  const [cost, budget, at] = ["cost", "budget", "at"].map((name) => model.get(name));
  axes(view, cost);
  const places = all.map((_, place) => place).filter((place) => isShown(view, place));
  const shown = places.map((place) => all[place]);
  const line = frontier(shown, cost).map((place) => shown[place]);
  const found = shown.length ? bestWithin(shown, budget, cost) : null;
  drawLines(view, line, cost, Math.min(budget, view.most));
  children(view.points, all.length, (place) => pointOf(view, place)).forEach((element, place) => {
    const one = all[place];
    const label = `${one.name}: accuracy ${percent(one.accuracy)}, ${formatNumber(one[cost])} ${cost}`;
    placeHandle(element, picture.x(one[cost]), picture.y(one.accuracy), label);
    setAttributes(element, { tabindex: place === at ? 0 : -1, "aria-current": place === at ? "true" : null });
    element.style.display = isShown(view, place) ? "" : "none";
    element.classList.toggle("lw-best", found !== null && places[found] === place);
    element.classList.toggle("lw-at", place === at);
  });
  if (!isShown(view, at) && places.length) setAttributes(view.points.children[places[0]], { tabindex: 0 });
  for (const box of view.boxes) box.input.checked = !model.get("hidden").includes(box.family);
  for (const one of view.costs.made) setAttributes(one, { "aria-pressed": String(one.dataset.cost === cost) });
  view.slider.input.value = Math.round((200 * Math.min(budget, view.most)) / view.most);
  const text = `${formatNumber(budget)} ${COST_UNITS[cost]}`;
  setAttributes(view.slider.input, { "aria-valuetext": text });
  setText(view.slider.output, text);
  describe(view, all[at], found === null ? null : shown[found], text);
}

function drawLines(view, line, cost, budget) {
  const { picture } = view;
  const { x, y, box } = picture;
  const bottom = box.y + box.height;
  setAttributes(view.area, { x: box.x, y: box.y, width: Math.max(0, x(budget) - box.x), height: box.height });
  setAttributes(view.edge, { x1: x(budget), x2: x(budget), y1: box.y, y2: bottom });
  const corners = line.flatMap((one, place) => {
    const next = line[place + 1];
    const here = [x(one[cost]), y(one.accuracy)];
    return [here, [next ? x(next[cost]) : box.x + box.width, here[1]]];
  });
  view.line.setAttribute("d", pathData(corners));
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function describe(view, one, best, text) {
  const words = best ? `Within ${text} the best is ${best.name}, with ${percent(best.accuracy)}.` : `Nothing can be had within ${text}.`;
  setText(view.best, words);
  view.announce(words);
  const [name, , command] = view.looked.children;
  setText(name, one.name);
  setText(view.looked.children[1], ` (${one.family}), made by `);
  setText(command, one.command);
  view.numbers.set("accuracy", percent(one.accuracy));
  view.numbers.set("milliseconds", formatNumber(one.milliseconds));
  view.numbers.set("megabytes", formatNumber(one.megabytes));
}
