// Ask a built site's own search, without a browser: node search.js SITE < queries (a JSON list), prints the results of each as JSON.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const site = process.argv[2];
const element = () => ({ replaceChildren: () => {}, appendChild: () => {}, classList: { add: () => {} }, style: {} });
const page = {
  location: { search: "" },
  console,
  localStorage: { setItem: () => {}, getItem: () => null, removeItem: () => {} },
  SPHINX_HIGHLIGHT_ENABLED: false,
  DOCUMENTATION_OPTIONS: { URL_ROOT: "", FILE_SUFFIX: ".html", LINK_SUFFIX: ".html", BUILDER: "html" },
  _: (text) => text,
  _ready: () => {},
  URLSearchParams,
  document: { getElementById: () => ({ ...element(), lastChild: null, firstChild: null }), createElement: element, querySelector: () => null },
};
page.window = page;
vm.createContext(page);
for (const file of ["_static/searchtools.js", "_static/language_data.js", "searchindex.js"])
  vm.runInContext(fs.readFileSync(path.join(site, file), "utf-8"), page, { filename: file });
page.queries = JSON.parse(fs.readFileSync(0, "utf-8"));
const found = vm.runInContext(
  `queries.map((query) => {
    window.location.search = "?" + new URLSearchParams({ q: query });
    const found = Search._performSearch(...Search._parseQuery(query)).reverse();
    return found.map(([page, title, anchor, , score]) => ({ page, title, anchor, score }));
  })`,
  page,
);
process.stdout.write(JSON.stringify(found));
