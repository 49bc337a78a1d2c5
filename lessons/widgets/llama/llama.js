// Chat with the probability of each token: the kernel writes; here tokens are coloured, looked at, and replaced.

const HINT = "Enter sends it.";

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Chat with the probability of each token");
  const view = { model, root, announce, at: 0 };
  view.redraw = coalesced(() => draw(view));
  const along = () => ({ begun: [] });
  view.text = textField(view, { label: "You", hint: HINT, goesOn: "So does another branch.", pause: 1500, asks: ["text", "system", "turns", "begun"], along });
  view.system = systemField(view);
  view.turns = html("div", { class: "lw-llama-turns", "aria-label": "earlier turns" });
  view.tokens = tokenButtons(view);
  view.numbers = readouts(["tokens", "of the whole answer", "typical token", "ended by itself"]);
  view.bars = html("div", { class: "lw-llama-branches", role: "group", "aria-label": "what else could stand here" });
  view.caption = html("p", { class: "lw-message" });
  view.more = button("Go on", () => view.text.ask({ begun: idsOf(view) }));
  view.keep = button("Keep this, ask on", () => keep(view));
  view.fresh = button("New conversation", () => view.text.ask({ turns: [], begun: [] }));
  root.append(view.system.element, view.turns, view.text.element, html("p", { class: "lw-caption" }, "The model:"), view.tokens);
  root.append(html("div", { class: "lw-buttons" }, view.more, view.keep, view.fresh), view.numbers.element, view.caption, view.bars);
  for (const name of ["data", "progress", "turns", "begun"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
  return () => view.text.stop();
}

export { shareOfAnswer, typicalShare, branchAt, percentText };
export default { render };

// --- numbers ---------------------------------------------------------------------------------------------------------

// The probability of the whole answer.
function shareOfAnswer(tokens) {
  return tokens.reduce((product, { share }) => product * share, 1);
}

// The geometric mean of the tokens' probabilities; sums of logarithms do not vanish for long answers.
function typicalShare(tokens) {
  return tokens.length ? Math.exp(tokens.reduce((sum, { share }) => sum + Math.log(share), 0) / tokens.length) : 0;
}

// The ids that an answer begins with which keeps all before a place and has another token there.
function branchAt(tokens, at, id) {
  return [...tokens.slice(0, at).map((token) => token.id), id];
}

// --- parts -----------------------------------------------------------------------------------------------------------

function systemField(view) {
  const { model } = view;
  const input = html("input", { type: "text", spellcheck: "false", autocomplete: "off", dir: "auto", value: model.get("system") });
  const send = () => input.value !== model.get("system") && view.text.ask({ system: input.value.toWellFormed?.() ?? input.value, begun: [] });
  input.addEventListener("change", send);
  input.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && send());
  model.on("change:system", () => { input.value = model.get("system"); });
  const element = html("label", { class: "lw-text" }, html("span", {}, "System prompt "), html("span", { class: "lw-hint" }, "the first turn, which says how to answer"), input);
  return { element, input };
}

// One stop of the Tab key for all tokens: arrow keys move between them, and what has the focus is looked at.
function tokenButtons(view) {
  const row = html("div", { class: "lw-llama-tokens", role: "toolbar", "aria-label": "Tokens of the answer. Arrow keys move." });
  const index = (event) => [...row.children].indexOf(event.target.closest("button"));
  const look = (event) => index(event) >= 0 && index(event) !== view.at && lookAt(view, index(event));
  row.addEventListener("pointerover", look);
  row.addEventListener("focusin", look);
  row.addEventListener("keydown", (event) => {
    const [at, last] = [index(event), row.children.length - 1];
    const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    row.children[clamp(to, 0, last)].focus();
    event.preventDefault();
  });
  return row;
}

// While an answer is being written its tokens come by `progress`; before that the last answer stays.
function tokensOf({ model }) {
  const data = model.get("data");
  const isOpen = ["text", "system", "turns", "begun"].some((name) => JSON.stringify(data[name]) !== JSON.stringify(model.get(name)));
  const progress = model.get("progress");
  return isOpen && progress.length ? progress : data.tokens;
}

function idsOf(view) {
  return tokensOf(view).map(({ id }) => id);
}

function keep(view) {
  const { model } = view;
  const { tokens, finished } = model.get("data");
  const said = (finished ? tokens.slice(0, -1) : tokens).map(({ id }) => id);
  const field = view.text.input;
  const next = field.value.trim() && field.value !== model.get("text") ? field.value : "Tell me more.";
  view.text.ask({ turns: [...model.get("turns"), [model.get("text"), said]], begun: [], text: next });
  field.value = next;
  field.select();
}

function lookAt(view, at) {
  view.at = at;
  view.redraw.now();
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function shownText(text) {
  return text.replaceAll("\n", "↵").replace(/^ /, "␣") || "∅";
}

function draw(view) {
  const { model } = view;
  const { finished } = model.get("data");
  const tokens = tokensOf(view);
  view.at = clamp(view.at, 0, Math.max(0, tokens.length - 1));
  children(view.tokens, tokens.length, () => html("button", { type: "button" })).forEach((element, at) => {
    setText(element, shownText(tokens[at].text));
    element.style.setProperty("--share", tokens[at].share.toFixed(3));
    const begun = at < model.get("begun").length;
    element.classList.toggle("lw-begun", begun);
    setAttributes(element, { tabindex: at === view.at ? 0 : -1, "aria-pressed": String(at === view.at), "aria-label": `${tokens[at].text}, ${percentText(tokens[at].share)}` });
  });
  const turns = model.get("turns");
  children(view.turns, turns.length, () => html("p")).forEach((row, at) => setText(row, `You: ${turns[at][0].slice(0, 120)}`));
  view.numbers.set("tokens", String(tokens.length));
  view.numbers.set("of the whole answer", percentText(shareOfAnswer(tokens)));
  view.numbers.set("typical token", percentText(typicalShare(tokens)));
  view.numbers.set("ended by itself", finished ? "yes" : "not yet");
  view.more.disabled = finished;
  if (tokens.length) drawBranches(view, tokens);
}

function drawBranches(view, tokens) {
  const { id, text, share, best } = tokens[view.at];
  const rows = best.some(([other]) => other === id) ? best : [...best, [id, text, share]];
  setText(view.caption, `“${shownText(text)}” has ${percentText(share)}. Choose another token, and the answer goes on from there.`);
  const make = () => {
    const element = button("", () => {});
    element.append(html("bdi"), html("span", { class: "lw-share", "aria-hidden": "true" }, html("span")), html("span", { class: "lw-percent" }));
    return element;
  };
  children(view.bars, rows.length, make).forEach((element, at) => {
    const [other, words, chance] = rows[at];
    const [label, bar, number] = element.children;
    setText(label, shownText(words));
    bar.firstChild.style.width = `${(100 * chance).toFixed(2)}%`;
    setText(number, percentText(chance));
    element.classList.toggle("lw-emphasis", other === id);
    setAttributes(element, { "aria-label": `${words}, ${percentText(chance)}${other === id ? ", chosen" : ""}` });
    element.onclick = () => other !== id && view.text.ask({ begun: branchAt(tokens, view.at, other) });
  });
}
