// The twin of convolve in lessons/vision/convolution.py, for one grey picture and one filter of 3 x 3.

const KERNEL = 3;

function outputSize(size, stride, padding) {
  return Math.floor((size + 2 * padding - KERNEL) / stride) + 1;
}

// A pixel as a number from 0 to 1; the margin around the picture is 0.
function pixelAt({ values, width, height }, row, column) {
  const inside = row >= 0 && row < height && column >= 0 && column < width;
  return inside ? values[row * width + column] / 255 : 0;
}

// The nine pixels under the filter at one place of the output.
function under(picture, row, column, stride, padding) {
  const [top, left] = [row * stride - padding, column * stride - padding];
  return Array.from({ length: KERNEL * KERNEL }, (_, at) => pixelAt(picture, top + Math.floor(at / KERNEL), left + (at % KERNEL)));
}

function filtered(picture, weights, stride, padding) {
  const rows = outputSize(picture.height, stride, padding);
  const columns = outputSize(picture.width, stride, padding);
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [top, left] = [row * stride - padding, column * stride - padding];
      let sum = 0;
      for (let at = 0; at < weights.length; at += 1) {
        sum += weights[at] * pixelAt(picture, top + Math.floor(at / KERNEL), left + (at % KERNEL));
      }
      values[row * columns + column] = sum;
    }
  }
  return { rows, columns, values };
}

// Whether values are drawn around 0, and which size is drawn in full.
function scaleOf(values, weights) {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const aroundZero = Math.min(...weights) < 0;
  return { aroundZero, most: aroundZero ? Math.max(largest, 1e-9) : Math.max(largest, 1) };
}

// A value as red, green and blue: grey from 0 up, or blue below 0, white at 0 and orange above.
function colourOf(value, { aroundZero, most }, blue, orange) {
  const share = clamp(value / most, -1, 1);
  if (!aroundZero) return [255 * share, 255 * share, 255 * share].map(Math.round);
  const full = share < 0 ? blue : orange;
  return full.map((part) => Math.round(255 + (part - 255) * Math.abs(share)));
}
