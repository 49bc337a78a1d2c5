// Alignment viewer: shares and probabilities come from the kernel with every text; which written character is looked at
// is chosen here, by pointer (a look) or by click and arrow keys (a choice).

const DIGITS = [..."0123456789-?"]; // the last: what the decoder reads at the start, written only by mistake
const READOUTS = ["written", "probability", "entropy of its look", "as if spread over"];

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Alignment viewer");
  const view = { model, root, announce, pointed: null };
  view.redraw = coalesced(() => draw(view));
  view.text = textField(view, {
    label: "A date, in words",
    hint: "Enter sends it; so does a short pause.",
    goesOn: "The picture goes on without one.",
  });
  view.text.field.after(exampleButtons(view));
  view.source = html("div", { class: "lw-source", role: "img" });
  view.written = writtenRow(view);
  view.others = html("div", { class: "lw-others", role: "group", "aria-label": "Probability of each character here" });
  view.numbers = readouts(READOUTS);
  view.message = html("p", { class: "lw-message" });
  const caption = (text) => html("p", { class: "lw-caption" }, text);
  root.append(view.text.element, caption("Read: the share of the look, in %"), view.source);
  root.append(caption("Written: point at one, or choose with the arrow keys (below: its probability, in %)"), view.written);
  root.append(view.numbers.element, view.message, caption("What it could have written here, in %"), view.others);
  model.on("change:data", () => {
    view.pointed = null;
    view.redraw.later();
  });
  model.on("change:place", view.redraw.later);
  draw(view);
  return view.text.stop;
}

export default { render };

function exampleButtons({ model, text }) {
  const examples = Object.entries(model.get("examples")).map(([language, example]) =>
    button(language, () => {
      text.input.value = example;
      if (example !== model.get("text")) text.ask({ text: example });
    }),
  );
  return html("div", { class: "lw-buttons", role: "group", "aria-label": "Examples" }, ...examples);
}

// --- what was written ------------------------------------------------------------------------------------------------

// The whole row has the focus and names the character that is chosen, so that no focus has to move.
function writtenRow(view) {
  const row = html("div", { class: "lw-written", role: "listbox", tabindex: 0, "aria-orientation": "horizontal", "aria-label": "Written characters. Arrow keys choose." });
  const index = (event) => [...row.children].indexOf(event.target.closest("[role=option]"));
  const point = (place) => {
    if (view.pointed === place) return;
    view.pointed = place;
    view.redraw.now();
  };
  const choose = (place) => {
    view.pointed = null;
    update(view.model, view.root, { place });
    view.redraw.now();
  };
  row.addEventListener("pointerover", (event) => index(event) >= 0 && point(index(event)));
  row.addEventListener("pointerleave", () => point(null));
  row.addEventListener("click", (event) => index(event) >= 0 && choose(index(event)));
  row.addEventListener("keydown", (event) => {
    const [place, last] = [view.model.get("place"), row.children.length - 1];
    const to = { ArrowLeft: place - 1, ArrowUp: place - 1, ArrowRight: place + 1, ArrowDown: place + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    choose((to + last + 1) % (last + 1));
    event.preventDefault();
  });
  return row;
}

// --- drawing ---------------------------------------------------------------------------------------------------------

// A bar, a character and a number; `bdi` keeps Hebrew and Arabic from turning their neighbours round.
function cell(attributes = {}) {
  return html("span", { class: "lw-cell", ...attributes }, html("span", { class: "lw-track" }, html("span", { class: "lw-fill" })), html("bdi"), html("small"));
}

function drawCell(element, character, share) {
  const [track, name, number] = element.children;
  track.firstChild.style.height = `${(100 * share).toFixed(1)}%`;
  setText(name, character);
  setText(number, percent(share));
  element.classList.toggle("lw-little", share < 0.005);
}

function percent(share) {
  return (100 * share).toFixed(share >= 0.0995 || share < 0.0005 ? 0 : 1);
}

function draw(view) {
  const { model, source, written, others, numbers, message } = view;
  const { characters, written: iso, shares, entropies, probabilities } = model.get("data");
  const chosen = model.get("place");
  const place = view.pointed ?? chosen;
  const look = shares[place];
  const sure = [...iso].map((character, at) => probabilities[at][DIGITS.indexOf(character)]);
  children(source, characters.length, () => cell()).forEach((element, at) => drawCell(element, characters[at], look[at]));
  children(written, iso.length, () => cell({ role: "option", id: uniqueId("written") })).forEach((element, at) => {
    drawCell(element, iso[at], sure[at]);
    element.classList.toggle("lw-seen", at === place);
    setAttributes(element, { "aria-selected": String(at === chosen), "aria-label": `${iso[at]}, ${model.get("places")[at]}, ${percent(sure[at])} %` });
  });
  setAttributes(written, { "aria-activedescendant": written.children[chosen].id });
  children(others, DIGITS.length, () => cell()).forEach((element, at) => drawCell(element, DIGITS[at], probabilities[place][at]));
  numbers.set("written", `“${iso[place]}”: ${model.get("places")[place]}`);
  numbers.set("probability", `${percent(sure[place])} %`);
  numbers.set("entropy of its look", `${entropies[place].toFixed(2)} bits`);
  numbers.set("as if spread over", `${(2 ** entropies[place]).toFixed(1)} characters`);
  const order = look.map((share, at) => [share, at]).sort(([one], [other]) => other - one);
  const most = order.slice(0, 3).map(([share, at]) => `“\u2068${characters[at]}\u2069” (place ${at + 1}, ${percent(share)} %)`);
  const words = `To write “${iso[place]}”, the ${model.get("places")[place]}, it looked most at ${most.join(", ")}.`;
  setAttributes(source, { "aria-label": `Characters read: ${characters.join(" ")}. ${words}` });
  setText(message, words);
  view.announce(words);
}
