// What the merge player and the three tokenizers share: a field for text, tokens as small boxes.

const TINTS = 4;

// A text area that tells `change(text)`; more than `most` characters are cut off. `show(text)` leaves what is being typed.
function textField(name, rows, most, change) {
  const area = html("textarea", { rows, spellcheck: "false", autocomplete: "off" });
  const element = html("label", { class: "lw-text" }, html("span", {}, name), area);
  const read = () => {
    const characters = [...readable(area.value)];
    change(characters.slice(0, most).join(""), characters.length > most ? most : 0);
  };
  area.addEventListener("input", (event) => event.isComposing || read());
  area.addEventListener("compositionend", read); // Chinese is written in several keys
  const show = (text) => {
    if (document.activeElement !== area && area.value !== text) area.value = text;
  };
  return { element, area, show };
}

// Boxes for tokens: `draw(list)` takes {text, kind, name, data} for each; the boxes keep their places and the focus.
function tokenBoxes(attributes = {}) {
  const element = html("div", { class: "lw-tokens", ...attributes });
  const draw = (list) => {
    const boxes = children(element, list.length, () => html("span", {}));
    list.forEach(({ text, kind = "", name = null, small = "" }, index) => {
      const box = boxes[index];
      if (box.className !== `lw-token ${kind}`) box.className = `lw-token ${kind}`;
      const whole = small === "" ? text : `${text}\n${small}`;
      if (box.dataset.whole !== whole) {
        box.dataset.whole = whole;
        box.replaceChildren(text, ...(small === "" ? [] : [html("small", {}, small)]));
      }
      if (box.getAttribute("title") !== name) setAttributes(box, { title: name });
    });
    return boxes;
  };
  return { element, draw };
}

function plural(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

function perCharacter(tokens, characters) {
  return characters ? formatNumber(tokens / characters, 2) : "–";
}
