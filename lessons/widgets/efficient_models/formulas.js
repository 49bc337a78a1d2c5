// Which models are worth a look, the same as in lessons/efficient_models/choices.py. A model is
// { accuracy, milliseconds, megabytes, ... }; `cost` names one of the last two.

// Places of the models that no other beats, the cheapest first; of equals the first stays.
function frontier(models, cost) {
  const order = models.map((_, place) => place);
  order.sort((a, b) => models[a][cost] - models[b][cost] || models[b].accuracy - models[a].accuracy || a - b);
  const found = [];
  for (const place of order) {
    if (!found.length || models[place].accuracy > models[found.at(-1)].accuracy) found.push(place);
  }
  return found;
}

// The place of the most accurate model within a budget, or null.
function bestWithin(models, budget, cost) {
  const within = frontier(models, cost).filter((place) => models[place][cost] <= budget);
  return within.length ? within.at(-1) : null;
}

// The next place in the order of the cost, by so many steps; it stays at the ends.
function neighbour(models, at, steps, cost) {
  const order = models.map((_, place) => place).sort((a, b) => models[a][cost] - models[b][cost] || a - b);
  const here = order.indexOf(at);
  return order[Math.min(Math.max(here + steps, 0), order.length - 1)];
}
