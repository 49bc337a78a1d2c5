// Trainings on a grid, the same as in lessons/alignment/steering.py. A point is [step, kl, reward, exact, length].

// The values that a setting takes, in order.
function gridOf(runs, name) {
  return [...new Set(runs.map((run) => run[name]))].sort((a, b) => a - b);
}

// The place of the training with these settings, or −1.
function chosenRun(runs, beta, learningRate, share) {
  return runs.findIndex((run) => run.beta === beta && run.learning_rate === learningRate && run.share === share);
}

// Where a training was after so many batches, in a straight line between two points; the ends go on.
function between(points, step) {
  for (let place = 0; place + 1 < points.length; place += 1) {
    const [first, second] = [points[place], points[place + 1]];
    if (first[0] <= step && step <= second[0]) {
      const share = (step - first[0]) / (second[0] - first[0]);
      return first.map((value, at) => value + share * (second[at] - value));
    }
  }
  return step < points[0][0] ? points[0] : points.at(-1);
}

// What is maximised: reward − β · KL.
function objective([, kl, reward], beta) {
  return reward - beta * kl;
}

// The first point with the most exact answers.
function bestExact(points) {
  return points.reduce((best, point) => (point[3] > best[3] ? point : best));
}
