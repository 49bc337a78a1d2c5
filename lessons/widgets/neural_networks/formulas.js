// From ink to probabilities: the pen, the picture as MNIST would have it, the layers. neural_networks.py says the same.
// Ink is a square of PAPER × PAPER bytes, 0 for paper, 255 for ink, row by row; a picture is 28 × 28 numbers in 0..1.

const PAPER = 140;
const SIDE = 28;
const BOX = 20; // the longer side of a digit in MNIST
const PEN = 6.5; // the radius of the pen, in pixels of the paper
const FAINT = 16; // ink below this does not count towards the size of a digit
const LARGEST_SCALE = 0.4; // a dot stays a dot: twice the scale of a digit that fills the paper

// --- the pen ---------------------------------------------------------------------------------------------------------

// Draws (or erases) a line with round ends in place; its edge is one pixel soft.
function penStroke(ink, x1, y1, x2, y2, radius = PEN, erase = false) {
  const bound = (value) => Math.min(Math.max(value, 0), PAPER - 1);
  const [left, right] = [bound(Math.floor(Math.min(x1, x2) - radius - 1)), bound(Math.ceil(Math.max(x1, x2) + radius + 1))];
  const [top, bottom] = [bound(Math.floor(Math.min(y1, y2) - radius - 1)), bound(Math.ceil(Math.max(y1, y2) + radius + 1))];
  const [dx, dy] = [x2 - x1, y2 - y1];
  const squared = dx * dx + dy * dy;
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      const [px, py] = [column + 0.5 - x1, row + 0.5 - y1];
      const along = squared ? Math.min(Math.max((px * dx + py * dy) / squared, 0), 1) : 0;
      const distance = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
      const cover = Math.floor(255 * Math.min(Math.max(radius - distance + 0.5, 0), 1) + 0.5);
      const at = row * PAPER + column;
      ink[at] = erase ? Math.min(ink[at], 255 - cover) : Math.max(ink[at], cover);
    }
  }
}

// --- what the model sees ---------------------------------------------------------------------------------------------

// Centre of mass and box of the ink, or null for empty paper.
function extent(ink) {
  let [total, x, y] = [0, 0, 0];
  let [left, right, top, bottom] = [PAPER, -1, PAPER, -1];
  for (let row = 0; row < PAPER; row += 1) {
    for (let column = 0; column < PAPER; column += 1) {
      const amount = ink[row * PAPER + column];
      if (!amount) continue;
      total += amount;
      x += amount * (column + 0.5);
      y += amount * (row + 0.5);
      if (amount < FAINT) continue;
      [left, right] = [Math.min(left, column), Math.max(right, column)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    }
  }
  if (right < 0) return null;
  return { x: x / total, y: y / total, left, top, size: Math.max(right - left, bottom - top) + 1 };
}

// The picture as MNIST was made: the longer side scaled to 20 pixels, then moved by whole pixels until the centre of
// mass is in the middle one, number 14 of 0..27. A digit of MNIST on the paper comes back as it was.
function asSeen(ink) {
  const found = extent(ink);
  const picture = new Float64Array(SIDE * SIDE);
  if (!found) return picture;
  const scale = Math.min(BOX / found.size, LARGEST_SCALE);
  const across = overlaps(found.left, found.x, scale);
  const down = overlaps(found.top, found.y, scale);
  for (let row = 0; row < SIDE; row += 1) {
    const line = new Float64Array(PAPER);
    for (const [from, share] of down[row]) {
      for (let column = 0; column < PAPER; column += 1) line[column] += share * ink[from * PAPER + column];
    }
    for (let column = 0; column < SIDE; column += 1) {
      let sum = 0;
      for (const [from, share] of across[column]) sum += share * line[from];
      picture[row * SIDE + column] = sum / 255;
    }
  }
  return picture;
}

// For each pixel of the picture along one axis, the pixels of the paper that it covers, and their shares of it.
function overlaps(edge, centre, scale) {
  const offset = Math.ceil(SIDE / 2 - (centre - edge) * scale - 1e-9);
  return Array.from({ length: SIDE }, (_, index) => {
    const start = (index - offset) / scale + edge;
    const end = (index + 1 - offset) / scale + edge;
    const shares = [];
    for (let from = Math.max(0, Math.floor(start)); from < Math.min(PAPER, end); from += 1) {
      shares.push([from, Math.max(0, Math.min(end, from + 1) - Math.max(start, from)) * scale]);
    }
    return shares;
  });
}

// A 28 × 28 picture of bytes on the paper, five pixels for one.
function onPaper(picture) {
  const ink = new Uint8Array(PAPER * PAPER);
  const times = PAPER / SIDE;
  for (let at = 0; at < ink.length; at += 1) {
    const [row, column] = [Math.floor(at / PAPER), at % PAPER];
    ink[at] = picture[Math.floor(row / times) * SIDE + Math.floor(column / times)];
  }
  return ink;
}

// --- the model -------------------------------------------------------------------------------------------------------

// The error function by its series of positive terms, exact to the last digits.
function erf(x) {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  let term = size;
  let sum = size;
  for (let n = 1; term > 1e-17 * sum; n += 1) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(x) * 2 * sum * Math.exp(-size * size)) / Math.sqrt(Math.PI);
}

const ACTIVATIONS = {
  relu: (x) => (x > 0 ? x : 0),
  tanh: Math.tanh,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

// Outputs of all layers, the logits last. A layer is { kind, inputs, outputs, weight, bias }: places in `numbers`.
function run(layers, numbers, picture) {
  const outputs = [];
  let values = Float32Array.from(picture);
  for (const layer of layers) {
    values = layer.kind === "linear" ? linear(layer, numbers, values) : values.map(ACTIVATIONS[layer.kind]);
    outputs.push(values);
  }
  return outputs;
}

function linear({ inputs, outputs, weight, bias }, numbers, values) {
  const result = new Float32Array(outputs);
  for (let unit = 0; unit < outputs; unit += 1) {
    let sum = bias === null ? 0 : numbers[bias + unit];
    const start = weight + unit * inputs;
    for (let index = 0; index < inputs; index += 1) sum += numbers[start + index] * values[index];
    result[unit] = sum;
  }
  return result;
}

function softmax(logits) {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

// The hidden layers among all outputs: each linear layer but the last, with the activation that follows it.
function hiddenLayers(layers) {
  const linears = layers.flatMap(({ kind }, index) => (kind === "linear" ? [index] : []));
  return linears.slice(0, -1).map((start, index) => ({ start, end: linears[index + 1] - 1 }));
}

// The places of the largest values, the largest first.
function strongest(values, count) {
  const order = Array.from(values, (_, index) => index).sort((one, other) => values[other] - values[one]);
  return order.slice(0, count);
}
