// Reward against KL: all trainings come once from Python; which one is shown, and how far, is computed here.

const SETTINGS = [
  ["beta", "Price β:"],
  ["learning_rate", "Learning rate:"],
  ["share", "Flawed share:"],
];
const VALUES = ["reward", "exact", "KL", "reward − β·KL", "tokens"];
const SECONDS = 4; // that a whole training takes to replay

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Reward against KL");
  const view = { model, root, announce, runs: model.get("runs"), playing: false };
  view.redraw = coalesced(() => draw(view));
  view.picture = plot({ title: "Reward and exact answers against KL", xLabel: "KL to the start, in nats", yLabel: "mean of an answer", width: 620, height: 330 });
  view.picture.root.classList.add("lw-wide");
  domain(view);
  view.others = view.picture.layer("others");
  view.ways = view.picture.layer("ways");
  view.lines = { exact: svg("path", { class: "lw-way lw-way-exact" }), reward: svg("path", { class: "lw-way lw-way-reward" }) };
  view.marks = { exact: svg("path", { class: "lw-at lw-at-exact", d: "M0 -6.5L6.5 0L0 6.5L-6.5 0Z" }), reward: svg("circle", { class: "lw-at lw-at-reward", r: 5.5 }) };
  view.ways.append(view.lines.exact, view.lines.reward, view.marks.exact, view.marks.reward);
  view.sliders = SETTINGS.map(([name, label]) => settingSlider(view, name, label));
  view.stepSlider = stepSlider(view);
  view.play = button("Play", () => toggle(view), { class: "lw-play" });
  view.numbers = readouts(VALUES);
  view.message = html("p", { class: "lw-message" });
  view.said = html("ul", { class: "lw-said", "aria-label": "What it writes in the end" });
  view.saidTitle = html("p", { class: "lw-hint" }, "What it writes in the end:");
  const keys = html("div", { class: "lw-keys" }, legendKey("● reward that is paid", "lw-key-reward"), legendKey("◆ exact answers", "lw-key-exact"));
  root.append(html("div", { class: "lw-controls" }, ...view.sliders.map(({ element }) => element), view.stepSlider.element, view.play), keys, view.picture.root, view.message, view.numbers.element, view.saidTitle, view.said);
  for (const name of [...SETTINGS.map(([each]) => each), "step"]) model.on(`change:${name}`, view.redraw.later);
  draw(view);
  return () => stop(view);
}

export { gridOf, chosenRun, between, objective, bestExact };
export default { render };

// --- parts -----------------------------------------------------------------------------------------------------------

function domain(view) {
  const points = view.runs.flatMap(({ points }) => points);
  const most = Math.max(0.01, ...points.map(([, kl]) => kl));
  const high = Math.max(1, ...points.map(([, , reward]) => reward));
  view.picture.setDomain([0, 1.04 * most], [0, 1.06 * high]);
}

// A slider over the values that a setting takes.
function settingSlider(view, name, label) {
  const values = gridOf(view.runs, name);
  const id = uniqueId(name.replace("_", "-"));
  const input = html("input", { type: "range", id, min: 0, max: Math.max(1, values.length - 1), step: 1, disabled: values.length < 2 });
  const output = html("output", { for: id });
  input.addEventListener("input", () => {
    update(view.model, view.root, { [name]: values[Math.min(Number(input.value), values.length - 1)] });
    view.redraw.now();
  });
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, label), " ", output);
  return { name, values, input, output, element: html("div", { class: "lw-slider" }, caption, input) };
}

function stepSlider(view) {
  const id = uniqueId("batches");
  const input = html("input", { type: "range", id, min: 0, max: 100, step: 1 });
  const output = html("output", { for: id });
  input.addEventListener("input", () => {
    stop(view);
    go(view, Number(input.value));
  });
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, "Batches:"), " ", output);
  return { input, output, element: html("div", { class: "lw-slider" }, caption, input) };
}

function go(view, step) {
  update(view.model, view.root, { step });
  view.redraw.now();
}

function toggle(view) {
  if (view.playing) return stop(view);
  const last = shownRun(view).points.at(-1)[0];
  if (prefersStillness()) return go(view, last);
  view.playing = true;
  const begun = view.model.get("step") >= last ? 0 : view.model.get("step");
  const start = performance.now();
  const tick = (now) => {
    if (!view.playing) return;
    const step = Math.min(last, begun + (last * (now - start)) / (1000 * SECONDS));
    if (step >= last) view.playing = false;
    go(view, Number(Math.max(0, step).toFixed(2)));
    if (view.playing) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function stop(view) {
  view.playing = false;
  setText(view.play, "Play");
}

function shownRun(view) {
  const { model, runs } = view;
  return runs[chosenRun(runs, model.get("beta"), model.get("learning_rate"), model.get("share"))];
}

// --- drawing ---------------------------------------------------------------------------------------------------------

// The points up to a step, and the place between two of them where it is.
function upTo(points, step) {
  return [...points.filter(([each]) => each < step), between(points, step)];
}

function draw(view) {
  const { model, picture, runs } = view;
  const { x, y } = picture;
  const run = shownRun(view);
  if (!run) return; // Python may set two of the settings one after the other
  const step = model.get("step");
  const here = between(run.points, step);
  const path = (points, at) => pathData(points.map((point) => [x(point[1]), y(point[at])]));
  children(view.others, runs.length, () => svg("path", { class: "lw-other" })).forEach((element, place) => {
    element.setAttribute("d", path(runs[place].points, 2));
  });
  for (const [name, at] of [["reward", 2], ["exact", 3]]) {
    view.lines[name].setAttribute("d", path(upTo(run.points, step), at));
    view.marks[name].setAttribute("transform", `translate(${x(here[1]).toFixed(2)} ${y(here[at]).toFixed(2)})`);
  }
  for (const { name, values, input, output } of view.sliders) {
    const text = formatNumber(model.get(name), 2);
    input.value = values.indexOf(model.get(name));
    setAttributes(input, { "aria-valuetext": text });
    setText(output, text);
  }
  describe(view, run, here, step);
}

function describe(view, run, here, step) {
  const last = run.points.at(-1)[0];
  const { input, output } = view.stepSlider;
  input.max = last;
  input.value = Math.min(step, last);
  setAttributes(input, { "aria-valuetext": `${Math.round(Math.min(step, last))} of ${last}` });
  setText(output, `${Math.round(Math.min(step, last))} of ${last}`);
  setText(view.play, view.playing ? "Pause" : "Play");
  const [, kl, reward, exact, length] = here;
  const shown = { reward, exact, KL: kl, "reward − β·KL": objective(here, run.beta), tokens: length };
  for (const name of VALUES) view.numbers.set(name, shown[name].toFixed(2).replace("-", "−"));
  const best = bestExact(run.points);
  const words = `Exact answers were best after ${best[0]} batches, ${(100 * best[3]).toFixed(0)} %; in the end they are ${(100 * run.points.at(-1)[3]).toFixed(0)} %.`;
  setText(view.message, words);
  if (!view.playing) view.announce(words);
  children(view.said, run.answers.length, () => html("li", {}, html("code"))).forEach((item, place) => {
    setText(item.firstChild, `${run.prompts[place] ?? ""}${run.answers[place]}`);
  });
}
