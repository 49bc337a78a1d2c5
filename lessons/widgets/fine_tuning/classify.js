// Classify a sentence: the kernel reads the text; here it is typed, and what came of it is drawn.

const HINT = "It is read while you type.";
const READOUTS = ["label", "probability", "tokens", "[UNK]"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Classify a sentence");
  const view = { model, root, announce };
  view.redraw = coalesced(() => draw(view));
  view.text = textField(view, { label: "Your sentence", hint: HINT, goesOn: "", pause: 250, asks: ["text", "leave_out"] });
  view.bars = html("div", { class: "lw-bars lw-labels", role: "group", "aria-label": "Probability of each label" });
  view.numbers = readouts(READOUTS);
  view.pieces = html("p", { class: "lw-pieces", "aria-label": "Tokens that the model sees" });
  view.which = checkbox("Which word matters? Leave out one word at a time", "lw-no-sample", (on) => view.text.ask({ leave_out: on }));
  view.words = html("div", { class: "lw-effects" });
  view.message = html("p", { class: "lw-message" });
  const caption = (text) => html("p", { class: "lw-caption" }, text);
  root.append(view.text.element, view.bars, view.numbers.element, caption("What the model sees:"), view.pieces);
  root.append(html("div", { class: "lw-keys" }, view.which), view.words, view.message);
  for (const name of ["data", "leave_out"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
  return () => view.text.stop();
}

export { points, percentText };
export default { render };

// A change of a probability in hundredths: "+3.1", "−40.2".
function points(change) {
  const text = (100 * change).toFixed(1);
  return Number(text) === 0 ? "0" : text.startsWith("-") ? text.replace("-", "−") : `+${text}`;
}

function draw(view) {
  const { model, bars, numbers, pieces, words, which } = view;
  const { labels, probabilities, tokens, unknown, effects } = model.get("data");
  const best = probabilities.indexOf(Math.max(...probabilities));
  drawBars(bars, labels.map((name, at) => ({ name, share: probabilities[at], emphasis: at === best })));
  numbers.set("label", labels[best]);
  numbers.set("probability", percentText(probabilities[best]));
  numbers.set("tokens", String(tokens.length));
  numbers.set("[UNK]", `${unknown.filter(Boolean).length} of ${tokens.length}`);
  children(pieces, tokens.length, () => html("span")).forEach((element, at) => {
    setText(element, tokens[at]);
    element.className = unknown[at] ? "lw-piece lw-unknown" : "lw-piece";
  });
  which.input.checked = model.get("leave_out");
  drawEffects(words, effects ?? []);
  const said = explanation(labels[best], effects);
  setText(view.message, said);
  view.announce(`${labels[best]}, ${percentText(probabilities[best])}. ${said}`);
}

// Below each word a bar: down (vermilion) if the label loses by leaving it out, up (blue) if it gains.
function drawEffects(words, effects) {
  words.hidden = !effects.length;
  const make = () => html("span", { class: "lw-effect" }, html("bdi"), html("span", { class: "lw-swing" }, html("span")), html("small"));
  const largest = Math.max(0.01, ...effects.map(([, change]) => Math.abs(change)));
  children(words, effects.length, make).forEach((element, at) => {
    const [word, change] = effects[at];
    const [name, swing, number] = element.children;
    setText(name, word);
    swing.firstChild.className = change < 0 ? "lw-falls" : "lw-rises";
    swing.firstChild.style.height = `${(50 * Math.abs(change)) / largest}%`;
    setText(number, points(change));
  });
}

function explanation(label, effects) {
  if (!effects) return "";
  if (!effects.length) return "There is no word to leave out.";
  const [word, change] = effects.reduce((most, one) => (Math.abs(one[1]) > Math.abs(most[1]) ? one : most));
  const sums = `Each number says by how many hundredths the probability of “${label}” changes without that word. `;
  return `${sums}${Math.abs(change) < 0.005 ? "No single word matters here: the others say the same." : `Most without “${word}”: ${points(change)}.`}`;
}
