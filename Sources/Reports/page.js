"use strict";
(async () => {
const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
// What the page may show is compressed; a browser that cannot read it shows the page as it stands.
if (!window.DecompressionStream) return;
const packed = Uint8Array.from(atob($("#report").textContent), c => c.charCodeAt(0));
const data = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).json();
const tip = $("#tip"), live = $("#live");
const SVG = "http://www.w3.org/2000/svg";
const hoverOf = m => m.dataset.hover || "";
function show(mark, x, y) {
  if (tip.mark) tip.mark.classList.remove("on");
  tip.mark = mark;
  mark.classList.add("on");
  tip.textContent = hoverOf(mark);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - box.width - 4)) + "px";
  tip.style.top = (y + 16 + box.height > innerHeight ? y - box.height - 10 : y + 16) + "px";
}
function hide() {
  if (tip.mark) tip.mark.classList.remove("on");
  tip.mark = null;
  tip.hidden = true;
}
// A mark's title becomes the page's own tip, which keys reach as well.
function prepare(root) {
  for (const mark of $$(".m", root)) {
    const title = $("title", mark);
    if (title) { mark.dataset.hover = title.textContent; title.remove(); }
  }
  for (const svg of $$("svg.chart", root)) {
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-roledescription", "chart; arrow keys read its values");
    svg.addEventListener("keydown", e => {
      if (e.key === "Escape") return hide();
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (!step || e.shiftKey) return;
      const marks = $$(".m", svg);
      if (!marks.length) return;
      e.preventDefault();
      const at = marks.indexOf(tip.mark);
      const next = marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length];
      const box = next.getBoundingClientRect();
      show(next, box.left + box.width / 2, box.top + box.height / 2);
      live.textContent = hoverOf(next);
    });
    svg.addEventListener("blur", hide);
  }
}
document.addEventListener("pointermove", e => {
  const mark = e.target.closest && e.target.closest(".m");
  if (mark) show(mark, e.clientX, e.clientY); else if (!document.activeElement.closest("svg")) hide();
});
document.addEventListener("pointerdown", e => { if (!e.target.closest(".m")) hide(); });

// Choices.
const form = $("form.choices");
const current = Object.assign({}, data.own);
const keyOf = dimensions => dimensions.map(d => current[d]).join("-");
const missing = name => {
  const p = document.createElement("p");
  p.className = "caption";
  p.textContent = name === "timeline" && data.cases[keyOf(data.dimensions)]
    ? "This file has no timeline of this choice; make a report of it with: " + data.cases[keyOf(data.dimensions)].command
    : "There is nothing to show for this choice: its tensors do not fit the memory, or no kernel has arithmetic.";
  return p;
};
function mount() {
  const all = data.cases[keyOf(data.dimensions)];
  for (const field of $$("[data-field]")) field.textContent = all ? all.text[field.dataset.field] : "–";
  for (const holder of $$("[data-figure]")) {
    const dimensions = holder.dataset.dimensions.split(" ");
    const id = data.figures[holder.dataset.figure][keyOf(dimensions)];
    if (holder.dataset.shown === String(id)) continue;
    holder.dataset.shown = String(id);
    if (id === undefined) holder.replaceChildren(missing(holder.dataset.figure));
    else holder.innerHTML = data.markups[id];
    prepare(holder);
    if (holder.dataset.figure === "timeline") timeline(holder);
  }
  // What no choice changes says whose it is, once it is not that of the page's head.
  const isOwn = data.dimensions.every(d => current[d] === data.own[d]);
  for (const note of $$(".fixed")) note.hidden = isOwn;
  document.title = all ? all.text.finding : document.title;
}
if (form && data.cases) {
  form.hidden = false;
  for (const select of $$("select", form)) {
    select.addEventListener("change", () => {
      current[select.name] = +select.value;
      hide();
      mount();
      live.textContent = data.cases[keyOf(data.dimensions)] ? $("#finding").textContent : "nothing for this choice";
    });
  }
}
const theme = $("#theme");
theme.hidden = false;
theme.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

// The timeline.
function decode(lane) {
  const text = atob(lane.spans), n = lane.count;
  const start = new Float64Array(n), end = new Float64Array(n), code = new Int32Array(n);
  let at = 0, time = 0;
  const next = () => {
    let value = 0, factor = 1, byte;
    do { byte = text.charCodeAt(at++); value += (byte & 127) * factor; factor *= 128; } while (byte & 128);
    return value;
  };
  for (let i = 0; i < n; i++) {
    start[i] = time + next();
    time = end[i] = start[i] + next();
    code[i] = next();
  }
  return { start, end, code, n };
}
const decoded = new Map();
const us = ns => (ns / 1e3).toLocaleString("en", { maximumFractionDigits: 3 });
function timeline(holder) {
  const code = data.timelines[holder.dataset.shown];
  if (!code) return;
  if (!decoded.has(code)) decoded.set(code, code.lanes.map(decode));
  const lanes = decoded.get(code), length = code.length_ns;
  let from = 0, to = length, pending = 0;
  const svgs = () => $$("svg.chart", holder);
  const visible = () => svgs().find(s => s.getBoundingClientRect().width > 0) || svgs()[0];
  function make(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    parent.append(element);
    return element;
  }
  function drawLane(svg, lane, index, left, right) {
    const group = $(".lane-" + index, svg);
    if (!group) return;
    group.replaceChildren();
    const y = +group.dataset.y, h = +group.dataset.h, scale = (right - left) / (to - from);
    let low = 0, high = lane.n;
    while (low < high) { const m = (low + high) >> 1; if (lane.end[m] <= from) low = m + 1; else high = m; }
    for (let i = low; i < lane.n && lane.start[i] < to;) {
      const x = (lane.start[i] - from) * scale;
      let end = (lane.end[i] - from) * scale, count = 1, busy = lane.end[i] - lane.start[i];
      const sums = new Float64Array(8);
      sums[lane.code[i] & 15] += busy;
      if (end - x < 1) {
        while (i + count < lane.n) {
          const j = i + count, a = (lane.start[j] - from) * scale, b = (lane.end[j] - from) * scale;
          if (a >= end + 0.5 || b >= x + 1) break;
          end = Math.max(end, b);
          sums[lane.code[j] & 15] += lane.end[j] - lane.start[j];
          busy += lane.end[j] - lane.start[j];
          count++;
        }
      }
      const first = Math.max(left, left + x), last = Math.min(right, left + Math.max(end, x + 0.4));
      const rect = make("rect", { class: "m f" + sums.indexOf(Math.max(...sums)), x: first.toFixed(1), y,
        width: Math.max(0.3, last - first).toFixed(2), height: h }, group);
      const name = code.labels[lane.code[i] >> 4];
      rect.dataset.hover = count === 1 ? name + ": " + us(lane.end[i] - lane.start[i]) + " µs at " + us(lane.start[i]) + " µs"
        : count + " from " + us(lane.start[i]) + " µs on: " + us(busy) + " µs";
      if (count === 1 && last - first > name.length * 7 + 8) {
        const light = [1, 2, 4, 5].includes(lane.code[i] & 15);
        make("text", { class: "in" + (light ? " dark" : ""), x: (first + last) / 2, y: y + h / 2 + 4,
          "text-anchor": "middle" }, group).textContent = name;
      }
      i += count;
    }
  }
  function drawAxis(svg) {
    const axis = $(".time-axis", svg), left = +axis.dataset.left, right = +axis.dataset.right, y = +axis.dataset.y;
    const span = to - from, [unit, size] = span < 5e3 ? ["ns", 1] : span < 5e6 ? ["µs", 1e3] : span < 5e9 ? ["ms", 1e6] : ["s", 1e9];
    const raw = span / size / (right - left < 560 ? 4 : 10), ten = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map(m => m * ten).find(s => s >= raw);
    axis.replaceChildren();
    let free = 0;
    for (let k = Math.ceil(from / size / step); k * step * size <= to; k++) {
      const x = left + (k * step * size - from) / span * (right - left);
      const label = (k * step).toLocaleString("en", { maximumFractionDigits: 6 }), half = label.length * 3.8;
      make("line", { class: "a", x1: x, x2: x, y1: y, y2: y + 4 }, axis);
      const middle = Math.max(4 + half, Math.min(x, right + 10 - half));
      if (middle - half < free) continue;
      make("text", { class: "t", x: middle, y: y + 17, "text-anchor": "middle" }, axis).textContent = label;
      free = middle + half + 6;
    }
    $(".time-title", svg).textContent = "time, " + unit + (from > 0 ? "" : ", from zero");
    return [left, right];
  }
  // Of the two widths only the one that is seen is drawn; both for paper, and at first.
  function draw(everywhere) {
    pending = 0;
    hide();
    for (const svg of everywhere ? svgs() : [visible()]) {
      const [left, right] = drawAxis(svg);
      lanes.forEach((lane, index) => drawLane(svg, lane, index, left, right));
    }
    const state = $("#timeline-range");
    if (state) state.textContent = us(from) + " to " + us(to) + " µs";
  }
  function set(a, b) {
    const width = Math.min(length, Math.max(20, b - a));
    a = Math.max(0, Math.min(a, length - width));
    [from, to] = [a, a + width];
    if (!pending) pending = requestAnimationFrame(() => draw(false));
  }
  const zoom = (factor, center = (from + to) / 2) => set(center - (center - from) * factor, center + (to - center) * factor);
  const pan = share => set(from + (to - from) * share, to + (to - from) * share);
  const timeAt = (svg, clientX) => {
    const box = svg.getBoundingClientRect(), axis = $(".time-axis", svg);
    const x = (clientX - box.left) * svg.viewBox.baseVal.width / box.width;
    return from + (x - axis.dataset.left) / (axis.dataset.right - axis.dataset.left) * (to - from);
  };
  const actions = { in: () => zoom(0.5), out: () => zoom(2), left: () => pan(-0.25), right: () => pan(0.25), all: () => set(0, length) };
  const bar = $("#timeline-tools");
  bar.hidden = false;
  for (const button of $$("button", bar)) button.onclick = actions[button.value];
  for (const svg of svgs()) {
    svg.addEventListener("wheel", e => {
      if (!e.ctrlKey && !e.shiftKey && Math.abs(e.deltaX) < Math.abs(e.deltaY) && document.activeElement !== svg) return;
      e.preventDefault();
      if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) pan(e.deltaX / 1000); else zoom(Math.exp(e.deltaY / 400), timeAt(svg, e.clientX));
    }, { passive: false });
    let drag = null;
    svg.addEventListener("pointerdown", e => { drag = { x: e.clientX, from, to }; svg.focus(); });
    svg.addEventListener("pointermove", e => {
      if (!drag || !(e.buttons & 1)) { drag = null; return; }
      const axis = $(".time-axis", svg), box = svg.getBoundingClientRect();
      const scale = (drag.to - drag.from) / ((axis.dataset.right - axis.dataset.left) * box.width / svg.viewBox.baseVal.width);
      const shift = (drag.x - e.clientX) * scale;
      if (Math.abs(drag.x - e.clientX) > 3) { svg.setPointerCapture(e.pointerId); set(drag.from + shift, drag.to + shift); }
    });
    svg.addEventListener("pointerup", () => { drag = null; });
    svg.addEventListener("dblclick", e => zoom(0.25, timeAt(svg, e.clientX)));
    svg.addEventListener("keydown", e => {
      const action = { "+": "in", "=": "in", "-": "out", "0": "all" }[e.key]
        || (e.shiftKey && { ArrowLeft: "left", ArrowRight: "right" }[e.key]);
      if (action) { e.preventDefault(); actions[action](); }
    });
  }
  onresize = () => draw(true);
  onbeforeprint = () => draw(true);
  draw(true);
}
for (const holder of $$("[data-figure]")) {
  prepare(holder);
  if (holder.dataset.figure === "timeline" && holder.dataset.shown !== "undefined") timeline(holder);
}
for (const table of $$("[data-rows]")) rows(table);

// Long tables: a page of rows at a time, sorted by any column.
function rows(holder) {
  const all = data.rows[holder.dataset.rows], order = all.map((_, i) => i), size = 100;
  let page = 0, sorted = null;
  const body = $("tbody", holder), status = $(".status", holder);
  function draw() {
    body.replaceChildren(...order.slice(page * size, (page + 1) * size).map(i => {
      const row = document.createElement("tr");
      all[i].forEach(value => {
        const cell = row.insertCell();
        cell.textContent = typeof value === "number" ? value.toLocaleString("en", { maximumSignificantDigits: 6 }) : value;
        if (typeof value === "number") cell.className = "n";
      });
      return row;
    }));
    status.textContent = "rows " + (page * size + 1) + " to " + Math.min(all.length, (page + 1) * size) + " of " + all.length;
  }
  $$("th button", holder).forEach((button, column) => button.addEventListener("click", () => {
    const down = sorted === column;
    sorted = down ? null : column;
    order.sort((a, b) => (all[a][column] < all[b][column] ? -1 : all[a][column] > all[b][column] ? 1 : a - b) * (down ? -1 : 1));
    page = 0;
    draw();
  }));
  const go = step => { page = Math.max(0, Math.min(Math.ceil(all.length / size) - 1, page + step)); draw(); };
  $(".before", holder).addEventListener("click", () => go(-1));
  $(".after", holder).addEventListener("click", () => go(1));
  draw();
}
document.documentElement.dataset.ready = "";
})();
