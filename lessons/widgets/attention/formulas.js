// Softmax with a temperature and masks, and the entropy of its rows. lessons.attention.masked_softmax says the same in Python.
// Matrices are flat, row after row: the weight with which token i looks at token j stands at i * n + j.

const SPECIAL = ["[CLS]", "[SEP]"];
const PADDING = "[PAD]";

// 1 where token i (a row) may look at token j (a column).
function allowedPairs(tokens, { causal, hidePadding, hideSpecial }) {
  const n = tokens.length;
  const hidden = tokens.map((token) => (hidePadding && token === PADDING) || (hideSpecial && SPECIAL.includes(token)));
  const allowed = new Uint8Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) allowed[i * n + j] = !hidden[j] && (!causal || j <= i) ? 1 : 0;
  }
  return allowed;
}

// Rows that sum to 1, or to 0 where nothing is allowed. The largest score is taken off first, so that exp stays finite.
function attentionWeights(scores, allowed, n, temperature) {
  const weights = new Float64Array(n * n);
  for (let start = 0; start < n * n; start += n) {
    let largest = -Infinity;
    for (let at = start; at < start + n; at += 1) if (allowed[at] && scores[at] > largest) largest = scores[at];
    let sum = 0;
    for (let at = start; at < start + n; at += 1) {
      if (allowed[at]) sum += weights[at] = Math.exp((scores[at] - largest) / temperature);
    }
    if (sum > 0) for (let at = start; at < start + n; at += 1) weights[at] /= sum;
  }
  return weights;
}

// In bits: 0 for a row that looks at one token (or at none), log2 of k for one that looks at k tokens equally.
function entropyBits(row) {
  return row.reduce((bits, weight) => (weight > 0 ? bits - weight * Math.log2(weight) : bits), 0);
}
