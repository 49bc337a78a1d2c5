// A page shown slide by slide: keys, the bar below, and type as large as the slide allows.

(() => {
  const root = document.documentElement;
  const all = [...document.querySelectorAll(".page-slide")];
  const bar = document.querySelector(".page-bar");
  const [where, back, count, on, mode] = bar.children;
  const SIZES = [26, 24, 22, 20, 18, 16, 14]; // pixels of the root's type
  const OWN = "input, textarea, select, button, summary, a, [tabindex='0']:not(.page-slide), [contenteditable], [role=slider]";
  const titles = [];
  for (const slide of all) {
    const heading = slide.querySelector("h1, h2");
    titles.push(heading ? heading.textContent : titles.at(-1) ?? "");
  }
  let at = 0;

  const showing = () => "slides" in root.dataset;
  const later = (slide) => [...slide.querySelectorAll(".page-later")];

  function fit() {
    if (!showing()) {
      root.style.fontSize = "";
      return;
    }
    const slide = all[at];
    for (const size of SIZES) {
      root.style.fontSize = `${size}px`;
      if (slide.scrollHeight <= slide.clientHeight + 1 && slide.scrollWidth <= slide.clientWidth + 1) break;
    }
    slide.tabIndex = slide.scrollHeight > slide.clientHeight + 1 ? 0 : -1; // what scrolls is reached by key
    dispatchEvent(new Event("fitted"));
  }

  function show(number, complete = false) {
    at = Math.max(0, Math.min(all.length - 1, number));
    all.forEach((slide, index) => slide.classList.toggle("page-now", index === at));
    later(all[at]).forEach((part) => part.classList.toggle("page-wait", !complete));
    where.textContent = titles[at];
    count.textContent = `${at + 1} / ${all.length}`;
    back.disabled = at === 0;
    fit();
    all[at].scrollTop = 0;
    if (!showing()) return;
    history.replaceState(null, "", `#${all[at].id}`);
    all[at].focus({ preventScroll: true });
  }

  function next() {
    const waiting = all[at].querySelector(".page-wait");
    if (waiting) {
      waiting.classList.remove("page-wait");
      waiting.scrollIntoView({ block: "nearest" });
    } else if (at + 1 < all.length) show(at + 1);
  }

  function previous() {
    const shown = later(all[at]).filter((part) => !part.classList.contains("page-wait"));
    if (shown.length) shown.at(-1).classList.add("page-wait");
    else if (at > 0) show(at - 1, true);
  }

  function scrolled(direction) {
    const slide = all[at];
    const before = slide.scrollTop;
    slide.scrollTop += direction * 0.8 * slide.clientHeight;
    return Math.abs(slide.scrollTop - before) > 1;
  }

  function change(slides) {
    if (slides) root.dataset.slides = "";
    else delete root.dataset.slides;
    mode.textContent = slides ? "Whole page" : "Slides";
    [where, back, count, on].forEach((part) => { part.hidden = !slides; });
    show(at, true);
    if (!slides) all[at].scrollIntoView();
  }

  // A link or an address inside the page: to the slide that holds it.
  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const slide = target?.closest(".page-slide");
    if (slide) show(all.indexOf(slide));
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { key, shiftKey } = event;
    const page = key === "PageDown" || key === "PageUp"; // what a presenter's clicker sends
    const busy = event.target.closest?.(OWN);
    if (key === "Escape" && !(busy && event.target.matches("input, textarea, select"))) change(!showing());
    else if (!showing() || (busy && !page)) return;
    else if (key === "ArrowDown" || (key === " " && !shiftKey)) scrolled(1) || next();
    else if (key === "ArrowUp" || key === " ") scrolled(-1) || previous();
    else if (key === "ArrowRight" || key === "PageDown") next();
    else if (key === "ArrowLeft" || key === "PageUp") previous();
    else if (key === "Home") show(0);
    else if (key === "End") show(all.length - 1);
    else if (key === "n") {
      root.toggleAttribute("data-notes");
      fit();
    } else return;
    event.preventDefault();
  });
  addEventListener("hashchange", follow);
  addEventListener("resize", fit);
  addEventListener("load", fit);
  addEventListener("beforeprint", () => { root.style.fontSize = ""; });
  addEventListener("afterprint", fit);
  document.addEventListener("toggle", fit, true); // a hint or an answer was unfolded
  new MutationObserver(fit).observe(root, { attributeFilter: ["data-ready"] }); // the widgets are there
  back.addEventListener("click", previous);
  on.addEventListener("click", next);
  mode.addEventListener("click", () => change(!showing()));

  bar.hidden = false;
  change(true);
  follow();
})();
