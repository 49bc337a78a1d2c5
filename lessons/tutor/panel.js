// The buttons under an exercise. Python holds the state; this draws it and sends what was pressed.

function button(text, onClick) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.addEventListener("click", onClick);
  return element;
}

function choices(model, send) {
  const form = document.createElement("form");
  const field = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = "Your answer:";
  field.append(legend);
  const group = `lessons-${Math.random().toString(36).slice(2)}`;
  for (const letter of model.get("letters")) {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: group, value: letter });
    label.append(radio, ` ${letter}`);
    field.append(label);
  }
  const check = document.createElement("button");
  check.type = "submit";
  check.textContent = "Check";
  field.append(check);
  form.append(field);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ do: "answer", letter: new FormData(form).get(group) });
  });
  return form;
}

function render({ model, el }) {
  const send = (message) => model.send(message);
  el.classList.add("lessons-panel");
  el.dataset.lmSuppressShortcuts = "true"; // Enter and Space belong to the buttons here, not to the notebook
  el.addEventListener("keydown", (event) => event.stopPropagation());

  const verdict = document.createElement("div");
  const message = document.createElement("p");
  const hints = document.createElement("ol");
  const solution = document.createElement("div");
  const hint = button("", () => send({ do: "hint" }));
  const show = button("", () => send({ do: "solution" }));
  const reset = button("Reset", () => send({ do: "reset" }));
  reset.title = "Forget my attempts and hints for this exercise";
  for (const live of [verdict, message, hints]) live.setAttribute("aria-live", "polite");

  function draw() {
    const seen = model.get("hints");
    const total = model.get("n_hints");
    el.classList.remove(...[...el.classList].filter((name) => name.startsWith("lessons-") && name !== "lessons-panel"));
    el.classList.toggle("lessons-answered", model.get("verdict") !== "");
    if (model.get("kind")) el.classList.add(`lessons-${model.get("kind")}`);
    hint.textContent = seen.length < total ? `Hint ${seen.length + 1} of ${total}` : `All ${total} hints shown`;
    show.textContent = model.get("solution") ? "Hide solution" : model.get("sure") ? "Show it anyway" : "Solution";
    verdict.innerHTML = model.get("verdict");
    message.textContent = model.get("message");
    hints.innerHTML = seen.map((text) => `<li>${text}</li>`).join("");
    solution.innerHTML = model.get("solution");
    message.hidden = !message.textContent;
    hints.hidden = !seen.length;
  }

  const buttons = document.createElement("div");
  buttons.append(hint, show, reset);
  if (model.get("letters").length) el.append(choices(model, send));
  el.append(verdict, buttons, message, hints, solution);
  const names = ["hints", "kind", "verdict", "message", "solution", "sure"];
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
  return () => names.forEach((name) => model.off(`change:${name}`, draw));
}

export default { render };
