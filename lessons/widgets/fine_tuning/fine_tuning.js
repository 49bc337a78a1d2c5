// Decision threshold: labels and probabilities come once from Python; everything else is computed here.

const BINS = 20;
const READOUTS = ["precision", "recall", "F1", "accuracy"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Decision threshold");
  const view = { model, root, announce, names: model.get("label_names") };
  const { labels, probabilities } = model.get("examples");
  view.examples = sortedExamples(labels, probabilities);
  view.curve = curve(view.examples);
  view.redraw = coalesced(() => draw(view));
  view.slider = thresholdSlider(view);
  view.piles = pilesPlot(view, histogram(labels, probabilities, BINS));
  view.trade = tradePlot(view);
  view.table = confusionTable(view.names);
  view.numbers = readouts(READOUTS);
  view.message = html("p", { class: "lw-message" });
  const best = bestThreshold(view.examples);
  const buttons = html("div", { class: "lw-buttons" }, button("0.5", () => choose(view, 0.5), { "aria-label": "threshold 0.5" }), button("largest F1", () => choose(view, best)));
  const side = html("div", { class: "lw-panel" }, view.table.element, view.slider.element, buttons);
  root.append(html("div", { class: "lw-panels" }, view.piles.element, view.trade.element), view.numbers.element, html("div", { class: "lw-panels" }, side, html("div", { class: "lw-panel" }, view.message)));
  model.on("change:threshold", view.redraw.later);
  draw(view);
}

export { averagePrecision, bestThreshold, confusion, curve, histogram, measures, sortedExamples };
export default { render };

function choose(view, threshold) {
  update(view.model, view.root, { threshold });
  view.redraw.now();
}

// --- parts -----------------------------------------------------------------------------------------------------------

function thresholdSlider(view) {
  const id = uniqueId("threshold");
  const input = html("input", { type: "range", id, min: 0, max: 1, step: 0.01 });
  const output = html("output", { for: id });
  input.addEventListener("input", () => choose(view, Number(input.value)));
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, "Threshold: "), output);
  return { element: html("div", { class: "lw-slider lw-threshold" }, caption, input), input, output };
}

// Examples by probability: those that are positive in truth stand upwards, the others hang down.
function pilesPlot(view, counts) {
  const [negative, positive] = view.names;
  const picture = plot({ title: "Examples by probability", xLabel: `probability of “${positive}”`, yLabel: "examples" });
  const [down, up] = counts.map((pile) => Math.max(1, ...pile) * 1.08);
  picture.setDomain([0, 1], [-down, up], ticks(-down, up, 6).map((value) => [value, tickText(Math.abs(value))]));
  const { x, y } = picture;
  const bars = picture.layer("piles");
  const colours = ["lw-negative", "lw-positive"];
  counts.forEach((pile, label) =>
    pile.forEach((count, bin) => {
      const [top, bottom] = label ? [count, 0] : [0, -count];
      const box = { x: x(bin / BINS) + 0.5, width: x(1 / BINS) - x(0) - 1, y: y(top), height: y(bottom) - y(top) };
      if (count) bars.append(svg("rect", { ...box, class: colours[label] }));
    }),
  );
  const zero = svg("line", { x1: x(0), x2: x(1), y1: y(0), y2: y(0), class: "lw-zero" });
  const edge = svg("line", { y1: picture.box.y, y2: picture.box.y + picture.box.height, class: "lw-edge" });
  picture.layer("edges").append(zero, edge);
  picture.root.classList.add("lw-drag");
  picture.ground.setAttribute("tabindex", -1);
  draggable(picture.ground, picture, ([value]) => choose(view, Number(value.toFixed(3))));
  picture.ground.addEventListener("pointerdown", (event) => choose(view, Number(valueAt(picture, event)[0].toFixed(3))));
  const keys = html("div", { class: "lw-keys" }, legendKey(`in truth ${positive}`, "lw-sample-positive"), legendKey(`in truth ${negative}`, "lw-sample-negative"));
  const caption = html("figcaption", {}, "Right of the line, all are called ", html("strong", {}, positive), ". Drag it.");
  return { element: html("figure", { class: "lw-panel" }, caption, picture.root, keys), picture, edge };
}

function tradePlot(view) {
  const picture = plot({ title: "Precision against recall", xLabel: `recall: share of “${view.names[1]}” that is found`, yLabel: "precision" });
  picture.setDomain([0, 1.02], [0, 1.04]);
  const { x, y } = picture;
  const share = view.examples.positives.at(-1) / view.examples.values.length;
  const line = svg("path", { class: "lw-curve", d: pathData(view.curve.map(({ recall, precision }) => [x(recall), y(precision)])) });
  const blind = svg("line", { x1: x(0), x2: x(1), y1: y(share), y2: y(share), class: "lw-blind" });
  const point = svg("circle", { r: 6, class: "lw-now" });
  picture.layer("trade").append(blind, line);
  picture.layer("point", false).append(point);
  const area = averagePrecision(view.examples);
  const keys = html("div", { class: "lw-keys" }, legendKey("all thresholds", "lw-sample-curve"), legendKey(`guessing: ${share.toFixed(2)}`, "lw-sample-blind"));
  const caption = html("figcaption", {}, `Each threshold is a point. Average precision: ${area.toFixed(3)}`);
  return { element: html("figure", { class: "lw-panel" }, caption, picture.root, keys), picture, point };
}

// Rows are the truth, columns what the model says.
function confusionTable([negative, positive]) {
  const cells = {};
  const cell = (name, right) => (cells[name] = html("td", { class: right ? "lw-right" : "lw-wrong", "data-name": name }, html("strong"), html("small")));
  const head = (text, scope) => html("th", { scope }, text);
  const top = html("tr", {}, html("td"), head(`called ${negative}`, "col"), head(`called ${positive}`, "col"));
  const rows = [html("tr", {}, head(`${negative} in truth`, "row"), cell("tn", true), cell("fp", false)), html("tr", {}, head(`${positive} in truth`, "row"), cell("fn", false), cell("tp", true))];
  const element = html("table", { class: "lw-confusion", "aria-label": "Confusion matrix" }, html("thead", {}, top), html("tbody", {}, ...rows));
  return { element, cells };
}

// --- drawing ---------------------------------------------------------------------------------------------------------

const CELLS = { tn: "rightly left out", fp: "false alarms", fn: "missed", tp: "found" };

function draw(view) {
  const { model, slider, piles, trade, table, numbers, message, examples, names } = view;
  const threshold = model.get("threshold");
  const counts = confusion(examples, threshold);
  const found = measures(counts);
  const text = String(Number(threshold.toFixed(4)));
  slider.input.value = threshold;
  setAttributes(slider.input, { "aria-valuetext": text });
  setText(slider.output, text);
  const at = piles.picture.x(threshold);
  setAttributes(piles.edge, { x1: at, x2: at });
  const nothing = found.precision === null;
  setAttributes(trade.point, { cx: trade.picture.x(found.recall), cy: trade.picture.y(found.precision ?? 0), visibility: nothing ? "hidden" : "visible" });
  const truth = { tp: counts.tp + counts.fn, fn: counts.tp + counts.fn, fp: counts.fp + counts.tn, tn: counts.fp + counts.tn };
  for (const [name, cell] of Object.entries(table.cells)) {
    setText(cell.firstChild, counts[name].toLocaleString("en"));
    setText(cell.lastChild, CELLS[name]);
    cell.style.setProperty("--share", counts[name] / truth[name]);
  }
  for (const name of READOUTS) {
    const value = found[name.toLowerCase()];
    numbers.set(name, value === null ? "0 of 0: none" : value.toFixed(3));
  }
  const words = explanation(counts, found, names[1]);
  setText(message, words);
  view.announce(words);
}

function explanation({ tp, fp, fn }, { precision, recall }, positive) {
  const number = (value) => value.toLocaleString("en");
  const missed = `Of the ${number(tp + fn)} that are “${positive}” in truth, ${number(tp)} are found (recall ${recall.toFixed(3)})`;
  if (precision === null) return `Nothing is called “${positive}”: precision would be 0 of 0. ${missed}.`;
  return `${number(tp + fp)} are called “${positive}”, and ${number(tp)} of them are (precision ${precision.toFixed(3)}). ${missed}, and ${number(fn)} missed.`;
}
