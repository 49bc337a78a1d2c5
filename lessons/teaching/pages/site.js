// The front page's own script: a search of the lessons' headings and text, by hand or by key.

(() => {
  const MOST = 20; // results that are shown
  const BEFORE = 60, ROOM = 180; // letters of an excerpt: before the words that were found, and in all
  const WORD = /[\p{L}\p{N}]+/gu;
  const at = (id) => document.getElementById(id);
  const [place, field, status, list] = ["site-search", "site-query", "site-status", "site-found"].map(at);
  let loading = null;
  let texts = [];

  // --- words ---------------------------------------------------------------------------------------------------------

  // The same letters for é and e, for A and a, for -ise and -ize, for -our and -or.
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("z", "s").replaceAll("ou", "o");
  const line = (text) => ` ${(fold(text).match(WORD) ?? []).join(" ")} `;

  // Each word may be the beginning of a longer one; the s of a plural does not count. One letter is a word by itself,
  // unless it is the last, which is still being typed.
  function wantedWords(query) {
    const words = fold(query).match(WORD) ?? [];
    const single = words.map((word) => (word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word));
    return single.map((word, index) => (word.length === 1 && index + 1 < single.length ? `${word} ` : word));
  }

  // --- finding -------------------------------------------------------------------------------------------------------

  async function load() {
    const bytes = Uint8Array.from(atob(at("site-texts").textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const { lessons, sections } = JSON.parse(await new Response(stream).text());
    return sections.map(([lesson, anchor, title, text], index) => ({
      title, text, label: lessons[lesson][1],
      address: `${lessons[lesson][0]}.html${anchor && `#${anchor}`}`,
      first: sections[index - 1]?.[0] !== lesson,
      lines: { title: line(title), text: line(text), label: line(lessons[lesson][1]) },
    }));
  }

  // How well a section fits; 0 if one of the words is missing.
  function score({ lines, first }, words) {
    let sum = 0;
    for (const word of words) {
      const [inTitle, inLabel] = [lines.title.includes(` ${word}`), lines.label.includes(` ${word}`)];
      const times = lines.text.split(` ${word}`).length - 1;
      if (!inTitle && !inLabel && !times) return 0;
      sum += Math.min(times, 9) + (inLabel ? 3 : 0) + (inTitle ? (first ? 35 : 20) : 0);
      if (lines.title.includes(` ${word} `)) sum += 10;
    }
    return sum + (lines.title.startsWith(` ${words.join(" ")}`) ? 25 : 0);
  }

  function find(words) {
    const scored = texts.map((section) => [score(section, words), section]).filter(([value]) => value);
    return scored.sort(([one], [other]) => other - one).map(([, section]) => section);
  }

  // --- showing -------------------------------------------------------------------------------------------------------

  const element = (name, ...children) => {
    const made = document.createElement(name);
    made.append(...children); // strings become text, never markup
    return made;
  };

  const fits = (word, words) => words.some((one) => `${fold(word)} `.startsWith(one));

  function marked(text, words) {
    const pieces = [];
    let from = 0;
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (!fits(word, words)) continue;
      pieces.push(text.slice(from, index), element("mark", word));
      from = index + word.length;
    }
    return [...pieces, text.slice(from)];
  }

  // Where in a text the most different words stand close together.
  function thickest(text, words) {
    const hits = [...text.matchAll(WORD)].filter(([word]) => fits(word, words));
    const near = (hit) => hits.filter(({ index }) => index >= hit.index && index < hit.index + ROOM - BEFORE);
    const kinds = (hit) => words.filter((one) => near(hit).some(([word]) => fits(word, [one]))).length;
    const counts = hits.map(kinds);
    return hits[counts.indexOf(Math.max(...counts))]?.index ?? 0;
  }

  // The text around that place, from a word's beginning to a word's end.
  function excerpt(text, words) {
    const hit = thickest(text, words);
    const begin = hit > BEFORE ? Math.min(text.indexOf(" ", hit - BEFORE) + 1, hit) : 0;
    const rest = text.slice(begin);
    const cut = rest.length > ROOM ? `${rest.slice(0, ROOM).replace(/\s\S*$/, "")} …` : rest;
    return (begin ? "… " : "") + cut;
  }

  function row({ address, label, title, text }, words) {
    const link = element("a", ...marked(title || label, words));
    link.href = address;
    const where = element("span", label);
    return element("li", where, link, element("p", ...marked(excerpt(text, words), words)));
  }

  function say(words, found) {
    const query = field.value.trim();
    if (words.join("").trim().length < 2) return query ? "Two letters or more, please." : "";
    if (!found.length) return `Nothing has “${query}”. Try fewer words, or the beginning of one.`;
    const count = found.length === 1 ? "1 section" : `${found.length} sections`;
    return found.length > MOST ? `${count}; the ${MOST} that fit best are here.` : `${count}.`;
  }

  async function show() {
    try {
      texts = await (loading ??= load());
    } catch (error) {
      status.textContent = "This browser cannot open the texts of the search. The map and the table lead to each lesson.";
      console.warn(error);
      return;
    }
    const words = wantedWords(field.value);
    const found = words.join("").trim().length < 2 ? [] : find(words);
    status.textContent = say(words, found);
    list.replaceChildren(...found.slice(0, MOST).map((section) => row(section, words)));
    list.hidden = !found.length;
  }

  // --- the address keeps the question, so that going back finds it again ---------------------------------------------

  const ASKED = "#q=";

  function remember() {
    const hash = field.value.trim() ? ASKED + encodeURIComponent(field.value.trim()) : "#search";
    try {
      history.replaceState(null, "", hash);
    } catch {
      // a browser may forbid it for a file; the search works without
    }
  }

  function asked() {
    try {
      return decodeURIComponent(location.hash.slice(ASKED.length));
    } catch {
      return ""; // not an encoded text
    }
  }

  // No element is called "search": the browser would move the focus there after us.
  function begin() {
    if (location.hash.startsWith(ASKED)) {
      field.value = asked();
      show();
    } else if (location.hash === "#search") {
      field.focus();
    }
  }

  // --- keys ----------------------------------------------------------------------------------------------------------

  function clear() {
    field.value = "";
    field.focus();
    remember();
    show();
  }

  // Down and up go from the field through the results, and back to the field.
  function step(by) {
    const stops = [field, ...list.querySelectorAll("a")];
    const next = stops.indexOf(document.activeElement) + by;
    stops[Math.min(Math.max(next, 0), stops.length - 1)].focus();
  }

  function press(event) {
    const inside = place.contains(event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && event.target !== field) field.focus();
    else if (inside && event.key === "ArrowDown") step(1);
    else if (inside && event.key === "ArrowUp") step(-1);
    else if (inside && event.key === "Escape") clear();
    else if (event.target === field && event.key === "Enter") list.querySelector("a")?.click();
    else return;
    event.preventDefault();
  }

  place.hidden = false;
  field.addEventListener("input", () => {
    remember();
    show();
  });
  addEventListener("keydown", press);
  addEventListener("hashchange", begin);
  begin();
})();
