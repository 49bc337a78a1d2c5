// The page's own script: light and dark, and a model for each widget in place of the kernel's.

(() => {
  const root = document.documentElement;

  // --- light and dark ------------------------------------------------------------------------------------------------

  const system = matchMedia("(prefers-color-scheme: dark)");
  const themeButton = document.querySelector(".page-theme");
  let chosen = remembered();
  let printing = false;

  function remembered() {
    try {
      const value = localStorage.getItem("lessons-theme");
      return ["light", "dark"].includes(value) ? value : null;
    } catch {
      return null; // a file may have no storage
    }
  }

  function showTheme() {
    const theme = printing ? "light" : (chosen ?? (system.matches ? "dark" : "light"));
    root.dataset.theme = theme;
    document.body.dataset.jpThemeLight = String(theme === "light"); // what the widgets look at
    themeButton.textContent = theme === "light" ? "Dark" : "Light";
    themeButton.setAttribute("aria-label", `Change to ${theme === "light" ? "dark" : "light"} colours`);
  }

  themeButton.hidden = false;
  themeButton.addEventListener("click", () => {
    chosen = root.dataset.theme === "light" ? "dark" : "light";
    try {
      localStorage.setItem("lessons-theme", chosen);
    } catch {
      // it holds until the page is closed
    }
    showTheme();
  });
  system.addEventListener("change", showTheme);
  for (const [event, now] of [["beforeprint", true], ["afterprint", false]]) {
    addEventListener(event, () => {
      printing = now;
      showTheme();
    });
  }
  showTheme();

  // --- contents ------------------------------------------------------------------------------------------------------

  const contents = document.querySelector(".page-contents details");
  const wide = matchMedia("(min-width: 80em)");
  const unfold = () => { if (contents) contents.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  // --- what is too wide can be scrolled by keyboard ------------------------------------------------------------------

  const scrollers = document.querySelectorAll("main :is(pre, .page-scroll, .formula)");
  const reach = () => {
    const wider = [...scrollers].map((node) => node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1);
    scrollers.forEach((node, at) => {
      if (wider[at]) node.tabIndex = 0;
      else node.removeAttribute("tabindex");
    });
  };
  addEventListener("resize", reach);
  addEventListener("fitted", reach); // a slide has found its size of type
  reach();

  // --- widgets -------------------------------------------------------------------------------------------------------

  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const revive = (_, value) => (value && typeof value.base64 === "string" ? bytes(value.base64) : value);

  function same(one, other) {
    if (Object.is(one, other)) return true;
    if (!one || !other || typeof one !== "object" || typeof other !== "object") return false;
    if (ArrayBuffer.isView(one) || ArrayBuffer.isView(other)) return false;
    const [keys, others] = [Object.keys(one), Object.keys(other)];
    return keys.length === others.length && keys.every((key) => key in other && same(one[key], other[key]));
  }

  // What a widget asks of its model: get, set, on, off, save_changes, send. `answers` stand in for Python.
  function makeModel({ state, asks = [], answers, unknown }) {
    const heard = [];
    const emit = (name, ...values) => {
      for (const listener of [...heard]) if (listener.name === name) listener.call(...values);
    };
    const changed = new Set();
    const model = {
      get: (name) => state[name],
      set: (name, value) => {
        if (typeof name === "object") return Object.entries(name).forEach((pair) => model.set(...pair));
        if (same(state[name], value)) return;
        state[name] = value;
        changed.add(name);
        emit(`change:${name}`, model, value);
        emit("change", model);
      },
      on: (names, call) => names.split(/\s+/).forEach((name) => heard.push({ name, call })),
      off: (names, call) => {
        const those = names ? names.split(/\s+/) : null;
        const keep = heard.filter((one) => (those && !those.includes(one.name)) || (call && one.call !== call));
        heard.splice(0, heard.length, ...keep);
      },
      save_changes: () => {
        const asked = asks.some((name) => changed.has(name));
        changed.clear();
        if (asked) setTimeout(answer);
      },
      send: () => {}, // nobody listens
    };
    const answer = () => {
      const known = answers.find((data) => asks.every((name) => same(data[name], state[name])));
      const asked = Object.fromEntries(asks.map((name) => [name, state[name]]));
      model.set("data", known ?? { ...state.data, ...asked, note: unknown });
    };
    return model;
  }

  async function start(place, { modules, styles, widgets }, loaded) {
    const { module, style, ...rest } = widgets[place.dataset.widget];
    loaded[module] ??= import(URL.createObjectURL(new Blob([modules[module]], { type: "text/javascript" })));
    const found = (await loaded[module]).default;
    const widget = typeof found === "function" ? await found() : found;
    if (!loaded.styles.has(style)) {
      loaded.styles.add(style);
      document.head.append(Object.assign(document.createElement("style"), { textContent: styles[style] }));
    }
    const picture = [...place.childNodes];
    const el = place.appendChild(document.createElement("div"));
    const model = makeModel(rest);
    try {
      await widget.initialize?.({ model });
      await widget.render({ model, el });
    } catch (error) {
      el.remove();
      throw error;
    }
    picture.forEach((node) => node.remove());
    place.dataset.alive = "true";
  }

  async function startAll() {
    const source = document.getElementById("page-widgets");
    if (!source) return;
    const data = JSON.parse(source.textContent, revive);
    const loaded = { styles: new Set() };
    for (const place of document.querySelectorAll("[data-widget]")) {
      try {
        await start(place, data, loaded);
      } catch (error) {
        const note = "This browser could not start the widget: here is its picture.";
        place.append(Object.assign(document.createElement("p"), { textContent: note, className: "page-note" }));
        console.warn(error);
      }
    }
    root.dataset.ready = "true";
  }

  startAll();
})();
