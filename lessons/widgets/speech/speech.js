// See and hear a spectrogram: a brush on a canvas rubs frequencies out, and what is left is played. Nothing leaves the page.

const MINE = "your voice";
const STEP = 2; // frames and bands that an arrow key moves the brush by

function render({ model, el }) {
  const { root, announce } = frame({ model, el }, "See and hear a spectrogram");
  const view = { model, root, announce, own: null, at: [0.4, 1500], brush: 4, begun: [], stops: [] };
  view.redraw = coalesced(() => draw(view));
  view.choice = choice(view);
  view.sheet = sheet(view);
  view.numbers = readouts(["seconds", "power left", "at the brush"]);
  view.caption = html("p", { class: "lw-message lw-sound-message" });
  const undo = button("Undo", () => takeBack(view));
  const clear = button("Undo all", () => rub(view, []));
  const high = button("Rub out above the brush", () => rubMore(view, [0, model.get("setup").seconds, view.at[1], model.get("setup").rate / 2]));
  const low = button("Rub out below the brush", () => rubMore(view, [0, model.get("setup").seconds, 0, view.at[1]]));
  const sounds = html("div", { class: "lw-buttons" }, button("Play what is left", () => play(view, true)), button("Play it whole", () => play(view, false)), microphone(view));
  root.append(view.choice.element, sounds, view.sheet.element, html("div", { class: "lw-buttons" }, high, low, undo, clear), view.numbers.element, view.caption);
  for (const name of ["chosen", "strokes"]) model.on(`change:${name}`, () => view.redraw.later());
  draw(view);
  return () => view.stops.forEach((stop) => stop());
}

export { cellOf, waveOf };
export default { render };

// --- what is shown ---------------------------------------------------------------------------------------------------

function waveOf({ model, own }) {
  return own ?? decoded(model.get("sounds")[model.get("chosen")]);
}

// Each sound is transformed once; strokes change only what is left of it.
function seen(view) {
  const key = view.own ?? view.model.get("chosen");
  if (view.known?.key !== key) {
    const wave = waveOf(view);
    const { size, hop } = view.model.get("setup");
    view.known = { key, wave, spectrum: stft(wave, size, hop) };
  }
  return view.known;
}

// The place of a pointer on the picture, as seconds and hertz.
function cellOf([x, y], seconds, rate) {
  return [clamp(x, 0, 1) * seconds, clamp(1 - y, 0, 1) * (rate / 2)];
}

function secondsOf(view) {
  return seen(view).wave.length / view.model.get("setup").rate;
}

function choice(view) {
  const names = Object.keys(view.model.get("sounds"));
  const select = html("select", {}, ...names.map((name) => html("option", { value: name }, name)));
  select.addEventListener("change", () => {
    view.own = select.value === MINE ? view.recorded : null;
    if (!view.own) update(view.model, view.root, { chosen: select.value });
    rub(view, []);
  });
  const element = html("label", { class: "lw-sound" }, html("span", {}, "Sound "), select);
  return { element, select };
}

// --- the brush -------------------------------------------------------------------------------------------------------

function rub(view, strokes) {
  if (!strokes.length) view.begun = [];
  update(view.model, view.root, { strokes });
  view.redraw.now();
  view.announce(view.said);
}

// A move of the pointer leaves many strokes: where it began is remembered, so that Undo takes back the whole of it.
function rubMore(view, stroke, begins = true) {
  const strokes = view.model.get("strokes");
  if (begins) view.begun.push(strokes.length);
  rub(view, [...strokes, stroke]);
}

function takeBack(view) {
  const strokes = view.model.get("strokes");
  let start = view.begun.pop();
  while (start >= strokes.length) start = view.begun.pop();
  rub(view, strokes.slice(0, start ?? -1));
}

function strokeAt(view, [seconds, hertz]) {
  const { rate, size, hop } = view.model.get("setup");
  const [wide, tall] = [(view.brush * hop) / rate, (view.brush * rate) / size];
  return [Math.max(0, seconds - wide), seconds + wide, Math.max(0, hertz - tall), hertz + tall];
}

function sheet(view) {
  const canvas = html("canvas", { class: "lw-spectrogram", tabindex: 0, role: "application", "aria-label": "Spectrogram. Arrow keys move the brush, Space rubs out, plus and minus change its size." });
  const cursor = html("span", { class: "lw-brush", "aria-hidden": "true" });
  const place = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return cellOf([(event.clientX - left) / width, (event.clientY - top) / height], secondsOf(view), view.model.get("setup").rate);
  };
  let isDown = false;
  const rubHere = (begins) => rubMore(view, strokeAt(view, view.at), begins);
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    view.at = place(event);
    rubHere(true);
  });
  canvas.addEventListener("pointermove", (event) => { view.at = place(event); if (isDown) rubHere(false); else view.redraw.later(); });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { isDown = false; });
  canvas.addEventListener("keydown", (event) => {
    const { rate, size, hop } = view.model.get("setup");
    const [wide, tall] = [(STEP * hop) / rate, (STEP * rate) / size];
    const moves = { ArrowLeft: [-wide, 0], ArrowRight: [wide, 0], ArrowUp: [0, tall], ArrowDown: [0, -tall] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) view.at = [clamp(view.at[0] + moves[event.key][0], 0, secondsOf(view)), clamp(view.at[1] + moves[event.key][1], 0, rate / 2)];
    else if (event.key === "+" || event.key === "-") view.brush = clamp(view.brush + (event.key === "+" ? 1 : -1), 1, 30);
    else if (event.key === " " || event.key === "Enter") rubHere(true);
    else return;
    event.preventDefault();
    view.redraw.now();
  });
  const label = (place, text) => html("span", { class: `lw-corner ${place}`, "aria-hidden": "true" }, text);
  const end = label("lw-right", "");
  const heights = [1, 2, 3].map((quarter) => {
    const text = label("lw-height", `${((quarter * view.model.get("setup").rate) / 8).toLocaleString("en")} Hz`);
    text.style.bottom = `${25 * quarter}%`;
    return text;
  });
  const element = html("div", { class: "lw-spectrogram-frame" }, canvas, cursor, label("lw-top", "4,000 Hz"), ...heights, label("", "0 Hz, 0 s"), end);
  return { element, canvas, cursor, end };
}

// --- hearing ---------------------------------------------------------------------------------------------------------

function play(view, onlyLeft) {
  const { wave, spectrum } = seen(view);
  const setup = view.model.get("setup");
  const heard = onlyLeft ? istft(spectrum, keptBy(view.model.get("strokes"), spectrum, setup), wave.length, setup.hop) : wave;
  view.context ??= new AudioContext();
  view.source?.stop();
  const buffer = view.context.createBuffer(1, heard.length, setup.rate);
  buffer.copyToChannel(Float32Array.from(heard, (value) => clamp(value, -1, 1)), 0);
  view.source = view.context.createBufferSource();
  view.source.buffer = buffer;
  view.source.connect(view.context.destination);
  view.source.start();
  view.stops = [() => view.source.stop(), () => view.context.close()];
}

// The browser asks the reader first. What is heard becomes numbers in this page, is drawn, and is sent nowhere.
function microphone(view) {
  const { rate, seconds } = view.model.get("setup");
  const press = async () => {
    if (!navigator.mediaDevices?.getUserMedia) return say(view, "This page may not use a microphone.");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      say(view, `Speak now: ${seconds} seconds are heard.`);
      await hear(view, stream, rate, seconds);
    } catch {
      say(view, "The microphone was not allowed, so nothing was heard.");
    }
  };
  return button("Use my microphone", press, { title: "Your browser asks first. Nothing leaves this machine." });
}

function hear(view, stream, rate, seconds) {
  return new Promise((resolve) => {
    const recorder = new MediaRecorder(stream);
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", async () => {
      stream.getTracks().forEach((track) => track.stop());
      view.context ??= new AudioContext();
      const buffer = await view.context.decodeAudioData(await new Blob(parts).arrayBuffer());
      view.recorded = slower(buffer.getChannelData(0), buffer.sampleRate, rate).slice(0, seconds * rate);
      view.own = view.recorded;
      if (![...view.choice.select.options].some(({ value }) => value === MINE)) view.choice.select.append(html("option", { value: MINE }, MINE));
      view.choice.select.value = MINE;
      rub(view, []);
      resolve();
    });
    recorder.start();
    setTimeout(() => recorder.stop(), 1000 * seconds);
  });
}

function say(view, words) {
  setText(view.caption, words);
  view.announce(words);
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function draw(view) {
  const { spectrum } = seen(view);
  const setup = view.model.get("setup");
  const kept = keptBy(view.model.get("strokes"), spectrum, setup);
  paint(view.sheet.canvas, spectrum, kept, setup.floor);
  if (!view.own) view.choice.select.value = view.model.get("chosen");
  const seconds = secondsOf(view);
  const [x, y] = [view.at[0] / seconds, 1 - view.at[1] / (setup.rate / 2)];
  const brush = view.sheet.cursor.style;
  [brush.left, brush.top] = [`${100 * clamp(x, 0, 1)}%`, `${100 * clamp(y, 0, 1)}%`];
  [brush.width, brush.height] = [`${(200 * view.brush * setup.hop) / setup.rate / seconds}%`, `${(400 * view.brush) / setup.size}%`];
  setText(view.sheet.end, `${seconds.toFixed(1)} s`);
  const share = shareLeft(spectrum, kept);
  view.numbers.set("seconds", seconds.toFixed(2));
  view.numbers.set("power left", `${(100 * share).toFixed(1)} %`);
  view.numbers.set("at the brush", `${view.at[0].toFixed(2)} s, ${Math.round(view.at[1]).toLocaleString("en")} Hz`);
  view.said = `${(100 * share).toFixed(1)} per cent of the power is left.`;
  setText(view.caption, "The darker, the louder. Hold the pointer down to rub out; what is gone is striped.");
}

// Louder is darker on white in both themes; what was rubbed out is striped, so that it is no silence.
function paint(canvas, { frames, bands, real, imaginary }, kept, floor) {
  if (canvas.width !== frames || canvas.height !== bands) Object.assign(canvas, { width: frames, height: bands });
  const context = canvas.getContext("2d");
  const image = context.createImageData(frames, bands);
  let loudest = 1e-12;
  for (let i = 0; i < real.length; i += 1) loudest = Math.max(loudest, real[i] ** 2 + imaginary[i] ** 2);
  for (let frame = 0; frame < frames; frame += 1) {
    for (let k = 0; k < bands; k += 1) {
      const place = frame * bands + k;
      const decibels = 10 * Math.log10(Math.max(real[place] ** 2 + imaginary[place] ** 2, 1e-12) / loudest);
      const grey = kept[place] ? 255 * (1 - clamp(1 - decibels / floor, 0, 1)) : (frame + k) % 6 < 2 ? 150 : 235;
      const at = 4 * ((bands - 1 - k) * frames + frame);
      image.data.set(kept[place] ? [grey, grey, grey, 255] : [grey, grey * 0.86, grey * 0.7, 255], at);
    }
  }
  context.putImageData(image, 0, 0);
}
