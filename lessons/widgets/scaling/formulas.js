// A plan for a cluster, the same as in lessons/scaling/planner.py. A model is what `facts` says of it; a task is
// { model, device, n, tokens, batchTokens, bandwidth }.

const REACHED = 0.5;
const NODE = 8;
const STATES = [["weights", 2], ["gradients", 2], ["optimizer", 12]]; // bytes of each parameter

function ringSeconds(bytes, n, bandwidth) {
  return (((2 * (n - 1)) / n) * bytes) / bandwidth;
}

function textsOfReplica({ model, batchTokens }, plan) {
  return batchTokens / model.tokens / plan.replicas;
}

function planMemory(task, plan) {
  const { model } = task;
  const mine = model.parameters / (plan.tensor * plan.stages);
  const found = {};
  STATES.forEach(([name, size], place) => {
    const isCut = plan.sharded === 3 || (plan.sharded === 1 && place === 2);
    found[name] = (size * mine) / (isCut ? plan.replicas : 1);
  });
  const stream = (model.tokens * model.hidden_size) / plan.tensor;
  const whole = stream * (18 + 16 * model.width);
  const layers = model.n_layers / plan.stages;
  const flying = Math.min(plan.stages, textsOfReplica(task, plan));
  const kept = plan.recomputed ? 2 * stream * layers * flying + whole : whole * layers * flying;
  found.activations = kept + (6 * model.tokens * model.vocab_size) / plan.tensor;
  return found;
}

function stepSeconds(task, plan) {
  const { model, device, n, bandwidth } = task;
  const share = plan.tensor * plan.stages;
  const layers = model.operations - 2 * model.tokens * model.vocab_size * model.hidden_size;
  const work = 3 * model.operations + (plan.recomputed ? layers : 0);
  const compute = work / share / (device.operations_a_second * REACHED);
  const stream = 2 * model.tokens * model.hidden_size;
  const sums = ((plan.recomputed ? 6 : 4) * model.n_layers) / plan.stages;
  const within = sums * ringSeconds(stream, plan.tensor, device.bandwidth);
  const between = n <= NODE ? device.bandwidth : bandwidth;
  const hops = plan.stages > 1 ? (2 * stream) / plan.tensor / between : 0;
  const piece = compute + within + hops;
  const texts = textsOfReplica(task, plan);
  const gradients = ringSeconds((2 * model.parameters) / share, plan.replicas, between);
  const waits = plan.sharded === 3 ? texts * Math.max(0, 1.5 * gradients - compute) : Math.max(0, gradients - (2 / 3) * compute);
  return piece * (texts + plan.stages - 1) + waits;
}

// The plan with these cuts, or null if they cannot be made.
function withCuts(task, tensor, stages, recomputed, sharded) {
  const { model, device, n, tokens, batchTokens } = task;
  const replicas = Math.floor(n / (tensor * stages));
  const isUneven = replicas * tensor * stages !== n || model.n_heads % tensor !== 0;
  if (isUneven || stages > model.n_layers || replicas > batchTokens / model.tokens) return null;
  const plan = { tensor, stages, replicas, recomputed, sharded };
  plan.step = stepSeconds(task, plan);
  plan.days = ((tokens / batchTokens) * plan.step) / 86400;
  plan.used = (3 * model.operations * batchTokens) / model.tokens / (plan.step * n * device.operations_a_second);
  plan.memory = planMemory(task, plan);
  plan.bytes = Object.values(plan.memory).reduce((sum, part) => sum + part, 0);
  return plan;
}

function everyPlan(task) {
  const stages = [1, 3].flatMap((n) => Array.from({ length: 8 }, (_, power) => n * 2 ** power)).sort((a, b) => a - b);
  const found = [];
  for (const tensor of [1, 2, 4, 8].filter((n) => n <= task.n)) {
    for (const stage of stages) {
      for (const recomputed of [false, true]) {
        for (const sharded of [1, 3]) found.push(withCuts(task, tensor, stage, recomputed, sharded));
      }
    }
  }
  return found.filter((plan) => plan !== null);
}

// The fastest plan that fits; if none does the one that needs least, with fits: false; null if there is none at all.
function bestPlan(task) {
  const tried = everyPlan(task);
  if (!tried.length) return null;
  const fitting = tried.filter((plan) => plan.bytes <= 0.9 * task.device.memory);
  const least = (plans, key) => plans.reduce((best, plan) => (plan[key] < best[key] ? plan : best));
  return fitting.length ? { ...least(fitting, "step"), fits: true } : { ...least(tried, "bytes"), fits: false };
}
