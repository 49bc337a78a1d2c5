// The computation graph of an expression: reading it, its values, its gradients, its places on the page. gradients.py
// says the same. A node is { operation, parents, label }, parents before it in the list; the last node is the result.

const FUNCTIONS = {
  tanh: [Math.tanh, (x, t) => 1 - t * t],
  exp: [Math.exp, (x, e) => e],
  log: [Math.log, (x) => 1 / x],
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
};
const MOST_NODES = 40;
const MOST_CHARACTERS = 300;
const FUNCTION_NAMES = "tanh, exp, log and relu";

// --- reading ---------------------------------------------------------------------------------------------------------

class Unreadable extends Error {}

function unreadable(sentence, place = null) {
  throw new Unreadable(place === null ? sentence : `At character ${place + 1}: ${sentence}`);
}

const NUMBER = /^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?/;
const NAME = /^[\p{L}_][\p{L}_0-9]*/u;
const VARIABLE = /^[A-Za-zΑ-Ωα-ω]_?[0-9]{0,3}$/;

// The words of a text as { kind, text, place }: numbers, names and signs; places count characters, as Python does.
function tokens(text) {
  const found = [];
  const plain = text.replace(/[×·]/g, "*").replace(/[−–]/g, "-").replace(/[\n\r\t]/g, " ");
  let rest = plain;
  const placeOf = () => [...plain.slice(0, plain.length - rest.length)].length;
  while (rest) {
    const place = placeOf();
    const number = rest.match(NUMBER)?.[0];
    const name = rest.match(NAME)?.[0];
    const sign = ["**", "+", "-", "*", "/", "(", ")", "."].find((one) => rest.startsWith(one));
    if (number) found.push({ kind: "number", text: number, place });
    else if (name) found.push({ kind: "name", text: name.normalize("NFKC"), place });
    else if (sign) found.push({ kind: "sign", text: sign, place });
    else if (rest[0] === "^") unreadable("A power is written **, as in a ** 2.", place);
    else if (rest[0] !== " ") unreadable(`I do not know the sign “${[...rest][0]}”.`, place);
    rest = rest.slice((number || name || sign || " ").length);
  }
  return found;
}

// The nodes of an expression; `known` are names besides single letters. Throws Unreadable with a sentence.
function parse(text, known = []) {
  const { length } = [...text];
  if (length > MOST_CHARACTERS) {
    unreadable(`This has ${length.toLocaleString("en")} characters; I read at most ${MOST_CHARACTERS}.`);
  }
  const words = tokens(text);
  if (!words.length) unreadable("Type an expression, such as tanh(a * b + c).");
  const reader = { words, at: 0, nodes: [], names: new Map(), known };
  sum(reader);
  if (reader.at < words.length) surplus(reader);
  if (reader.nodes.length > MOST_NODES) unreadable(tooMany(reader.nodes.length));
  return reader.nodes;
}

function tooMany(count) {
  return `This graph has ${count} nodes; at most ${MOST_NODES} can be drawn.`;
}

function surplus({ words, at }) {
  const { text, place } = words[at];
  if (text === ")") unreadable("This ) closes nothing: a ( is missing before it.", place);
  unreadable(`Between “${words[at - 1].text}” and “${text}” a sign such as * is missing.`, place);
}

function next(reader, ...signs) {
  const word = reader.words[reader.at];
  if (!word || word.kind !== "sign" || !signs.includes(word.text)) return null;
  reader.at += 1;
  return word.text;
}

function add(reader, operation, parents, label = "", number = null) {
  reader.nodes.push({ operation, parents, label, number });
  return reader.nodes.length - 1;
}

// sum = product { ("+" | "-") product }
function sum(reader) {
  let left = product(reader);
  for (let sign = next(reader, "+", "-"); sign; sign = next(reader, "+", "-")) {
    left = add(reader, sign, [left, product(reader)]);
  }
  return left;
}

// product = signed { ("*" | "/") signed }
function product(reader) {
  let left = signed(reader);
  for (let sign = next(reader, "*", "/"); sign; sign = next(reader, "*", "/")) {
    left = add(reader, sign, [left, signed(reader)]);
  }
  return left;
}

// signed = ("-" | "+") signed | power; the minus of a number belongs to the number
function signed(reader) {
  const sign = next(reader, "-", "+");
  if (!sign) return power(reader);
  const inner = signed(reader);
  if (sign === "+") return inner;
  const { nodes } = reader;
  if (inner < nodes.length - 1 || nodes[inner].number === null) return add(reader, "neg", [inner]);
  nodes[inner].number *= -1;
  return inner;
}

// power = called [ "**" signed ]; an exponent that is a number is part of the operation
function power(reader) {
  const base = called(reader);
  if (!next(reader, "**")) return base;
  const exponent = signed(reader);
  const { number } = reader.nodes[exponent];
  if (number === null) return add(reader, "**", [base, exponent]);
  reader.nodes.pop();
  return add(reader, `**${number}`, [base]);
}

// called = atom { "." function "(" ")" }
function called(reader) {
  let inner = atom(reader);
  while (next(reader, ".")) {
    const word = reader.words[reader.at];
    const name = functionName(reader);
    if (!next(reader, "(")) unreadable(`After .${name} a ( is missing.`, word.place);
    if (!next(reader, ")")) unreadable(`Between the brackets of .${name}() nothing may stand.`, word.place);
    inner = add(reader, name, [inner]);
  }
  return inner;
}

function functionName(reader) {
  const word = reader.words[reader.at];
  const place = reader.words[reader.at - 1].place;
  if (word?.kind !== "name") unreadable(`After this point I expect ${FUNCTION_NAMES.replace("and", "or")}.`, place);
  if (!FUNCTIONS[word.text]) unreadable(`I do not know the function “${word.text}”; I know ${FUNCTION_NAMES}.`, word.place);
  reader.at += 1;
  return word.text;
}

// atom = number | variable | function "(" sum ")" | "(" sum ")"
function atom(reader) {
  const word = reader.words[reader.at];
  const last = reader.words[reader.at - 1];
  if (!word) unreadable(`After “${last.text}” something is missing.`, last.place);
  reader.at += 1;
  if (word.kind === "number") return add(reader, "", [], "", numberOf(word));
  if (word.text === "(") return bracket(reader, word);
  if (word.kind === "sign") unexpected(word, last);
  const opens = next(reader, "(") !== null;
  if (!FUNCTIONS[word.text]) return variable(reader, word, opens);
  if (!opens) unreadable(`After ${word.text} a ( is missing.`, word.place);
  return add(reader, word.text, [bracket(reader, word)]);
}

function bracket(reader, { place }) {
  if (reader.words[reader.at]?.text === ")") unreadable("Between these brackets something is missing.", place);
  const inner = sum(reader);
  if (reader.at === reader.words.length) unreadable("For this bracket a ) is missing.", place);
  if (!next(reader, ")")) surplus(reader);
  return inner;
}

function unexpected({ text, place }, last) {
  if (text === ")" && !last) unreadable("This ) closes nothing: a ( is missing before it.", place);
  if (last) unreadable(`Between “${last.text}” and “${text}” something is missing.`, place);
  unreadable(`Before “${text}” something is missing.`, place);
}

function numberOf({ text, place }) {
  if (/^0[0-9]+$/.test(text) && !/^0+$/.test(text)) unreadable("A number does not begin with 0.", place);
  const value = Number(text);
  if (!Number.isFinite(value)) unreadable(`The number ${text.slice(0, 12)} is too large for a computer's numbers.`, place);
  return value;
}

function variable(reader, { text, place }, opens) {
  if (opens) unreadable(`I do not know the function “${text}”; I know ${FUNCTION_NAMES}.`, place);
  if (!VARIABLE.test(text) && !reader.known.includes(text)) {
    unreadable(`I do not know the name “${text}”. A variable is one letter, with a number if you like: x, w1.`, place);
  }
  if (!reader.names.has(text)) reader.names.set(text, add(reader, "", [], text));
  return reader.names.get(text);
}

// --- forward and backward --------------------------------------------------------------------------------------------

// Values and local derivatives of all nodes; `problem` is the first node without a number, and why. Variables default to 1.
function forward(nodes, variables) {
  const values = [];
  const locals = [];
  for (const [index, node] of nodes.entries()) {
    const inputs = node.parents.map((parent) => values[parent]);
    const [value, slopes, why] = compute(node, inputs, variables);
    const reason = why || sizeProblem(node, value, slopes);
    if (reason) return { values, locals, problem: { index, reason } };
    values.push(value);
    locals.push(slopes);
  }
  return { values, locals, problem: null };
}

function sizeProblem({ operation }, value, slopes) {
  const limit = "the largest number of a computer is about 1.8 × 10³⁰⁸";
  if (!Number.isFinite(value)) return `The result of this ${operation} is too large: ${limit}.`;
  if (!slopes.every(Number.isFinite)) return `The local derivative of this ${operation} is too large: ${limit}.`;
  return "";
}

function compute({ operation, parents, label, number, data, locals }, [a, b], variables) {
  if (data !== undefined) return [data, locals];
  if (!parents.length) return [number ?? variables[label] ?? 1, []];
  if (operation === "+") return [a + b, [1, 1]];
  if (operation === "-") return [a - b, [1, -1]];
  if (operation === "*") return [a * b, [b, a]];
  if (operation === "/") return b === 0 ? division(a) : [a / b, [1 / b, -(a / b) / b]];
  if (operation === "neg") return [-a, [-1]];
  if (operation === "**") return powerOf(a, b);
  if (operation.startsWith("**")) return powerTo(a, Number(operation.slice(2)));
  if (operation === "log" && a <= 0) {
    return [NaN, [], `log(${formatNumber(a)}) is not defined: a logarithm needs a number above 0.`];
  }
  const [value, slope] = FUNCTIONS[operation];
  return [value(a), [slope(a, value(a))]];
}

function division(a) {
  return [NaN, [], `${formatNumber(a)} / 0 is a division by zero: it has no result.`];
}

function powerTo(a, n) {
  if (a === 0 && n < 0) return [NaN, [], `0 ** ${formatNumber(n)} is a division by zero: it has no result.`];
  if (a < 0 && !Number.isInteger(n)) {
    return [NaN, [], `(${formatNumber(a)}) ** ${formatNumber(n)} is not a real number: a root needs a number of 0 or above.`];
  }
  if (a === 0 && n > 0 && n < 1) {
    return [NaN, [], `0 ** ${formatNumber(n)} is 0, but its derivative there is infinite.`];
  }
  return [a ** n, [n === 0 ? 0 : n * a ** (n - 1)]];
}

function powerOf(a, b) {
  if (a > 0) return [a ** b, [b * a ** (b - 1), a ** b * Math.log(a)]];
  return [NaN, [], `(${formatNumber(a)}) ** ${formatNumber(b)}: a variable exponent needs a base above 0.`];
}

// The backward pass edge by edge, from the result: what each edge adds to the gradient of its left end.
function backward(nodes, locals) {
  const gradients = nodes.map(() => 0);
  gradients[nodes.length - 1] = 1;
  const steps = [];
  for (let node = nodes.length - 1; node >= 0; node -= 1) {
    nodes[node].parents.forEach((parent, edge) => {
      const [local, gradient, before] = [locals[node][edge], gradients[node], gradients[parent]];
      gradients[parent] += local * gradient;
      steps.push({ node, edge, parent, local, gradient, before, after: gradients[parent] });
    });
  }
  return { gradients, steps };
}

// --- names and sentences ---------------------------------------------------------------------------------------------

function shortened(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

// What each node is called: its label, or v1, v2, ... in the order of computation.
function nodeNames(nodes) {
  const labels = nodes.map(({ label }) => label);
  const stem = ["v", "n", "t", "u"].find((one) => !labels.some((label) => label.startsWith(one))) ?? "node ";
  let count = 0;
  return nodes.map(({ label, parents }) => {
    if (label) return shortened(label, 10);
    if (!parents.length) return "number";
    count += 1;
    return `${stem}${count}`;
  });
}

// An operation written with the names, or the numbers, of its inputs.
function formula(operation, inputs) {
  const [a, b] = inputs;
  const infix = { "+": "+", "-": "−", "*": "×", "/": "/", "**": "**" }[operation];
  if (infix && inputs.length === 2) return `${a} ${infix} ${b}`;
  if (operation === "neg" && inputs.length === 1) return `−${a}`;
  if (operation.startsWith("**") && inputs.length === 1) return `${a} ** ${operation.slice(2).replace("-", "−")}`;
  return `${operation}(${inputs.join(", ")})`;
}

const RULES = {
  "+": "a sum passes a change on as it is",
  "-": "a change of the second one counts against the result",
  "*": "the local derivative in one factor is the other factor",
  "/": "for a / b they are 1 / b and −a / b²",
  neg: "the sign turns round",
  "**": "for a ** b they are b × a ** (b − 1) and log(a) × a ** b",
  tanh: "it is 1 − tanh²",
  exp: "exp is its own derivative",
  log: "it is 1 / x",
  relu: "1 above 0, otherwise 0",
};

function rule(operation) {
  if (RULES[operation]) return RULES[operation];
  return operation.startsWith("**") ? "for x ** n it is n × x ** (n − 1)" : "";
}

// --- places ----------------------------------------------------------------------------------------------------------

const DUMMY = 0.55; // the height that a passing edge takes, where a node takes 1

// Columns from left to right: inputs stand just left of their first use, every other node right of all its parents.
function columnsOf(nodes) {
  const column = [];
  nodes.forEach(({ parents }, index) => {
    column[index] = parents.length ? 1 + Math.max(...parents.map((parent) => column[parent])) : 0;
  });
  const first = nodes.map(() => Infinity);
  nodes.forEach(({ parents }, index) => parents.forEach((parent) => {
    first[parent] = Math.min(first[parent], column[index]);
  }));
  return column.map((value, index) => (nodes[index].parents.length || first[index] === Infinity ? value : first[index] - 1));
}

// { column, row } of each node, and for each edge the [column, row] places that it passes on its way.
function layout(nodes) {
  const column = columnsOf(nodes);
  const columns = Array.from({ length: Math.max(...column) + 1 }, () => []);
  const left = nodes.map(() => []);
  const right = nodes.map(() => []);
  nodes.forEach((_, index) => columns[column[index]].push(index));
  const routes = nodes.map(({ parents }, node) => parents.map((parent) => {
    const passed = [];
    let last = parent;
    for (let at = column[parent] + 1; at <= column[node]; at += 1) {
      const item = at === column[node] ? node : left.push([]) && right.push([]) - 1;
      if (item !== node) {
        columns[at].push(item);
        column[item] = at;
        passed.push(item);
      }
      right[last].push(item);
      left[item].push(last);
      last = item;
    }
    return passed;
  }));
  const order = fewestCrossings(columns, left, right);
  const height = (item) => (item < nodes.length ? 1 : DUMMY);
  const row = rows(order, left, right, height);
  const place = (item) => [column[item], row[item]];
  return { column: column.slice(0, nodes.length), row: row.slice(0, nodes.length), routes: routes.map((all) => all.map((items) => items.map(place))) };
}

// Sorts each column by the mean place of its neighbours, to and fro, and keeps the best order seen.
function fewestCrossings(columns, left, right) {
  let best = columns.map((items) => [...items]);
  let fewest = crossings(best, right);
  const now = best.map((items) => [...items]);
  for (let sweep = 0; sweep < 8 && fewest > 0; sweep += 1) {
    const neighbours = sweep % 2 ? left : right;
    const turn = sweep % 2 ? now.keys() : [...now.keys()].reverse();
    for (const at of turn) now[at] = sorted(now, at, neighbours, sweep % 2 ? -1 : 1);
    const count = crossings(now, right);
    if (count < fewest) [best, fewest] = [now.map((items) => [...items]), count];
  }
  return best;
}

function sorted(now, at, neighbours, side) {
  const places = new Map((now[at + side] ?? []).map((item, index) => [item, index]));
  const key = (item, index) => {
    const near = neighbours[item];
    return near.length ? near.reduce((total, other) => total + places.get(other), 0) / near.length : index;
  };
  const keyed = now[at].map((item, index) => [key(item, index), item]);
  return keyed.sort((one, other) => one[0] - other[0]).map(([, item]) => item);
}

function crossings(columns, right) {
  let count = 0;
  columns.slice(0, -1).forEach((items, at) => {
    const places = new Map(columns[at + 1].map((item, index) => [item, index]));
    const edges = items.flatMap((item, index) => right[item].map((other) => [index, places.get(other)]));
    edges.forEach(([a, b], index) => {
      for (const [c, d] of edges.slice(index + 1)) if ((a - c) * (b - d) < 0) count += 1;
    });
  });
  return count;
}

// Rows: each item as near as its column allows to the mean of its neighbours; 0 at the top.
function rows(columns, left, right, height) {
  const row = [];
  for (const items of columns) {
    const total = items.reduce((sum, item) => sum + height(item), 0);
    let top = -total / 2;
    for (const item of items) {
      row[item] = top + height(item) / 2;
      top += height(item);
    }
  }
  for (let sweep = 0; sweep < 12; sweep += 1) {
    for (const items of sweep % 2 ? [...columns].reverse() : columns) settle(items, row, left, right, height);
  }
  const highest = Math.min(...columns.flat().map((item) => row[item]));
  return row.map((value) => value - highest);
}

function settle(items, row, left, right, height) {
  const wanted = items.map((item) => {
    const near = [...left[item], ...right[item]];
    return near.length ? near.reduce((total, other) => total + row[other], 0) / near.length : row[item];
  });
  const apart = (index) => (height(items[index]) + height(items[index + 1])) / 2;
  const down = [...wanted];
  const up = [...wanted];
  for (let index = 1; index < items.length; index += 1) down[index] = Math.max(wanted[index], down[index - 1] + apart(index - 1));
  for (let index = items.length - 2; index >= 0; index -= 1) up[index] = Math.min(wanted[index], up[index + 1] - apart(index));
  items.forEach((item, index) => {
    row[item] = (down[index] + up[index]) / 2;
  });
}
