// The same as in lessons/widgets/interpretability/__init__.py. `evidence` has a value for each subset of n words, at the
// place whose binary digits say who is in; `present` is a subset.

function nWords(evidence) {
  return Math.round(Math.log2(evidence.length));
}

// For each word that is there, how much evidence goes with it.
function leftOut(evidence, present) {
  const words = Array.from({ length: nWords(evidence) }, (_, i) => i);
  return words.map((i) => ((present >> i) & 1 ? evidence[present] - evidence[present & ~(1 << i)] : 0));
}

function factorial(n) {
  return n < 2 ? 1 : n * factorial(n - 1);
}

// The Shapley values of the words that are there, among themselves.
function shares(evidence, present) {
  const words = Array.from({ length: nWords(evidence) }, (_, i) => i);
  const here = words.filter((i) => (present >> i) & 1);
  return words.map((i) => {
    if (!here.includes(i)) return 0;
    const others = here.filter((j) => j !== i);
    let total = 0;
    for (let number = 0; number < 2 ** others.length; number += 1) {
      const chosen = others.filter((_, k) => (number >> k) & 1);
      const subset = chosen.reduce((sum, j) => sum + (1 << j), 0);
      const orders = (factorial(chosen.length) * factorial(here.length - 1 - chosen.length)) / factorial(here.length);
      total += orders * (evidence[subset | (1 << i)] - evidence[subset]);
    }
    return total;
  });
}

function probability(evidence) {
  return evidence > -700 ? 1 / (1 + Math.exp(-evidence)) : 0;
}
