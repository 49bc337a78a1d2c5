// A first taste: the kernel reads the sentence; here a token and a head are chosen, and what was found is drawn.

const HINT = "Enter sends it; so does a short pause.";

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "A first taste");
  const view = { model, root, announce };
  view.redraw = coalesced(() => draw(view));
  view.text = textField(view, { label: "Your sentence", hint: HINT, goesOn: "Everything else goes on without one.", pause: 400 });
  view.heads = headSelector(view);
  view.words = wordButtons(view);
  view.message = html("p", { class: "lw-message" });
  view.near = html("ol", { class: "lw-near" });
  view.nearCaption = html("p", { class: "lw-caption" });
  root.append(view.text.element, caption("Its tokens, each with its number. The bar above a token: how much it is looked at."));
  root.append(view.heads, view.words, view.message, view.nearCaption, view.near);
  for (const name of ["data", "token", "head"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
  return () => view.text.stop();
}

export default { render };

function caption(text) {
  return html("p", { class: "lw-caption" }, text);
}

function headSelector(view) {
  const options = view.model.get("heads").map((name, at) => html("option", { value: at }, name));
  const select = html("select", {}, ...options);
  select.addEventListener("change", () => change(view, { head: Number(select.value) }));
  const label = html("label", { class: "lw-key" }, "Attention of", select);
  label.select = select;
  return label;
}

// One stop of the Tab key for all words: arrow keys choose.
function wordButtons(view) {
  const row = html("div", { class: "lw-words", role: "toolbar", "aria-label": "Tokens. Arrow keys choose the one that looks." });
  const choose = (at) => {
    change(view, { token: at });
    row.children[at].focus();
  };
  row.addEventListener("click", (event) => {
    const at = [...row.children].indexOf(event.target.closest("button"));
    if (at >= 0) choose(at);
  });
  row.addEventListener("keydown", (event) => {
    const count = row.children.length;
    const at = chosen(view);
    const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    choose((to + count) % count);
    event.preventDefault();
  });
  return row;
}

function change(view, values) {
  update(view.model, view.root, values);
  view.redraw.now();
}

function chosen({ model }) {
  return clamp(model.get("token"), 0, model.get("data").tokens.length - 1);
}

function percent(share) {
  return share >= 0.005 ? `${Math.round(100 * share)} %` : "";
}

function draw(view) {
  const { model, words, heads, message, near, nearCaption } = view;
  const { tokens, ids, attention, neighbours, library, note } = model.get("data");
  const [at, head] = [chosen(view), model.get("head")];
  const looks = attention[head][at];
  heads.select.value = head;
  const make = () => html("button", { type: "button" }, html("i", { "aria-hidden": "true" }, html("b")), html("small", { class: "lw-looked" }), html("span"), html("small"));
  children(words, tokens.length, make).forEach((element, other) => {
    const [track, share, face, number] = element.children;
    track.firstChild.style.height = `${(100 * looks[other]).toFixed(1)}%`;
    setText(share, percent(looks[other]));
    setText(face, tokens[other]);
    setText(number, String(ids[other]));
    const label = `${tokens[other]}, number ${ids[other]}, is looked at with ${percent(looks[other]) || "almost nothing"}`;
    setAttributes(element, { "aria-pressed": String(other === at), tabindex: other === at ? 0 : -1, "aria-label": label });
  });
  const order = looks.map((value, other) => [value, other]).sort(([one], [other]) => other - one).slice(0, 2);
  const most = order.filter(([value]) => value >= 0.005).map(([value, other]) => `“${tokens[other]}” (${percent(value)})`).join(" and ");
  setText(message, `“${tokens[at]}” looks most at ${most}.`);
  const number = library.toLocaleString("en");
  setText(nearCaption, neighbours.length ? `The nearest of ${number} film sentences, with their cosine similarity.` : "No neighbours: there is no word here that the model knows.");
  children(near, neighbours.length, () => html("li", {}, html("b"), html("i", { "aria-hidden": "true" }, html("b")), html("span"))).forEach((row, place) => {
    const [sentence, similarity] = neighbours[place];
    const [value, track, words] = row.children;
    setText(value, similarity.toFixed(2).replace("-", "−"));
    track.firstChild.style.width = `${100 * clamp(similarity, 0, 1)}%`;
    setText(words, sentence);
  });
  if (!note) view.announce(`${message.textContent} ${neighbours.length ? `Nearest: ${neighbours[0][0]}` : ""}`);
}
