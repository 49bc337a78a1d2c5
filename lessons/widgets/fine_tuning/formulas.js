// What a decision threshold does, the same as in fine_tuning.py. A label is 1 (positive) or 0; an example is called
// positive if its probability is at least the threshold.

// The examples from the most probable down: how many positives and negatives are among the first 0, 1, 2, ... of them.
function sortedExamples(labels, probabilities) {
  const order = probabilities.map((_, index) => index).sort((one, other) => probabilities[other] - probabilities[one]);
  const [positives, negatives] = [[0], [0]];
  for (const index of order) {
    positives.push(positives.at(-1) + labels[index]);
    negatives.push(negatives.at(-1) + 1 - labels[index]);
  }
  return { values: order.map((index) => probabilities[index]), positives, negatives };
}

// How many examples have at least this probability.
function countAtLeast(values, threshold) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] >= threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The confusion matrix: true and false positives, false and true negatives.
function confusion({ values, positives, negatives }, threshold) {
  const called = countAtLeast(values, threshold);
  const [tp, fp] = [positives[called], negatives[called]];
  return { tp, fp, fn: positives.at(-1) - tp, tn: negatives.at(-1) - fp };
}

// Precision is null where nothing is called positive: 0 of 0.
function measures({ tp, fp, fn, tn }) {
  return {
    precision: tp + fp ? tp / (tp + fp) : null,
    recall: tp / (tp + fn),
    f1: (2 * tp) / (2 * tp + fp + fn),
    accuracy: (tp + tn) / (tp + fp + fn + tn),
  };
}

// One point for each probability that occurs, from the largest down: what holds if it is the threshold.
function curve(examples) {
  const { values } = examples;
  const distinct = values.filter((value, index) => value !== values[index - 1]);
  return distinct.map((threshold) => ({ threshold, ...measures(confusion(examples, threshold)) }));
}

// The threshold with the largest F1, the highest of equals.
function bestThreshold(examples) {
  return curve(examples).reduce((best, point) => (point.f1 > best.f1 ? point : best)).threshold;
}

// The mean of the precision over the steps of the recall.
function averagePrecision(examples) {
  let before = 0;
  return curve(examples).reduce((sum, { precision, recall }) => {
    const step = recall - before;
    before = recall;
    return sum + step * precision;
  }, 0);
}

// How many examples of each label have a probability in each of `bins` equal parts of [0, 1]; 1 is in the last.
function histogram(labels, probabilities, bins) {
  const counts = [new Array(bins).fill(0), new Array(bins).fill(0)];
  probabilities.forEach((value, index) => {
    counts[labels[index]][Math.min(Math.floor(value * bins), bins - 1)] += 1;
  });
  return counts;
}
