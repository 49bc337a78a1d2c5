// Short-time Fourier and back, as lessons/speech/spectrogram.py computes them. All numbers are float64.

function hann(size) {
  return Float64Array.from({ length: size }, (_, t) => Math.sin((Math.PI * t) / size) ** 2);
}

// In place, for a power of 2 (Cooley & Tukey 1965): places are put in the order of their reversed bits, then halves are joined.
function fourier(real, imaginary, inverse = false) {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) for (const part of [real, imaginary]) [part[i], part[j]] = [part[j], part[i]];
  }
  for (let half = 1; half < n; half *= 2) join(real, imaginary, half, inverse ? 1 : -1);
  if (inverse) for (const part of [real, imaginary]) for (let i = 0; i < n; i += 1) part[i] /= n;
}

function join(real, imaginary, half, sign) {
  for (let turn = 0; turn < half; turn += 1) {
    const angle = (sign * Math.PI * turn) / half;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let low = turn; low < real.length; low += 2 * half) {
      const high = low + half;
      const [x, y] = [cos * real[high] - sin * imaginary[high], sin * real[high] + cos * imaginary[high]];
      [real[high], imaginary[high]] = [real[low] - x, imaginary[low] - y];
      real[low] += x;
      imaginary[low] += y;
    }
  }
}

// A wave mirrored at both ends, by half a piece.
function mirrored(wave, half) {
  const at = (t) => (t < 0 ? -t : t < wave.length ? t : 2 * (wave.length - 1) - t);
  return Float64Array.from({ length: wave.length + 2 * half }, (_, t) => wave[at(t - half)]);
}

// Every `hop` moments a piece of `size`: real and imaginary parts, frame after frame, size / 2 + 1 numbers each.
function stft(wave, size, hop) {
  const [window, padded, bands] = [hann(size), mirrored(wave, size / 2), size / 2 + 1];
  const frames = Math.floor((padded.length - size) / hop) + 1;
  const spectrum = { frames, bands, real: new Float64Array(frames * bands), imaginary: new Float64Array(frames * bands) };
  for (let frame = 0; frame < frames; frame += 1) {
    const real = Float64Array.from(window, (share, t) => share * padded[frame * hop + t]);
    const imaginary = new Float64Array(size);
    fourier(real, imaginary);
    spectrum.real.set(real.subarray(0, bands), frame * bands);
    spectrum.imaginary.set(imaginary.subarray(0, bands), frame * bands);
  }
  return spectrum;
}

// Back to a wave of `length` moments, without what `kept` (frame after frame, 0 or 1) leaves out.
function istft({ frames, bands, real, imaginary }, kept, length, hop) {
  const size = 2 * (bands - 1);
  const window = hann(size);
  const sum = new Float64Array((frames - 1) * hop + size);
  const fades = new Float64Array(sum.length);
  for (let frame = 0; frame < frames; frame += 1) {
    const [x, y] = [new Float64Array(size), new Float64Array(size)];
    for (let k = 0; k < bands; k += 1) {
      const place = frame * bands + k;
      x[k] = kept[place] * real[place];
      y[k] = k && k < bands - 1 ? kept[place] * imaginary[place] : 0; // the lowest and the highest have no angle
      if (k && k < bands - 1) [x[size - k], y[size - k]] = [x[k], -y[k]];
    }
    fourier(x, y, true);
    for (let t = 0; t < size; t += 1) {
      sum[frame * hop + t] += window[t] * x[t];
      fades[frame * hop + t] += window[t] ** 2;
    }
  }
  return Float64Array.from({ length }, (_, t) => (t + size / 2 < sum.length ? sum[t + size / 2] / Math.max(fades[t + size / 2], 1e-11) : 0));
}

// What is left after the strokes [from, to, low, high] (seconds, hertz): 1 or 0, frame after frame.
function keptBy(strokes, { frames, bands }, { rate, size, hop }) {
  const kept = new Float64Array(frames * bands).fill(1);
  for (const [start, end, low, high] of strokes) {
    for (let frame = Math.max(0, Math.ceil((start * rate) / hop - 1e-9)); frame < frames && (frame * hop) / rate <= end; frame += 1) {
      for (let k = Math.max(0, Math.ceil((low * size) / rate - 1e-9)); k < bands && (k * rate) / size <= high; k += 1) kept[frame * bands + k] = 0;
    }
  }
  return kept;
}

function filtered(wave, strokes, setup) {
  const spectrum = stft(wave, setup.size, setup.hop);
  return istft(spectrum, keptBy(strokes, spectrum, setup), wave.length, setup.hop);
}

// How much of the power is left.
function shareLeft({ real, imaginary }, kept) {
  let [all, left] = [0, 0];
  for (let i = 0; i < real.length; i += 1) {
    const power = real[i] ** 2 + imaginary[i] ** 2;
    all += power;
    left += kept[i] * power;
  }
  return all ? left / all : 0;
}

// 16-bit numbers in base64 -> a wave between −1 and 1.
function decoded(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Float64Array.from(new Int16Array(bytes.buffer), (number) => number / 32767);
}

// A microphone's wave at another rate, by a mean over what falls on each new moment.
function slower(wave, from, to) {
  const ratio = from / to;
  return Float64Array.from({ length: Math.floor(wave.length / ratio) }, (_, t) => {
    const [start, end] = [Math.floor(t * ratio), Math.max(Math.floor(t * ratio) + 1, Math.floor((t + 1) * ratio))];
    let sum = 0;
    for (let i = start; i < end; i += 1) sum += wave[i];
    return sum / (end - start);
  });
}

export { hann, stft, filtered, keptBy, shareLeft, decoded, slower };
