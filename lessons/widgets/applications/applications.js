// Search your own texts: words are counted here, with every key; the kernel makes the vectors, and both are ranked here.

const SHOWN = 6;
const COLUMNS = [
  ["words", "by words: BM25", "No text holds a word of the query."],
  ["vectors", "by vectors: MiniLM", "There is nothing to compare yet."],
  ["both", "both: ranks added up", "There is nothing to add up yet."],
];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Search your own texts");
  const view = { model, root, announce, chosen: null };
  view.redraw = coalesced(() => draw(view));
  view.text = textField(view, {
    label: "Query", hint: "Words are counted with every key.", goesOn: "Counting words goes on without one.", pause: 250, asks: ["text", "library"],
  });
  view.text.input.addEventListener("input", view.redraw.later);
  view.columns = COLUMNS.map((column) => rankingOf(view, ...column));
  view.sliders = [slider(view, "k1", "k₁, how soon repetition stops counting", 3, 0.1), slider(view, "b", "b, how much a long text pays", 1, 0.05)];
  view.counted = html("div", { class: "lw-counted" });
  view.texts = libraryField(view);
  const settings = html("div", { class: "lw-controls lw-search-settings" }, ...view.sliders.map(({ element }) => element));
  const panels = html("div", { class: "lw-rankings" }, ...view.columns.map(({ element }) => element));
  root.append(view.text.element, panels, view.counted, settings, view.texts.element);
  for (const name of ["text", "library", "data", "k1", "b"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
  return () => {
    view.text.stop();
    clearTimeout(view.texts.timer);
  };
}

export { termsOf, textsOf, countedWords, scoresByWords, ranking, addedRanks };
export default { render };

// Half an emoji is no text.
function wellFormed(text) {
  return text.toWellFormed?.() ?? text;
}

// --- elements --------------------------------------------------------------------------------------------------------

function slider({ model, root }, name, label, max, step) {
  const id = uniqueId(name);
  const input = html("input", { type: "range", id, min: 0, max, step, "data-name": name });
  const output = html("output", { for: id });
  input.addEventListener("input", () => update(model, root, { [name]: Number(input.value) }));
  const show = () => {
    input.value = model.get(name);
    setText(output, String(model.get(name)));
  };
  return { element: html("label", { for: id }, `${label}: `, output, input), show };
}

// The texts themselves, one in each line; a pause in typing sends them.
function libraryField(view) {
  const area = html("textarea", { rows: 6, spellcheck: "false", autocomplete: "off", dir: "auto" });
  const count = html("span", { class: "lw-hint" });
  const element = html("label", { class: "lw-text lw-library" }, "The texts, one in each line ", count, area);
  const field = { element, area, count, timer: 0 };
  const send = () => {
    clearTimeout(field.timer);
    const library = wellFormed(area.value);
    if (library !== view.model.get("library")) view.text.ask({ library });
  };
  area.addEventListener("input", (event) => {
    clearTimeout(field.timer);
    if (!event.isComposing) field.timer = setTimeout(send, 300);
  });
  area.addEventListener("compositionend", send);
  area.addEventListener("change", send);
  return field;
}

// One stop of the Tab key for each ranking: up and down choose a text, left and right the ranking beside it.
function rankingOf(view, name, title, nothing) {
  const list = html("ol", { "aria-label": title });
  const none = html("p", { class: "lw-hint" }, nothing);
  const element = html("section", { class: "lw-ranking", "data-name": name }, html("p", { class: "lw-title" }, title), list, none);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(view, Number(button.dataset.at), button);
  });
  list.addEventListener("keydown", (event) => move(view, list, event));
  return { name, element, list, none };
}

function choose(view, at, button) {
  view.chosen = at;
  view.redraw.now();
  button?.focus();
}

function move(view, list, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const buttons = [...list.querySelectorAll("button")];
  const place = buttons.indexOf(event.target.closest("button"));
  const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: buttons.length - 1 }[event.key];
  const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  let next = null;
  if (to !== undefined) next = buttons[(to + buttons.length) % buttons.length];
  else if (aside) {
    const all = view.columns.filter((column) => column.list.children.length);
    const column = all[(all.findIndex((one) => one.list === list) + aside + all.length) % all.length];
    next = column.list.querySelector(`button[data-at="${view.chosen}"]`) ?? column.list.querySelector("button");
  }
  if (!next) return;
  choose(view, Number(next.dataset.at), next);
  event.preventDefault();
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function draw(view) {
  const { model, columns, sliders, texts: field } = view;
  const data = model.get("data");
  const [query, library] = [wellFormed(view.text.input.value), model.get("library")];
  const texts = textsOf(library, model.get("limits"));
  const parts = countedWords(texts, query, model.get("k1"), model.get("b"));
  const words = parts.map((rows) => rows.reduce((sum, { score }) => sum + score, 0));
  const cosines = data.library === library && data.cosines?.length === texts.length ? data.cosines : [];
  const isOld = data.text !== query || data.library !== library;
  const orders = [ranking(words, 0), ranking(cosines)];
  const both = addedRanks(orders, texts.length);
  orders.push(cosines.length ? ranking(both, 0) : []);
  const shown = [words, cosines, both];
  const asked = new Set(termsOf(query));
  if (view.chosen === null || view.chosen >= texts.length) view.chosen = orders.find((order) => order.length)?.[0] ?? null;
  columns.forEach((column, at) => drawRanking(view, column, { order: orders[at], scores: shown[at], texts, asked, isOld: isOld && at > 0 }));
  drawCounted(view, { texts, parts, cosines, orders });
  sliders.forEach(({ show }) => show());
  if (document.activeElement !== field.area && field.area.value !== library) field.area.value = library;
  setText(field.count, `${texts.length} of at most ${model.get("limits").most}`);
  if (!isOld) view.announce(orders.map((order, at) => `${COLUMNS[at][1]}: ${order.length ? texts[order[0]] : "nothing"}`).join(". "));
}

function drawRanking(view, { name, element, list, none }, { order, scores, texts, asked, isOld }) {
  element.classList.toggle("lw-old", isOld);
  none.hidden = order.length > 0;
  const few = order.slice(0, SHOWN);
  const top = name === "vectors" ? 1 : Math.max(...few.map((at) => scores[at]), 1e-9);
  const inside = few.includes(view.chosen);
  const make = () => html("li", {}, html("button", { type: "button" }, html("b"), html("i", { "aria-hidden": "true" }, html("b")), html("span")));
  children(list, few.length, make).forEach((row, place) => {
    const at = few[place];
    const button = row.firstChild;
    const [value, track, words] = button.children;
    const isChosen = at === view.chosen;
    setText(value, scores[at].toFixed(name === "both" ? 4 : 2).replace("-", "−"));
    track.firstChild.style.width = `${(100 * clamp(scores[at] / top, 0, 1)).toFixed(1)}%`;
    words.replaceChildren(...marked(texts[at], asked));
    setAttributes(button, { "data-at": at, "aria-pressed": String(isChosen), tabindex: isChosen || (!inside && place === 0) ? 0 : -1 });
  });
}

// The text with the words of the query in bold.
function marked(text, asked) {
  return text.split(/([\p{L}\p{N}_]+)/gu).map((part) => (asked.has(part.toLowerCase()) ? html("strong", {}, part) : part));
}

// How the score of the chosen text is made, and its places.
function drawCounted({ counted, chosen }, { texts, parts, cosines, orders }) {
  if (chosen === null) return counted.replaceChildren();
  const rows = parts[chosen];
  const place = (order) => (order.includes(chosen) ? `place ${order.indexOf(chosen) + 1}` : "no place");
  const said = [`by words ${place(orders[0])}`];
  if (cosines.length) said.push(`by vectors ${place(orders[1])}, cosine ${cosines[chosen].toFixed(2).replace("-", "−")}`, `in both ${place(orders[2])}`);
  const cells = (values, kind = "td") => html("tr", {}, ...values.map((value) => html(kind, {}, String(value))));
  const number = (value) => value.toFixed(2);
  const head = html("thead", {}, cells(["word", "in texts", "times here", "rarity", "× repetition", "= score"], "th"));
  const body = html("tbody", {}, ...rows.map((row) => cells([row.term, `${row.n} of ${texts.length}`, row.times, number(row.weight), number(row.share), number(row.score)])));
  const sum = rows.reduce((total, { score }) => total + score, 0);
  const foot = html("tfoot", {}, cells(["sum", "", "", "", "", number(sum)]));
  const table = html("table", {}, head, body, foot);
  const nothing = html("p", { class: "lw-hint" }, "It holds no word of the query, so BM25 gives it 0.");
  counted.replaceChildren(html("p", { class: "lw-caption" }, "“", html("bdi", {}, texts[chosen]), `”: ${said.join("; ")}.`), rows.length ? table : nothing);
}
