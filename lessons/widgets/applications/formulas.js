// Okapi BM25, and rankings added up: formulas of lessons.applications.search and of this folder's __init__.py.

const ADDED = 60; // to each rank, before it is turned over

// Runs of letters, digits and underscores, in lower case: Python's re.findall(r"\w+", text.lower()).
function termsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

// The texts of a library: its lines without spaces around them, as many and as long as Python takes.
function textsOf(library, { most, longest }) {
  const lines = library.split("\n").map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ""));
  return lines.filter((line) => line).slice(0, most).map((line) => [...line].slice(0, longest).join(""));
}

// For each text a row for each word of the query that it holds: in `n` texts, `times` here; weight times share is its score.
function countedWords(texts, query, k1, b) {
  const counts = texts.map((text) => {
    const found = new Map();
    for (const term of termsOf(text)) found.set(term, (found.get(term) ?? 0) + 1);
    return found;
  });
  const lengths = counts.map((found) => [...found.values()].reduce((sum, times) => sum + times, 0));
  const mean = Math.max(lengths.reduce((sum, length) => sum + length, 0) / texts.length, 1);
  const asked = termsOf(query);
  return counts.map((found, at) => {
    const norm = k1 * (1 - b + (b * lengths[at]) / mean);
    return asked.filter((term) => found.has(term)).map((term) => {
      const n = counts.filter((other) => other.has(term)).length;
      const times = found.get(term);
      const weight = Math.log(1 + (texts.length - n + 0.5) / (n + 0.5));
      const share = (times * (k1 + 1)) / (times + norm);
      return { term, n, times, weight, share, score: weight * share };
    });
  });
}

function scoresByWords(texts, query, k1, b) {
  return countedWords(texts, query, k1, b).map((rows) => rows.reduce((sum, { score }) => sum + score, 0));
}

// The places of all scores above `least`, best first, the first of equals first.
function ranking(scores, least = -Infinity) {
  const places = scores.map((_, at) => at).filter((at) => scores[at] > least);
  return places.sort((one, other) => scores[other] - scores[one] || one - other);
}

// For each text the sum of 1 / (60 + rank) over the rankings that hold it.
function addedRanks(rankings, n) {
  const scores = new Array(n).fill(0);
  for (const places of rankings) places.forEach((at, rank) => (scores[at] += 1 / (ADDED + rank + 1)));
  return scores;
}
