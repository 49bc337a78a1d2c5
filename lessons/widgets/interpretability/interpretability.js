// Erase a word: the table of all subsets comes once from Python; everything that is seen is computed here.

const METHODS = ["leave one out", "Shapley values", "gradient × input", "integrated gradients"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Erase a word");
  const view = { model, root, announce, words: model.get("words"), evidence: model.get("evidence") };
  view.redraw = coalesced(() => draw(view));
  view.buttons = view.words.map((word, at) => wordButton(view, word, at));
  const bring = button("Bring all back", () => choose(view, view.evidence.length - 1));
  view.answer = html("p", { class: "lw-message" });
  view.meter = html("span", {});
  view.sides = ["left", "right"].map((side) => panel(view, side));
  const names = model.get("label_names");
  const scale = html("div", { class: "lw-meter", "aria-hidden": "true" }, html("bdi", {}, names[0]), html("span", { class: "lw-track" }, view.meter), html("bdi", {}, names[1]));
  const sentence = html("div", { class: "lw-buttons lw-sentence", role: "group", "aria-label": "words" }, ...view.buttons);
  root.append(sentence, html("div", { class: "lw-buttons" }, bring), view.answer, scale, html("div", { class: "lw-panels" }, ...view.sides.map(({ element }) => element)));
  for (const name of ["present", "left", "right"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
}

export { leftOut, shares, probability };
export default { render };

// --- parts -----------------------------------------------------------------------------------------------------------

function choose(view, present) {
  update(view.model, view.root, { present });
  view.redraw.now();
}

function wordButton(view, word, at) {
  return button(word, () => choose(view, view.model.get("present") ^ (1 << at)), { class: "lw-word" });
}

// A method to choose, and a bar for each word.
function panel(view, side) {
  const id = uniqueId(side);
  const select = html("select", { id }, ...METHODS.map((name) => html("option", { value: name }, name)));
  select.addEventListener("change", () => {
    update(view.model, view.root, { [side]: select.value });
    view.redraw.now();
  });
  const rows = view.words.map((word) => {
    const bar = html("span", {});
    const number = html("span", { class: "lw-number" });
    const row = html("div", {}, html("bdi", {}, word), html("span", { class: "lw-both" }, bar), number);
    return { row, bar, number };
  });
  const caption = html("p", {}, html("label", { for: id }, `Explanation on the ${side}: `), select);
  const bars = html("div", { class: "lw-reasons" }, ...rows.map(({ row }) => row));
  return { side, select, rows, element: html("div", { class: "lw-panel" }, caption, bars) };
}

function explanation(view, method) {
  const present = view.model.get("present");
  if (method === METHODS[0]) return leftOut(view.evidence, present);
  if (method === METHODS[1]) return shares(view.evidence, present);
  return view.model.get("given")[method][present];
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function draw(view) {
  const { model, words, evidence } = view;
  const present = model.get("present");
  const share = probability(evidence[present]);
  view.buttons.forEach((element, at) => {
    const isThere = Boolean((present >> at) & 1);
    setAttributes(element, { "aria-pressed": String(!isThere), title: isThere ? "erase" : "bring back" });
    element.classList.toggle("lw-gone", !isThere);
  });
  view.meter.style.width = `${(100 * share).toFixed(2)}%`;
  for (const side of view.sides) drawSide(view, side, present);
  const label = model.get("label_names")[1];
  const moved = share - probability(evidence[evidence.length - 1]);
  const text = `${label}: ${share.toFixed(3)}, evidence ${signed(evidence[present])}. Against the whole sentence the probability has moved by ${signed(moved, 3)}.`;
  setText(view.answer, text);
  view.announce(text);
}

function drawSide(view, { side, select, rows }, present) {
  const method = view.model.get(side);
  select.value = method;
  const values = explanation(view, method);
  const largest = Math.max(...values.map(Math.abs), 1e-9);
  rows.forEach(({ row, bar, number }, at) => {
    const isThere = Boolean((present >> at) & 1);
    const value = values[at];
    row.classList.toggle("lw-gone", !isThere);
    bar.className = value >= 0 ? "lw-for" : "lw-against";
    bar.style.width = `${((50 * Math.abs(value)) / largest).toFixed(2)}%`;
    setText(number, isThere ? signed(value) : "erased");
  });
}

// "+1.25" or "−0.40"
function signed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}
