// A GPT in the browser: the twin of lessons/gpt/model.py and sampling.py. Weights arrive as bytes and become float32;
// all sums are in double precision. A trace keeps every number of every place, so a longer text costs its new tokens alone;
// new tokens go through each layer together, so that a weight is read once for four of them.

// --- weights ---------------------------------------------------------------------------------------------------------

// `layout` names each tensor with its shape and where it begins: matrices as int8 with a float32 factor for each row.
function unpackWeights(view, layout) {
  const bytes = view instanceof DataView ? view : new DataView(view.buffer ?? view);
  const found = {};
  for (const { name, rows, columns, start, factors } of layout.tensors) {
    const values = new Float32Array(rows * columns);
    if (factors === null) for (let i = 0; i < values.length; i += 1) values[i] = bytes.getFloat32(start + 4 * i, true);
    else {
      for (let row = 0; row < rows; row += 1) {
        const factor = bytes.getFloat32(factors + 4 * row, true);
        for (let i = row * columns; i < (row + 1) * columns; i += 1) values[i] = bytes.getInt8(start + i) * factor;
      }
    }
    found[name] = { values, rows, columns };
  }
  return { weights: found, ...layout.sizes };
}

// --- parts -----------------------------------------------------------------------------------------------------------

function rowOf(matrix, row) {
  return matrix.values.subarray(row * matrix.columns, (row + 1) * matrix.columns);
}

function dotProduct(one, other, from = 0, to = one.length) {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += one[i] * other[i];
  return sum;
}

// A matrix times each of some vectors. Nearly all of the time goes into the two loops below: what they read of the matrix
// serves several sums, which do not wait for one another.
function products(matrix, vectors) {
  const found = vectors.map(() => new Float64Array(matrix.rows));
  const fours = vectors.length - (vectors.length % 4);
  for (let at = 0; at < fours; at += 4) fourProducts(matrix, vectors.slice(at, at + 4), found.slice(at, at + 4));
  for (let at = fours; at < vectors.length; at += 1) oneProduct(matrix, vectors[at], found[at]);
  return found;
}

// One vector, four rows at once.
function oneProduct({ values, rows, columns }, vector, found) {
  const whole = rows - (rows % 4);
  for (let row = 0; row < whole; row += 4) {
    const first = row * columns;
    const second = first + columns;
    const third = second + columns;
    const fourth = third + columns;
    let one = 0;
    let two = 0;
    let three = 0;
    let four = 0;
    for (let i = 0; i < columns; i += 1) {
      const value = vector[i];
      one += values[first + i] * value;
      two += values[second + i] * value;
      three += values[third + i] * value;
      four += values[fourth + i] * value;
    }
    found[row] = one;
    found[row + 1] = two;
    found[row + 2] = three;
    found[row + 3] = four;
  }
  for (let row = whole; row < rows; row += 1) found[row] = dotProduct(values.subarray(row * columns, (row + 1) * columns), vector);
}

// Four vectors, two rows at once.
function fourProducts({ values, rows, columns }, vectors, found) {
  const [first, second, third, fourth] = vectors;
  const [a, b, c, d] = found;
  for (let row = 0; row + 1 < rows; row += 2) {
    const upper = row * columns;
    const lower = upper + columns;
    let one = 0;
    let two = 0;
    let three = 0;
    let four = 0;
    let five = 0;
    let six = 0;
    let seven = 0;
    let eight = 0;
    for (let i = 0; i < columns; i += 1) {
      const above = values[upper + i];
      const below = values[lower + i];
      one += above * first[i];
      two += above * second[i];
      three += above * third[i];
      four += above * fourth[i];
      five += below * first[i];
      six += below * second[i];
      seven += below * third[i];
      eight += below * fourth[i];
    }
    a[row] = one;
    b[row] = two;
    c[row] = three;
    d[row] = four;
    a[row + 1] = five;
    b[row + 1] = six;
    c[row + 1] = seven;
    d[row + 1] = eight;
  }
  if (rows % 2) vectors.forEach((vector, at) => (found[at][rows - 1] = dotProduct(values.subarray((rows - 1) * columns), vector)));
}

function linear({ weights }, name, vectors) {
  const bias = weights[`${name}.bias`].values;
  return products(weights[`${name}.weight`], vectors).map((found) => added(found, bias));
}

function moments(vector) {
  let mean = 0;
  for (let i = 0; i < vector.length; i += 1) mean += vector[i] / vector.length;
  let variance = 0;
  for (let i = 0; i < vector.length; i += 1) variance += (vector[i] - mean) ** 2 / vector.length;
  return { mean, variance };
}

function layerNorm({ weights, epsilon }, name, vector) {
  const { mean, variance } = moments(vector);
  const scale = weights[`${name}.weight`].values;
  const shift = weights[`${name}.bias`].values;
  const root = Math.sqrt(variance + epsilon);
  return vector.map((value, i) => ((value - mean) / root) * scale[i] + shift[i]);
}

// GPT-2's approximation by tanh.
function gelu(value) {
  return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value * value * value)));
}

function softmaxOf(scores) {
  let largest = -Infinity;
  for (let i = 0; i < scores.length; i += 1) largest = Math.max(largest, scores[i]);
  const exponentials = new Float64Array(scores.length);
  let sum = 0;
  for (let i = 0; i < scores.length; i += 1) {
    exponentials[i] = Math.exp(scores[i] - largest);
    sum += exponentials[i];
  }
  return exponentials.map((value) => value / sum);
}

function added(one, other) {
  const sum = new Float64Array(one.length);
  for (let i = 0; i < sum.length; i += 1) sum[i] = one[i] + other[i];
  return sum;
}

// --- the model -------------------------------------------------------------------------------------------------------

// The trace of a text: what stands at each place after each part. `old` is the trace of an earlier text; the places
// that both begin with are taken from it, which is what a cache does.
function traceOf(model, ids, old = null) {
  let same = 0;
  if (old) while (same < ids.length && same < old.ids.length && ids[same] === old.ids[same]) same += 1;
  const kept = old ? old.places.slice(0, same) : [];
  const fresh = ids.slice(same).map((id, at) => embeddedAt(model, id, same + at));
  let streams = fresh.map(({ embedded }) => embedded);
  for (let index = 0; index < model.n_layers; index += 1) {
    const layers = oneLayer(model, kept.map((place) => place.layers[index]), index, streams);
    layers.forEach((layer, at) => fresh[at].layers.push(layer));
    streams = layers.map(({ after }) => after);
  }
  streams.forEach((stream, at) => finish(model, fresh[at], stream));
  return { ids: [...ids], places: [...kept, ...fresh] };
}

function embeddedAt(model, id, place) {
  const token = new Float64Array(rowOf(model.weights["token.weight"], id));
  const position = new Float64Array(rowOf(model.weights["position.weight"], place));
  return { id, token, position, embedded: added(token, position), layers: [] };
}

// The end of a place. Its logits are as many products as there are tokens: they are made when somebody looks.
function finish({ weights, epsilon }, place, stream) {
  place.normed = layerNorm({ weights, epsilon }, "norm", stream);
  let logits = null;
  Object.defineProperty(place, "logits", { enumerable: true, get: () => (logits ??= products(weights["token.weight"], [place.normed])[0]) });
}

// New streams through one layer; `before` is that layer at the places before them.
function oneLayer(model, before, index, streams) {
  const name = `layers.${index}`;
  const normed = streams.map((stream) => layerNorm(model, `${name}.attention_norm`, stream));
  const [query, key, value] = ["query", "key", "value"].map((part) => linear(model, `${name}.attention.${part}`, normed));
  const keys = [...before.map((other) => other.key), ...key];
  const values = [...before.map((other) => other.value), ...value];
  const heads = query.map((each, at) => headsOf(model, each, keys, values, before.length + at + 1));
  const mixed = heads.map(mixedOf);
  const attended = linear(model, `${name}.attention.output`, mixed);
  const middle = streams.map((stream, at) => added(stream, attended[at]));
  const second = middle.map((stream) => layerNorm(model, `${name}.feed_forward_norm`, stream));
  const expanded = linear(model, `${name}.feed_forward.expand`, second);
  const activated = expanded.map((vector) => vector.map(gelu));
  const contracted = linear(model, `${name}.feed_forward.contract`, activated);
  const after = middle.map((stream, at) => added(stream, contracted[at]));
  const parts = { stream: streams, normed, query, key, value, heads, mixed, attended, middle, second, expanded, activated, contracted, after };
  return streams.map((_, at) => Object.fromEntries(Object.entries(parts).map(([part, all]) => [part, all[at]])));
}

// What each head does at a place that looks at the first `seen` tokens.
function headsOf({ n_heads: n, hidden_size: size }, query, keys, values, seen) {
  const width = size / n;
  return Array.from({ length: n }, (_, head) => {
    const [from, to] = [head * width, (head + 1) * width];
    const scores = new Float64Array(seen);
    const root = Math.sqrt(width);
    for (let at = 0; at < seen; at += 1) scores[at] = dotProduct(query, keys[at], from, to) / root;
    const weights = softmaxOf(scores);
    const found = new Float64Array(width);
    for (let at = 0; at < seen; at += 1) {
      for (let i = 0; i < width; i += 1) found[i] += weights[at] * values[at][from + i];
    }
    return { scores, weights, found };
  });
}

// What the heads of a place found, side by side.
function mixedOf(heads) {
  const width = heads[0].found.length;
  const mixed = new Float64Array(heads.length * width);
  heads.forEach(({ found }, head) => mixed.set(found, head * width));
  return mixed;
}

// --- before the draw -------------------------------------------------------------------------------------------------

// Token ids, the likeliest first.
function orderOf(logits) {
  return Uint32Array.from(logits.keys()).sort((one, other) => logits[other] - logits[one]);
}

// Probabilities after temperature, top-k, top-p and min-p, in this order; 0 is what cannot come.
function shapedProbabilities(logits, { temperature = 1, top_k: k = 0, top_p: p = 1, min_p: share = 0 } = {}, order = orderOf(logits)) {
  if (temperature === 0) return Float64Array.from(logits, (_, id) => (id === order[0] ? 1 : 0));
  let kept = new Float64Array(logits).map((logit) => logit / temperature);
  if (k > 0) {
    const least = kept[order[Math.min(k, order.length) - 1]];
    kept = kept.map((logit) => (logit < least ? -Infinity : logit));
  }
  if (p < 1) {
    const chances = softmaxOf(kept);
    let tail = 0;
    for (let at = order.length - 1; at > 0; at -= 1) {
      tail += chances[order[at]];
      if (tail <= 1 - p) kept[order[at]] = -Infinity;
    }
  }
  if (share > 0) {
    const chances = softmaxOf(kept);
    const least = share * chances[order[0]];
    kept = kept.map((logit, id) => (chances[id] < least ? -Infinity : logit));
  }
  return softmaxOf(kept);
}

function drawnFrom(probabilities, random) {
  let left = random;
  let last = 0;
  for (let id = 0; id < probabilities.length; id += 1) {
    if (probabilities[id] === 0) continue;
    last = id;
    left -= probabilities[id];
    if (left < 0) return id;
  }
  return last;
}

// --- the sum that made a number --------------------------------------------------------------------------------------

const LINEAR = {
  query: ["attention.query", "normed"], key: ["attention.key", "normed"], value: ["attention.value", "normed"],
  attended: ["attention.output", "mixed"], expanded: ["feed_forward.expand", "second"], contracted: ["feed_forward.contract", "activated"],
};
const SUMS = { embedded: ["token", "position"], middle: ["stream", "attended"], after: ["middle", "contracted"] };
const NORMS = { normed: ["attention_norm", "stream"], second: ["feed_forward_norm", "middle"] };

// What number `index` of a part is made of: {how, terms: [[name, value]], total}; the terms add up to the total.
function madeOf(model, trace, { part, layer, head, place, index }) {
  const here = trace.places[place];
  const values = here.layers[layer] ?? {};
  if (part === "embedded") return sumOf(SUMS.embedded, [here.token[index], here.position[index]]);
  if (SUMS[part]) return sumOf(SUMS[part], SUMS[part].map((name) => values[name][index]));
  if (LINEAR[part]) return linearTerms(model, `layers.${layer}.${LINEAR[part][0]}`, LINEAR[part][1], values[LINEAR[part][1]], index);
  if (NORMS[part]) return normTerms(model, `layers.${layer}.${NORMS[part][0]}`, values[NORMS[part][1]], index);
  if (part === "last") return normTerms(model, "norm", here.layers.at(-1).after, index);
  if (part === "scores") return scoreTerms(model, trace, { layer, head, place, index });
  if (part === "weights") return weightTerms(values.heads[head], index);
  if (part === "mixed") return mixedTerms(model, trace, { layer, place, index });
  if (part === "activated") return { how: "GELU of the number before it", terms: [[`GELU(${formatNumber(values.expanded[index])})`, gelu(values.expanded[index])]], total: gelu(values.expanded[index]) };
  return logitTerms(model, here, index);
}

function sumOf(names, values) {
  return { how: "a sum of two", terms: names.map((name, i) => [name, values[i]]), total: values[0] + values[1] };
}

function productTerms(how, one, other, name, more = []) {
  const terms = [...Array.from(one, (value, i) => [name(i), value * other[i]]), ...more];
  return { how, terms, total: terms.reduce((sum, [, value]) => sum + value, 0) };
}

function linearTerms({ weights }, name, source, vector, index) {
  const row = rowOf(weights[`${name}.weight`], index);
  return productTerms(`weights · ${source} + bias`, row, vector, (i) => `${source}[${i}] · weight`, [["bias", weights[`${name}.bias`].values[index]]]);
}

function normTerms({ weights, epsilon }, name, vector, index) {
  const { mean, variance } = moments(vector);
  const scale = weights[`${name}.weight`].values[index];
  const shift = weights[`${name}.bias`].values[index];
  const factor = scale / Math.sqrt(variance + epsilon);
  const terms = [["the number · scale / spread", vector[index] * factor], ["− mean · scale / spread", -mean * factor], ["shift", shift]];
  return { how: "less the mean, over the spread, times scale, plus shift", terms, total: terms.reduce((sum, [, value]) => sum + value, 0) };
}

function scoreTerms({ n_heads: n, hidden_size: size }, trace, { layer, head, place, index }) {
  const width = size / n;
  const part = (vector) => vector.subarray(head * width, (head + 1) * width);
  const query = part(trace.places[place].layers[layer].query).map((value) => value / Math.sqrt(width));
  const key = part(trace.places[index].layers[layer].key);
  return productTerms("query · key / √head_dim", query, key, (i) => `query[${i}] · key[${i}]`);
}

function weightTerms({ scores, weights }, index) {
  return { how: `e to the score ${formatNumber(scores[index])}, over the sum of all in this row`, terms: [["share of this row", weights[index]]], total: weights[index] };
}

function mixedTerms({ n_heads: n, hidden_size: size }, trace, { layer, place, index }) {
  const head = Math.floor(index / (size / n));
  const { weights } = trace.places[place].layers[layer].heads[head];
  const values = Array.from(weights, (_, at) => trace.places[at].layers[layer].value[index]);
  return productTerms("weights · values, over the tokens looked at", weights, values, (at) => `token ${at}: weight · value`);
}

function logitTerms({ weights }, here, index) {
  return productTerms("the last vector · the token's embedding", rowOf(weights["token.weight"], index), here.normed, (i) => `vector[${i}] · embedding[${i}]`);
}
