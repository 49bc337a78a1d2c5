// Mean squared loss of a line, L(w, b) = mean((w x + b − y)²), and what follows from it. linear_models.py says the same.

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function loss(points, w, b) {
  return mean(points.map(([x, y]) => (w * x + b - y) ** 2));
}

function gradient(points, w, b) {
  const errors = points.map(([x, y]) => w * x + b - y);
  return [2 * mean(errors.map((error, index) => error * points[index][0])), 2 * mean(errors)];
}

function gradientStep(points, w, b, learningRate) {
  const [dw, db] = gradient(points, w, b);
  return [w - learningRate * dw, b - learningRate * db];
}

// Mean and mean squared deviation of the inputs. Inputs that differ by rounding only count as equal.
function spread(points) {
  const inputs = points.map(([x]) => x);
  const centre = mean(inputs);
  const deviation = mean(inputs.map((x) => (x - centre) ** 2));
  const largest = Math.max(...inputs.map(Math.abs));
  return [centre, deviation <= (1e-12 * largest) ** 2 ? 0 : deviation];
}

// The (w, b) of least loss; where many lines are equally good, the level one.
function leastSquares(points) {
  const [xMean, deviation] = spread(points);
  const yMean = mean(points.map(([, y]) => y));
  if (deviation === 0) return [0, yMean];
  const w = mean(points.map(([x, y]) => (x - xMean) * (y - yMean))) / deviation;
  return [w, yMean - w * xMean];
}

// The Hessian 2 [[mean x², mean x], [mean x, 1]]: its eigenvalues, and the angle of the steep direction in (w, b).
function curvature(points) {
  const [xMean, deviation] = spread(points);
  const a = 2 * (deviation + xMean ** 2);
  const c = 2 * xMean;
  const large = (a + 2 + Math.hypot(a - 2, 2 * c)) / 2;
  return { large, small: (4 * deviation) / large, angle: Math.atan2(2 * c, a - 2) / 2 };
}

// Within 1 % of 2 / λmax nothing visible happens for a long time: neither word would be seen to be true.
function behaviour(learningRate, large) {
  const ratio = (learningRate * large) / 2;
  if (Math.abs(ratio - 1) <= 0.01) return "on the edge";
  return ratio < 1 ? "converges" : "diverges";
}

// Where descent is stopped: a loss a million million times that of the line y = 0 (or than 1).
function lossLimit(points) {
  return 1e12 * Math.max(1, loss(points, 0, 0));
}

// The part of the plane of (w, b) to show: the minimum in the middle, the current place well inside.
function bowlWindow(points, w, b) {
  const [w0, b0] = leastSquares(points);
  const tall = Math.max(...points.map(([, y]) => Math.abs(y))) || 1;
  const wide = Math.max(...points.map(([x]) => Math.abs(x))) || 1;
  const halfW = Math.max(1.35 * Math.abs(w - w0), (0.5 * tall) / wide);
  const halfB = Math.max(1.35 * Math.abs(b - b0), 0.5 * tall);
  return [[w0 - halfW, w0 + halfW], [b0 - halfB, b0 + halfB]];
}

// The axes of the data: all points, with a quarter of their extent around them.
function dataWindow(points) {
  return [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    const low = Math.min(...values);
    const high = Math.max(...values);
    const margin = 0.25 * (high - low) || 0.5 * Math.abs(low) || 1;
    return [low - margin, high + margin];
  });
}

// Whole powers of ten around 2 / λmax, from less than a tenth of it to beyond it.
function learningRateRange(large) {
  const exponent = Math.log10(2 / large);
  return [10 ** Math.floor(exponent - 1), 10 ** Math.ceil(exponent + 0.1)];
}

// Radii of the contours, measured in √(L − Lmin), up to the corners of the window.
function contourRadii(points, [[wLow, wHigh], [bLow, bHigh]], count = 8) {
  const least = loss(points, ...leastSquares(points));
  const corners = [[wLow, bLow], [wLow, bHigh], [wHigh, bLow], [wHigh, bHigh]];
  const farthest = Math.sqrt(Math.max(0, ...corners.map(([w, b]) => loss(points, w, b) - least)));
  return Array.from({ length: count }, (_, index) => (farthest * (index + 1)) / count);
}

// A closed polygon of (w, b) with loss Lmin + radius². In a valley without slope it is cut off at `longest`.
function contour(points, radius, longest, corners = 120) {
  const [w0, b0] = leastSquares(points);
  const { large, small, angle } = curvature(points);
  const short = radius / Math.sqrt(large / 2);
  const long = Math.min(longest, radius / Math.sqrt(small / 2));
  return Array.from({ length: corners }, (_, index) => {
    const turn = (2 * Math.PI * index) / corners;
    const [along, across] = [short * Math.cos(turn), long * Math.sin(turn)];
    return [
      w0 + along * Math.cos(angle) - across * Math.sin(angle),
      b0 + along * Math.sin(angle) + across * Math.cos(angle),
    ];
  });
}
