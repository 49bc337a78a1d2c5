// The field of a text that the kernel answers: a pause in typing or Enter sends it. Below it stands what the kernel says
// of the text, or that no answer has come. An answer is here when the data repeat all that was asked.

const SLOW = 4000; // milliseconds without an answer after which we say so

// `asks` are the values that need the kernel; `along` gives those that go with a new text; `goesOn` is what does not need it.
function textField({ model, root, announce }, { label, hint, goesOn, pause = 700, asks = ["text"], along = () => ({}) }) {
  const input = html("input", { type: "text", spellcheck: "false", autocomplete: "off", dir: "auto" });
  const field = html("label", { class: "lw-text" }, html("span", {}, `${label} `), html("span", { class: "lw-hint" }, hint), input);
  const status = html("p", { class: "lw-status" });
  const timers = {};
  let slow = false;
  const same = (one, other) => String(one) === String(other); // texts, switches, lists of numbers
  const isOpen = () => asks.some((name) => !same(model.get("data")[name], model.get(name)));
  const show = () => {
    // While someone types, the field is left alone.
    if (input.value !== model.get("text") && document.activeElement !== input) input.value = model.get("text");
    const open = isOpen();
    setAttributes(root, { "aria-busy": open && "true" });
    if (!open) clearTimeout(timers.slow);
    const lost = root.classList.contains("lw-disconnected");
    const silent = lost ? `A new text needs a running kernel: run this cell again. ${goesOn}` : `No answer yet. A new text needs a running kernel: it may be busy, or gone. ${goesOn}`;
    const said = !open ? model.get("data").note : lost || slow ? silent : "The model reads your text …";
    setText(status, said);
    status.dataset.state = open ? "waiting" : "read";
    if (said) announce(said);
  };
  const ask = (values) => {
    update(model, root, values);
    clearTimeout(timers.slow);
    slow = false;
    timers.slow = setTimeout(() => {
      slow = true;
      show();
    }, SLOW);
    show();
  };
  const send = () => {
    clearTimeout(timers.pause);
    const text = input.value.toWellFormed?.() ?? input.value; // half an emoji is no text
    if (text !== model.get("text")) ask({ text, ...along(text) });
  };
  const later = () => {
    clearTimeout(timers.pause);
    timers.pause = setTimeout(send, pause);
  };
  input.addEventListener("input", (event) => event.isComposing || later());
  input.addEventListener("compositionend", later); // Chinese is written in several keys
  input.addEventListener("change", send); // whoever leaves the field before the pause is over has written, too
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) send();
  });
  for (const name of ["data", ...asks]) model.on(`change:${name}`, show);
  show();
  return { element: html("div", {}, field, status), field, input, ask, stop: () => Object.values(timers).forEach(clearTimeout) };
}

// --- shares as bars --------------------------------------------------------------------------------------------------

function percentText(share) {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share >= 0.9995) return "> 99.9 %";
  return `${(100 * share).toFixed(share === 1 || (share >= 0.0995 && share < 0.995) ? 0 : 1)} %`;
}

// Rows of a name, a bar and per cents; `emphasis` frames a row. `bdi` keeps Hebrew and Arabic from turning their neighbours.
function drawBars(element, rows) {
  const make = () => html("div", {}, html("bdi"), html("span", { class: "lw-share", "aria-hidden": "true" }, html("span")), html("span", { class: "lw-percent" }));
  children(element, rows.length, make).forEach((row, at) => {
    const { name, share, emphasis } = rows[at];
    const [label, bar, number] = row.children;
    setText(label, name);
    bar.firstChild.style.width = `${(100 * share).toFixed(2)}%`;
    setText(number, percentText(share));
    row.classList.toggle("lw-emphasis", Boolean(emphasis));
  });
}
