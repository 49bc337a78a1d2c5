// The beam as a tree: the table of next tokens comes from Python; the search and the drawing are here.

const COLUMN = 92; // pixels from one step to the next
const ROW = 30;
const PAD = 8;

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "The beam as a tree");
  const view = { model, root, announce, at: null };
  view.redraw = coalesced(() => draw(view));
  view.sentence = sentenceChoice(view);
  view.width = rangeSlider(view, "Beam, how many texts are kept =", "beam_size", { min: 1, max: model.get("widest"), step: 1 });
  view.power = rangeSlider(view, "Power of the length =", "length_power", { min: 0, max: 2, step: 0.1 });
  view.source = html("p", { class: "lw-beam-source", "aria-label": "tokens of the source" });
  view.tree = svg("svg", { class: "lw-beam-tree", role: "group", "aria-label": "Tree of the beam. Arrow keys move between tokens." });
  view.edges = svg("g");
  view.nodes = svg("g");
  view.tree.append(view.edges, view.nodes);
  view.tree.addEventListener("keydown", (event) => move(view, event));
  view.list = html("ol", { class: "lw-beam-list", "aria-label": "what the beam found, the best first" });
  view.numbers = readouts(["log-probability", "tokens", "score", "texts tried"]);
  view.message = html("p", { class: "lw-message" });
  root.append(view.sentence.element, view.width.element, view.power.element, html("p", { class: "lw-caption" }, "The source, darker where the model looked for the chosen token:"), view.source);
  root.append(html("div", { class: "lw-beam-scroll", tabindex: "-1" }, view.tree), view.message, view.numbers.element, view.list);
  for (const name of ["data", "sentence", "beam_size", "length_power"]) model.on(`change:${name}`, () => { view.at = null; view.redraw.later(); });
  draw(view);
}

export { beamSearch, scoreOf, treeOf };
export default { render };

// --- the search ------------------------------------------------------------------------------------------------------

// The log-probability of a text divided by its length to a power.
function scoreOf({ ids, log }, power) {
  return log / Math.max(1, ids.length) ** power;
}

// The same search as `lessons.translation.search.beam_search`: texts, the best first, and what was live after each step.
function beamSearch({ table, end, max_length: maxLength }, size, power) {
  let live = [{ ids: [], log: 0 }];
  const [ended, steps] = [[], []];
  for (let step = 0; step < maxLength && live.length; step++) {
    const candidates = live.flatMap((text) => table[text.ids.join(",")].next.slice(0, size).map(([id, words, log]) => ({ ids: [...text.ids, id], words, log: text.log + log, own: log })));
    const kept = candidates.filter(({ log }) => log > -Infinity).sort((a, b) => b.log - a.log).slice(0, size - ended.length);
    steps.push({ kept, tried: candidates.length });
    ended.push(...kept.filter(({ ids }) => ids.at(-1) === end));
    live = kept.filter(({ ids }) => ids.at(-1) !== end);
  }
  const found = [...ended, ...live].sort((a, b) => scoreOf(b, power) - scoreOf(a, power));
  return { found, steps };
}

// Every kept text as a node in the column of its length; its row is its rank among those that were kept in that step.
function treeOf({ found, steps }, power) {
  const best = found[0].ids.join(",");
  const isBest = (ids) => best === ids.join(",") || best.startsWith(`${ids.join(",")},`);
  return steps.flatMap(({ kept }, column) => kept.map((text, row) => ({ ...text, column, row, key: text.ids.join(","), parent: text.ids.slice(0, -1).join(","), isBest: isBest(text.ids), score: scoreOf(text, power) })));
}

// --- controls --------------------------------------------------------------------------------------------------------

function sentenceChoice({ model, root, redraw }) {
  const select = html("select");
  select.addEventListener("change", () => { update(model, root, { sentence: Number(select.value) }); redraw.later(); });
  const element = html("label", { class: "lw-beam-sentence" }, "Sentence ", select);
  const set = () => {
    const texts = model.get("data").map(({ text }) => text);
    children(select, texts.length, () => html("option")).forEach((option, at) => { option.value = String(at); setText(option, texts[at]); });
    select.value = String(model.get("sentence"));
  };
  return { element, set };
}

function rangeSlider({ model, root, redraw }, label, name, limits) {
  const id = uniqueId(name);
  const input = html("input", { type: "range", id, ...limits });
  const output = html("output", { for: id });
  input.addEventListener("input", () => { update(model, root, { [name]: Number(input.value) }); redraw.now(); });
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, label), " ", output);
  const set = () => { input.value = model.get(name); setText(output, String(Number(model.get(name).toFixed(1)))); };
  return { element: html("div", { class: "lw-slider" }, caption, input), set };
}

// Arrow keys: left to the parent, right to the first child, up and down within the step.
function move(view, event) {
  const node = view.drawn.find(({ key }) => key === view.at);
  if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = {
    ArrowLeft: () => view.drawn.find(({ key }) => key === node.parent),
    ArrowRight: () => view.drawn.find(({ parent }) => parent === node.key),
    ArrowUp: () => view.drawn.find(({ column, row }) => column === node.column && row === node.row - 1),
    ArrowDown: () => view.drawn.find(({ column, row }) => column === node.column && row === node.row + 1),
    Home: () => view.drawn[0],
    End: () => view.drawn.findLast(({ isBest }) => isBest),
  }[event.key]?.();
  if (to === undefined) return;
  look(view, to.key);
  [...view.nodes.children].find((element) => element.dataset.key === to.key).focus();
  event.preventDefault();
}

function look(view, key) {
  if (view.at === key) return;
  view.at = key;
  view.redraw.now();
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function place({ column, row }) {
  return [PAD + COLUMN * (column + 0.5), PAD + ROW * (row + 0.5)];
}

function draw(view) {
  const { model, announce } = view;
  const shown = model.get("data")[model.get("sentence")];
  const [size, power] = [model.get("beam_size"), model.get("length_power")];
  for (const control of [view.sentence, view.width, view.power]) control.set();
  const search = beamSearch(shown, size, power);
  view.drawn = treeOf(search, power);
  if (!view.drawn.some(({ key }) => key === view.at)) view.at = view.drawn.findLast(({ isBest }) => isBest).key;
  drawTree(view, search.steps.length, size);
  drawLook(view, shown);
  drawList(view, search.found, power, shown);
  const tried = search.steps.reduce((sum, step) => sum + step.tried, 0);
  const best = search.found[0];
  view.numbers.set("log-probability", best.log.toFixed(2));
  view.numbers.set("tokens", String(best.ids.length));
  view.numbers.set("score", scoreOf(best, power).toFixed(3));
  view.numbers.set("texts tried", String(tried));
  announce(`The best of ${search.found.length}: ${spelt(shown, best.ids)}, score ${scoreOf(best, power).toFixed(2)}.`);
}

function drawTree(view, columns, rows) {
  const [width, height] = [2 * PAD + COLUMN * columns, 2 * PAD + ROW * rows];
  setAttributes(view.tree, { viewBox: `0 0 ${width} ${height}`, width, height });
  const parents = new Map(view.drawn.map((node) => [node.key, node]));
  const joined = view.drawn.filter(({ parent }) => parents.has(parent));
  children(view.edges, joined.length, () => svg("path")).forEach((path, at) => {
    const [[x1, y1], [x2, y2]] = [place(parents.get(joined[at].parent)), place(joined[at])];
    setAttributes(path, { d: `M${x1 + 38} ${y1}C${x1 + 50} ${y1} ${x2 - 50} ${y2} ${x2 - 38} ${y2}`, class: joined[at].isBest ? "lw-beam-best" : "lw-beam-edge" });
  });
  const make = () => {
    const node = svg("g", { role: "button" }, svg("rect", { x: -38, y: -11, width: 76, height: 22, rx: 4 }), svg("text"));
    node.addEventListener("pointerenter", () => look(view, node.dataset.key));
    node.addEventListener("focus", () => look(view, node.dataset.key));
    return node;
  };
  children(view.nodes, view.drawn.length, make).forEach((element, at) => {
    const node = view.drawn[at];
    const [x, y] = place(node);
    const words = node.words.length > 9 ? `${node.words.slice(0, 8)}…` : node.words;
    element.dataset.key = node.key;
    setText(element.lastElementChild, words);
    const chosen = node.key === view.at;
    const kind = `lw-beam-node${node.isBest ? " lw-best" : ""}${chosen ? " lw-chosen" : ""}`;
    const label = `${node.words}, probability ${Math.exp(node.own).toFixed(2)}, sum ${node.log.toFixed(2)}${node.isBest ? ", on the best path" : ""}`;
    setAttributes(element, { class: kind, transform: `translate(${x} ${y})`, tabindex: chosen ? 0 : -1, "aria-pressed": String(chosen), "aria-label": label });
  });
}

function drawLook(view, shown) {
  const node = view.drawn.find(({ key }) => key === view.at);
  const { look: shares } = shown.table[node.parent];
  children(view.source, shown.source.length, () => html("span", {}, html("bdi"), html("small"))).forEach((element, at) => {
    setText(element.firstChild, shown.source[at]);
    setText(element.lastChild, `${(100 * shares[at]).toFixed(0)} %`);
    element.style.setProperty("--share", shares[at].toFixed(3));
  });
  setText(view.message, `“${node.words}” has the probability ${Math.exp(node.own).toFixed(3)} after what stands before it; the text up to here has ${node.log.toFixed(2)} in logarithms.`);
}

function spelt({ table }, ids) {
  return ids.map((id, at) => table[ids.slice(0, at).join(",")].next.find(([other]) => other === id)[1]).join("").replaceAll("␣", " ").trim();
}

function drawList(view, found, power, shown) {
  children(view.list, found.length, () => html("li", {}, html("bdi"), " ", html("small"))).forEach((row, at) => {
    setText(row.firstChild, spelt(shown, found[at].ids).replace("</s>", ""));
    setText(row.lastChild, `${found[at].log.toFixed(2)} over ${found[at].ids.length} tokens: ${scoreOf(found[at], power).toFixed(3)}`);
  });
}
