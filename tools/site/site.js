// The search, the choice of light or dark, and the menu on small screens. Loads nothing but search-index.js, and that when asked.
"use strict";

const root = document.documentElement.dataset.root;
const input = document.getElementById("search");
const results = document.getElementById("results");
const most = 30;

function stored(key, value) {
  try {
    if (value === undefined) { return localStorage.getItem(key); }
    localStorage.setItem(key, value);
  } catch (error) { /* a browser may refuse to store for files */ }
  return null;
}

const chosen = stored("theme");
if (chosen) { document.documentElement.dataset.theme = chosen; }
document.getElementById("theme").addEventListener("click", () => {
  const now = document.documentElement.dataset.theme
    || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  stored("theme", next);
});

// The menu is one fold on a small screen and always open on a large one.
const all = document.querySelector(".menu .all");
const small = matchMedia("(max-width: 52rem)");
function fold() { all.open = !small.matches; }
small.addEventListener("change", fold);
fold();

let loading = null;
function index() {
  loading = loading || new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}/search-index.js`;
    script.onload = () => resolve(window.searchIndex);
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

// Every word must be found; a word in a title counts more than one in a text, the beginning of a word more than its middle.
function found(sections, words) {
  const hits = [];
  for (const [page, name, heading, anchor, text] of sections) {
    const title = `${name} ${heading}`.toLowerCase();
    const body = text.toLowerCase();
    let score = 0;
    for (const word of words) {
      const inTitle = title.indexOf(word);
      const inBody = body.indexOf(word);
      if (inTitle < 0 && inBody < 0) { score = -1; break; }
      if (inTitle >= 0) { score += inTitle === 0 || !/\w/.test(title[inTitle - 1]) ? 20 : 8; }
      if (heading.toLowerCase() === word) { score += 30; }
      if (inBody >= 0) { score += (inBody === 0 || !/\w/.test(body[inBody - 1]) ? 3 : 1) + Math.min(3, body.split(word).length - 2); }
    }
    if (score > 0) { hits.push({ page, name, heading, anchor, text, score }); }
  }
  return hits.sort((one, other) => other.score - one.score);
}

function marked(text, words) {
  const fragment = document.createDocumentFragment();
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "gi");
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    fragment.append(text.slice(end, match.index));
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    fragment.append(mark);
    end = match.index + match[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

function excerpt(text, words) {
  const places = words.map((word) => text.toLowerCase().indexOf(word)).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...(places.length ? places : [0])) - 40);
  return (start > 0 ? "… " : "") + text.slice(start, start + 140);
}

async function search() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  results.replaceChildren();
  results.hidden = words.length === 0;
  if (words.length === 0) { return; }
  const hits = found(await index(), words);
  results.replaceChildren();
  for (const hit of hits.slice(0, most)) {
    const link = document.createElement("a");
    link.href = `${root}/${hit.page}#${hit.anchor}`;
    const title = document.createElement("b");
    title.append(marked(hit.heading === hit.name ? hit.name : `${hit.heading} · ${hit.name}`, words));
    const small = document.createElement("small");
    small.append(marked(excerpt(hit.text, words), words));
    link.append(title, small);
    const item = document.createElement("li");
    item.append(link);
    results.append(item);
  }
  if (hits.length === 0 || hits.length > most) {
    const item = document.createElement("li");
    item.className = "none";
    item.textContent = hits.length === 0 ? "Nothing found" : `${hits.length - most} more; another word narrows it`;
    results.append(item);
  }
}

input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") { results.querySelector("a")?.click(); }
  if (event.key === "ArrowDown") { event.preventDefault(); results.querySelector("a")?.focus(); }
});
results.addEventListener("keydown", (event) => {
  const links = [...results.querySelectorAll("a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); (links[links.indexOf(document.activeElement) + step] || input).focus(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); input.focus(); }
  if (event.key === "Escape") { results.hidden = true; }
});
document.addEventListener("click", (event) => { if (!event.target.closest(".search")) { results.hidden = true; } });
const asked = new URLSearchParams(location.search).get("q");
if (asked) { input.value = asked; search(); }
