// Norm and depth: all numbers come from Python at the start; the slider chooses which stack is drawn.

const DEPTH = 24;
const LOWEST = -9; // the power of ten at which the left picture ends
const KINDS = { "pre-norm": "lw-pre", "post-norm": "lw-post", "residuals only": "lw-residuals", "norms only": "lw-norms", neither: "lw-neither" };
const WITH_MOVES = Object.keys(KINDS).slice(0, 4);

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "Norm and depth");
  const view = { model, root, announce };
  view.redraw = coalesced(() => draw(view));
  const choose = (depth) => {
    update(model, root, { depth: clamp(Math.round(depth), 1, DEPTH) });
    view.redraw.now();
  };
  view.slider = depthSlider(choose);
  view.left = curves("Gradient along the stack", "layers passed", "gradient, relative to the end", Object.keys(KINDS));
  view.right = curves("How far the output moves", "layers in the stack", "the output moves by (%)", WITH_MOVES);
  view.chosen = svg("line", { class: "lw-chosen" });
  view.right.layer("chosen").append(view.chosen);
  view.right.ground.addEventListener("pointerdown", (event) => choose(valueAt(view.right, event)[0]));
  draggable(view.right.ground, view.right, ([x]) => choose(x));
  const most = Math.max(...WITH_MOVES.flatMap((name) => model.get("data")[name].moves));
  const powers = [0, -3, -6, LOWEST].map((power) => [power, tickText(Number(`1e${power}`))]);
  view.left.setDomain([0, DEPTH], [LOWEST, 1.5], powers);
  view.right.setDomain([0, DEPTH], [0, Math.ceil(105 * most)]);
  view.numbers = readouts([...Object.keys(KINDS).map((name) => `gradient, ${name}`), "moves, post ÷ pre"]);
  view.message = html("p", { class: "lw-message" });
  const keys = html("div", { class: "lw-keys" }, ...Object.entries(KINDS).map(([name, mark]) => legendKey(name, mark)));
  const figure = (text, { root: drawn }) => html("figure", { class: "lw-panel" }, html("figcaption", {}, text), drawn);
  const panels = [figure("Gradient before the first layer, and after each", view.left), figure("Every weight moves by 0.0001 against its gradient", view.right)];
  root.append(view.slider.element, keys, html("div", { class: "lw-panels" }, ...panels), view.numbers.element, view.message);
  model.on("change:depth", view.redraw.later);
  draw(view);
}

export default { render };

function depthSlider(choose) {
  const id = uniqueId("depth");
  const input = html("input", { type: "range", id, min: 1, max: DEPTH, step: 1 });
  input.addEventListener("input", () => choose(Number(input.value)));
  const output = html("output", { for: id });
  const caption = html("span", { class: "lw-slider-caption" }, html("label", { for: id }, "Depth of the stack ="), " ", output);
  return { element: html("div", { class: "lw-slider" }, caption, input), input, output };
}

function curves(title, xLabel, yLabel, names) {
  const self = plot({ title, xLabel, yLabel });
  const layer = self.layer("curves");
  self.parts = names.map((name) => {
    const [path, marks] = [svg("path", { class: "lw-curve" }), svg("g")];
    layer.append(svg("g", { class: KINDS[name] }, path, marks));
    return { name, path, marks };
  });
  return self;
}

// Points beyond the lower edge are left to the clipping of the layer.
function drawCurve({ path, marks }, points, chosen = -1) {
  setAttributes(path, { d: pathData(points) });
  children(marks, points.length, () => svg("circle")).forEach((mark, at) => {
    const [cx, cy] = points[at];
    setAttributes(mark, { cx: cx.toFixed(1), cy: clamp(cy, -1e4, 1e4).toFixed(1), r: at === chosen ? 6 : 2.5 });
  });
}

function draw({ model, slider, left, right, chosen, numbers, message, announce }) {
  const [data, depth] = [model.get("data"), model.get("depth")];
  const layers = depth === 1 ? "1 layer" : `${depth} layers`;
  slider.input.value = depth;
  setAttributes(slider.input, { "aria-valuetext": layers });
  setText(slider.output, layers);
  for (const part of left.parts) {
    const lengths = data[part.name].gradients[depth - 1];
    drawCurve(part, lengths.map((length, at) => [left.x(at), left.y(Math.log10(Math.max(length, 1e-300)))]));
    numbers.set(`gradient, ${part.name}`, formatNumber(lengths[0], 2));
  }
  for (const part of right.parts) drawCurve(part, data[part.name].moves.map((move, at) => [right.x(at + 1), right.y(100 * move)]), depth - 1);
  setAttributes(chosen, { x1: right.x(depth), x2: right.x(depth), y1: right.box.y, y2: right.box.y + right.box.height });
  const moves = Object.fromEntries(WITH_MOVES.map((name) => [name, data[name].moves[depth - 1]]));
  const ratio = (moves["post-norm"] / moves["pre-norm"]).toFixed(2);
  numbers.set("moves, post ÷ pre", ratio);
  const told = (of) => Object.entries(of).map(([name, text]) => `${text} (${name})`).join(", ");
  const arrives = Object.fromEntries(Object.keys(KINDS).map((name) => [name, formatNumber(data[name].gradients[depth - 1][0], 2)]));
  const far = Object.fromEntries(WITH_MOVES.map((name) => [name, `${(100 * moves[name]).toFixed(1)} %`]));
  const words =
    `With ${layers}, the gradient before the first, relative to that at the end: ${told(arrives)}. ` +
    `If every weight moves by 0.0001, the output moves by ${told(far)}: post-norm ${ratio} times as far as pre-norm.`;
  setText(message, words);
  announce(words);
}
